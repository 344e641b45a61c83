"""Monitor: travel over windows, swings told from slow drift."""

import numpy as np
import pytest

from thermo.air.monitor import Monitor

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


def test_a_hall_that_stores_heat_on_average_still_fills():
    watched = Monitor()
    assert not watched.filling(3, 0.01)
    watched.residuals = [(n, 0.0, 0.0, heat, 0.0) for n, heat in enumerate([0.5, 0.2, -0.2, 0.03])]
    assert not watched.filling(1, 0.05)
    assert watched.filling(1, 0.01)
    assert not watched.filling(3, 0.011)  # 0.01 on average: a swing stores now and gives back then
    assert watched.filling(4, 0.05)


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


def test_inlets_that_waver_about_a_mean_that_stands_are_as_good_as_still():
    assert recorded(wave(400, 40.0, amplitude=0.04)).wavering(160, 0.05)
    assert recorded(wave(400, 40.0)).wavering(160, 1.2)
    assert not recorded(wave(400, 40.0, amplitude=0.06)).wavering(160, 0.05)  # too far from their mean
    assert not recorded(wave(400, 40.0, amplitude=0.02)).wavering(160, 0.05)  # still
    assert not recorded(wave(150, 40.0, amplitude=0.04)).wavering(160, 0.05)  # no window before
    rising = wave(400, 40.0, amplitude=0.02) + 4e-4 * np.arange(800)  # by 0.064 K in a window
    assert recorded(rising).travel(160) < 0.1
    assert not recorded(rising).wavering(160, 0.05)
    growing = wave(400, 40.0) * np.where(np.arange(800) < 640, 0.025, 0.04)
    assert not recorded(growing).wavering(160, 0.05)


def test_windows_are_compared_only_where_both_last_as_long():
    """A start in short steps before longer ones is no swing's earlier window."""
    monitor = recorded(wave(400, 40.0))
    monitor.times[:-160] = [
        monitor.times[-160] - 0.1 * STEP * n for n in range(len(monitor.times) - 160, 0, -1)
    ]
    assert not monitor.swinging(160, 0.05)
    assert not monitor.wavering(160, 1.2)


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
