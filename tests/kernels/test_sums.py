"""Sums over fields: forms agree, NaN is a stray, and what flows into parts carries off what it should."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from kernels.sums import room

# sums in float64 of some thousand numbers, in whatever order
CLOSE = {"rtol": 1e-12}


def test_absolute_values_are_summed(ops, dtype):
    field = np.random.default_rng(3).normal(size=5001).astype(dtype)
    out = np.full(room(), 7.0)
    ops.imbalance(out, field, field.size)
    np.testing.assert_allclose(out[0], np.abs(field.astype(np.float64)).sum(), **CLOSE)


def test_each_hall_of_a_stack_has_its_own_sum(ops, dtype):
    field = (
        np.random.default_rng(5).normal(size=5001).astype(dtype)
    )  # three of 1600, and what follows the last
    out = np.full(room(3), 7.0)
    ops.imbalance(out, field, 1600)
    wanted = [np.abs(field[n : n + 1600].astype(np.float64)).sum() for n in (0, 1600, 3200)]
    np.testing.assert_allclose(out[:3], wanted, **CLOSE)


def test_strays_are_counted(ops, dtype):
    field = np.zeros(5001, dtype)
    field[[0, 17, 4000, 5000]] = 3.5, -3.5, np.nan, np.inf
    field[[1, 2]] = 3, -3
    out = np.full(room(), 7.0)
    ops.strays(out, field, 3)
    assert out[0] == 4


def parts():
    rng = np.random.default_rng(4)
    cells = rng.permutation(3000)[:2500]
    return rng, cells, np.array([0, 1, 1200, 1200, 2500])  # one cell, many, none, many


def test_parts_are_summed_one_by_one(ops, dtype):
    rng, cells, start = parts()
    field, out = rng.normal(size=3000).astype(dtype), np.full(room(4), 7.0)
    ops.part_sums(out, field, start, cells)
    wanted = [field[cells[a:b]].astype(np.float64).sum() for a, b in pairwise(start)]
    np.testing.assert_allclose(out[:4], wanted, atol=1e-12, rtol=1e-12)


def test_parts_take_their_level_and_the_rest_keeps_its(ops, dtype):
    rng, cells, start = parts()
    inverse, sums, phi = rng.normal(size=(4, 4)), np.full(room(4), np.nan), np.full(3000, 7, dtype)
    sums[:4] = rng.normal(size=4)
    ops.part_levels(phi, sums, inverse, start, cells)
    wanted = np.full(3000, 7.0)
    wanted[cells] = np.repeat(inverse @ sums[:4], np.diff(start))
    np.testing.assert_allclose(
        phi, wanted, rtol=4 * np.finfo(dtype).eps
    )  # four products, rounded once to the field


@pytest.mark.parametrize("size", [1, 31, 33])
def test_the_coarsest_grid_takes_the_product(ops, dtype, size):
    rng = np.random.default_rng(size)
    matrix = rng.normal(size=(size, size)).astype(dtype)
    direct, inside = matrix + matrix.T, rng.permutation(100)[:size]
    rhs, phi = rng.normal(size=100).astype(dtype), np.full(100, 7, dtype)
    ops.solve_directly(phi, rhs, inside, direct)
    wanted = np.full(100, 7.0)
    wanted[inside] = direct.astype(np.float64) @ rhs[inside].astype(np.float64)
    # a sum of `size` products rounds by its length
    np.testing.assert_allclose(phi, wanted, atol=size * np.finfo(dtype).eps * np.abs(matrix).sum(0).max())


def test_halls_on_the_coarsest_grid_take_their_own_products(ops, dtype):
    rng = np.random.default_rng(9)
    matrices = rng.normal(size=(3, 20, 20)).astype(dtype)
    matrices += matrices.transpose(0, 2, 1)
    inside, rhs = rng.permutation(100)[:60], rng.normal(size=100).astype(dtype)
    phi, wanted = np.full((2, 100), 7, dtype)
    ops.solve_directly(phi, rhs, inside, matrices.reshape(60, 20))
    for own, matrix in zip(inside.reshape(3, 20), matrices, strict=True):
        ops.solve_directly(wanted, rhs, own, matrix)
    np.testing.assert_array_equal(phi, wanted)  # the same sums in the same order
