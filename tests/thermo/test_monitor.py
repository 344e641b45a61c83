"""Monitor: travel over windows, swings told from slow drift, periods, means over whole periods."""

import numpy as np
import pytest

from thermo.air.monitor import Monitor, period, statistics

STEP = 0.5  # [s]


def recorded(series):
    """A monitor of one unit or, for (n, units), of several."""
    monitor = Monitor()
    for n, value in enumerate(np.reshape(series, (len(series), -1))):
        monitor.record(STEP * n, value)
    return monitor


def wave(seconds, cycle, amplitude=1.0, noise=0.0, phase=0.3):
    t = STEP * np.arange(round(seconds / STEP))
    return amplitude * np.sin(2 * np.pi * t / cycle + phase) + noise * np.random.default_rng(
        5
    ).standard_normal(t.size)


def test_travel_is_the_largest_peak_to_peak_of_a_window():
    monitor = recorded(np.column_stack([np.arange(10.0), np.zeros(10)]))
    assert monitor.travel(4) == 3.0
    assert monitor.travel(4, back=1) == 3.0
    assert monitor.travel(4, back=2) == np.inf
    assert monitor.travel(11) == np.inf
    assert monitor.window(3)[:, 0].tolist() == [7.0, 8.0, 9.0]
    assert monitor.window(3, back=1)[:, 0].tolist() == [4.0, 5.0, 6.0]


def test_a_steady_swing_is_swinging():
    assert recorded(wave(400, 40.0)).swinging(160, 0.05)
    assert recorded(np.column_stack([wave(400, 40.0), np.zeros(800)])).swinging(160, 0.05)
    assert recorded(wave(400, 40.0, amplitude=0.04)).swinging(
        160, 0.05
    )  # else it would neither settle nor swing


@pytest.mark.parametrize(
    "series",
    [
        np.exp(-STEP * np.arange(800) / 100.0) * 5.0,  # settling slowly
        0.01 * np.arange(800.0),  # a steady drift
        3.0 * wave(400, 40.0) * np.exp(-STEP * np.arange(800) / 150.0),  # a swing that dies
        wave(400, 40.0, amplitude=0.024),  # within the tolerance: settled
        np.zeros(800),
    ],
    ids=["settling", "drift", "dying swing", "small", "still"],
)
def test_what_settles_or_drifts_is_not_swinging(series):
    assert not recorded(series).swinging(160, 0.05)


def test_a_swing_that_builds_up_is_growing():
    assert recorded(wave(400, 40.0) * np.exp(STEP * np.arange(800) / 100.0)).growing(160)  # by 2.2 a window
    assert not recorded(wave(400, 40.0)).growing(160)


def test_too_short_a_record_is_not_swinging():
    assert not recorded(wave(100, 40.0)).swinging(160, 0.05)


@pytest.mark.parametrize("cycle", [23.0, 57.5, 80.0])
@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_the_period_of_a_noisy_sine(cycle, noise):
    # the autocorrelation's peak lies on a grid of STEP, and noise moves it by a few steps: 5 % covers both
    assert period(wave(400, cycle, noise=noise), STEP) == pytest.approx(cycle, rel=0.05)


def test_a_trend_under_the_swing_does_not_hide_its_period():
    assert period(wave(300, 50.0) + 0.02 * np.arange(600), STEP) == pytest.approx(50.0, rel=0.05)


@pytest.mark.parametrize(
    "series", [np.zeros(400), np.random.default_rng(1).standard_normal(400)], ids=["still", "noise"]
)
def test_no_period_where_there_is_none(series):
    assert np.isnan(period(series, STEP))


def test_the_mean_is_over_whole_periods():
    # 2.5 periods: over all of them a sine has a mean of 0.25 A; over whole periods none
    series = 20.0 + 2.0 * np.sin(2 * np.pi * STEP * np.arange(250) / 50.0)
    found = statistics(recorded(series), 0, STEP)
    assert abs(series.mean() - 20.0) > 0.2
    assert found.period == pytest.approx(50.0, rel=0.03)
    assert found.span == pytest.approx(2 * found.period, abs=STEP)
    assert found.mean[0] == pytest.approx(20.0, abs=0.08)  # 3 % of a period left over at 2 K
    assert found.swing[0] == pytest.approx(4.0, rel=0.01)


def test_statistics_begin_where_told():
    series = np.concatenate([np.full(200, 90.0), wave(400, 40.0)])
    found = statistics(recorded(series), 200, STEP)
    assert found.mean[0] == pytest.approx(0.0, abs=0.08)
    assert found.swing[0] < 2.1


def test_the_error_of_the_mean_is_that_of_a_drift():
    still = statistics(recorded(np.full(400, 20.0)), 0, STEP)
    drifting = statistics(recorded(np.linspace(20.0, 22.0, 400)), 0, STEP)
    assert still.error[0] == 0.0
    assert (
        drifting.error[0] > 0.1
    )  # blocks lie 0.25 K apart over 2 K: their spread over the root of their count
    assert still.swing[0] == 0.0


def test_the_error_of_the_mean_of_a_regular_swing_is_not_the_swing():
    regular = wave(300, 50.0, amplitude=2.0)  # six periods, each with the mean of the others
    assert statistics(recorded(regular), 0, STEP).error[0] < 0.05
    wandering = regular + np.repeat([0.0, 0.8, -0.6, 0.5, -0.9, 0.2], 100)
    # six means of standard deviation 0.66 K: 0.27 K
    assert statistics(recorded(wandering), 0, STEP).error[0] == pytest.approx(0.27, abs=0.1)
