"""k-epsilon: loop and array form agree; shear, rotation and stratification; decay against its own equation."""

from __future__ import annotations

import numpy as np
import pytest
from padded import box, centres, coefficients, core, everywhere_equal, random_hall, swept, zeros

C_2 = 1.92


def test_production_agrees(loops, arrays, dtype):
    hall = random_hall(dtype)
    got, wanted = ([zeros(hall, 7.0), zeros(hall, 7.0)] for _ in range(2))
    for ops, out in ((loops, got), (arrays, wanted)):
        ops.production(
            *out, hall.u, hall.v, hall.w, hall.t, hall.nue, *hall.open, hall.fluid, *hall.d, *hall.h,
            dtype(1.5e-5), dtype(0.04),
        )  # fmt: skip
    everywhere_equal(got[0], wanted[0], 40)  # some 50 operations
    everywhere_equal(got[1], wanted[1], 10)


def found(ops, hall, k, eps, before, velocity, nue, opens, strain, lift):
    """Coefficients of k and of epsilon; before: both a time level ago."""
    for_k, for_eps = coefficients(hall, 7.0), coefficients(hall, 7.0)
    flow, sizes = (*velocity, nue, *opens, strain), (hall.fluid, *hall.d, *hall.r, hall.constants, hall.rdt)
    ops.turbulent_energy(*for_k, k, eps, before[0], *flow, lift, *sizes)
    ops.epsilon(*for_eps, k, eps, before[1], *flow, *sizes)
    return for_k, for_eps


def test_k_and_epsilon_agree(loops, arrays, dtype):
    hall = random_hall(dtype)
    strain, lift = abs(hall.p) * dtype(0.01), hall.t * dtype(0.01)
    before, velocity = (abs(hall.q), abs(hall.source)), (hall.u, hall.v, hall.w)
    got, wanted = (
        found(ops, hall, hall.k, hall.eps, before, velocity, hall.nue, hall.open, strain, lift)
        for ops in (loops, arrays)
    )
    for one, other in zip((*got[0], *got[1]), (*wanted[0], *wanted[1]), strict=True):
        everywhere_equal(one, other, 40)  # some 60 operations


def test_viscosity_agrees(loops, arrays, dtype):
    hall = random_hall(dtype)
    hall.k[5], hall.eps[6] = 0.0, 0.0  # below their smallest values
    got, wanted = ([zeros(hall, 7.0), hall.k.copy(), hall.eps.copy()] for _ in range(2))
    for ops, fields in ((loops, got), (arrays, wanted)):
        ops.viscosity(*fields, *fields[1:], hall.fluid, hall.constants)
        assert (fields[1][5], fields[2][6]) == (hall.constants[10], hall.constants[11])
    for one, other in zip(got, wanted, strict=True):
        everywhere_equal(one, other, 5)  # five operations


def test_viscosity_of_fields_beside_the_state_s_own(ops, dtype):
    hall = random_hall(dtype)
    own, same = ([zeros(hall), zeros(hall), zeros(hall)] for _ in range(2))
    same[1:] = hall.k.copy(), hall.eps.copy()
    ops.viscosity(*own, hall.k, hall.eps, hall.fluid, hall.constants)
    ops.viscosity(*same, *same[1:], hall.fluid, hall.constants)
    for one, other in zip(own, same, strict=True):
        np.testing.assert_array_equal(one, other)


def test_viscosity_is_of_known_size_and_bounded(ops):
    hall = box(([1.0, 1.0], [1.0], [1.0]))
    k, eps, nue = zeros(hall, 0.02), zeros(hall, 0.01), zeros(hall, 7.0)
    core(hall, k)[0, 0, 1] = 1e4
    ops.viscosity(nue, k, eps, k, eps, hall.fluid, hall.constants)
    np.testing.assert_allclose(core(hall, nue)[0, 0], [0.003615, 1.500015], rtol=1e-12)  # rounding
    assert not nue[hall.fluid == 0].any()


def rates(ops, hall, velocity, t):
    """(strain, lift) with an eddy viscosity of 0.1 m2/s and g beta / Pr_t of 0.04."""
    strain, lift = zeros(hall), zeros(hall)
    ops.production(
        strain,
        lift,
        *velocity,
        t,
        hall.fluid * 0.1 + 1e-5,
        *hall.open,
        hall.fluid,
        *hall.d,
        *hall.h,
        1e-5,
        0.04,
    )
    return core(hall, strain), core(hall, lift)


def graded():
    rng = np.random.default_rng(7)
    hall = box(tuple(rng.uniform(0.1, 0.3, n) for n in (5, 4, 6)))
    place = []
    for axis, d in enumerate(hall.d):
        shape = [1, 1, 1]
        shape[2 - axis] = -1
        place.append(np.broadcast_to(centres(d).reshape(shape), hall.shape).ravel().copy())
    return hall, place


@pytest.mark.parametrize("component", [0, 1, 2])
@pytest.mark.parametrize("along", [1, 2])
def test_plain_shear_makes_nut_times_its_square(ops, component, along):
    """Differences of a straight profile are exact on a graded grid, one-sided at walls too."""
    hall, place = graded()
    velocity = [zeros(hall), zeros(hall), zeros(hall)]
    velocity[component] = 3.0 * place[(component + along) % 3]
    strain, _ = rates(ops, hall, velocity, zeros(hall))
    np.testing.assert_allclose(strain, 0.1 * 3.0**2, rtol=1e-12)  # rounding


