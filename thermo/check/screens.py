"""Screens: inside the hall, each with a loss, not in one another, no rack in their way, jets they can feed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from ..case import Case
from ..plan import Plan, Problem, Screen
from .shapes import AXES, TINY, beyond, overlap, side


def problems(case: Case, plan: Plan) -> Iterator[Problem]:
    """Everything wrong with the hall's screens."""
    for name, stated in case.hall.screens.items():
        path = ("hall", "screens", name)
        if stated.open_area is None and stated.loss_coefficient is None:
            yield Problem(path, "a screen needs its `open_area` or a `loss_coefficient`; add one")
        if stated.jet and stated.open_area is None:
            yield Problem(
                (*path, "jet"), "jets leave through holes; add their `open_area`, or leave `jet` out"
            )
    for screen in _stated(plan):
        yield from _place(plan, screen)
        yield from _jets(screen)
    yield from _shared(plan)


def _stated(plan: Plan) -> list[Screen]:
    """Screens of their own; the gaps of partitions and racks are checked with these."""
    return [screen for screen in plan.screens if screen.path[:2] == ("hall", "screens")]


def _place(plan: Plan, screen: Screen) -> Iterator[Problem]:
    axis = AXES.index(screen.axis)
    if any(side(screen.box, a) < TINY for a in range(3) if a != axis):
        cure = "each coordinate of `from` must lie below that of `to`"
        yield Problem((*screen.path, "to"), f"the screen has no area; {cure}")
    elif beyond(screen.box, plan.size):
        out = beyond(screen.box, plan.size)
        yield Problem(screen.path, f"{screen.name} reaches {out}; keep it inside the hall")
    elif not TINY < screen.box[2 * axis] < plan.size[axis] - TINY:
        cure = "move it inside, or give the opening there a louvre"
        yield Problem((*screen.path, "at"), f"{screen.name} lies on the hall's own side; {cure}")
    for unit in plan.units:
        inside = unit.box[2 * axis] + TINY < screen.box[2 * axis] < unit.box[2 * axis + 1] - TINY
        shared = overlap(unit.box, screen.box)
        if inside and min(shared[a] for a in range(3) if a != axis) > TINY:
            yield Problem(
                screen.path, f"{screen.name} cuts through {unit.name}; end it at {unit.name}'s side"
            )
            return


def _jets(screen: Screen) -> Iterator[Problem]:
    """Jets cannot give the air more than the screen takes from it."""
    if not screen.jet_area:
        return
    least = 2.0 * (1.0 / screen.jet_area - 1.0)
    if screen.loss < least:
        cure = f"with {screen.jet_area:.0%} of it open it is {least:.2g} or more"
        found = f"a loss coefficient of {screen.loss:g} is less than the jets' own momentum"
        yield Problem((*screen.path, "loss_coefficient"), f"{found}; {cure}")


def _shared(plan: Plan) -> Iterator[Problem]:
    told: set[frozenset[tuple[str, ...]]] = set()
    for first, second in combinations(_stated(plan), 2):
        pair = frozenset((first.path, second.path))
        axis = AXES.index(first.axis)
        if (
            first.axis != second.axis
            or pair in told
            or abs(first.box[2 * axis] - second.box[2 * axis]) > TINY
        ):
            continue
        shared = overlap(first.box, second.box)
        if min(shared[a] for a in range(3) if a != axis) > TINY:
            told.add(pair)
            cure = "widen the pitch" if first.path == second.path else "move one of them"
            yield Problem(second.path, f"{second.name} lies over {first.name}; {cure}")
