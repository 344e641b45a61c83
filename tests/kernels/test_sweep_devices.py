"""The sweep of every device against the array form: all branches and loads, batches, a second round, the nose."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from kernels.sweep import SOLVED, UNSOLVED, sweep_in_numpy, sweep_on_cpu

TURN = np.exp(-2j * np.pi / 3 * np.arange(3))
DYN = np.eye(3) - np.roll(np.eye(3), -1, axis=1)
WYE, DELTA, PHASOR = 0, 1, 2
COUNT = 37  # scenarios: no whole tile, no whole block


@pytest.fixture
def sweep(device):
    if device == "numpy":
        pytest.skip("it is what the others are held against")
    if device == "cuda":
        from kernels.gpu.sweep import sweep_on_cuda

        return sweep_on_cuda
    return sweep_on_cpu


def network():
    """A source, a feeder with a shunt, a Dyn transformer, a board with a shunt; two chains, one behind a transformer.

    Nodes: 0 source, 1 feeder, 2 board (transformer above it), 3-5 a chain of three kinds of branch with whips
    6 (behind 3) and 7 (behind 4), 8 a transformer below the board, 9 behind it; loads of every law, two on node 5.
    """
    random = np.random.default_rng(3)
    parent = np.array([0, 0, 1, 2, 3, 4, 3, 4, 2, 8], np.int32)
    impedance = np.zeros((10, 3, 3), complex)
    four_wire = [1, 2, 3, 6, 7, 8]
    z1, zm = random.uniform(0.5, 1, 6), random.uniform(0.1, 0.3, 6)
    impedance[four_wire] = (1 + 0.7j) * (z1[:, None, None] * np.eye(3) + zm[:, None, None])
    full = random.uniform(0.1, 0.3, (2, 3, 3)) * (1 + 0.5j)
    impedance[[4, 9]] = full + full.swapaxes(1, 2) + np.eye(3)  # 5 has no impedance
    impedance[1:] *= np.array([300, *[0.01] * 8])[:, None, None]
    turns = np.tile(np.eye(3), (10, 1, 1))
    turns[2], turns[8] = DYN / 43.0, DYN / 1.8
    shunt = np.zeros((10, 3, 3), complex)
    shunt[1], shunt[2], shunt[9] = (1e-6 - 2e-6j) * np.eye(3), 2e-3j * DYN @ DYN.T, 3e-3 * np.eye(3)
    base = np.array([6000.0, 6000.0, *[240.0] * 6, 230.0, 230.0])
    return SimpleNamespace(
        parent=parent, impedance=impedance, turns=turns, shunt=shunt, base=base, source=6000 * TURN,
        load_node=np.array([6, 7, 5, 5, 9, 9, 3], np.int32),
        connection=np.array([WYE, DELTA, WYE, PHASOR, WYE, DELTA, WYE], np.int8),
        law=np.array([[1.0, 0, 0], [0.3, 0.3, 0.4], [0.2, 0.5, 0.3], [1, 0, 0], [1, 0, 0], [1, 0, 0], [1, 0, 0]]),
        nominal=np.array([240.0, 415, 240, 240, 230, 400, 240]),
        rating=np.linspace(40, 90, 10),
        group=np.array([-1, 0, 1, 1, 1, 1, 2, 2, 0, -1], np.int32),
        place=np.array([0, 0, 1, 1, 1, 1, 2, 2, 1, 2], np.int32),
    )  # fmt: skip


def powers(factor):
    """(S, L, 3) complex: some phases draw nothing; the phasor is in ampere."""
    random = np.random.default_rng(4)
    size = np.array([6e3, 5e3, 3e3, 8.0, 4e3, 5e3, 2e3])
    given = size[:, None] * (random.uniform(0.2, 1, (len(factor), 7, 3)) * (1 + 0.3j))
    given[:, 0, 1] = given[:, 4, 2] = 0
    return given * factor[:, None, None]


def solve(sweep, net, power, whole=True, tolerance=1e-12, limit=120):
    count, n = len(power), net.parent.size
    fields = [np.full((count * whole, n, 3), 7j) for _ in range(2)]
    tables = [np.full((count, width), 7.0) for width in (2, 3, 3)]
    status, passes = np.full(count, -1, np.int32), np.full(count, -1, np.int32)
    sweep(
        *fields, *tables, status, passes, net.parent, net.impedance, net.turns, net.shunt, net.base, net.source,
        net.load_node, net.connection, net.law, net.nominal, net.rating, net.group, net.place,
        np.ascontiguousarray(power.real), np.ascontiguousarray(power.imag), tolerance, limit,
    )  # fmt: skip
    return SimpleNamespace(fields=fields, tables=tables, status=status, passes=passes)


def agree(ours, theirs):
    assert np.array_equal(ours.status, theirs.status)
    scales = (1e-9, 1e-9, 1e-10, 1e-10, 1e-9)  # both stop at steps of 1e-12: relative, or of V, A, pu, 1, W
    for one, two, scale in zip(
        (*ours.fields, *ours.tables), (*theirs.fields, *theirs.tables), scales, strict=True
    ):
        np.testing.assert_allclose(one, two, rtol=1e-9, atol=scale)


def test_every_kind_of_branch_and_load_is_as_the_array_form_has_it(sweep):
    power = powers(np.linspace(0, 1, COUNT))
    exact = solve(sweep_in_numpy, network(), power)
    assert (exact.status == SOLVED).all()
    agree(solve(sweep, network(), power), exact)


def test_past_the_nose_is_not_a_number_and_leaves_the_others_alone(sweep):
    factor = np.ones(COUNT)
    factor[[3, 20]] = 400.0
    factor[[4, 30]] = 3.5  # sweeps that settle slowly: not in the first round
    found, exact = (solve(form, network(), powers(factor)) for form in (sweep, sweep_in_numpy))
    assert np.flatnonzero(found.status == UNSOLVED).tolist() == [3, 20]
    assert (found.passes[[4, 30]] > 12).all()
    for table in (*found.fields, *found.tables):
        assert np.isnan(table[[3, 20]]).all()
    agree(found, exact)


def test_what_is_not_wanted_is_not_written(sweep):
    power = powers(np.linspace(0.1, 1, 5))
    whole, reduced = (solve(sweep, network(), power, whole=want) for want in (True, False))
    for one, two in zip(whole.tables, reduced.tables, strict=True):
        assert np.array_equal(one, two)


def test_batches_of_a_few_are_as_one(sweep, device, monkeypatch):
    if device != "cuda":
        pytest.skip("only a card has batches")
    power = powers(np.linspace(0.1, 4.5, 23))  # the last ones are past the nose
    whole = solve(sweep, network(), power, limit=20)
    monkeypatch.setattr("kernels.gpu.sweep.MOST_SCENARIOS", 9)
    parts = solve(sweep, network(), power, limit=20)
    for one, two in zip((*whole.fields, *whole.tables), (*parts.fields, *parts.tables), strict=True):
        assert np.array_equal(one, two, equal_nan=True)


def test_scratch_that_would_not_fit_makes_smaller_batches(sweep, device, monkeypatch):
    if device != "cuda":
        pytest.skip("only a card has batches")
    monkeypatch.setattr("kernels.gpu.launch.free_bytes", lambda: 50_000)
    power = powers(np.linspace(0.1, 1, 11))
    agree(solve(sweep, network(), power), solve(sweep_in_numpy, network(), power))
