"""Flows with exact solutions: between plates, in ducts, decaying eddies."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..plan import Plan
from . import box
from .finding import Finding

SLOW = 1e-9  # [m/s] so slow that nothing is carried: the open ends then let a developed flow pass unchanged
SIDES = ("y_min", "y_max")


def poiseuille() -> Iterator[Finding]:
    """Between two plates: the parabola, its order, and 96 for the friction factor."""
    for name, lines in (("uniform", box.even), ("graded", box.graded)):
        errors, friction = [], 0.0
        for cells in (16, 32):
            size = (1.0, 1.0, 1.0)
            plan = Plan(size, (), box.ends(size), symmetry=SIDES)
            found = box.solver(
                plan, (box.even(1, 2), box.even(1, 1), lines(1, cells)), box.fluid(1.0), 100.0, buoyancy=False
            )
            box.push(found, 0, 12.0 * SLOW)
            found.flow.sweeps = 20
            box.settle(found, box.flow_only, 1e-8, 20_000)
            u, z = box.faces_of(found, "u")[:, 0, 1] / SLOW, found.scene.grid.centres[2]
            width = found.scene.grid.widths[2]
            errors.append(float(np.sqrt(np.sum(width * (u - 6 * z * (1 - z)) ** 2))))
            friction = 2 * 12.0 * 2.0**2 / float(np.sum(width * u))  # f Re = 2 G Dh^2 / (nu U), Dh = 2 H
        yield Finding(
            "Poiseuille", f"order, {name} grid, 16 to 32 cells", 2.0, box.order(errors), 0.1,
            "second order", "exact: u = 6 U z (1 - z)",
        )  # fmt: skip
        yield Finding(
            "Poiseuille", f"f Re, {name} grid of 32 cells", 96.0, friction, 0.005,
            "second order: 2 / 32^2 even, twice that graded", "exact",
        )  # fmt: skip


def couette() -> Iterator[Finding]:
    """A moving plate over a fixed one: the straight line, on any grid."""
    size = (1.0, 1.0, 1.0)
    plan = Plan(size, (), box.ends(size), symmetry=SIDES)
    faces = (box.even(1, 2), box.even(1, 1), box.graded(1, 12))
    found = box.solver(plan, faces, box.fluid(1.0), 100.0, buoyancy=False)
    box.slide(found, 1, SLOW)
    found.flow.sweeps = 20
    box.settle(found, box.flow_only, 1e-9, 20_000)
    u, z = box.faces_of(found, "u")[:, 0, 1] / SLOW, found.scene.grid.centres[2]
    yield Finding(
        "Couette", "largest error, graded grid of 12 cells", 0.0, float(np.abs(u - z).max()), 1e-6,
        "a straight line is met to rounding and the rest of the iteration", "exact: u = U z", scale=1.0,
    )  # fmt: skip


def duct() -> Iterator[Finding]:
    """Rectangular ducts: friction factor times Reynolds number."""
    known = box.table("duct")
    for aspect, wanted in zip(known.columns["aspect_ratio"], known.columns["f_darcy_x_Re_Dh"], strict=True):
        if aspect not in (1.0, 2.0, 4.0):
            continue
        size = (1.0, 0.5 * aspect, 0.5)  # a quarter of the duct
        plan = Plan(size, (), box.ends(size), symmetry=("y_max", "ceiling"))
        faces = (box.even(1, 2), box.even(size[1], 24), box.even(0.5, 16))
        found = box.solver(plan, faces, box.fluid(1.0), 100.0, buoyancy=False)
        box.push(found, 0, SLOW)
        found.flow.sweeps = 20
        box.settle(found, box.flow_only, 1e-9, 20_000)
        mean = float(box.faces_of(found, "u")[:, :, 1].mean()) / SLOW
        diameter = 2 * aspect / (1 + aspect)
        yield Finding(
            "rectangular duct", f"f Re, aspect {aspect:g}", float(wanted), 2 * diameter**2 / mean, 0.005,
            "second order on 32 to 48 cells across", known.source,
        )  # fmt: skip


def taylor_green() -> Iterator[Finding]:
    """Eddies in a box of slip walls decay as exp(-2 nu t); time step and cells are refined together."""
    for scheme, least in (("central", 1.9), ("second", 1.5)):
        errors = [_decay(cells, scheme) for cells in (8, 16, 32)]
        yield Finding(
            "Taylor-Green", f"order, scheme {scheme}, 16 to 32 cells", 2.0, box.order(errors), 2.0 - least,
            "formal order 2; with the limiter at least 1.5", "exact: u = sin x cos z exp(-2 nu t)",
            scale=1.0, sense="at least",
        )  # fmt: skip


def time_step() -> Iterator[Finding]:
    """The order in time alone: implicit Euler against a much finer step on the same cells."""
    finest = _decayed(16, "central", 640)[1]
    errors = [float(np.abs(_decayed(16, "central", steps)[1] - finest).max()) for steps in (10, 20)]
    yield Finding(
        "Taylor-Green", "order in time, 10 to 20 steps", 1.0, box.order(errors), 0.1,
        "formal order 1; 640 steps stand for none", "the same on a finer step",
    )  # fmt: skip


def _decay(cells: int, scheme: str) -> float:
    """Error of the velocity at t = 1, root mean square over the exact one's."""
    exact, found = _decayed(cells, scheme, 25 * (cells // 8) ** 2)
    return float(np.sqrt(np.mean((found - exact) ** 2) / np.mean(exact**2)))


def _decayed(cells: int, scheme: str, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """The velocity along x at t = 1: exact, and found."""
    viscosity, side = 0.1, np.pi
    symmetry = ("x_min", "x_max", *SIDES, "floor", "ceiling")
    plan = Plan((side, 1.0, side), (), (), symmetry=symmetry)
    faces = (box.even(side, cells), box.even(1, 1), box.even(side, cells))
    found = box.solver(plan, faces, box.fluid(viscosity), 1.0 / steps, buoyancy=False, scheme=scheme)
    xf, _, zf = found.scene.grid.faces
    x, _, z = found.scene.grid.centres
    exact = np.sin(xf)[None, None, :] * np.cos(z)[:, None, None]
    box.faces_of(found, "u")[...] = exact
    box.faces_of(found, "w")[...] = -np.cos(x)[None, None, :] * np.sin(zf)[:, None, None]
    for _ in range(steps):
        old = found.state.copy()
        for _ in range(4):
            found.flow(found.state, old, found.rdt, found.lift, found.constants)
    return exact * np.exp(-2 * viscosity), box.faces_of(found, "u").copy()
