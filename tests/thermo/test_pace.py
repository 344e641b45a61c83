"""Time steps on the way to a steady state: halved where mass cannot keep up, doubled where it does; windows in time."""

import numpy as np
import pytest
from box_hall import SIZE, even, quiet, solver, stay, through, unit

from thermo import device as devices
from thermo.air import pace
from thermo.air import solver as air_solver
from thermo.air.monitor import Monitor
from thermo.plan import Plan

BEST = devices.found()[-1]


def open_hall(**numerics):
    """One rack of 1.2 kW in a stream of 0.4 m3/s at 295 K."""
    return solver(Plan(SIZE, (unit(),), through()), even(), BEST, **numerics)


def test_steps_too_long_for_the_mass_balance_are_halved(monkeypatch):
    told = []
    monkeypatch.setattr(pace, "HASTY", 0.0)  # as if the mass error were always too large
    monkeypatch.setattr(air_solver, "MASS_STOP", 0.0)
    monkeypatch.setattr(pace, "adapt", lambda solver, mass, still: None)
    found = open_hall(iterations=400)
    long = found.step_size
    found.run(told.append, stay)
    steps = [news["time_step_s"] for news in told if "mass" in news.get("phase", "")]
    assert steps == pytest.approx([long / 2, long / 4])
    assert pace.PSEUDO == 4.0  # a quarter is the step that follows the air: no shorter one


def test_steps_grow_on_fine_grids_where_the_mass_balance_keeps_up():
    """A time step that cells set: with the balance kept it doubles up to what the layering bears, and no further."""
    found = open_hall()
    found.set_time_step(found.step_size / 8)
    found.longest = 3 * found.step_size
    first = found.step_size
    found.run(quiet, stay)
    assert found.step_size == pytest.approx(3 * first)


def test_steps_in_which_only_velocities_go_on_circling_are_halved(monkeypatch):
    monkeypatch.setattr(air_solver, "MASS_STOP", 0.0)
    monkeypatch.setattr(pace, "EASY", 0.0)
    found = open_hall(iterations=400)
    found.run(quiet, stay)
    assert found.step_size == pytest.approx(found.suggest_time_step())


def test_a_settled_hall_whose_mass_error_stands_tries_shorter_steps_than_the_air_asks_for(monkeypatch):
    monkeypatch.setattr(air_solver, "MASS_STOP", 0.0)
    monkeypatch.setattr(pace, "CLOSED", -1.0)  # as if the mass error,
    monkeypatch.setattr(pace, "STANDS", -1.0)  # however small, stood
    told, found = [], open_hall(iterations=2500)
    found.run(told.append, stay)
    follows = found.suggest_time_step()
    steps = [news["time_step_s"] for news in told if "mass" in news.get("phase", "")]
    assert steps == pytest.approx([follows / 2, follows / 4, follows / 8])  # from there on no shorter one
    stated = open_hall(iterations=600, time_step=f"{follows} s")
    stated.run(quiet, stay)
    assert stated.step_size == follows


def test_a_mass_error_stands_where_it_no_longer_falls():
    found = solver(Plan(SIZE, (), through()), even(), BEST)  # a room without units: whatever the step
    assert not pace.circling(found, still=False)  # nothing was seen yet

    def seen(masses):
        found.monitor.residuals = [
            (20 * n, 1.0 * n, mass, 0.0, 1.0) for n, mass in enumerate(masses, start=1)
        ]
        return pace.circling(found, still=False)

    falling = 0.5 * 0.98 ** np.arange(40)  # by 18 % in ten looks
    assert not seen(falling)
    assert seen(np.full(40, 0.2))
    assert not seen(np.full(19, 0.2))  # too few looks
    assert not seen(np.full(40, 0.01))  # too small to matter
    found.monitor.first = 500  # iterations at another step
    assert not seen(np.full(40, 0.2))
    found.monitor.first = 0
    found.set_time_step(found.suggest_time_step() / 8)
    assert not seen(np.full(40, 0.2))  # the shortest


def test_a_window_covers_its_time_in_steps_of_any_length():
    seen = Monitor()
    for time in (1.0, 2.0, 3.0, 3.5, 4.0, 4.5, 5.0):
        seen.record(time, np.zeros(1))
    assert seen.covering(2.0, 0.5) == 5  # 3.0 to 5.0
    assert seen.covering(10.0, 0.5) == 6 + 12  # steps there are, and what they lack of the time
    seen.first = 3
    assert seen.covering(2.0, 0.5) == 3 + 1  # none of those before another step
