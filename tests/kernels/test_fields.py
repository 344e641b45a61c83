"""Plain work on fields: each form against the numbers written out, and nothing beside what it says is touched."""

from __future__ import annotations

import numpy as np
import pytest


def test_filled_everywhere(ops, dtype):
    out = np.arange(300, dtype=dtype)
    ops.fill(out, 2.5)
    np.testing.assert_array_equal(out, np.full(300, 2.5))


def test_copied_everywhere(ops, dtype):
    field, out = np.arange(300, dtype=dtype), np.zeros(300, dtype)
    ops.copy(out, field)
    np.testing.assert_array_equal(out, np.arange(300))


@pytest.mark.parametrize("wide", [np.float32, np.float64])
def test_added_also_to_a_wider_type(ops, wide):
    out, field = np.arange(300, dtype=wide), np.full(300, 0.5, np.float32)
    ops.add(out, field)
    np.testing.assert_array_equal(out, np.arange(300) + 0.5)  # exact in binary


def test_carried_from_place_to_place(ops, dtype):
    field, out = np.arange(20, dtype=dtype), np.full(20, -1, dtype)
    ops.carry(out, np.array([3, 7, 9]), field, np.array([10, 2, 2]), 1)
    expected = np.full(20, -1.0)
    expected[[4, 8, 10]] = 11, 3, 3
    np.testing.assert_array_equal(out, expected)


def test_carried_within_one_field(ops, dtype):
    field = np.arange(20, dtype=dtype)
    ops.carry(field, np.array([0, 19]), field, np.array([5, 6]), 0)
    np.testing.assert_array_equal(field, [5, *range(1, 19), 6])


def test_nothing_to_carry(ops, dtype):
    field, nowhere = np.arange(4, dtype=dtype), np.zeros(0, np.int64)
    ops.carry(field, nowhere, field, nowhere, 0)
    np.testing.assert_array_equal(field, range(4))


def test_a_pinned_level_is_zero_there_and_differences_stay(ops, dtype):
    p, level = np.arange(300, dtype=dtype), np.zeros(1, dtype)
    ops.pin(p, level, 7)
    np.testing.assert_array_equal(p, np.arange(300) - 7.0)
    assert level[0] == 7
