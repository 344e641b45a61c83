"""Halls stacked along z and stepped at once are the halls stepped alone: to the last bit on the processor."""

from __future__ import annotations

import numpy as np
import pytest
from box_hall import SIZE, cooler, even, opening, solver, step_at_once, through, unit

from thermo.air.stack import Stack
from thermo.plan import Partition, Plan, Screen, WallHeat

FLOOR = Partition("floor", ("hall", "partitions", "floor"), "z", (0.0, 4.0, 0.0, 3.0, 0.5, 0.5))
TILE = Screen("tile", ("hall", "screens", "tile"), "z", (1.0, 2.0, 1.0, 2.0, 0.5, 0.5), 20.0, jet_area=0.25)
SIDES = (
    WallHeat("ceiling", ("hall", "walls", "ceiling"), 310.0, None, 0.0),
    WallHeat("y_max", ("hall", "walls", "y_max"), 280.0, 2.0, 3.0),
)
BESIDE = Partition("w", ("hall", "partitions", "w"), "x", (3.0, 3.0, 0.0, 3.0, 0.0, 1.0), 2.0)


def vents(flow: float) -> tuple:
    """Air in through the floor, out through the ceiling: openings next to the neighbours in the stack."""
    return (
        opening("in", "supply", "floor", (1, 1), (2, 2), flow=flow),
        opening("out", "pressure", "ceiling", (1, 1), (2, 2)),
    )


def plan(kind: str, flow: float) -> Plan:
    if kind == "through":
        return Plan(SIZE, (unit(airflow=flow, power=2400 * flow),), through(flow=flow))
    if kind == "vents":
        return Plan(SIZE, (unit(airflow=flow), unit("S", (3.0, 4.0, 1.5, 2.5, 0.0, 0.5))), vents(flow))
    if kind == "walls":
        return Plan(SIZE, (unit(airflow=flow),), through(flow=flow), walls=SIDES, partitions=(BESIDE,))
    if kind == "screens":
        return Plan(SIZE, (), vents(flow), partitions=(FLOOR,), screens=(TILE,))
    if kind == "mirrors":
        return Plan(SIZE, (unit(airflow=flow),), through(flow=flow), symmetry=("ceiling", "y_min"))
    return Plan(SIZE, (unit(airflow=flow), cooler(airflow=flow)), ())  # sealed


FLOWS = (0.3, 0.5, 0.7)
HALLS = {
    "through": ("through", {}),
    "vents": ("vents", {}),
    "constant density": ("vents", {"density": "constant"}),
    "walls": ("walls", {}),
    "screens": ("screens", {}),
    "mirrors": ("mirrors", {}),
    "sealed": ("sealed", {"density": "constant"}),
    "zero-equation": ("walls", {"turbulence": "zero-equation"}),
    "central": ("vents", {"scheme": "central", "precision": "double"}),
    "upwind": ("vents", {"scheme": "upwind"}),
}  # fmt: skip


def each(name: str, on: str) -> list:
    kind, numerics = HALLS[name]
    return [solver(plan(kind, flow), even(), on, start=n, **numerics) for n, flow in enumerate(FLOWS)]


def same(one, other) -> None:
    for name, field in vars(one.state).items():
        np.testing.assert_array_equal(getattr(other.state, name), field, err_msg=name)
    for name in ("inlet", "outlet"):
        np.testing.assert_array_equal(getattr(other.exchange, name), getattr(one.exchange, name))
    assert other.balances() == one.balances()


@pytest.mark.parametrize("outer", [1, 2])
@pytest.mark.parametrize("name", HALLS)
def test_halls_of_a_stack_are_the_halls_alone(device, name, outer):
    alone, stacked = each(name, device), each(name, device)
    for n, one in enumerate((*alone, *stacked)):  # each at a time step of its own
        one.set_time_step(one.step_size * (1.0 + 0.1 * (n % 3)))
    stack = Stack(stacked)
    for _ in range(12):
        step_at_once(stack, outer)
    for one in alone:
        for _ in range(12):
            one.advance(outer)
    assert all(np.ptp(one.state.u) > 0 for one in alone)
    for one, other in zip(alone, stacked, strict=True):
        same(one, other)
