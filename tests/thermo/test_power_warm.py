"""Conductors as warm as their current keeps them: the pair of equations, closed by hand."""

from __future__ import annotations

import numpy as np
import pytest

from thermo.power import Network
from thermo.power.states.conductor import OFFSETS, Conductor
from thermo.power.warm import NotSettled, at_temperature, warmed

LIMIT, REFERENCE, STATED = 363.15, 303.15, 293.15
KIND = Conductor(np.array([0.0, 100.0]), LIMIT, REFERENCE, 1.0)


def network(kilowatts):
    """One cable of 0.05 ohm at 20 degC with a balanced load."""
    return Network.from_tables(
        {
            "source": {"node": 0},
            "nodes": [{"id": 0, "u": 400.0}, {"id": 1, "u": 400.0}],
            "lines": [{"f": 0, "t": 1, "r1": 0.05, "x1": 0.01}],
            "loads": [{"node": 1, "p": [kilowatts * 1e3 / 3] * 3, "q": [0, 0, 0]}],
        }
    )


def test_temperature_and_resistance_agree(device):
    net = network(55.0)
    ambient = np.full(2, 308.15)
    found = warmed(net, KIND, np.full(2, STATED), ambient, device)
    current = abs(found.solution.branch_current[0, 1, 0])
    offset = OFFSETS["copper"]
    hot = found.temperature[1]
    growth = (hot + offset) / (LIMIT + offset)
    # the losses at the limit's rating make LIMIT - REFERENCE; 2e-3: rounds stop at steps of 1e-3 K
    assert hot - ambient[1] == pytest.approx((LIMIT - REFERENCE) * (current / 100) ** 2 * growth, abs=2e-3)
    ohms = 0.05 * (hot + offset) / (STATED + offset)
    assert found.solution.loss_w[0] == pytest.approx(3 * ohms * current**2, rel=2e-5)
    assert found.temperature[0] == ambient[0]  # no conductor
    assert 2 < found.rounds < 10


def test_what_is_stated_there_stays_as_it_is():
    net = network(10.0)
    same = at_temperature(net, np.full(2, STATED), np.full(2, STATED), np.full(2, OFFSETS["copper"]))
    np.testing.assert_array_equal(same.impedance, net.impedance)
    warm = at_temperature(net, np.full(2, STATED + 50), np.full(2, STATED), np.full(2, OFFSETS["copper"]))
    # 1 + 50 alpha20, alpha20 = 1 / 254.5 K
    assert warm.impedance[1, 0, 0] == pytest.approx(0.05 * (1 + 50 / 254.5) + 0.01j)


@pytest.mark.parametrize(("kilowatts", "words"), [(200.0, "warms without end"), (2000.0, "no solution")])
def test_what_cannot_settle_is_said(device, kilowatts, words):
    with pytest.raises(NotSettled, match=words):
        warmed(network(kilowatts), KIND, np.full(2, STATED), np.full(2, 308.15), device)
