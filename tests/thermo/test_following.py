"""What is made of a swing: steady air, a slight swing, or one that is followed with all care."""

import numpy as np
import pytest
from box_hall import SIZE, even, quiet, solver, stay, through, unit

from thermo import device as devices
from thermo.plan import Plan

BEST = devices.found()[-1]


def hall():
    plan = Plan(SIZE, (unit(),), through())
    return solver(plan, even(), BEST)


def swung(found, *amplitudes):
    """Two windows and more of inlets that swing by so much about their mean, each amplitude for a window."""
    found.set_time_step(found.suggest_time_step())
    steps = found.window()
    for amplitude in amplitudes:
        for at in np.arange(steps):
            found.time += found.step_size
            found.monitor.record(
                found.time, np.array([5.0 + amplitude * np.sin(2 * np.pi * at / (steps / 3))])
            )


@pytest.mark.parametrize(
    ("amplitude", "becomes"),
    [(0.15, "steady"), (0.3, "followed, slight"), (0.45, "followed, slight"), (0.6, "followed")],
)
def test_a_swing_is_followed_by_its_width(monkeypatch, amplitude, becomes):
    found = hall()
    swung(found, amplitude, amplitude)
    monkeypatch.setattr(found, "_in_steps_that_serve", lambda watch, settle: "swinging")

    def follow(watch, settle, *, slight=False):
        return "followed, slight" if slight else "followed"

    monkeypatch.setattr(found, "follow", follow)
    outcome = found.run(quiet, stay)
    assert outcome == becomes or (becomes == "steady" and outcome.converged is True)


@pytest.mark.parametrize(
    ("before", "now", "watched"), [(0.1, 0.18, True), (0.17, 0.18, False), (0.2, 0.35, False)]
)
def test_a_swing_that_grows_within_the_band_is_watched_on(before, now, watched):
    found = hall()
    swung(found, before, now)
    assert found._spreads_within_band(found.window()) is watched


def test_a_slight_swing_is_followed_in_single_iterations_and_not_left_to_saturate():
    found = hall()
    found.run(quiet, stay)
    steady = found.exchange.unit_means(found.exchange.inlet)[0]
    found.set_time_step(found.suggest_time_step())
    before, window = found.iterations, found.window()
    outcome = found.follow(quiet, stay, slight=True)
    assert found.iterations - before == found.averaging[1] * window
    assert outcome.followed.units.mean[0] == pytest.approx(steady, abs=0.05)  # the run's own tolerance
