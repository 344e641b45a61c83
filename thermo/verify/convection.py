"""Natural convection: cavities and a cube with a hot and a cold wall, and the onset between plates."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..air.solver import AirSolver
from ..plan import Plan
from . import box
from .finding import Finding

PRANDTL = 0.71
CELLS = {1e3: 32, 1e4: 40, 1e5: 56, 1e6: 80}
STRETCH = {1e3: 1.0, 1e4: 1.2, 1e5: 1.6, 1e6: 2.0}
CUBE = {1e4: 2.054, 1e5: 4.337}  # Wakashima & Saitoh 2004; the same as Tric, Labrosse & Betrouni 2000
CRITICAL, WAVE = 1707.762, 3.1163  # Rayleigh number and wave number of the onset between rigid plates


def cavity_quick() -> Iterator[Finding]:
    """Rayleigh number 1e4."""
    for scheme in box.SCHEMES:
        yield from _against_de_vahl_davis(1e4, scheme)


def cavity() -> Iterator[Finding]:
    """Rayleigh numbers 1e3, 1e5 and 1e6."""
    for scheme in box.SCHEMES:
        for rayleigh in (1e3, 1e5, 1e6):
            yield from _against_de_vahl_davis(rayleigh, scheme)


def fluid(rayleigh: float) -> box.AirProperties:
    """Of unit height, temperature difference and free-fall speed."""
    return box.fluid(float(np.sqrt(PRANDTL / rayleigh)), PRANDTL)


def solved(
    rayleigh: float, lines: tuple[int, float], scheme: str = "central", depth: tuple[float, int] = (1.0, 1)
) -> AirSolver:
    """The steady state between a hot wall at x = 0 and a cold one at x = 1.

    lines: cells a side and their stretch; depth: half of the box's, and its cells, or one cell between mirrors.
    """
    (cells, stretch), (width, across) = lines, depth
    symmetry = ("y_min", "y_max") if across == 1 else ("y_max",)
    sides = (box.wall("x_min", 0.5), box.wall("x_max", -0.5))
    plan = Plan((1.0, width, 1.0), (), (), symmetry=symmetry, walls=sides)
    x = box.graded(1, cells, stretch)
    y = box.even(width, 1) if across == 1 else box.graded(2 * width, 2 * across, stretch)[: across + 1]
    found = box.solver(plan, (x, y, x), fluid(rayleigh), 4.0 / cells, scheme=scheme)
    box.cells_of(found, "t")[...] = 0.5 - found.scene.grid.centres[0]
    box.settle(found, AirSolver.advance, 1e-5, 12_000, every=100)
    return found


def nusselt(found: AirSolver) -> float:
    """Mean Nusselt number of the hot wall."""
    width = found.scene.grid.yf[-1]
    conduction = found.air.viscosity / found.air.prandtl * width
    return float(found.wall_heat()[0] / conduction)


def _peak(at: np.ndarray, values: np.ndarray) -> tuple[float, float]:
    """Place and height of the largest value of a profile, from a cubic through its points."""
    from scipy.interpolate import CubicSpline

    fine = np.linspace(at[0], at[-1], 4001)
    curve = CubicSpline(at, values)(fine)
    top = int(np.argmax(curve))
    return float(fine[top]), float(curve[top])


def _against_de_vahl_davis(rayleigh: float, scheme: str) -> Iterator[Finding]:
    cells = CELLS[rayleigh]
    found = solved(rayleigh, (cells, STRETCH[rayleigh]), scheme)
    known = box.table("de_vahl_davis")
    row = {n: c[list(known.columns["Ra"]).index(rayleigh)] for n, c in known.columns.items()}
    case = f"heated cavity, Ra {rayleigh:.0e}"
    x, _, z = found.scene.grid.centres
    middle = cells // 2
    unit = found.air.viscosity / PRANDTL  # alpha / L
    _, u = _peak(np.r_[0, z, 1], np.r_[0, box.faces_of(found, "u")[:, 0, middle], 0] / unit)
    _, w = _peak(np.r_[0, x, 1], np.r_[0, box.faces_of(found, "w")[middle, 0], 0] / unit)
    why = f"the aim; {cells} x {cells} cells"
    yield Finding(
        case,
        f"mean Nusselt number, {scheme}",
        float(row["Nu_mean"]),
        nusselt(found),
        0.005,
        why,
        known.source,
    )
    yield Finding(case, f"largest u on x = 1/2, {scheme}", float(row["u_max"]), u, 0.01, why, known.source)
    yield Finding(case, f"largest w on z = 1/2, {scheme}", float(row["v_max"]), w, 0.01, why, known.source)


def cube() -> Iterator[Finding]:
    """The cube with adiabatic other walls; half of it behind a mirror."""
    for rayleigh, wanted in CUBE.items():
        cells = 32 if rayleigh < 5e4 else 40
        found = solved(rayleigh, (cells, 1.5), "second", (0.5, cells // 2))
        yield Finding(
            f"heated cube, Ra {rayleigh:.0e}", "mean Nusselt number", wanted, nusselt(found), 0.005,
            f"the aim; {cells} cells a side, second", "Wakashima & Saitoh (2004)",
        )  # fmt: skip


def onset() -> Iterator[Finding]:
    """Rayleigh-Benard: the Rayleigh number at which a roll neither grows nor dies."""
    tried = np.array([0.97, 1.03]) * CRITICAL
    rates = [_growth(rayleigh) for rayleigh in tried]
    critical = tried[0] - rates[0] * (tried[1] - tried[0]) / (rates[1] - rates[0])
    yield Finding(
        "Rayleigh-Benard onset", "critical Rayleigh number, 32 cells per gap", CRITICAL, float(critical), 0.01,
        "second order on 32 cells", "linear stability between rigid plates (Chandrasekhar 1961)",
    )  # fmt: skip


def _growth(rayleigh: float, cells: int = 32) -> float:
    """Growth rate of a weak roll, half a wave wide between mirrors [1/s]."""
    width = float(np.pi / WAVE)
    symmetry = ("x_min", "x_max", "y_min", "y_max")
    plates = (box.wall("floor", 0.5), box.wall("ceiling", -0.5))
    plan = Plan((width, 1.0, 1.0), (), (), symmetry=symmetry, walls=plates)
    found = box.solver(
        plan, (box.even(width, cells), box.even(1, 1), box.even(1, cells)), fluid(rayleigh), 0.1
    )
    x, _, z = found.scene.grid.centres
    roll = np.cos(np.pi * x / width)[None, None, :] * np.sin(np.pi * z)[:, None, None]
    box.cells_of(found, "t")[...] = (0.5 - z)[:, None, None] + 1e-3 * roll
    speeds = []
    for _ in range(2):
        for _ in range(200):
            found.advance(outer=2)
        speeds.append(float(np.abs(found.state.w).max()))
    return float(np.log(speeds[1] / speeds[0]) / 20.0)
