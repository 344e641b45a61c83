"""Boxes for verification: small, laminar, in double precision, of one length, speed and temperature scale."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from types import SimpleNamespace
from typing import Any

import numpy as np

from .. import device, grid, scene
from ..air.exchange import Exchange
from ..air.mesh import Mesh
from ..air.properties import GRAVITY, AirProperties
from ..air.solver import AirSolver
from ..case import Numerics
from ..plan import Opening, Plan, WallHeat
from ..scene import PAD

SETTINGS = {"turbulence": "laminar", "density": "constant", "precision": "double", "scheme": "central"}
SCHEMES = ("central", "second")  # without limiter, and with: the default of halls
REFERENCE = 300.0  # [K] temperatures are above it
Size = tuple[float, float, float]


def fluid(viscosity: float, prandtl: float = 0.71, lift: float = 1.0) -> AirProperties:
    """A fluid of unit heat capacity; lift: g beta [m/(s2 K)]."""
    return AirProperties(1.0, 1.0, viscosity, prandtl, lift / GRAVITY, REFERENCE)


def even(length: float, cells: int) -> np.ndarray:
    """Evenly spaced faces."""
    return np.linspace(0.0, length, cells + 1)


def graded(length: float, cells: int, stretch: float = 2.0) -> np.ndarray:
    """Faces closer at both ends (hyperbolic tangent)."""
    s = np.linspace(-1.0, 1.0, cells + 1)
    return 0.5 * length * (1.0 + np.tanh(stretch * s) / np.tanh(stretch))


def wall(name: str, temperature: float | None = None, flux: float = 0.0) -> WallHeat:
    """One side of the box, its temperature above the reference [K] or its flux [W/m2]."""
    kelvin = None if temperature is None else REFERENCE + temperature
    return WallHeat(name, ("hall", "walls", name), kelvin, flux=flux)


def ends(size: Size) -> tuple[Opening, Opening]:
    """The whole x_min and x_max walls, open to no pressure."""
    return end("x_min", 0.0, size), end("x_max", size[0], size)


def end(name: str, x: float, size: Size, **changes: Any) -> Opening:
    """The whole wall at x, open to no pressure unless `changes` say otherwise."""
    box = (x, x, 0.0, size[1], 0.0, size[2])
    fields: dict[str, Any] = {"kind": "pressure", "temperature": REFERENCE} | changes
    return Opening(name, name, ("openings", name), wall=name, box=box, **fields)


def solver(
    plan: Plan, faces: tuple[Any, Any, Any], air: AirProperties, step: float, **numerics: Any
) -> AirSolver:
    """Air at rest in a box on given faces, ready to step by `step` seconds."""
    where = scene.build(plan, grid.Grid(faces[0], faces[1], faces[2]))
    wanted = Numerics.model_validate(SETTINGS | {"time_step": f"{step} s"} | numerics)
    return AirSolver(device.on_host(), where, _exchange(where, plan, air), air, wanted)


def _exchange(where: scene.Scene, plan: Plan, air: AirProperties) -> Callable[[Mesh], Exchange]:
    none = np.zeros(0)
    flows = np.array([o.flow if o.kind == "supply" else np.nan for o in plan.openings])
    temperatures = np.array([o.temperature - REFERENCE for o in plan.openings])
    scales = tuple((o.intensity, o.length_scale) for o in plan.openings)
    return lambda mesh: Exchange(
        mesh, where, (), air.heat_capacity, none, none, none, none, flows, temperatures, scales
    )


def push(found: AirSolver, axis: int, force: Any) -> None:
    """Add a body force [m/s2] to the component along `axis`: a number, or values on the padded field.

    The control volumes of pressure openings are half outside, where nothing acts.
    """
    mesh = found.mesh
    if not found.flow.push:
        found.flow.push = tuple(mesh.field() for _ in range(3))
    weight = 0.5 * (mesh.act[axis] + mesh.open[axis])
    found.flow.push[axis][:] += (weight * force).astype(mesh.dtype)


def slide(found: AirSolver, end: int, speed: float) -> None:
    """Let the floor (end 0) or the ceiling (end 1) move along x at `speed` [m/s]; laminar only."""
    mesh = found.mesh
    layer = -PAD - 1 if end else PAD
    height = float(mesh.d[2][layer])
    force = np.zeros(mesh.shape)
    force[layer] = found.air.viscosity * speed / (0.5 * height * height)
    push(found, 0, force.ravel())


def flow_only(found: AirSolver) -> None:
    """One iteration of momentum and mass."""
    found.flow(found.state, found.state, found.rdt, found.lift, found.constants)


def heat_only(found: AirSolver) -> None:
    """Sweeps of the temperature at frozen flow."""
    found.heat(found.state, found.state, found.exchange, found.rdt)


def settle(
    found: AirSolver, advance: Callable[[AirSolver], None], tolerance: float, most: int, every: int = 50
) -> int:
    """Iterate until no velocity and no temperature changes by more than `tolerance` of its largest in `every`."""
    before = [f.copy() for f in _watched(found)]
    for count in range(every, most + 1, every):
        for _ in range(every):
            advance(found)
        now = _watched(found)
        scale = max(max(float(np.abs(f).max()) for f in now[:3]), 1e-300)
        changes = [float(np.abs(a - b).max()) / scale for a, b in zip(now[:3], before[:3], strict=True)]
        heat = float(np.abs(now[3] - before[3]).max()) / max(float(np.ptp(now[3])), 1e-300)
        if max(*changes, heat) < tolerance:
            return count
        before = [f.copy() for f in now]
    return most


def _watched(found: AirSolver) -> list[np.ndarray]:
    s, mesh = found.state, found.mesh
    return [s.u, s.v, s.w, mesh.core(s.t)]


def faces_of(found: AirSolver, name: str) -> np.ndarray:
    """A velocity component on its faces without the ghosts: (nz, ny, nx), one more along its axis."""
    axis = "uvw".index(name)
    window = [slice(PAD, -PAD)] * 3
    window[2 - axis] = slice(PAD, 1 - PAD)
    field: np.ndarray = getattr(found.state, name).reshape(found.mesh.shape)
    return field[tuple(window)]


def cells_of(found: AirSolver, name: str) -> np.ndarray:
    """A cell field without its ghosts, (nz, ny, nx)."""
    return found.mesh.core(getattr(found.state, name))


def order(errors: list[float], ratio: float = 2.0) -> float:
    """Observed order of the last refinement."""
    return float(np.log(errors[-2] / errors[-1]) / np.log(ratio))


@cache
def table(name: str) -> SimpleNamespace:
    """A reference table: columns by name, and `source`, its first comment."""
    lines = files(__package__).joinpath("tables", f"{name}.csv").read_text("utf-8").splitlines()
    rows = [line.split(",") for line in lines if not line.startswith("#")]
    values = np.array([[float(x) for x in row] for row in rows[1:]]).T
    columns = dict(zip(rows[0], values, strict=True))
    return SimpleNamespace(columns=columns, source=lines[0].lstrip("# "))
