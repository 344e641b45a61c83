"""Rungs of a ladder solved: from the field of the one below, several at once, and what ends one leaves the others."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from thermo import assembly, climbing, couple, device, ladder
from thermo.air.ventilation import FansTooWeak
from thermo.casefile import load

SMOKE = Path(__file__).parents[2] / "cases" / "smoke"


@pytest.fixture
def solving(monkeypatch):
    """A solver that notes densities and starts, and fails where it is told to."""
    calls, failures = [], {}

    def solve(case, plan, device, watch, start, averaging, *, enlist):
        density = plan.units[0].power / 1e3
        calls.append((density, start))
        outcome = failures.get(density, SimpleNamespace(ended="", reason=""))
        if isinstance(outcome, Exception):
            raise outcome
        found = SimpleNamespace(snapshot=lambda: f"field of {density:g}", outcome=outcome)
        found.whole = lambda: found
        return found

    monkeypatch.setattr(couple, "solve", solve)
    monkeypatch.setattr(assembly, "assemble", lambda solution, text: SimpleNamespace(text=text))
    return SimpleNamespace(calls=calls, failures=failures)


def climbed(densities, together=1):
    steps = ladder.rungs(load(SMOKE), densities)
    return list(climbing.climb(steps, "numpy", lambda news: None, lambda rung: None, together))


def test_each_rung_starts_from_the_one_below(solving):
    climbed([40, 10, 20])
    assert solving.calls == [(10, None), (20, "field of 10"), (40, "field of 20")]


def test_rungs_at_once_start_from_the_last_one_below_them_all(solving):
    found = climbed([10, 20, 40, 80, 132], together=2)
    starts = [None, None, "field of 20", "field of 20", "field of 80"]
    assert solving.calls == list(zip([10, 20, 40, 80, 132], starts, strict=True))
    assert [one.rung.density_kW for one in found] == [10, 20, 40, 80, 132]


def test_what_ends_one_rung_leaves_those_solved_with_it(solving):
    solving.failures |= {
        20: FansTooWeak("too weak", "fans"),
        40: SimpleNamespace(ended="diverged", reason="the air diverged"),
    }
    found = climbed([10, 20, 40, 80], together=4)
    assert [one.reason for one in found] == ["", "too weak", "the air diverged", ""]
    assert [one.result is None for one in found] == [False, True, True, False]


def test_small_halls_fill_a_card_and_others_are_solved_one_by_one(monkeypatch):
    steps = ladder.rungs(load(SMOKE), [10, 20])  # some 10,000 cells
    assert climbing.at_once(steps, "cpu") == 1
    assert 80 < climbing.at_once(steps, "cuda:1") < 120
    monkeypatch.setattr(device, "found", lambda: ["numpy", "cpu", "cuda"])
    assert climbing.at_once(steps, "auto") > 80


def test_a_rung_that_diverges_is_told_and_the_others_go_on(solving):
    solving.failures[20] = SimpleNamespace(ended="diverged", reason="the air diverged at iteration 40")
    found = climbed([10, 20, 40])
    assert solving.calls[-1] == (40, "field of 10")
    assert [one.result is None for one in found] == [False, True, False]
    entry = ladder.entry(found[1])
    assert entry["converged"] is False
    assert entry["reason"] == "the air diverged at iteration 40"
    assert entry["binding"] == {"limit": None, "where": None, "utilisation": None, "judged": None}


def test_an_interrupt_inside_a_rung_ends_the_climb(solving):
    solving.failures[20] = SimpleNamespace(ended="interrupted", reason="")
    with pytest.raises(KeyboardInterrupt):
        climbed([10, 20, 40])
    assert len(solving.calls) == 2


def test_fans_too_weak_are_themselves_the_limit(solving):
    solving.failures[20] = FansTooWeak("too weak", "fans")
    found = climbed([20, 40])
    entry = ladder.entry(found[0])
    assert entry["binding"] == {"limit": "fans", "where": "fans", "utilisation": 1.0, "judged": None}
    assert ladder.crossings([entry])["fans"] == {"density_kW": 20, "where": "fans", "between_kW": [20, 20]}
