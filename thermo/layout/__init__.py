"""Case -> Plan: rows become racks, shelf bays and coolers one by one, entries become openings one by one."""

from __future__ import annotations

from dataclasses import replace

from ..case import Case
from ..plan import Plan, Problem, Solid
from .assumptions import assumptions
from .blanking import ducts
from .desk import Desk, box, heat_capacity
from .openings import openings
from .partitions import leaks, partitions
from .screens import screens
from .units import phase_shares, units
from .walls import walls

__all__ = ["LayoutError", "build_plan", "heat_capacity", "lay_out", "phase_shares"]


class LayoutError(ValueError):
    """A case that cannot be laid out; `problems` says why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{'.'.join(p.path)}: {p.message}" for p in problems))
        self.problems = problems


def build_plan(case: Case) -> Plan:
    """Everything in the hall, one by one. Raises LayoutError when the case names what does not exist."""
    plan, problems = lay_out(case)
    if problems:
        raise LayoutError(problems)
    return plan


def lay_out(case: Case) -> tuple[Plan, list[Problem]]:
    """The plan, and as problems what had to be left away."""
    desk = Desk(case, heat_capacity(case))
    placed = tuple(units(desk, case))
    lids, gaps = ducts(placed)
    plan = Plan(
        size=case.hall.size,
        units=placed,
        openings=tuple(openings(desk, case)),
        solids=tuple(
            Solid(name, ("hall", "solids", name), box(solid.at, solid.size))
            for name, solid in case.hall.solids.items()
        ),
        partitions=(*partitions(case), *lids),
        screens=(*screens(desk, case), *leaks(case), *gaps),
        symmetry=case.hall.symmetry,
        walls=tuple(walls(case)),
    )
    return replace(plan, assumptions=assumptions(desk, plan)), desk.problems
