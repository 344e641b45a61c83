"""Mass: loop and array form agree; divergence sums to the boundary's flow; a solved correction removes it."""

from __future__ import annotations

import numpy as np
from padded import PAD, box, core, everywhere_equal, pressure_faces, random_hall, volumes, zeros

from kernels import hierarchy


def test_divergence_agrees(loops, arrays, dtype):
    hall = random_hall(dtype)
    got, wanted = zeros(hall, 7.0), zeros(hall, 7.0)
    for ops, out in ((loops, got), (arrays, wanted)):
        ops.divergence(out, hall.u, hall.v, hall.w, hall.fluid, *hall.d)
    everywhere_equal(got, wanted, 12)  # a dozen operations


def test_correction_agrees(loops, arrays, dtype):
    hall = random_hall(dtype)
    results = []
    for ops in (loops, arrays):
        fields = [a.copy() for a in (hall.u, hall.v, hall.w, hall.p)]
        ops.correct(*fields, *fields[:3], hall.q, *hall.act, *hall.h, hall.rdt)
        results.append(fields)
    for got, wanted in zip(*results, strict=True):
        everywhere_equal(got, wanted, 6)  # four operations


def test_correction_of_fields_beside_the_state_s_own(ops, dtype):
    hall = random_hall(dtype)
    own, solved = [hall.u.copy(), hall.v.copy(), hall.w.copy(), hall.p.copy()], (hall.v, hall.w, hall.u)
    wanted = [*(a.copy() for a in solved), hall.p.copy()]
    rest = (hall.q, *hall.act, *hall.h, hall.rdt)
    ops.correct(*wanted, *wanted[:3], *rest)
    ops.correct(*own, *solved, *rest)
    inner = (slice(PAD, -PAD + 1),) * 3
    for one, other in zip(own, wanted, strict=True):
        np.testing.assert_array_equal(one.reshape(hall.shape)[inner], other.reshape(hall.shape)[inner])


def test_divergence_sums_to_what_leaves(ops):
    rng = np.random.default_rng(6)
    hall = box(tuple(rng.uniform(0.1, 0.3, n) for n in (5, 4, 3)))
    u, v, w = (rng.standard_normal(hall.fluid.size) for _ in range(3))
    out = zeros(hall)
    ops.divergence(out, u, v, w, hall.fluid, *hall.d)
    leaving = 0.0
    for axis, vel in enumerate((u, v, w)):
        area = volumes(hall) / np.moveaxis(hall.d[axis][PAD:-PAD].reshape(-1, 1, 1), 0, 2 - axis)
        end = np.moveaxis(vel.reshape(hall.shape), 2 - axis, 0)
        inner = (slice(PAD, -PAD), slice(PAD, -PAD))
        leaving += np.sum((end[-PAD][inner] - end[PAD][inner]) * np.moveaxis(area, 2 - axis, 0)[0])
    np.testing.assert_allclose(out.sum(), leaving, rtol=1e-12)  # rounding of 60 cells


def test_correction_removes_the_divergence(ops):
    """phi solved to round-off: what `correct` subtracts is what the multigrid's operator holds."""
    hall = random_hall(np.float64, (9, 8, 6))
    u, v, w = (a * act for a, act in zip((hall.u, hall.v, hall.w), hall.act, strict=True))
    levels = hierarchy.build(pressure_faces(hall), [d[PAD:-PAD] for d in hall.d], np.float64)
    fine = levels[0]
    ops.divergence(fine.rhs, u, v, w, hall.fluid, *hall.d)
    before = np.abs(fine.rhs).max()
    for _ in range(60):
        hierarchy.v_cycle(ops, levels)
    p = zeros(hall)
    ops.correct(u, v, w, p, u, v, w, fine.phi, *hall.act, *hall.h, hall.rdt)
    after = zeros(hall)
    ops.divergence(after, u, v, w, hall.fluid, *hall.d)
    assert np.abs(after).max() < 1e-8 * before  # 60 cycles at 0.7 or better: 1e-9
    np.testing.assert_allclose(
        core(hall, p), core(hall, fine.phi) * hall.rdt[PAD:-PAD, None, None], rtol=1e-15
    )
