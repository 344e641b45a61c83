"""NetBox's panels and feeds as the `power:` section of a case, and its racks' feeds as lines to paste into rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ..imported import ImportRefused, Notes
from .network import Feed, Site, site

HEAD = """\
# Panels and feeds of a NetBox. Put it under a case of yours, whose halls and rows NetBox does not know.
# Say what is above the panels: `source` is the panels' own voltage here, without a fault level.
# Racks by their feeds are listed at the end, for `overrides` of your rows.
"""


def read(folder: str | Path) -> tuple[str, tuple[str, ...]]:
    """The fragment's text and what was taken for granted. Raises ImportRefused."""
    notes = Notes(str(folder))
    found = site(folder, notes)
    volts = sorted(set(found.panels.values()))
    if len(volts) > 1:
        shown = " and ".join(f"{v:.0f} V" for v in volts)
        notes.refuse(
            "panels", f"have {shown}; a case has one source: export one voltage, or import a network file"
        )
    for feed in found.feeds:
        if not feed.three_phase:
            notes.assume("Racks on single-phase feeds need `phases` in their row", feed.name)
    said = notes.finish({}).assumptions
    return HEAD + "\n".join(_lines(found, volts[0])) + "\n", said


def key(name: str) -> str:
    """A name as a key of YAML."""
    return re.sub(r"\W+", "_", name).strip("_").lower()


def _lines(found: Site, volts: float) -> Iterator[str]:
    keys = [key(name) for name in found.panels] + [key(feed.name) for feed in found.feeds]
    doubled = sorted({name for name in keys if keys.count(name) > 1})
    if doubled:
        raise ImportRefused(
            [f"names {', '.join(doubled)}: two panels or feeds would be one element; rename one"]
        )
    yield "power:"
    yield f"  source: {{voltage: {volts:.4g} V}}"
    yield "  elements:"
    for panel in found.panels:
        yield f"    {key(panel)}: {{type: board, from: source}}"
    for feed in found.feeds:
        yield f"    {key(feed.name)}: {_element(feed)}"
    yield from _racks(found)


def _element(feed: Feed) -> str:
    """A cable; where no length is stated a board, which has a breaker and no impedance."""
    breaker = f"breaker: {{rating: {feed.amps:g} A, continuous: {100 * feed.share:g} %}}"
    if not feed.length:
        return f"{{type: board, from: {key(feed.panel)}, {breaker}}}"
    ends = f"type: cable, kind: {feed.kind}, from: {key(feed.panel)}, length: {feed.length:g} m"
    return f"{{{ends}, place: switch_room, {breaker}}}"


def _racks(found: Site) -> Iterator[str]:
    """Power and shares of the feeds that NetBox assigns to a rack."""
    by_rack: dict[str, dict[str, float]] = {}
    for feed in found.feeds:
        if "rack" in feed.row:
            watts = sum(draw for _, draw in feed.draws)
            by_rack.setdefault(str(feed.row["rack"]), {})[key(feed.name)] = watts
    if by_rack:
        yield "# racks:"
    for rack, feeds in by_rack.items():
        total = sum(feeds.values())
        percent = {name: 100 * (watts / total if total else 1 / len(feeds)) for name, watts in feeds.items()}
        shares = ", ".join(f"{name}: {share:.9g} %" for name, share in percent.items())
        yield f"#   {rack}: {{power: {total / 1e3:.4g} kW, feed: {{{shares}}}}}"
