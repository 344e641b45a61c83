"""The lid-driven cavity at Reynolds numbers 100, 400 and 1000."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..air.solver import AirSolver
from ..plan import Plan
from . import box
from .finding import Finding

GRIDS = {100: 32, 400: 48, 1000: 64}
SHARP = 96  # cells a side against the seven-digit set


def lid_quick() -> Iterator[Finding]:
    """Reynolds number 100."""
    for scheme in box.SCHEMES:
        yield from _ghia(100, scheme)


def lid() -> Iterator[Finding]:
    """Reynolds numbers 400 and 1000, and the seven-digit set."""
    for scheme in box.SCHEMES:
        yield from _ghia(400, scheme)
        yield from _ghia(1000, scheme)
        yield from _seven_digits(scheme)


def solved(reynolds: float, cells: int, scheme: str = "central") -> AirSolver:
    """The steady cavity in x and z: one cell deep between mirrors, the ceiling moving at 1 m/s."""
    plan = Plan((1.0, 1.0, 1.0), (), (), symmetry=("y_min", "y_max"))
    faces = (box.graded(1, cells, 1.5), box.even(1, 1), box.graded(1, cells, 1.5))
    found = box.solver(plan, faces, box.fluid(1 / reynolds), 3.0 / cells, buoyancy=False, scheme=scheme)
    box.slide(found, 1, 1.0)
    box.settle(found, box.flow_only, 1e-6, 20_000)
    return found


def profiles(found: AirSolver) -> tuple[np.ndarray, ...]:
    """(z, u on x = 1/2, x, w on z = 1/2), walls included."""
    xf, _, zf = found.scene.grid.faces
    x, _, z = found.scene.grid.centres
    u = _middle(xf, box.faces_of(found, "u")[:, 0], 1)
    w = _middle(zf, box.faces_of(found, "w")[:, 0], 0)
    return (
        np.concatenate([[0.0], z, [1.0]]), np.concatenate([[0.0], u, [1.0]]),
        np.concatenate([[0.0], x, [1.0]]), np.concatenate([[0.0], w, [0.0]]),
    )  # fmt: skip


def _middle(at: np.ndarray, field: np.ndarray, axis: int) -> np.ndarray:
    """A face field on the plane through the middle: a grid line, the count of cells being even."""
    return np.take(field, int(np.argmin(np.abs(at - 0.5))), axis=axis)


def _ghia(reynolds: int, scheme: str) -> Iterator[Finding]:
    found = solved(reynolds, GRIDS[reynolds], scheme)
    z, u, x, w = profiles(found)
    for name, at, column, where, got in (("u", "y", "u", z, u), ("v", "x", "v", x, w)):
        known = box.table(f"ghia_{name}")
        listed = known.columns[at], known.columns[f"{column}_Re{reynolds}"]
        yield _largest(
            f"{name} at the listed points, {scheme}", reynolds, listed,
            (where, got), (0.02, "the table itself is off by up to 0.01 at Re 1000", known.source),
        )  # fmt: skip


def _seven_digits(scheme: str) -> Iterator[Finding]:
    found = solved(1000, SHARP, scheme)
    z, u, x, w = profiles(found)
    for name, at, where, got in (("u", "y", z, u), ("v", "x", x, w)):
        known = box.table(f"lid_re1000_{name}")
        yield _largest(
            f"{name} at the listed points, {SHARP} x {SHARP}, {scheme}", 1000, (known.columns[at], known.columns[name]),
            (where, got), (0.005, f"second order on {SHARP} cells a side", known.source),
        )  # fmt: skip


def _largest(
    quantity: str, reynolds: int, known: tuple[np.ndarray, np.ndarray], got: tuple[np.ndarray, np.ndarray],
    judged: tuple[float, str, str],
) -> Finding:  # fmt: skip
    """The largest difference from a profile, as a share of the lid's speed."""
    from scipy.interpolate import CubicSpline

    there, wanted = known
    listed = np.isfinite(wanted)
    rest = CubicSpline(*got)(there[listed]) - wanted[listed]
    tolerance, why, source = judged
    return Finding(
        f"lid-driven cavity, Re {reynolds}",
        quantity,
        0.0,
        float(np.abs(rest).max()),
        tolerance,
        why,
        source,
        1.0,
    )
