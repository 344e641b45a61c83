"""The hall's envelope: openings on their walls, fans that fit, a way in and a way out, partitions inside."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from .. import library
from ..case import Case
from ..case.hall import WallCondition
from ..layout.walls import INNER_FILM, OUTER_FILM
from ..plan import Box, Opening, Partition, Plan, Problem, Solid, Unit
from .shapes import AXES, TINY, beyond, covered, overlap, side, size_text

HALL_RANGE = (1.0, 1000.0)  # [m] of each side
FASTEST = 15.0  # [m/s] a supply opening; above it nobody can stand or hear
BLOCKED = 0.5  # share of an opening that may have something right before it
SURFACES = (213.15, 373.15)  # [K] that a hall's sides and what is behind them can have
WALL_AXIS = {"x_min": 0, "x_max": 0, "y_min": 1, "y_max": 1, "floor": 2, "ceiling": 2}


def problems(case: Case, plan: Plan) -> Iterator[Problem]:
    """Everything wrong with hall, openings and partitions."""
    yield from _hall(case, plan)
    for opening in plan.openings:
        yield from _opening(case, plan, opening)
    yield from _overlapping(plan)
    yield from _ways(case, plan)
    for wall, stated in case.hall.walls:
        if stated is not None:
            yield from _wall(case, wall, stated)
    for partition in plan.partitions:
        low, high = ("from", "to")
        sides = [side(partition.box, a) for a in range(3) if AXES[a] != partition.axis]
        if any(length < TINY for length in sides):
            cure = f"each coordinate of `{low}` must lie below that of `{high}`"
            yield Problem((*partition.path, high), f"the partition has no area; {cure}")
        elif beyond(partition.box, plan.size):
            yield Problem(
                partition.path, f"reaches {beyond(partition.box, plan.size)}; keep it inside the hall"
            )
        yield from _passes(partition, sides)


def _passes(partition: Partition, sides: list[float]) -> Iterator[Problem]:
    """What a partition lets through, heat and air, is what one can."""
    most, area = 1.0 / (2.0 * INNER_FILM), sides[0] * sides[1]
    if partition.u_value is not None and not 0.0 < partition.u_value <= most:
        cure = f"the air films on its two sides alone leave {most:.1f} W/(m2 K) (ISO 6946)"
        given = f"{partition.u_value:g} W/(m2 K) is no U-value of a partition"
        yield Problem((*partition.path, "u_value"), f"{given}; {cure}")
    if partition.leakage >= area > TINY:
        cure = "leave a gap in the partition instead, or use a screen"
        found = f"gaps of {partition.leakage:.3g} m2 leave nothing of its {area:.3g} m2"
        yield Problem((*partition.path, "leakage"), f"{found}; {cure}")


def _hall(case: Case, plan: Plan) -> Iterator[Problem]:
    for axis, length in enumerate(plan.size):
        shortest = 0.0 if case.empty or case.hall.sliced(axis) else HALL_RANGE[0]
        if not shortest <= length <= HALL_RANGE[1]:
            given = (
                f"a hall {length:g} m along {AXES[axis]} is outside {HALL_RANGE[0]:g} to {HALL_RANGE[1]:g} m"
            )
            yield Problem(("hall", "size", str(axis)), f"{given}; check the unit")


def _wall(case: Case, wall: str, stated: WallCondition) -> Iterator[Problem]:
    path = ("hall", "walls", wall)
    if sum(v is not None for v in (stated.temperature, stated.u_value, stated.flux)) != 1:
        yield Problem(path, "a wall has one of `temperature`, `u_value` and `flux`; leave out the rest")
    for key in ("outside", "solar"):
        if getattr(stated, key) is not None and stated.u_value is None:
            yield Problem(
                (*path, key), f"`{key}` lies behind a wall that conducts; add a `u_value` or leave it out"
            )
    for key in ("temperature", "outside"):
        kelvin = getattr(stated, key)
        if kelvin is not None and not SURFACES[0] <= kelvin <= SURFACES[1]:
            yield Problem((*path, key), "a wall and its outside are between -60 and 100 degC; check the unit")
    most = 1.0 / (INNER_FILM + OUTER_FILM)
    if stated.u_value is not None and not 0.0 < stated.u_value <= most:
        cure = f"the air films alone leave {most:.1f} W/(m2 K) (ISO 6946)"
        yield Problem((*path, "u_value"), f"{stated.u_value:g} W/(m2 K) is no U-value of a {wall}; {cure}")
    if wall in case.hall.symmetry:
        yield Problem(path, f"{wall} is a symmetry plane and passes no heat; take it out of `symmetry`")


def _opening(case: Case, plan: Plan, opening: Opening) -> Iterator[Problem]:
    across = WALL_AXIS[opening.wall]
    flat = [axis for axis in range(3) if axis != across]
    named = f"{opening.name}, {size_text(side(opening.box, a) for a in flat)}"
    wall = size_text(plan.size[a] for a in flat)
    out = beyond(opening.box, plan.size)
    if any(side(opening.box, a) > plan.size[a] + TINY for a in flat):
        yield Problem(
            (*opening.path, "size"), f"{named}, is larger than its wall {opening.wall}, {wall}; shrink it"
        )
    elif out:
        cure = "move it, or place fewer" if opening.name != opening.group else "move it"
        yield Problem((*opening.path, "at"), f"{named}, reaches {out}, off its wall {opening.wall}; {cure}")
    if opening.wall in plan.symmetry:
        cure = "put it on a real wall, or take the wall out of `symmetry`"
        yield Problem((*opening.path, "wall"), f"{opening.wall} is a symmetry plane, not a wall; {cure}")
    yield from _fan_fits(case, opening, flat)
    yield from _blocked(plan, opening)
    speed = opening.flow / opening.area if opening.kind == "supply" else 0.0
    if speed > FASTEST:
        cure = f"enlarge it to {opening.flow / FASTEST:.2g} m2 or more, or lower the flow"
        yield Problem((*opening.path, "flow"), f"air would enter {opening.name} at {speed:.0f} m/s; {cure}")


def _fan_fits(case: Case, opening: Opening, flat: list[int]) -> Iterator[Problem]:
    """A fan needs the opening its maker states, whichever way round."""
    if not opening.fan:
        return
    try:
        needed = sorted(library.find(case, "fans", opening.fan).opening)
    except library.UnknownKind:
        return
    given = sorted(side(opening.box, axis) for axis in flat)
    if any(g < n - 1e-3 for g, n in zip(given, needed, strict=True)):
        cure = "enlarge the opening or choose a smaller fan"
        complaint = f"{opening.fan} needs an opening of {size_text(needed)}, this one is {size_text(given)}"
        yield Problem((*opening.path, "size"), f"{complaint}; {cure}")


def _blocked(plan: Plan, opening: Opening) -> Iterator[Problem]:
    """Solids and units that stand against an opening."""
    things: tuple[Solid | Unit, ...] = (*plan.solids, *plan.units)
    shares = {thing.name: covered(opening.box, WALL_AXIS[opening.wall], thing.box) for thing in things}
    if sum(shares.values()) > BLOCKED:
        names = ", ".join(name for name, share in shares.items() if share > 0)
        yield Problem(
            opening.path,
            f"{sum(shares.values()):.0%} of {opening.name} is covered by {names}; move one of them",
        )


def _overlapping(plan: Plan) -> Iterator[Problem]:
    told: set[tuple[str, str]] = set()
    for first, second in combinations(plan.openings, 2):
        pair = (first.group, second.group)
        if first.wall != second.wall or pair in told:
            continue
        area = _shared_area(first.box, second.box, WALL_AXIS[first.wall])
        if area > TINY:
            told.add(pair)
            cure = "widen the pitch" if first.group == second.group else "move one of them"
            yield Problem(
                second.path, f"{second.name} and {first.name} share {area:.2g} m2 of {first.wall}; {cure}"
            )


def _shared_area(first: Box, second: Box, across: int) -> float:
    shared = overlap(first, second)
    flat = [shared[axis] for axis in range(3) if axis != across]
    return max(flat[0], 0.0) * max(flat[1], 0.0)


def _ways(case: Case, plan: Plan) -> Iterator[Problem]:
    """Air that comes in must get out, and the other way round; heat must get out anyhow."""
    kinds = {opening.kind for opening in plan.openings}
    way_in, way_out = kinds & {"supply", "intake", "pressure"}, kinds & {"fan", "pressure"}
    if way_in and not way_out:
        cure = "add an opening of kind fan or pressure"
        yield Problem(("openings",), f"air comes in and has no way out; {cure}")
    elif way_out and not way_in:
        yield Problem(("openings",), "fans draw air out and none can come in; add an opening of kind intake")
    elif not (kinds or case.empty or any(unit.role == "cooler" for unit in plan.units)):
        cure = "add `openings:` (intake and fan, or supply and pressure), or coolers"
        yield Problem(("openings",), f"the hall is closed and its heat has no way out; {cure}")
