"""Racks: loop and array form agree; means are means; a tier without cells harms nobody."""

from __future__ import annotations

import numpy as np
from padded import everywhere_equal

START = np.array([0, 3, 4, 4, 7])  # four rows, the third empty


def lists():
    rng = np.random.default_rng(9)
    weight = rng.uniform(0.2, 1.0, 7)
    row = np.repeat(np.arange(4), np.diff(START))
    weight /= np.bincount(row, weight)[row]
    return rng.permutation(20)[:7], weight, rng.uniform(-5.0, 25.0, 20)


def test_inlets_agree(loops, arrays, dtype):
    cells, weight, t = lists()
    got, wanted = np.full(4, 7.0), np.full(4, 7.0)
    for ops, out in ((loops, got), (arrays, wanted)):
        ops.tier_inlets(out, t.astype(dtype), START, cells, weight)
    everywhere_equal(got, wanted, 4)  # sums of three in double


def test_exhausts_agree(loops, arrays, dtype):
    source, weight, values = lists()
    got, wanted = np.full(30, 7, dtype), np.full(30, 7, dtype)
    for ops, out in ((loops, got), (arrays, wanted)):
        ops.place(out, np.array([3, 8, 21, 22]), START, source, weight, values)
    everywhere_equal(got, wanted, 2)  # sums in double, rounded once


def test_an_inlet_is_the_weighted_mean_of_its_front(ops):
    out = np.zeros(2)
    t = np.array([10.0, 20.0, 40.0, 99.0], np.float32)
    ops.tier_inlets(out, t, np.array([0, 2, 3]), np.array([0, 2, 1]), np.array([0.25, 0.75, 1.0]))
    np.testing.assert_array_equal(out, [32.5, 20.0])  # exact in binary


def test_a_rear_cell_mixes_its_tiers_and_nothing_else_changes(ops):
    t = np.full(5, 7, np.float32)
    ops.place(
        t,
        np.array([4, 1]),
        np.array([0, 1, 3]),
        np.array([1, 0, 1]),
        np.array([1.0, 0.5, 0.5]),
        np.array([30.0, 40.0]),
    )
    np.testing.assert_array_equal(t, [7, 35, 7, 7, 40])


def test_no_equipment_no_harm(ops):
    t, nowhere, start = np.full(3, 7.0), np.zeros(0, np.int64), np.zeros(1, np.int64)
    ops.tier_inlets(np.zeros(0), t, start, nowhere, np.zeros(0))
    ops.place(t, nowhere, start, nowhere, np.zeros(0), np.zeros(0))
    assert np.all(t == 7)
