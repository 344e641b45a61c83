"""The grid convergence index on functions whose error is known."""

import numpy as np
import pytest

from thermo.gci import LOWEST_ORDER, band, observed_order

CELLS = [1000, 2828, 8000]  # cells 2, sqrt 2 and 1 times as long
SIZES = np.array([1 / n ** (1 / 3) for n in CELLS])


def on_grids(exact: float, constant: float, order: float) -> list[np.ndarray]:
    return [np.array([exact + constant * h**order]) for h in SIZES]


@pytest.mark.parametrize("order", [0.7, 1.0, 1.6, 2.0])
def test_the_order_of_a_power_law_is_found(order):
    coarse, medium, fine = (float(v[0]) for v in on_grids(20.0, 30.0, order))
    found = observed_order(fine, medium, coarse, SIZES[1] / SIZES[2], SIZES[0] / SIZES[1])
    assert found == pytest.approx(order, abs=1e-4)  # the fixed point stops at 1e-6 of p


@pytest.mark.parametrize("order", [0.7, 1.0, 2.0])
def test_the_band_holds_the_exact_value(order):
    values = on_grids(20.0, 30.0, order)
    width, used = band(values, CELLS, formal=2.0)
    error = abs(values[-1][0] - 20.0)
    assert used[0] == pytest.approx(order, abs=1e-3)
    assert width[0] == pytest.approx(1.25 * error, rel=1e-3)  # Celik's safety factor on a known error


def test_values_that_oscillate_get_the_widest_band():
    values = [np.array([20.4]), np.array([20.0]), np.array([20.2])]
    width, used = band(values, CELLS, formal=2.0)
    assert LOWEST_ORDER <= used[0] <= 2.0
    assert width[0] > 0.2  # more than the last change


def test_two_grids_take_a_safety_factor_of_three():
    values = on_grids(20.0, 30.0, 1.0)[1:]
    width, used = band(values, CELLS[1:], formal=1.0)
    assert used[0] == 1.0
    assert width[0] == pytest.approx(3.0 * abs(values[-1][0] - 20.0), rel=1e-3)


def test_equal_values_have_no_band():
    width, _ = band([np.array([20.0])] * 3, CELLS, formal=2.0)
    assert width[0] == 0.0
