"""The zero-equation model: array form against loops, and the formula itself on an even stream."""

import numpy as np
import pytest

SHAPE = (8, 9, 10)  # padded


def fields(dtype, seed=3):
    rng = np.random.default_rng(seed)
    size = int(np.prod(SHAPE))
    u, v, w, length = (rng.uniform(-1.0, 1.0, size).astype(dtype) for _ in range(4))
    fluid = (rng.uniform(size=size) > 0.2).astype(dtype)
    widths = [np.ones(n, dtype) for n in SHAPE[::-1]]
    return u, v, w, np.abs(length), fluid, widths


def test_viscosity_is_the_same_on_arrays(loops, arrays, dtype):
    u, v, w, length, fluid, widths = fields(dtype)
    found = []
    for ops in (loops, arrays):
        nue = np.full(u.size, 7.0, dtype)
        ops.mixing_length(nue, u, v, w, length, fluid, *widths, dtype(1.5e-5))
        found.append(nue)
    np.testing.assert_allclose(found[0], found[1], rtol=1e-5)


CONSTANTS = (0.09, 1.44, 1.92, 1.0, 1.3, 0.41, 9.8, 11.53, 1.5e-5, 1e5, 1e-7, 1e-9)


def rows(dtype):
    cells, start = np.array([3, 40, 77, 120]), np.array([0, 2, 3, 5, 6])
    return cells, start, np.array([0.2, 0.1, 0.1, 1e-3, 0.1, 1e-4], dtype)


def test_walls_are_the_same_on_arrays(loops, arrays, dtype):
    u, v, w, *_ = fields(dtype)
    found = []
    for ops in (loops, arrays):
        k = np.zeros(u.size, dtype)
        ops.wall_energy(k, *rows(dtype), u, v, w, np.array(CONSTANTS, dtype), 10, 90)
        found.append(k)
    np.testing.assert_allclose(found[0], found[1], rtol=2e-5)


@pytest.mark.parametrize("speed", [1e-3, 0.05, 0.5, 5.0, 50.0])
def test_the_wall_functions_make_of_it_the_log_law(ops, speed):
    """Shear by `wall_conductance` with this k is u_tau^2, and u / u_tau is the log law (or y+ below its foot)."""
    size = int(np.prod(SHAPE))
    cells, start, distance = rows(np.float64)
    constants, k, one = np.array(CONSTANTS), np.zeros(size), np.ones(size)
    constants[10] = 0.0  # no least k
    ops.wall_energy(k, cells, start, distance, speed * one, 0 * one, 0 * one, constants, 10, 90)
    nearest = np.array([0.1, 0.1, 1e-3, 1e-4])
    friction = np.sqrt(np.sqrt(0.09) * k[cells])
    y_plus = friction * nearest / 1.5e-5
    law = np.where(y_plus > 11.53, np.log(9.8 * np.maximum(y_plus, 1.0)) / 0.41, y_plus)
    np.testing.assert_allclose(speed / friction, law, rtol=1e-3)  # the two branches meet within that
    conductance = np.zeros(4)
    ops.wall_conductance(conductance, k, cells, np.arange(5), nearest, constants)
    np.testing.assert_allclose(conductance * speed, friction**2, rtol=1e-3)


def test_of_an_even_stream_it_is_chen_and_xus(ops):
    """0.03874 U l above the molecular one, with |U| = (0.3, 0.4, 1.2) = 1.3 m/s half a metre from the wall."""
    size = int(np.prod(SHAPE))
    widths = [np.ones(n) for n in SHAPE[::-1]]
    nue, one = np.zeros(size), np.ones(size)
    ops.mixing_length(nue, 0.3 * one, 0.4 * one, 1.2 * one, 0.5 * one, one, *widths, 1.5e-5)
    inner = nue.reshape(SHAPE)[2:-2, 2:-2, 2:-2]
    np.testing.assert_allclose(inner, 1.5e-5 + 0.03874 * 1.3 * 0.5, rtol=1e-6)  # the constant is a float32
