"""Cables and busways in warm air, and IEC 60287 against the worked example of CIGRE TB 880."""

from __future__ import annotations

import numpy as np
import pytest

from thermo.power.states.conductor import (
    OFFSETS,
    CableRun,
    Conductor,
    ac_resistance,
    ampacity_in,
    permissible_current,
    proximity_effect,
    settled,
    skin_effect,
    step,
)

KIND = Conductor(ampacity=400.0, limit=363.15, reference=303.15, time_constant=1200.0)


def test_tb_880_case_10_resistance():
    """PILC 8/10 kV, 3 x 95 mm2 Al at 50 degC: CIGRE TB 880, case 10, section 14.2, printed to eleven digits."""
    dc = 0.320e-3 * (1 + 4.03e-3 * 30)
    assert dc == pytest.approx(3.58688e-4, rel=1e-9)
    y_s = skin_effect(dc, 50.0)
    y_p = proximity_effect(dc, 50.0, (11.0e-3, 15.7e-3), coefficient=0.8, shape=2 / 3)
    assert y_s == pytest.approx(6.3894394042e-4, rel=1e-9)
    assert y_p == pytest.approx(6.0458825885e-4, rel=1e-9)
    # steel armour round all cores: one and a half times the eddy losses
    assert ac_resistance(dc, y_s, y_p, magnetic=True) == pytest.approx(3.5935706012e-4, rel=1e-9)
    assert ac_resistance(dc, y_s, y_p) == pytest.approx(dc * (1 + y_s + y_p), rel=1e-15)


def test_tb_880_case_10_ampacity():
    """165.74 A at 15 degC with the brochure's thermal resistances; its armour and dielectric losses, not known here
    and left out, are worth 0.1 %."""
    run = CableRun(3.5935706012e-4, 3, 0.804568981, 0.1334628239, 0.0886807855, 0.685063317, 0.0047915004419)
    assert permissible_current(run, 50.0 - 15.0) == pytest.approx(165.7415608133, rel=1.5e-3)


def test_ambient_factors_of_the_installation_standard():
    """IEC 60364-5-52 table B.52.14, XLPE: 1.08 1.04 1 0.96 0.91 0.87 0.82 0.76 0.71, printed to two digits."""
    printed = [1.08, 1.04, 1.0, 0.96, 0.91, 0.87, 0.82, 0.76, 0.71]
    found = ampacity_in(KIND, 273.15 + np.arange(20.0, 61.0, 5.0)) / 400.0
    np.testing.assert_allclose(found, printed, atol=0.006)


def test_rated_current_holds_the_limit_and_derated_current_too():
    assert settled(KIND, 400.0, 303.15) == pytest.approx(363.15, abs=1e-9)
    air = np.array([283.15, 303.15, 333.15])
    np.testing.assert_allclose(settled(KIND, ampacity_in(KIND, air), air), 363.15, atol=1e-9)
    assert ampacity_in(KIND, 370.0) == 0.0


def test_a_step_against_small_steps():
    """tau dT/dt = rise (I/I_z)^2 R(T)/R(T_max) - (T - T_a), by the midpoint rule with 20 000 steps."""
    current, air, span, count = np.array([0.0, 300.0, 400.0, 700.0]), 313.15, 2400.0, 20000
    state = np.full(4, 300.0)
    h = span / count

    def slope(t: np.ndarray) -> np.ndarray:
        growth = (t + OFFSETS["copper"]) / (363.15 + OFFSETS["copper"])
        return (60.0 * (current / 400.0) ** 2 * growth - (t - air)) / 1200.0

    for _ in range(count):
        state = state + h * slope(state + 0.5 * h * slope(state))
    # the midpoint rule's own error: (h / tau)^2 / 6 of a few hundred kelvin
    np.testing.assert_allclose(step(KIND, 300.0, current, air, span), state, atol=1e-5)


def test_a_current_that_runs_away_and_the_one_just_between():
    gain = 60.0 / (363.15 + OFFSETS["copper"])
    edge = 400.0 / np.sqrt(gain)
    assert settled(KIND, 1.01 * edge, 303.15) == np.inf
    after = step(KIND, 303.15, np.array([0.999, 1.0, 1.001]) * edge, 303.15, 600.0)
    assert after[0] < after[1] < after[2]
    # at the edge heating is a straight line
    assert after[1] == pytest.approx(303.15 + (303.15 + OFFSETS["copper"]) * 0.5, rel=1e-9)


def test_aluminium_warms_as_its_own_resistance():
    kind = Conductor(400.0, 363.15, 303.15, 1200.0, OFFSETS["aluminium"])
    assert OFFSETS["aluminium"] == pytest.approx(228.1 - 273.15)
    assert settled(kind, 400.0, 303.15) == pytest.approx(363.15, abs=1e-9)
    assert settled(kind, 500.0, 303.15) > settled(KIND, 500.0, 303.15)
