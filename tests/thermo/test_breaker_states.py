"""Trip times: relay curves by formula, breakers at their standards' own test points, replicas with memory."""

from __future__ import annotations

import numpy as np
import pytest

from thermo.power.states.breaker import (
    MAGNETIC,
    STANDARDS,
    TRIP_TEMPERATURE,
    Replica,
    band,
    electronic,
    iec60898,
    iec60947,
    rating_in,
    step,
    time_to_trip,
    ul489,
)
from thermo.power.states.relay import operating_time

CURRENTS = [1.5, 2, 3, 5, 10, 20]
TIMES = {  # TMS 1, from the formula of IEC 60255, to five places
    "standard inverse": [17.19422, 10.02903, 6.30193, 4.27972, 2.9706, 2.26736],
    "very inverse": [27.0, 13.5, 6.75, 3.375, 1.5, 0.71053],
    "extremely inverse": [64.0, 26.66667, 10.0, 3.33333, 0.80808, 0.2005],
    "long-time inverse": [240.0, 120.0, 60.0, 30.0, 13.33333, 6.31579],
}


@pytest.mark.parametrize("curve", TIMES)
def test_relay_times(curve):
    np.testing.assert_allclose(
        operating_time(curve, CURRENTS), TIMES[curve], rtol=0, atol=5.1e-6
    )  # as printed
    assert operating_time(curve, 2.0, 0.5) == pytest.approx(TIMES[curve][1] / 2, abs=5e-6)
    assert np.isinf(operating_time(curve, [0.5, 1.0])).all()


def test_replica_by_hand():
    """k = 1.2 and 200 % in 120 s: tau = 269 s and the times the notes on it give, to a second."""
    tau = 120 / np.log(4 / (4 - 1.44))
    assert tau == pytest.approx(269, abs=0.5)
    times = time_to_trip(Replica(1.2, tau), [1.35, 1.45, 1.6, 2, 2.55, 3, 5])
    np.testing.assert_allclose(times, [420, 310, 222, 120, 67, 47, 16], atol=0.6)  # 310.5 was rounded down
    assert time_to_trip(Replica(1.2, tau), 1.2) == np.inf


def test_memory_shortens_the_time_and_steps_find_it_too():
    replica = Replica(1.2, 269.0)
    warm = step(0.0, 0.8, 3600.0, 269.0)
    assert warm == pytest.approx(0.64, abs=1e-5)  # settled but for exp(-13)
    seconds = time_to_trip(replica, 1.6, warm)
    assert seconds < time_to_trip(replica, 1.6)
    assert step(warm, 1.6, seconds, 269.0) == pytest.approx(1.44, rel=1e-12)
    assert time_to_trip(replica, 0.5, 1.5) == 0.0  # beyond its trip point already


@pytest.mark.parametrize(
    ("rating", "hour", "twice"), [(20, 3600, 120), (50, 3600, 240), (225, 7200, 600), (4000, 7200, 1680)]
)
def test_ul_489_calibration_points(rating, hour, twice):
    found = ul489(rating)
    assert time_to_trip(found.late, 1.35) == pytest.approx(hour, rel=1e-6)  # bisection on the pick-up
    assert time_to_trip(found.late, 2.0) == pytest.approx(twice, rel=1e-9)
    assert time_to_trip(found.early, 1.0) == np.inf  # it carries its rating


@pytest.mark.parametrize(("rating", "hour", "latest"), [(16, 3600, 60), (63, 3600, 120), (125, 7200, 120)])
def test_iec_60898_type_test_points(rating, hour, latest):
    found = iec60898(rating, "C")
    assert time_to_trip(found.early, 1.13) == np.inf
    assert time_to_trip(found.late, 1.45, 1.13**2) == pytest.approx(hour, rel=1e-6)
    assert time_to_trip(found.early, 2.55) == pytest.approx(1.0, rel=1e-9)
    assert time_to_trip(found.late, 2.55) == pytest.approx(latest, rel=1e-9)
    low, high = MAGNETIC["C"]
    assert time_to_trip(found.early, low) <= 0.01
    assert time_to_trip(found.late, high) <= 0.1


def test_iec_60947_2_type_test_points():
    found = iec60947(250)
    assert time_to_trip(found.early, 1.05) == np.inf
    assert time_to_trip(found.late, 1.30, 1.05**2) == pytest.approx(7200, rel=1e-6)


def test_electronic_release_follows_i_squared_t():
    found = electronic(six=12.0)
    assert time_to_trip(found.late, 6.0) == pytest.approx(12.0, rel=1e-9)
    assert time_to_trip(found.early, 6.0) == pytest.approx(9.6, rel=1e-9)
    # (6 / 3)^2 times as long; the replica adds k^2 / (2 i^2), 6 %
    assert time_to_trip(found.late, 3.0) == pytest.approx(48.0, rel=0.08)
    assert time_to_trip(found.late, 1.19) == np.inf


@pytest.mark.parametrize("standard", STANDARDS)
@pytest.mark.parametrize("rating", [16.0, 63.0, 250.0, 1600.0])
def test_the_band_has_an_inside(standard, rating):
    found = band(standard, rating)
    currents = np.geomspace(0.5, 30, 60)
    early, late = time_to_trip(found.early, currents), time_to_trip(found.late, currents)
    assert (early <= late).all()
    assert (np.diff(late[np.isfinite(late)]) <= 0).all()


def test_rating_in_warm_air():
    found = ul489(250.0)
    assert rating_in(250.0, found.reference, found) == pytest.approx(250.0)
    warm = rating_in(250.0, np.array([323.15, 333.15, TRIP_TEMPERATURE + 1]), found)
    assert warm[0] == pytest.approx(250 * np.sqrt(55 / 65))
    assert warm[2] == 0.0
    assert rating_in(250.0, 333.15, electronic()) == 250.0


def test_unknown_names_are_refused():
    with pytest.raises(KeyError):
        band("UL 1077", 20.0)
    with pytest.raises(KeyError):
        operating_time("moderately inverse", 2.0)
