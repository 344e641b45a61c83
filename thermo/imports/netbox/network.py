"""NetBox's power tables as a network file: panels on an ideal source, feeds as cables, ports as loads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import sqrt
from pathlib import Path
from typing import Any

from ...library import family
from ..imported import Imported, Notes, Row
from . import tables
from .tables import number
from .wiring import Draw, Wiring

POWER_FACTOR = 0.99  # weak: usual for supplies at half load and more; as of racks in a case
FREQUENCY = 60.0  # [Hz] of the cables' reactance
UTILIZATION = 80.0  # NetBox's own default of max_utilization [%]
TO_NEUTRAL = 300.0  # [V] above it a three-phase feed's outlets are taken between a phase and neutral
MATCH = (
    0.06  # of a single-phase feed's voltage to the panel's: 230 V on 400 V, 240 V on 415 V, 120 V on 208 V
)
LEGS = {"A": 0, "B": 1, "C": 2}


@dataclass(frozen=True)
class Feed:
    """A feed in service as a case and a network file want it."""

    row: Row
    panel: str
    name: str  # unique
    amps: float
    volts: float
    share: float  # of its amperage that it may carry for hours
    three_phase: bool
    between: bool  # its outlets are between two phases, not to neutral
    phase: int  # of a single-phase one: a, b, c, or a-b, b-c, c-a
    length: float | None
    kind: str  # of its cable
    draws: tuple[tuple[Draw, float], ...]  # and watts


@dataclass(frozen=True)
class Site:
    """Panels with their line-to-line voltage [V], and feeds."""

    panels: dict[str, float]
    feeds: tuple[Feed, ...]


def read(folder: str | Path) -> Imported:
    """The tables in a folder as a network file. Raises ImportRefused with everything that stands in the way."""
    notes = Notes(str(folder))
    return notes.finish(document(site(folder, notes)))


def site(folder: str | Path, notes: Notes) -> Site:
    """The tables in a folder, wired up."""
    held = tables.read(folder, notes)
    wiring = Wiring(held, notes)
    rows = [row for row in held["feeds"] if _in_service(row, notes)]
    panels = _panel_voltages(held["panels"], rows, notes)
    feeds, turn = [], dict.fromkeys(panels, 0)
    names = [str(row["name"]) for row in rows]
    for row in rows:
        panel, own = str(row["power_panel"]), str(row["name"])
        name = own if names.count(own) == 1 else f"{panel} {own}"
        feed = _feed(row, name, panels[panel], wiring, notes)
        feeds.append(replace(feed, phase=turn[panel] % 3))
        turn[panel] += not feed.three_phase
    _say(feeds, notes)
    return Site(panels, tuple(feeds))


def _in_service(row: Row, notes: Notes) -> bool:
    where = f"feed '{row['name']}'"
    if str(row.get("supply", "ac")).lower() == "dc":
        notes.refuse(where, "is a DC feed; leave it out, or put what feeds it in its place")
        return False
    if str(row.get("status", "active")).lower() != "active":
        notes.assume("Feeds that are not active are left out", where)
        return False
    return True


def _is_three_phase(row: Row) -> bool:
    return "three" in str(row.get("phase", "single-phase")).lower()


def _panel_voltages(stated: list[Row], feeds: list[Row], notes: Notes) -> dict[str, float]:
    """Line-to-line [V] by its three-phase feeds, else by another panel's, else by root three of its own."""
    names = dict.fromkeys([*(str(r["name"]) for r in stated), *(str(r["power_panel"]) for r in feeds)])
    three: dict[str, float] = {}
    for row in feeds:
        if _is_three_phase(row):
            volts, panel = number(row, "voltage", notes), str(row["power_panel"])
            if abs(three.setdefault(panel, volts) - volts) > MATCH * volts:
                notes.refuse(
                    f"feed '{row['name']}'",
                    f"has {volts:g} V and its panel {three[panel]:g} V; put it on another",
                )
    found = {}
    for name in names:
        own = [number(row, "voltage", notes) for row in feeds if str(row["power_panel"]) == name]
        fits = [
            v
            for v in three.values()
            if own and min(abs(own[0] / v - 1), abs(own[0] * sqrt(3) / v - 1)) < MATCH
        ]
        if own:
            found[name] = three.get(name) or next(iter(fits), own[0] * sqrt(3))
    return found


def _feed(row: Row, name: str, panel_volts: float, wiring: Wiring, notes: Notes) -> Feed:
    amps, volts, three = number(row, "amperage", notes), number(row, "voltage", notes), _is_three_phase(row)
    draws = tuple((draw, _watts(draw.port, notes)) for draw in wiring.draws(row))
    if not draws:
        notes.assume("Feeds that reach no power port feed nothing", name)
    return Feed(
        row=row,
        panel=str(row["power_panel"]),
        name=name,
        amps=amps,
        volts=volts,
        share=number(row, "max_utilization", notes, UTILIZATION) / 100,
        three_phase=three,
        between=volts < TO_NEUTRAL if three else _between(name, volts, panel_volts, notes),
        phase=0,
        length=wiring.far_length(row),
        kind=_cable_for(amps, name, notes),
        draws=draws,
    )


