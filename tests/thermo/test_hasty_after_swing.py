"""Steps shortened because inlets swing may still be too long for the mass balance: halved then, never a verdict."""

import pytest
from box_hall import SIZE, even, solver, stay, through, unit

from thermo import device as devices
from thermo.air import pace
from thermo.plan import Plan

BEST = devices.found()[-1]
SWINGS, HALVES = "the air swings: a shorter step", "mass does not balance: a shorter step"


def scripted(monkeypatch, longer, verdicts):
    """A solver in steps so much longer than those that follow the air; each verdict comes after a single iteration.

    Returns it, what it tells, the step at each verdict, and the step that follows the air [s].
    """
    found, told, steps = solver(Plan(SIZE, (unit(),), through()), even(), BEST), [], []
    follows = found.suggest_time_step()
    found.set_time_step(longer * follows)
    coming = iter(verdicts)

    def iterate(watch, settle):
        steps.append(found.step_size)
        found.advance()
        return next(coming)

    monkeypatch.setattr(found, "_iterate", iterate)
    return found, told, steps, follows


def phases(told):
    return [(news["phase"], news["time_step_s"]) for news in told]


def test_a_hasty_verdict_after_a_swing_halves_the_step(monkeypatch):
    """From 12 steps a quarter is 3, its half 1.5, the half of that would be shorter than what follows the air: 1."""
    verdicts = ("swinging", "hasty", "hasty", "settled")
    found, told, steps, follows = scripted(monkeypatch, 12.0, verdicts)
    outcome = found.run(told.append, stay)
    assert steps == pytest.approx([12 * follows, 3 * follows, 1.5 * follows, follows])
    assert phases(told) == [(SWINGS, steps[1]), (HALVES, steps[2]), (HALVES, steps[3])]
    assert found.longest == steps[-1]  # not to be lengthened again
    assert found.monitor.first == 3  # iterations at other steps, which say nothing of this one
    assert outcome.converged is True
    assert outcome.reason == ""


def test_a_quarter_stops_at_the_step_that_follows_the_air(monkeypatch):
    """From 3 steps a quarter would be shorter than 1. A swing there is believed; mass that fails to keep up is not."""
    verdicts = ("swinging", "hasty", "settled")
    found, told, steps, follows = scripted(monkeypatch, 3.0, verdicts)
    assert found.run(told.append, stay).converged is True
    assert steps == pytest.approx([3 * follows, follows, 0.5 * follows])
    assert phases(told) == [(SWINGS, steps[1]), (HALVES, steps[2])]


def test_a_swing_seen_again_after_the_halving_is_shortened_again(monkeypatch):
    verdicts = ("swinging", "hasty", "swinging", "settled")
    found, told, steps, follows = scripted(monkeypatch, 40.0, verdicts)
    assert found.run(told.append, stay).converged is True
    assert steps == pytest.approx([40 * follows, 10 * follows, 5 * follows, 1.25 * follows])
    assert phases(told) == [(SWINGS, steps[1]), (HALVES, steps[2]), (SWINGS, steps[3])]
    assert pace.STRETCHED == 4.0  # a quarter each time