def test_stretching_counts_twice_and_rotation_not_at_all(ops):
    hall, place = graded()
    low = place[0].reshape(hall.shape) - 0.5 * hall.d[0]
    stretched = [3.0 * low.ravel(), zeros(hall), zeros(hall)]
    strain, _ = rates(ops, hall, stretched, zeros(hall))
    np.testing.assert_allclose(strain, 0.1 * 2 * 3.0**2, rtol=1e-12)  # rounding
    turning = [-3.0 * place[1], 3.0 * place[0], zeros(hall)]
    strain, _ = rates(ops, hall, turning, zeros(hall))
    assert np.abs(strain).max() < 1e-12


def test_stratification_takes_what_instability_gives(ops):
    hall, place = graded()
    still = [zeros(hall)] * 3
    _, lift = rates(ops, hall, still, 5.0 * place[2])
    np.testing.assert_allclose(lift, -0.04 * 0.1 * 5.0, rtol=1e-12)  # rounding
    _, lift = rates(ops, hall, still, -5.0 * place[2])
    np.testing.assert_allclose(lift, 0.04 * 0.1 * 5.0, rtol=1e-12)


def decayed(ops, steps):
    """k after 2 s from k = 0.1, eps = 0.05 in closed still air, each implicit step swept until it stands."""
    hall = box(([0.2, 0.3], [0.2], [0.3]))
    hall.rdt[:] = steps / 2.0
    still = zeros(hall)
    k, eps = zeros(hall, 0.1), zeros(hall, 0.05)
    for _ in range(steps):
        k0, e0 = k.copy(), eps.copy()
        for _ in range(12):
            a = found(ops, hall, k, eps, (k0, e0), [still] * 3, still, hall.open, still, still)
            k, eps = swept(hall, a[0], k), swept(hall, a[1], eps)
    return core(hall, k), core(hall, eps)


@pytest.mark.many_launches
def test_turbulence_left_alone_decays_by_its_law(ops):
    """dk/dt = -eps, deps/dt = -C2 eps2 / k: k = k0 (1 + (C2 - 1) eps0 t / k0) ^ (-1 / (C2 - 1))."""
    growth = 1 + (C_2 - 1) * 0.05 * 2.0 / 0.1
    exact, exact_eps = 0.1 * growth ** (-1 / (C_2 - 1)), 0.05 * growth ** (-C_2 / (C_2 - 1))
    coarse, fine = decayed(ops, 20), decayed(ops, 40)
    error = [np.max(np.abs(k - exact)) for k, _ in (coarse, fine)]
    assert error[0] / error[1] == pytest.approx(2.0, abs=0.1)  # implicit Euler is first order in dt
    np.testing.assert_allclose(fine[1], exact_eps, rtol=0.03)  # dt eps / k = 0.025 at the start


def test_shear_grows_k_by_what_it_makes(ops):
    """One step without sinks to speak of: k rises by strain dt, lift above 0 counts, below 0 it is a sink."""
    hall = box(([1.0], [1.0], [1.0, 1.0]))
    hall.rdt[:] = 10.0
    still, strain, lift = zeros(hall), zeros(hall, 0.3), zeros(hall)
    core(hall, lift)[:, 0, 0] = 0.2, -0.2
    k, eps = zeros(hall, 1.0), zeros(hall, 1e-9)
    a, _ = found(ops, hall, k, eps, (k, eps), [still] * 3, still, [still] * 3, strain, lift)
    np.testing.assert_allclose(
        core(hall, swept(hall, a, k))[:, 0, 0], [1.05, 10.3 / 10.2], rtol=1e-8
    )  # eps 1e-9 sinks too


def one_step(ops, hall, k, eps, nue, opens, strain):
    """k and eps after one sweep of a step in still air without stratification."""
    still = zeros(hall)
    a = found(ops, hall, k, eps, (k, eps), [still] * 3, nue, opens, strain, still)
    return core(hall, swept(hall, a[0], k))[0, 0], core(hall, swept(hall, a[1], eps))[0, 0]


def test_epsilon_grows_by_c1_and_falls_by_c2(ops):
    """eps (1/dt + C2 eps/k) = eps0/dt + C1 (eps/k) P with k = 1, eps = 0.5, P = 0.3, dt = 0.1 s."""
    hall = box(([1.0, 1.0], [1.0], [1.0]))
    hall.rdt[:] = 10.0
    shut = [zeros(hall)] * 3
    _, eps = one_step(ops, hall, zeros(hall, 1.0), zeros(hall, 0.5), zeros(hall), shut, zeros(hall, 0.3))
    np.testing.assert_allclose(eps, (5.0 + 1.44 * 0.5 * 0.3) / (10.0 + 1.92 * 0.5), rtol=1e-13)  # rounding


def test_k_and_epsilon_spread_by_their_own_diffusivities(ops):
    """nu + nu_t / sigma, sigma_k = 1, sigma_eps = 1.3, between two cells 0.5 m wide; nu = 0.2, nu_t = 0.6 m2/s."""
    hall = box(([0.5, 0.5], [1.0], [1.0]))
    hall.rdt[:] = 10.0
    hall.constants[8] = 0.2
    k, eps = zeros(hall, 1.0), zeros(hall, 1e-9)
    core(hall, k)[0, 0, 1] = 2.0
    core(hall, eps)[0, 0, 1] = 2e-9  # so little that its sinks are nothing
    k_new, eps_new = one_step(ops, hall, k, eps, hall.fluid * 0.8, hall.open, zeros(hall))
    for got, nu, unit in ((k_new, 0.8, 1.0), (eps_new, 0.2 + 0.6 / 1.3, 1e-9)):
        a = nu / 0.5  # area 1 m2; storage 10 times 0.5 m3
        wanted = np.array([(5.0 + 2 * a) / (5.0 + a), (10.0 + a) / (5.0 + a)]) * unit
        np.testing.assert_allclose(got, wanted, rtol=1e-8)  # the sinks, 1e-9 / 10
