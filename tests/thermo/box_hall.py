"""Halls of a few hundred cells, laid out by hand: what the air tests build on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from thermo import device, grid, scene
from thermo.air.exchange import Exchange
from thermo.air.mesh import Mesh
from thermo.air.properties import AirProperties
from thermo.air.solver import AirSolver
from thermo.air.stack import Stack
from thermo.case import Numerics
from thermo.plan import Opening, Plan, Unit
from thermo.scene import Scene

AIR = AirProperties(1.2, 1000.0, 1.5e-5, 0.71, 1 / 300.0, 300.0)  # round numbers, about those of air
SIZE = (4.0, 3.0, 2.0)
LOW = {"x_min": (0, 0), "y_min": (1, 0), "floor": (2, 0), "x_max": (0, 1), "y_max": (1, 1), "ceiling": (2, 1)}


def unit(name: str = "R", box: tuple = (1.5, 2.5, 1.0, 2.0, 0.0, 1.0), **changes: Any) -> Unit:
    """A rack of 1 x 1 x 1 m in the middle of the floor, 1.2 kW and 0.5 m3/s: a rise of 2 K."""
    fields: dict[str, Any] = {
        "path": ("racks", name),
        "role": "rack",
        "kind": "made_up",
        "facing": "-y",
        "airflow": 0.5,
        "power": 1200.0,
        "tiers": 1,
    }
    return Unit(name=name, box=box, **(fields | changes))


def cooler(name: str = "C", box: tuple = (0.5, 1.0, 1.0, 2.0, 0.0, 1.0), **changes: Any) -> Unit:
    """A cooler that takes up to 100 kW and gives air of 293 K."""
    fields: dict[str, Any] = {
        "role": "cooler",
        "facing": "+x",
        "power": 0.0,
        "supply_temperature": 293.0,
        "capacity": 100e3,
    }
    return unit(name, box, **(fields | changes))


def opening(
    name: str, kind: str, wall: str, low: tuple, high: tuple, size: tuple = SIZE, **changes: Any
) -> Opening:
    """A rectangle in a wall from `low` to `high`, its two in-plane coordinates in x, y, z order."""
    axis, end = LOW[wall]
    box: list[float] = []
    corners = iter(zip(low, high, strict=True))
    for d in range(3):
        box += [size[d] * end] * 2 if d == axis else list(next(corners))
    fields = {"temperature": 295.0} | changes
    return Opening(name, name, ("openings", name), kind, wall, tuple(box), **fields)  # type: ignore[arg-type]


def through(size: tuple = SIZE, flow: float = 0.4, **changes: Any) -> tuple[Opening, Opening]:
    """Air in by the whole x_min wall, out by the whole x_max wall."""
    corners = (0.0, 0.0), (size[1], size[2])
    supply = opening("in", "supply", "x_min", *corners, size, flow=flow, **changes)
    return supply, opening("out", "pressure", "x_max", *corners, size)


def hall(plan: Plan, faces: tuple) -> Scene:
    """The plan on a grid of given faces."""
    return scene.build(plan, grid.Grid(*(np.asarray(f, float) for f in faces)))


def even(size: tuple = SIZE, cells: tuple = (8, 6, 4)) -> tuple:
    """Evenly spaced faces."""
    return tuple(np.linspace(0.0, s, n + 1) for s, n in zip(size, cells, strict=True))


def exchange_of(plan: Plan, where: Scene, air: AirProperties = AIR) -> Callable[[Mesh], Exchange]:
    """What the plan's units and openings impose, as they stand."""
    reference = air.reference_temperature
    flows = {"supply": 1.0, "fan": -1.0, "pressure": np.nan}

    def build(mesh: Mesh) -> Exchange:
        return Exchange(
            mesh,
            where,
            plan.units,
            air.heat_capacity,
            np.array([u.airflow for u in plan.units]),
            np.array([u.power for u in plan.units]),
            np.array(
                [u.supply_temperature - reference if u.role == "cooler" else np.nan for u in plan.units]
            ),
            np.array([u.capacity for u in plan.units]),
            np.array([flows[o.kind] * o.flow if o.kind != "pressure" else np.nan for o in plan.openings]),
            np.array([o.temperature - reference for o in plan.openings]),
            tuple((o.intensity, o.length_scale) for o in plan.openings),
        )

    return build


def solver(
    plan: Plan, faces: tuple, on: str, air: AirProperties = AIR, start: float | None = 0.0, **numerics: Any
) -> AirSolver:
    """A solver ready to run; `start` [K above the reference], None leaves still air undisturbed."""
    where = hall(plan, faces)
    found = AirSolver(
        device.on(on), where, exchange_of(plan, where, air), air, Numerics.model_validate(numerics)
    )
    if start is not None:
        found.start(start)
    return found


def step_at_once(stack: Stack, outer: int = 1) -> None:
    """One time step of all halls at once, as `AirSolver.step` would make it of each."""
    solvers = stack.solvers
    old = [s.fields.live if outer == 1 else s.fields.keep() for s in solvers]
    for _ in range(outer):
        for s in solvers:
            s.fields.settle()
            s._inlets.follow()
            s.flow_on_host.follow(s.fields.seen, float(s.mesh.dtype(1.0 / s.step_size)))
        stack.iterate({n: (s.fields.live, old[n]) for n, s in enumerate(solvers)})
        for s in solvers:
            s.fields.stepped()
            s.iterations += 1


def stay() -> float:
    """Equipment that does not follow the air."""
    return 0.0


def quiet(news: dict) -> None:
    """Nobody watches."""
