"""Rectilinear grid whose lines meet every face in the hall."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .case import GridSpec
from .plan import Box, Plan

AXES = "xyz"
PASSES = 60  # rounds of refinement; a few do unless the case has slivers


class Shift(NamedTuple):
    """A face moved onto a grid line so that no sliver of a cell is left."""

    axis: str
    wanted: float  # [m]
    got: float  # [m]


@dataclass(frozen=True)
class Grid:
    """Face coordinates along x, y, z [m], and what was moved to get them."""

    xf: np.ndarray
    yf: np.ndarray
    zf: np.ndarray
    shifts: tuple[Shift, ...] = ()

    @property
    def faces(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return self.xf, self.yf, self.zf

    @property
    def shape(self) -> tuple[int, int, int]:
        """Cells (nz, ny, nx)."""
        return self.zf.size - 1, self.yf.size - 1, self.xf.size - 1

    @property
    def widths(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Cell sizes along x, y, z [m]."""
        return np.diff(self.xf), np.diff(self.yf), np.diff(self.zf)

    @property
    def centres(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Cell centres along x, y, z [m]."""
        x, y, z = (0.5 * (f[1:] + f[:-1]) for f in self.faces)
        return x, y, z

    def volumes(self) -> np.ndarray:
        """Cell volumes (nz, ny, nx) [m3]."""
        dx, dy, dz = self.widths
        return dz[:, None, None] * dy[None, :, None] * dx[None, None, :]

    def span(self, axis: int, low: float, high: float) -> slice:
        """Cells along `axis` whose centre lies between two coordinates."""
        centre = self.centres[axis]
        first, last = np.searchsorted(centre, [low, high])
        return slice(int(first), int(last))

    def inside(self, box: Box) -> tuple[slice, slice, slice]:
        """Index range (k, j, i) of the cells whose centre is inside `box`."""
        x, y, z = (self.span(a, box[2 * a], box[2 * a + 1]) for a in range(3))
        return z, y, x

    def plane(self, axis: int, coordinate: float) -> int:
        """Number of the face plane nearest to `coordinate`."""
        return int(np.argmin(np.abs(self.faces[axis] - coordinate)))

    def describe(self) -> dict[str, float | int]:
        """Cells, smallest and largest spacing [m], largest aspect and growth, for the user."""
        widths = self.widths
        small = min(float(w.min()) for w in widths)
        large = max(float(w.max()) for w in widths)
        narrow = sorted((float(w.min()), float(w.max())) for w in widths)
        growth = max(float(np.max(np.maximum(w[1:] / w[:-1], w[:-1] / w[1:]), initial=1.0)) for w in widths)
        return {
            "cells": int(np.prod(self.shape)),
            "smallest_m": small,
            "largest_m": large,
            "aspect": max(b for _, b in narrow) / narrow[0][0],
            "growth": growth,
        }


def build(plan: Plan, spec: GridSpec) -> Grid:
    """Lines at every face of every object; between them cells near `spec.cell`, neighbours within `spec.growth`."""
    lines, shifts = [], []
    for axis in range(3):
        wanted = _coordinates(plan, axis)
        kept = _settle(wanted, plan.size[axis], spec.snap * spec.cell)
        lines.append(_divide(kept, spec.cell, spec.growth))
        near = [float(lines[-1][np.argmin(np.abs(lines[-1] - w))]) for w in wanted]
        shifts += [Shift(AXES[axis], w, g) for w, g in zip(wanted, near, strict=True) if abs(w - g) > 1e-6]
    return Grid(lines[0], lines[1], lines[2], tuple(shifts))


def _coordinates(plan: Plan, axis: int) -> list[float]:
    """Where faces stand along `axis`, the most important first."""
    outlets = [unit.outlet for unit in plan.units if unit.outlet is not None]
    groups = (plan.units, plan.openings, plan.partitions, plan.screens, plan.solids)
    boxes = [*(item.box for group in groups for item in group), *outlets]
    found = [c for box in boxes for c in box[2 * axis : 2 * axis + 2]]
    inside = [c for c in found if -1e-9 <= c <= plan.size[axis] + 1e-9]
    return list(dict.fromkeys(round(c, 9) for c in inside))


def _settle(wanted: list[float], length: float, reach: float) -> np.ndarray:
    """Lines kept: the hall's walls, then each face that is not within `reach` of a line already there."""
    kept = [0.0, length]
    for c in wanted:
        if min(abs(c - k) for k in kept) > max(reach, 1e-6):
            kept.append(c)
    return np.array(sorted(kept))


def _divide(lines: np.ndarray, cell: float, growth: float) -> np.ndarray:
    """Cells between the lines: near `cell`, smaller beside a narrow gap, neighbours within `growth`.

    Even cells first; where one is too large for its neighbour its gap is cut again, finer and graded. A finer
    gap may be too fine for the one beyond, so this repeats; cells only shrink, which ends it.
    """
    gaps = np.diff(lines)
    count = [max(1, round(float(g / cell))) for g in gaps]
    cuts = [np.linspace(lines[n], lines[n + 1], c + 1)[1:] for n, c in enumerate(count)]
    for _ in range(PASSES):
        faces = np.concatenate([lines[:1], *cuts])
        large = _too_large(faces, growth)
        if not large.size:
            break
        for n in np.unique(np.searchsorted(lines, faces[large + 1] - 1e-3 * np.diff(faces)[large]) - 1):
            outside = (faces[1:] <= lines[n] + 1e-12) | (faces[:-1] >= lines[n + 1] - 1e-12)
            cuts[n] = _graded(lines[n : n + 2], (faces, outside), (cuts[n].size, growth))
    return np.concatenate([lines[:1], *cuts])


def _too_large(faces: np.ndarray, growth: float) -> np.ndarray:
    """Cells more than `growth` times as wide as a neighbour."""
    w = np.diff(faces)
    limit = growth * (1.0 + 1e-6)
    beside = np.minimum(np.append(w[1:], np.inf), np.concatenate([[np.inf], w[:-1]]))
    return np.flatnonzero(w > limit * beside)


def _graded(gap: np.ndarray, around: tuple[np.ndarray, np.ndarray], how: tuple[int, float]) -> np.ndarray:
    """Ends of the cells of one gap, never fewer than before, that grow from its neighbours' size at `growth`.

    around: faces, and which of their cells lie outside the gap. Sizes h0 + c s make cells whose ratio is e^c.
    """
    (low, high), (faces, outside), (before, growth) = gap, around, how
    growth = 1.0 + 0.97 * (growth - 1.0)  # room for the error of the integral below
    c = (growth - 1.0) / growth
    start = growth * c / np.expm1(c)  # the first cell is (e^c - 1) / c of the size at its start
    near = np.geomspace(1e-7, 0.5, 400)
    s = low + (high - low) * np.concatenate([[0.0], near, 1.0 - near[-2::-1], [1.0]])
    wish = np.full(s.size, (high - low) / before)
    for left, right in zip(faces[:-1][outside], faces[1:][outside], strict=True):
        away = np.maximum(np.maximum(left - s, s - right), 0.0)
        wish = np.minimum(wish, start * (right - left) + c * away)
    total = np.concatenate([[0.0], np.cumsum(np.diff(s) * 0.5 * (1 / wish[1:] + 1 / wish[:-1]))])
    cells = max(before, int(np.ceil(total[-1] - 1e-3)))
    ends = np.interp(np.linspace(0.0, total[-1], cells + 1)[1:], total, s)
    ends[-1] = high
    return ends
