"""What units make of the air: warmer by their heat, cooled to the set point, as far as they can, never warmed by it."""

from __future__ import annotations

import numpy as np


def test_heaters_and_coolers(ops):
    inlet = np.array([5.0, 5.0, 5.0, 5.0])
    rise, wanted = np.array([2.0, 9.0, 9.0, 9.0]), np.array([np.nan, -1.0, -1.0, 8.0])
    fall, outlet = np.array([0.0, 99.0, 4.0, 99.0]), np.full(4, 7.0)
    ops.exhaust(outlet, inlet, rise, wanted, fall)
    np.testing.assert_array_equal(outlet, [7, -1, 1, 5])  # heat; set point; capacity; already cold enough


def test_no_units_no_harm(ops):
    nothing = np.zeros(0)
    ops.exhaust(nothing, nothing, nothing, nothing, nothing)
