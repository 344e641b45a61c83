"""Periods, means over whole periods and their bands, on signals whose period and mean are known."""

import numpy as np
import pytest

from thermo.air.statistics import autocorrelation, period, statistics, student

STEP = 0.5  # [s]


def wave(seconds, cycle, amplitude=1.0, noise=0.0, phase=0.3):
    t = STEP * np.arange(round(seconds / STEP))
    return amplitude * np.sin(2 * np.pi * t / cycle + phase) + noise * np.random.default_rng(
        5
    ).standard_normal(t.size)


def of(series, **known):
    return statistics(np.reshape(series, (len(series), -1)), STEP, **known)


def red_noise(rng, count, memory):
    """Noise of standard deviation 1 whose autocorrelation falls by `memory` from entry to entry."""
    kicks = rng.standard_normal(count) * np.sqrt(1 - memory**2)
    series = np.empty(count)
    series[0] = rng.standard_normal()
    for n in range(1, count):
        series[n] = memory * series[n - 1] + kicks[n]
    return series


@pytest.mark.parametrize("cycle", [23.0, 57.5, 80.0])
@pytest.mark.parametrize(("noise", "close"), [(0.0, 0.01), (0.3, 0.01), (1.0, 0.04)])
def test_the_period_of_a_noisy_sine(cycle, noise, close):
    # without noise the straight line that is taken off leans on the broken period at the end: 0.5 % at five periods
    assert period(wave(400, cycle, noise=noise), STEP) == pytest.approx(cycle, rel=close)


def test_a_trend_under_the_swing_does_not_hide_its_period():
    assert period(wave(300, 50.0) + 0.02 * np.arange(600), STEP) == pytest.approx(50.0, rel=0.01)


def test_a_harmonic_does_not_pass_for_the_period():
    both = wave(400, 60.0) + wave(400, 30.0, amplitude=0.8)
    assert period(both, STEP) == pytest.approx(60.0, rel=0.02)


def test_inlets_that_swing_in_opposite_phase_have_one_period():
    # their sum stands still; each of them swings
    columns = np.column_stack([wave(400, 40.0), -wave(400, 40.0), np.zeros(800)])
    assert period(columns, STEP) == pytest.approx(40.0, rel=0.01)


@pytest.mark.parametrize(
    "series",
    [
        np.zeros(400),
        np.random.default_rng(1).standard_normal(400),
        np.linspace(0.0, 5.0, 400),
        wave(60, 50.0),  # seen once only
    ],
    ids=["still", "noise", "drift", "short"],
)
def test_no_period_where_there_is_none(series):
    assert np.isnan(period(series, STEP))


def test_the_autocorrelation_of_red_noise_is_its_memory():
    series = red_noise(np.random.default_rng(7), 20_000, 0.9)[:, None]
    found = autocorrelation(series)[:20]
    # some 1000 independent samples: a correlation is known to about 1/sqrt(1000) = 0.03
    assert found == pytest.approx(0.9 ** np.arange(20), abs=0.1)


def test_the_mean_is_over_whole_periods():
    # 2.5 periods: over all of them a sine has a mean of 0.25 A; over whole periods none
    series = 20.0 + 2.0 * np.sin(2 * np.pi * STEP * np.arange(250) / 50.0)
    found = of(series)
    assert abs(series.mean() - 20.0) > 0.2
    assert found.period == pytest.approx(50.0, rel=0.03)
    assert found.span == pytest.approx(2 * found.period, abs=STEP)
    assert found.mean[0] == pytest.approx(20.0, abs=0.04)  # 1.6 % of a period left over at 2 K
    assert found.swing[0] == pytest.approx(4.0, rel=0.01)


def test_a_known_period_is_used():
    series = 20.0 + 2.0 * np.sin(2 * np.pi * STEP * np.arange(250) / 50.0)
    assert of(series, cycle=50.0).mean[0] == pytest.approx(20.0, abs=1e-9)  # exactly two periods
    assert of(series, cycle=float("nan")).count == 250


def test_the_error_of_the_mean_of_a_regular_swing_is_not_the_swing():
    regular = wave(300, 50.0, amplitude=2.0)  # six periods, each with the mean of the others
    assert of(regular).error[0] < 0.05
    wandering = regular + np.repeat([0.0, 0.8, -0.6, 0.5, -0.9, 0.2], 100)
    # six means of standard deviation 0.66 K: 0.27 K; Student's factor for five degrees of freedom is 2.57
    found = of(wandering, cycle=50.0)
    assert found.error[0] == pytest.approx(0.27, abs=0.02)
    assert found.band[0] == pytest.approx(2.571 * found.error[0], rel=1e-3)


def test_a_drift_is_uncertain_and_stillness_is_not():
    assert of(np.full(400, 20.0)).band[0] == 0.0
    # the mean of a ramp of 2 K says nothing of where it will end: the band must be of the ramp's size
    assert 0.5 < of(np.linspace(20.0, 22.0, 400)).band[0] < 4.0


@pytest.mark.parametrize("swing", [0.0, 2.0], ids=["no period", "periodic"])
def test_the_band_holds_the_true_mean_as_often_as_it_says(swing):
    # 300 records of red noise about 20 K, with and without a regular swing of 55 s; the integral time is 10 s
    rng, held = np.random.default_rng(11), 0
    t = STEP * np.arange(1000)
    for _ in range(300):
        regular = swing * np.sin(2 * np.pi * t / 55.0 + rng.uniform(0, 2 * np.pi))
        found = of(20.0 + 0.5 * red_noise(rng, 1000, 0.95) + regular)
        held += abs(found.mean[0] - 20.0) < found.band[0]
    # 95 % promised; 300 trials scatter by 1.3 %, and short records are known to promise a few per cent too much
    assert 0.88 < held / 300 < 0.99


def test_students_factor():
    # tables: 12.706, 4.303, 2.262 for 1, 2 and 9 degrees of freedom, 1.960 for many
    found = student(np.array([2.0, 3.0, 10.0, 1e6]))
    assert found == pytest.approx([12.706, 4.303, 2.262, 1.960], abs=1e-3)
