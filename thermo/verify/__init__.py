"""Verification against exact solutions, validation against measured rooms; the same for tests and command."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from time import perf_counter
from typing import Any, NamedTuple

from . import cavity, convection, exact, manufactured, nusselt, turbulent
from .finding import Finding
from .rooms import ceiling_jet, filling, heated_channel, mockup, pod, rising, separation, tall_cavity

__all__ = ["CASES", "Case", "Finding", "document", "run"]


class Case(NamedTuple):
    """A verification case: its name, its findings, and whether it takes seconds only."""

    name: str
    findings: Callable[[], Iterator[Finding]]
    quick: bool
    room: bool = False  # measured, solved from a case file
    hall: bool = False  # likewise, a data centre


CASES = (
    Case("poiseuille", exact.poiseuille, True),
    Case("couette", exact.couette, True),
    Case("duct", exact.duct, True),
    Case("taylor-green", exact.taylor_green, True),
    Case("time-step", exact.time_step, True),
    Case("manufactured", manufactured.quick, True),
    Case("manufactured-more", manufactured.thorough, False),
    Case("lid-100", cavity.lid_quick, True),
    Case("lid", cavity.lid, False),
    Case("cavity-1e4", convection.cavity_quick, True),
    Case("cavity", convection.cavity, False),
    Case("cube", convection.cube, False),
    Case("channel", nusselt.channel, True),
    Case("onset", convection.onset, True),
    Case("turbulent-channel", turbulent.channel, True),
    Case("ceiling-jet-coarse", ceiling_jet.coarse, True, room=True),
    Case("ceiling-jet", ceiling_jet.findings, False, room=True),
    Case("step", separation.findings, False, room=True),
    Case("tall-cavity", tall_cavity.findings, False, room=True),
    Case("heated-channel", heated_channel.findings, False, room=True),
    Case("plume", rising.findings, False, room=True),
    Case("filling-box", filling.findings, False, room=True),
    *(Case(f"pod-{window}", partial(pod.findings, window), False, hall=True) for window in pod.WINDOWS),
    Case("mockup", mockup.findings, False, hall=True),
)


def choose(
    names: Sequence[str] = (), *, quick: bool = False, rooms: bool = False, halls: bool = False
) -> tuple[Case, ...]:
    """The cases of these names; without names the quick ones, or what was measured (rooms, data centres), or the rest.

    Raises KeyError with a name there is not.
    """
    known = {case.name: case for case in CASES}
    if names:
        return tuple(known[name] for name in names)
    if quick:
        return tuple(case for case in CASES if case.quick and (case.room or not rooms))
    wanted = (rooms and not halls, halls)
    return tuple(c for c in CASES if (c.room, c.hall) == wanted and not (c.room and c.quick))


def run(cases: Sequence[Case], watch: Callable[[str, float], None]) -> list[Finding]:
    """The findings of these cases; `watch` hears each case's name and seconds."""
    found: list[Finding] = []
    for case in cases:
        begun = perf_counter()
        found += case.findings()
        watch(case.name, perf_counter() - begun)
    return found


def document(found: list[Finding]) -> dict[str, Any]:
    """For JSON; `ok` where nothing is missed but what is known to be."""
    missed = sum(not f.ok for f in found)
    return {
        "ok": all(f.ok or f.miss for f in found),
        "figures": len(found),
        "missed": missed,
        "known_misses": sum(not f.ok and bool(f.miss) for f in found),
        "findings": [f.document() for f in found],
    }
