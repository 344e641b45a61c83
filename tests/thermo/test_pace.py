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


def test_a_window_covers_its_time_in_steps_of_any_length():
    seen = Monitor()
    for time in (1.0, 2.0, 3.0, 3.5, 4.0, 4.5, 5.0):
        seen.record(time, np.zeros(1))
    assert seen.covering(2.0, 0.5) == 5  # 3.0 to 5.0
    assert seen.covering(10.0, 0.5) == 20  # there are not so many yet
    seen.first = 3
    assert seen.covering(2.0, 0.5) == 4  # none of those before another step