def _between(name: str, volts: float, panel_volts: float, notes: Notes) -> bool:
    """Whether a single-phase feed lies between two phases of its panel, by its voltage."""
    if abs(volts / panel_volts - 1) > MATCH and abs(volts * sqrt(3) / panel_volts - 1) > MATCH:
        notes.refuse(
            f"feed '{name}'",
            f"has {volts:g} V, which is neither between two phases nor to neutral at its panel's {panel_volts:.0f} V; "
            "correct its voltage or give it a panel of its own",
        )
    return abs(volts / panel_volts - 1) <= MATCH


def _watts(port: Row, notes: Notes) -> float:
    where = f"{port['device']} {port['name']}"
    if "allocated_draw" in port:
        return number(port, "allocated_draw", notes)
    if "maximum_draw" in port:
        notes.assume("Ports without an allocated draw take their maximum", where)
        return number(port, "maximum_draw", notes)
    notes.assume("Ports that state no draw draw nothing", where)
    return 0.0


def _cable_for(amps: float, name: str, notes: Notes) -> str:
    """The smallest of the library's copper cables that carries a feed's amperage."""
    kinds: Mapping[str, Any] = family("cables")
    sizes = sorted((kind.ampacity, key) for key, kind in kinds.items() if key.startswith("cu_"))
    for ampacity, key in sizes:
        if ampacity >= amps:
            return key
    notes.refuse(f"feed '{name}'", f"{amps:g} A is more than one cable carries; split it into parallel feeds")
    return sizes[-1][1]


def _say(feeds: list[Feed], notes: Notes) -> None:
    notes.assume(
        "NetBox knows nothing above a panel: panels hang on an ideal source; put your transformers above them"
    )
    notes.assume(
        "NetBox knows no sections: a feed's cable is the smallest of the library that carries its amperage, at the "
        "length of the cable at the feed; cords have no impedance"
    )
    notes.assume("A feed has a breaker of its amperage, by UL 489")
    notes.assume(
        f"Draws are at power factor {POWER_FACTOR:g} and constant, each port its own; spare supplies draw too"
    )
    for feed in feeds:
        if feed.length is None:
            notes.assume("Feeds whose cable states no length have no impedance", feed.name)
        if not feed.three_phase:
            notes.assume("NetBox says no phase of a single-phase feed: they take a, b, c in turn on each panel",
                         f"{feed.name} on {'abc'[feed.phase]}")  # fmt: skip
        if feed.three_phase and feed.between:
            notes.assume("Legs A, B, C of three-phase feeds below 300 V are between a-b, b-c, c-a", feed.name)
        if feed.three_phase and any(not draw.leg for draw, _ in feed.draws):
            notes.assume("What states no leg of a three-phase feed draws a third of each phase", feed.name)


def document(found: Site) -> dict[str, Any]:
    """Tables of a network file: source, panels, ends of feeds."""
    if not found.panels:
        return {}
    volts = max(found.panels.values())
    nodes = [{"id": "source", "name": "source", "u": volts}]
    lines: list[Row] = []
    transformers: list[Row] = []
    for panel, own in found.panels.items():
        nodes.append({"id": f"panel {panel}", "name": panel, "u": own})
        ends = {"f": "source", "t": f"panel {panel}", "name": panel}
        if own == volts:
            lines.append(ends | {"kind": "panel"})
        else:
            ideal = {"u1": volts, "u2": own, "vector_group": "YNyn0", "r_lv_ohm": 0.0, "x_lv_ohm": 0.0}
            transformers.append(ends | ideal)
    for feed in found.feeds:
        nodes.append({"id": f"feed {feed.name}", "name": feed.name, "u": found.panels[feed.panel]})
        lines.append(_line(feed))
    loads = [_load(feed, draw, watts) for feed in found.feeds for draw, watts in feed.draws if watts]
    held = {"nodes": nodes, "lines": lines, "transformers": transformers, "loads": loads}
    return {"source": {"node": "source"}} | {name: rows for name, rows in held.items() if rows}


def _line(feed: Feed) -> Row:
    kind: Any = family("cables")[feed.kind]
    metres = feed.length or 0.0
    r, x = kind.resistance * metres, kind.reactance * FREQUENCY / kind.frequency * metres
    z0 = {"r0": r * (1 + 3 / kind.neutral), "x0": 4 * x}
    made: Row = {
        "f": f"panel {feed.panel}",
        "t": f"feed {feed.name}",
        "name": feed.name,
        "kind": "feed",
        "place": feed.panel,
    }
    made |= {"r1": r, "x1": x, **z0, "rating": feed.amps * feed.share, "breaker": {"rating": feed.amps}}
    return made | ({"length": metres} if metres else {})


def _load(feed: Feed, draw: Draw, watts: float) -> Row:
    """A wye load to neutral, or one between phases: row 1 between a and b, 2 between b and c, 3 between c and a."""
    leg = LEGS.get(draw.leg.upper()) if feed.three_phase else feed.phase
    shares = [1 / 3] * 3 if leg is None else [float(f == leg) for f in range(3)]
    q = watts * sqrt(1 / POWER_FACTOR**2 - 1)
    made: Row = {"node": f"feed {feed.name}", "name": f"{draw.port['device']} {draw.port['name']}"}
    made |= {"p": [watts * s for s in shares], "q": [q * s for s in shares]}
    return made | ({"connection": "delta"} if feed.between and leg is not None else {})
