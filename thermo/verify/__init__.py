"""Verification: the air solver against exact solutions and benchmark figures, the same for tests and command."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any, NamedTuple

from . import cavity, convection, exact, manufactured, nusselt, turbulent
from .finding import Finding

__all__ = ["CASES", "Case", "Finding", "document", "run"]


class Case(NamedTuple):
    """A verification case: its name, its findings, and whether it takes seconds only."""

    name: str
    findings: Callable[[], Iterator[Finding]]
    quick: bool


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
)


def run(quick: bool, watch: Callable[[str, float], None]) -> list[Finding]:
    """The findings of all cases, or of the quick ones; `watch` hears each case's name and seconds."""
    found: list[Finding] = []
    for case in CASES:
        if case.quick or not quick:
            begun = perf_counter()
            found += case.findings()
            watch(case.name, perf_counter() - begun)
    return found


def document(found: list[Finding]) -> dict[str, Any]:
    """For JSON."""
    missed = sum(not f.ok for f in found)
    return {
        "ok": missed == 0,
        "figures": len(found),
        "missed": missed,
        "findings": [f.document() for f in found],
    }
