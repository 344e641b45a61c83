"""Hot spot and ageing of transformers: the loading guide's own example, another program, closed forms."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from thermo.power.states.transformer import (
    DISTRIBUTION_ONAN,
    DRY_CLASSES,
    HOUR,
    MINUTE,
    ZERO_CELSIUS,
    DryTransformer,
    IeeeState,
    IeeeTransformer,
    OilState,
    OilTransformer,
    ageing,
    cold,
    dry_ageing,
    dry_settled,
    dry_step,
    ieee_settled,
    ieee_step,
    load_at,
    loss_of_life,
    settled,
    step,
)

DAY = Path(__file__).parent / "reference_power" / "hot_spot_day.csv"
# IEC 60076-7 step-load example (ONAF): until minute, load, top oil and hot spot [degC] as integrated independently of
# this code, and as the guide prints them
STEPS = [
    (190, 1.0, 61.87, 83.78, 61.9, 83.8),
    (365, 0.6, 44.41, 54.06, 44.4, 54.0),
    (500, 1.5, 89.84, 128.05, 89.2, 127.0),
    (705, 0.3, 35.03, 37.57, 35.0, 37.54),
    (730, 2.1, 67.92, 138.65, 67.9, 138.6),
    (745, 0.0, 60.28, 75.27, 60.3, 75.3),
]
EXAMPLE = OilTransformer(
    loss_ratio=1000.0, oil_rise=38.3, gradient=14.5 * 1.4, oil_time=150 * MINUTE, winding_time=7 * MINUTE,
    winding_exponent=1.3, k11=0.5, k21=2.0, k22=2.0,
)  # fmt: skip
AIR = 25.6 + ZERO_CELSIUS


def test_step_load_example_of_the_loading_guide():
    state = OilState(np.array(38.3 + ZERO_CELSIUS), np.array(0.0), np.array(0.0))
    before = 0
    for until, load, oil, hot_spot, printed_oil, printed in STEPS:
        state = step(EXAMPLE, state, load, AIR, (until - before) * MINUTE)
        before = until
        # the integrated column is rounded to 0.01 K; the guide's comes from longer steps and is held to 1.5 K
        assert state.oil - ZERO_CELSIUS == pytest.approx(oil, abs=0.02)
        assert state.hot_spot - ZERO_CELSIUS == pytest.approx(hot_spot, abs=0.02)
        assert state.oil - ZERO_CELSIUS == pytest.approx(printed_oil, abs=1.5)
        assert state.hot_spot - ZERO_CELSIUS == pytest.approx(printed, abs=1.5)


def test_a_day_against_another_program():
    rows = np.loadtxt(DAY, delimiter=",", skiprows=3)
    kind = replace(DISTRIBUTION_ONAN, loss_ratio=18500 / 1575)
    state, hottest = cold(30 + ZERO_CELSIUS), []
    found = {0: (30.0, 30.0)}
    for minute in range(1, 1441):
        load = rows[np.searchsorted(rows[:, 0], minute, side="right") - 1, 1]
        state = step(kind, state, load, 30 + ZERO_CELSIUS, MINUTE)
        found[minute] = (float(state.oil) - ZERO_CELSIUS, float(state.hot_spot) - ZERO_CELSIUS)
        hottest.append(state.hot_spot)
    there = np.array([found[int(minute)] for minute in rows[:, 0]])
    np.testing.assert_allclose(there, rows[:, 2:], rtol=0, atol=1e-9)  # the bound; stored to 1e-11
    assert float(np.max(hottest)) - ZERO_CELSIUS == pytest.approx(142.7, abs=0.05)  # as the note on it says
    hours = loss_of_life(np.array(hottest), MINUTE) / HOUR
    assert hours == pytest.approx(32.5, abs=0.05)  # the same note, rounded to 0.1 h
    assert loss_of_life(np.array(hottest), MINUTE, False) / HOUR == pytest.approx(203, abs=0.5)


def test_one_long_step_is_many_short_ones():
    """Exact for constant load, whatever the step, over (scenario, transformer)."""
    load, air = np.array([[0.4, 1.2], [0.9, 1.5]]), np.array([293.15, 313.15])
    kind = replace(DISTRIBUTION_ONAN, loss_ratio=np.array([8.0, 12.0]))
    once = step(kind, cold(air), load, air, 5 * HOUR)
    many = cold(air)
    for _ in range(300):
        many = step(kind, many, load, air, MINUTE)
    np.testing.assert_allclose(many.hot_spot, once.hot_spot, rtol=0, atol=1e-10)  # 300 roundings
    far = step(kind, cold(air), load, air, 1000 * HOUR)
    np.testing.assert_allclose(far.hot_spot, settled(kind, load, air).hot_spot, rtol=0, atol=1e-10)


def test_rated_load_and_the_load_that_a_limit_allows():
    kind = replace(DISTRIBUTION_ONAN, loss_ratio=11.7)
    assert settled(kind, 1.0, 30 + ZERO_CELSIUS).hot_spot == pytest.approx(117.6 + ZERO_CELSIUS, abs=1e-9)
    air = np.array([283.15, 303.15, 323.15])
    load = load_at(kind, 120 + ZERO_CELSIUS, air)
    np.testing.assert_allclose(settled(kind, load, air).hot_spot, 120 + ZERO_CELSIUS, atol=1e-8)
    assert load_at(kind, 300.0, 310.0) == pytest.approx(0.0, abs=1e-11)


@pytest.mark.parametrize(
    ("celsius", "upgraded", "rate"),
    [(98, False, 1.0), (100, False, 1.259921), (110, True, 1.0), (100, True, 0.349942)],
)
def test_ageing_points(celsius, upgraded, rate):
    assert ageing(celsius + ZERO_CELSIUS, upgraded) == pytest.approx(
        rate, abs=1e-6
    )  # six places, the last cut off


def test_ieee_from_cold_to_rated_load_takes_the_rated_time_constant():
    kind = IeeeTransformer(loss_ratio=5.0)
    cold_state = IeeeState(np.array(0.0), np.array(0.0))
    after = ieee_step(kind, cold_state, 1.0, kind.oil_time)
    assert after.oil == pytest.approx(55 * (1 - np.exp(-1)), rel=1e-12)
    assert ieee_settled(kind, 1.0).hot_spot(30 + ZERO_CELSIUS) == pytest.approx(110 + ZERO_CELSIUS)


def test_ieee_time_constant_by_hand_and_at_rest():
    """Equation (17) from a rise of 0.5 to one of 0.8 of the rated; no step, no 0/0, where nothing changes."""
    kind = IeeeTransformer(loss_ratio=1e12)  # then the oil's final rise is K^(2n) of the rated
    load = 0.8 ** (1 / 1.6)
    start = IeeeState(np.array([0.5 * 55, 0.8 * 55]), np.array([0.0, 0.0]))
    tau = 180 * MINUTE * (0.8 - 0.5) / (0.8**1.25 - 0.5**1.25)
    after = ieee_step(kind, start, load, HOUR)
    assert after.oil[0] == pytest.approx(
        55 * (0.8 - 0.3 * np.exp(-HOUR / tau)), rel=1e-9
    )  # R is not infinite
    assert after.oil[1] == pytest.approx(0.8 * 55, rel=1e-9)


def test_iec_and_ieee_agree_on_a_transformer_of_one_kind():
    """With equal rises, x = n and y = 2 m both settle at the same hot spot."""
    iec = OilTransformer(loss_ratio=6.0, oil_rise=55.0, gradient=25.0, winding_exponent=1.6)
    ieee = IeeeTransformer(loss_ratio=6.0)
    load = np.linspace(0, 1.5, 7)
    np.testing.assert_allclose(
        settled(iec, load, 303.15).hot_spot, ieee_settled(ieee, load).hot_spot(303.15), rtol=1e-13
    )


def test_dry_transformers():
    kind = DryTransformer()
    assert dry_settled(kind, 1.0) == 125.0
    assert dry_step(kind, 0.0, 1.0, kind.winding_time) == pytest.approx(125 * (1 - np.exp(-1)), rel=1e-12)
    for name, (rated, _) in DRY_CLASSES.items():
        assert dry_ageing(rated, name) == 1.0
        # the standard made its constants so that 6 K halve the life; it prints b to five digits, a to three
        assert dry_ageing(rated + 6, name) == pytest.approx(2.0, rel=0.03)
