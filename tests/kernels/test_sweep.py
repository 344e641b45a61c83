"""The sweep against closed forms, a solved reference hall, and itself on the other device."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from kernels.sweep import SOLVED, UNSOLVED, sweep_in_numpy, sweep_on_cpu

pytestmark = pytest.mark.many_launches  # on cuda test_sweep_devices.py holds it against the loops
REFERENCE = Path(__file__).parents[1] / "thermo" / "reference_power"
TURN = np.exp(-2j * np.pi / 3 * np.arange(3))  # phases a, b, c of a positive sequence


@pytest.fixture
def sweep(device):
    if device == "cuda":
        from kernels.gpu.sweep import sweep_on_cuda

        return sweep_on_cuda
    return {"numpy": sweep_in_numpy, "cpu": sweep_on_cpu}[device]


def tree(parent, volts, **tables):
    """A network of plain branches without impedance; `tables` replaces what differs.

    `z1`, `zm` and `y` (n) stand for 3x3 matrices; `turn` 1 or 2 makes a Dyn1 or Dyn11 transformer of `ratio`.
    """
    n = len(parent)
    net = SimpleNamespace(
        parent=np.array(parent, np.int32),
        impedance=np.zeros((n, 3, 3), complex),
        turns=np.tile(np.eye(3), (n, 1, 1)),
        shunt=np.zeros((n, 3, 3), complex),
        base=np.full(n, volts),
        load_node=np.array([n - 1], np.int32),
    )
    for name in ("parent", "base", "load_node", "impedance", "shunt", "source"):
        if name in tables:
            setattr(net, name, np.array(tables[name], getattr(net, name, np.zeros(1, complex)).dtype))
    matrix = np.array(tables.get("z1", 0))[..., None, None] * np.eye(3)
    net.impedance += matrix + np.array(tables.get("zm", 0))[..., None, None]
    net.shunt += np.array(tables.get("y", 0))[..., None, None] * np.eye(3)
    for k, turn in enumerate(tables.get("turn", ())):
        if turn:
            net.turns[k] = (np.eye(3) - np.roll(np.eye(3), -1 if turn == 1 else 1, axis=1)) / tables["ratio"][
                k
            ]
    return net


def solve(sweep, net, power, tolerance=1e-13, limit=100, **loads):
    """Complex v and i (n, 3, S), status and passes; `power` (L, 3, S) [VA] complex."""
    power = np.moveaxis(np.asarray(power, complex), 2, 0)
    count, n, load_count = len(power), len(net.parent), len(net.load_node)
    v, i = (np.empty((count, n, 3), complex) for _ in range(2))
    outputs = [np.empty((count, width)) for width in (2, getattr(net, "groups", 0), 1)]
    status, passes = np.full(count, -1, np.int32), np.zeros(count, np.int32)
    source = getattr(net, "source", net.base[0] * TURN)
    law = np.array(loads.get("law", np.tile([1.0, 0, 0], (load_count, 1))), float)
    connection = np.array(loads.get("connection", np.zeros(load_count)), np.int8)
    nominal = loads.get("nominal", net.base[net.load_node])
    rating, group = getattr(net, "rating", np.ones(n)), getattr(net, "group", np.full(n, -1, np.int32))
    sweep(v, i, *outputs, status, passes, net.parent, net.impedance, net.turns, net.shunt, net.base, source,
          net.load_node, connection, law, nominal, rating, group, np.zeros(n, np.int32),
          np.ascontiguousarray(power.real), np.ascontiguousarray(power.imag), tolerance, limit)  # fmt: skip
    net.outputs = outputs
    return np.moveaxis(v, 0, 2), np.moveaxis(i, 0, 2), status, passes


def balanced(power, lanes=1):
    return np.full((1, 3, lanes), power / 3, complex)


def test_two_nodes_meet_the_quadratic(sweep):
    z, power, volts = 0.02 + 0.05j, 60e3 + 20e3j, 240.0
    net = tree([0, 0], volts, z1=[0, z])
    v, i, status, _ = solve(sweep, net, balanced(power))
    s = power / 3
    cross = 2 * (z * s.conjugate()).real - volts**2  # u^2 + cross u + |z s|^2 = 0, u = |V|^2
    u = (-cross + np.sqrt(cross**2 - 4 * abs(z * s) ** 2)) / 2
    exact = np.conj((u + z * s.conjugate()) / volts) * TURN
    assert status[0] == SOLVED
    # 1e-12: the sweeps stop at a step of 1e-13 pu and contract by 0.1 a pass
    np.testing.assert_allclose(v[1, :, 0] / volts, exact / volts, rtol=0, atol=1e-12)
    np.testing.assert_allclose(i[1, :, 0], np.conj(s / exact) * np.ones(3), rtol=1e-11)


def test_one_phase_load_shifts_the_neutral(sweep):
    z1, zm, volts = 0.03 + 0.01j, 0.02 + 0.004j, 240.0
    net = tree([0, 0], volts, z1=[0, z1], zm=[0, zm])
    v, i, _, _ = solve(sweep, net, np.array([[[6e3], [0], [0]]]))
    current = i[1, 0, 0]
    expected = volts * TURN - np.array([z1 + zm, zm, zm]) * current
    np.testing.assert_allclose(v[1, :, 0], expected, rtol=1e-12)  # rounding of a few operations
    assert i[1, 1, 0] == 0
    np.testing.assert_allclose((v[1, 0] * np.conj(current))[0], 6e3, rtol=1e-11)


def test_dyn1_sends_a_one_phase_load_to_two_lines(sweep):
    a = np.sqrt(3) * 34500 / 415
    net = tree(
        [0, 0], 34500 / np.sqrt(3), turn=[0, 1], ratio=[1, a], base=[34500 / np.sqrt(3), 415 / np.sqrt(3)]
    )
    v, i, _, _ = solve(sweep, net, np.array([[[24e3], [0], [0]]]))
    lagging = 415 / np.sqrt(3) * TURN * np.exp(-1j * np.pi / 6)
    np.testing.assert_allclose(v[1, :, 0], lagging, rtol=1e-12)
    low = np.conj(24e3 / lagging[0])
    np.testing.assert_allclose(i[0, :, 0], np.array([low, 0, -low]) / a, atol=1e-12)


def test_dyn11_leads_by_thirty_degrees(sweep):
    net = tree([0, 0], 400.0, turn=[0, 2], ratio=[1, np.sqrt(3)])
    v, i, _, _ = solve(sweep, net, np.array([[[24e3], [0], [0]]]))
    np.testing.assert_allclose(v[1, :, 0], 400 * TURN * np.exp(1j * np.pi / 6), rtol=1e-12)
    assert abs(i[0, 2, 0]) < 1e-12  # the load of phase a returns through b
    np.testing.assert_allclose((v[0] * np.conj(i[0])).sum(), 24e3, rtol=1e-12)


def test_transformer_keeps_power_through_its_impedance(sweep):
    a = np.sqrt(3) * 13800 / 480
    base = np.array([13800, 480]) / np.sqrt(3)
    net = tree([0, 0], 1.0, turn=[0, 1], ratio=[1, a], base=base, z1=[0, 0.001 + 0.006j])
    v, i, _, _ = solve(sweep, net, np.array([[[200e3 + 50e3j], [120e3], [90e3 + 30e3j]]]))
    into = (v[0] * np.conj(i[0])).sum()
    out = (v[1] * np.conj(i[1])).sum()
    np.testing.assert_allclose(into - out, (0.001 + 0.006j) * (abs(i[1]) ** 2).sum(), rtol=1e-9)


def test_shunt_is_a_voltage_divider(sweep):
    z, y = 0.1 + 0.2j, 0.05 - 0.01j
    net = tree([0, 0], 240.0, z1=[0, z], y=[0, y])
    v, _, _, _ = solve(sweep, net, balanced(0))
    np.testing.assert_allclose(v[1, :, 0], 240 * TURN / (1 + z * y), rtol=1e-12)


@pytest.fixture(scope="module")
def hall():
    with np.load(REFERENCE / "hall_net.npz") as stored:
        tables = dict(stored)
    power = tables.pop("p") * (1 + 1j * tables.pop("tan_phi"))
    stored = {name: tables.pop(name) for name in ("v", "total_loss_w")}
    net = tree(volts=1.0, **tables)
    vars(net).update(power=power, **stored)
    return net


def test_reference_hall(sweep, hall):
    v, i, status, passes = solve(sweep, hall, hall.power, tolerance=1e-10)
    assert (status == SOLVED).all()
    assert (passes < 15).all()
    step = np.abs(v - hall.v) / hall.base[:, None, None]
    assert step.max() < 1e-8  # the reference's own suggested bound; its tools agree to 4e-12
    source = (v[0] * np.conj(i[0])).sum(axis=0)
    load = hall.power.sum(axis=(0, 1))
    np.testing.assert_allclose((source - load).real, hall.total_loss_w, rtol=1e-7)


def test_ieee_european_feeder(sweep):
    with np.load(REFERENCE / "ieee_european_lv.npz") as stored:
        tables = dict(stored)
    power, expected = tables.pop("power"), tables.pop("v")
    feeder = tree(volts=1.0, **tables)
    v, _, status, _ = solve(sweep, feeder, power, tolerance=1e-10)
    assert (status == SOLVED).all()
    step = np.abs(v[1:] - expected) / feeder.base[1:, None, None]
    assert step.max() < 1e-8  # what the reference suggests; its tools agree to 3e-11


def test_load_stress_ends_at_the_nose(sweep, hall, request):
    """The reference's load ladder: sweeps and lowest voltages to x4; x5 lies past the nose.

    What is lost takes every sweep that is allowed, and one of this hall is a second of an interpreter of PTX.
    """
    factor = np.array([1, 1.5, 2, 3, 4, 5])
    limit = 40 if request.config.getoption("--ptx") else 100
    v, i, status, passes = solve(sweep, hall, hall.power[:, :, :1] * factor, tolerance=1e-8, limit=limit)
    assert status.tolist() == [SOLVED] * 5 + [UNSOLVED]
    assert (passes[:5] <= [8, 9, 11, 16, 29]).all()  # what plain sweeps take; fewer is better
    assert np.isnan(v[:, :, 5]).all()
    assert np.isnan(i[:, :, 5]).all()
    lowest = (np.abs(v[:, :, :5]) / hall.base[:, None, None]).min(axis=(0, 1))
    np.testing.assert_allclose(lowest, [0.958, 0.934, 0.906, 0.836, 0.727], atol=6e-4)  # three printed digits


def test_a_lost_scenario_leaves_the_others_alone(sweep, hall):
    few = 30  # sweeps: a second round for the lost one, and enough for the others
    alone, _, status, _ = solve(sweep, hall, hall.power[:, :, :1], limit=few)
    assert status[0] == SOLVED
    together, *_ = solve(sweep, hall, hall.power[:, :, :1] * np.array([5.0] + [1.0] * 40), limit=few)
    assert np.isnan(together[:, :, 0]).all()
    assert np.array_equal(together[:, :, 1:2], alone)
    assert np.array_equal(together[:, :, 40:], alone)  # another tile


def test_cpu_equals_numpy(hall):
    if find_spec("numba") is None:
        pytest.skip("numba is not installed")
    one, two = (solve(s, hall, hall.power) for s in (sweep_in_numpy, sweep_on_cpu))
    assert np.array_equal(one[2], two[2])
    np.testing.assert_allclose(one[0], two[0], rtol=1e-12)  # summation order differs in the last digits


@pytest.mark.parametrize("seed", range(5))
def test_random_trees_obey_kirchhoff(sweep, seed):
    """Every node's equations recomputed one by one from the solution, on trees with transformers and shunts."""
    rng = np.random.default_rng(seed)
    n = 30
    parent = [0] + [int(rng.integers(0, k)) for k in range(1, n)]
    turn = np.where(rng.random(n) < 0.2, rng.integers(1, 3, n), 0)
    turn[0] = 0
    base = np.full(n, 240.0)
    for k in range(1, n):
        base[k] = base[parent[k]] * (rng.uniform(0.3, 3) if turn[k] else 1)
    ratio = np.sqrt(3) * base[parent] / base
    z1 = (rng.random(n) + 1j * rng.random(n)) * 3e-4 * base**2 / 1e4
    zm = (rng.random(n) + 1j * rng.random(n)) * 2e-4 * base**2 / 1e4
    y = rng.random(n) * 0.01 * 1e4 / base**2
    loads = rng.choice(n, 12, replace=False)
    net = tree(parent, 240.0, turn=turn, ratio=ratio, base=base, z1=z1, zm=zm, y=y)
    net.load_node = loads.astype(np.int32)
    power = (rng.random((12, 3, 1)) + 0.3j * rng.random((12, 3, 1))) * 2e4
    v, i, status, _ = solve(sweep, net, power)
    assert status[0] == SOLVED
    for k in range(n):
        out = sum(_primary(i[c, :, 0], turn[c], ratio[c]) for c in range(1, n) if parent[c] == k)
        drawn = v[k, :, 0] * np.conj(i[k, :, 0] - out - y[k] * v[k, :, 0])
        asked = sum((power[j, :, 0] for j in np.flatnonzero(loads == k)), np.zeros(3))
        np.testing.assert_allclose(drawn, asked, rtol=0, atol=1e-6)  # [VA] of 2e4; steps of 1e-13 pu
        if k:
            behind = z1[k] * i[k, :, 0] + zm[k] * i[k, :, 0].sum()
            feeding = _secondary(v[parent[k], :, 0], turn[k], ratio[k])
            np.testing.assert_allclose(v[k, :, 0] + behind, feeding, rtol=1e-12)


def _primary(current, turn, ratio):
    """Currents on the high side of a Dyn transformer, phase by phase."""
    if turn == 0:
        return current
    a, b, c = current
    order = (a - b, b - c, c - a) if turn == 1 else (a - c, b - a, c - b)
    return np.array(order) / ratio


def _secondary(voltage, turn, ratio):
    """Open-circuit voltages on its low side."""
    if turn == 0:
        return voltage
    a, b, c = voltage
    order = (a - c, b - a, c - b) if turn == 1 else (a - b, b - c, c - a)
    return np.array(order) / ratio
