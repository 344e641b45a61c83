"""Random trees with converters of every mode, DC below some, stores: Ohm's and Kirchhoff's laws at every node.

Nothing here solves anything: what a solution says of voltages and currents is put into the equations it must satisfy.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from thermo.power.converters import BATTERY, HOLDS, PASSES, Converter, LossCurve, Store
from thermo.power.solution import swept
from thermo.power.tree import CONSTANT_POWER, WYE, Network, balanced_source

VOLTS, BUS = 400 / sqrt(3), 800.0
SIZE = 14


def chance(seed: int) -> Network:
    """A random tree; a converter into every third node or so, every second of those that hold makes DC."""
    rng = np.random.default_rng(seed)
    parent = np.array([0, *(rng.integers(0, k) for k in range(1, SIZE))], np.int32)
    direct, converters = np.zeros(SIZE, bool), []
    impedance = np.zeros((SIZE, 3, 3), complex)
    for k in range(1, SIZE):
        above = direct[parent[k]]
        direct[k] = above
        if rng.random() < 0.35:
            mode = HOLDS if above else str(rng.choice([HOLDS, PASSES, BATTERY]))
            direct[k] = above or (mode == HOLDS and rng.random() < 0.5)
            curve = LossCurve(100e3, *rng.uniform(0.002, 0.02, 3))
            tan_phi = 0.0 if above or mode == PASSES else 0.2
            volts = BUS if direct[k] else VOLTS
            charge = 2e3 if mode == HOLDS and not direct[k] else 0.0
            converters.append(Converter(k, volts, curve, 1, mode, tan_phi, charge, 0.9))
        elif above:
            impedance[k] = np.eye(3) * rng.uniform(0.01, 0.05)
        else:
            z1, zm = (complex(*rng.uniform(0.002, 0.01, 2)) for _ in range(2))
            impedance[k] = z1 * np.eye(3) + zm
    base = np.where(direct, BUS, VOLTS)
    node = rng.integers(1, SIZE, 8).astype(np.int32)
    p = rng.uniform(1e3, 5e3, (8, 3)) * np.where(direct[node][:, None], [3, 0, 0], 1)
    ac = np.flatnonzero(~direct)
    return Network(
        names=tuple(map(str, range(SIZE))),
        parent=parent,
        impedance=impedance,
        turns=np.tile(np.eye(3), (SIZE, 1, 1)),
        shunt=np.zeros((SIZE, 3, 3), complex),
        base=base,
        source=balanced_source(400.0),
        load_node=node,
        connection=np.full(8, WYE, np.int8),
        law=np.tile(CONSTANT_POWER, (8, 1)),
        nominal=base[node],
        p=p,
        q=p * np.where(direct[node][:, None], 0.0, 0.1),
        rating=np.zeros(SIZE),
        group=np.full(SIZE, -1, np.int32),
        groups=(),
        place=np.zeros(SIZE, np.int32),
        places=("wires", "converters"),
        converters=tuple(converters),
        stores=(Store(int(rng.choice(ac)), 1, float(rng.uniform(-5e3, 5e3)), 0.9, 100.0),),
        dc=direct,
    )


def drawn_at(network: Network, v: np.ndarray, converter_w: np.ndarray) -> np.ndarray:
    """Currents (n, 3) that loads, converters and stores draw at the nodes they hang on."""
    i = np.zeros((SIZE, 3), complex)

    def draw(node: int, power: np.ndarray) -> None:
        i[node] += (power / v[node]).conj()

    for node, p, q in zip(network.load_node, network.p, network.q, strict=True):
        draw(node, p + 1j * q)
    for converter, (given, taken) in zip(network.converters, converter_w, strict=True):
        above = network.parent[converter.node]
        lost = float(converter.curve.at(given))
        own = lost if converter.mode == PASSES else taken
        spread = np.array([1, 0, 0]) if network.dc[above] else np.full(3, 1 / 3)
        draw(above, own * spread * (1 + 1j * converter.tan_phi))
        expected = {HOLDS: given + lost + converter.charge, PASSES: given + lost, BATTERY: 0.0}[
            converter.mode
        ]
        assert taken == pytest.approx(expected, rel=1e-9, abs=1e-4)  # [W]; the sweeps leave 1e-10
    for store in network.stores:
        draw(store.node, np.full(3, store.drawn / 3))
    return i


@pytest.mark.parametrize("seed", range(24))
def test_every_node_obeys_ohm_and_kirchhoff(ops, seed):
    network = chance(seed)
    found = swept(network, network.p, network.q, ops.sweep, tolerance=1e-12)
    assert found.status[0] == 0
    v, i = found.voltage[0], found.branch_current[0]
    cuts = {c.node: c for c in network.converters if c.cuts}
    total = drawn_at(network, v, found.converter_w[0])
    for k in range(1, SIZE):
        if k in cuts:  # a converter holds its output
            np.testing.assert_allclose(np.abs(v[k]), cuts[k].volts, rtol=1e-12)
        else:
            drop = v[network.parent[k]] - network.impedance[k] @ i[k]
            columns = slice(0, 1) if network.dc[k] else slice(0, 3)
            np.testing.assert_allclose(v[k][columns], drop[columns], atol=1e-7)  # [V]
            total[network.parent[k]] += i[k]
    np.testing.assert_allclose(i, total, atol=1e-5)  # [A] of hundreds
    source = (v[0] * i[0].conj()).real.sum()
    left = source - network.p.sum() - found.loss_w[0] - found.stored_w[0]
    assert abs(left) < 1e-8 * max(abs(source), network.p.sum())
