"""The sweep in whole-array complex arithmetic, level by level of the tree: fallback and oracle."""

from __future__ import annotations

import numpy as np

from .sweep_tree import DELTA_LOAD, PHASOR_LOAD, offspring

SOLVED, UNSOLVED = 0, 1
BLOCK = 256  # scenarios swept together: their arrays stay near the processor


def sweep_in_numpy(
    voltage, current, extremes, worst, loss, status, passes,
    parent, impedance, turns, shunt, base, source, load_node, connection, law, nominal,
    rating, group, place, p, q, tolerance, limit,
):  # fmt: skip
    """`sweep_on_cpu`, but for `tolerance`: here the largest step of a voltage [pu] in the last sweep."""
    levels = _levels(parent)
    tree = parent, impedance, turns, shunt
    for lo in range(0, status.size, BLOCK):
        part = slice(lo, lo + BLOCK)
        powers = p[part] + 1j * q[part]
        v = np.zeros((powers.shape[0], parent.size, 3), np.complex128)
        i = np.zeros_like(v)
        v[:, levels[0]] = source
        _forward(v, i, levels, *tree[:3])
        with np.errstate(all="ignore"):  # past the nose the numbers run away: seen by the tests below
            solved, made = _iterate(
                v, i, powers, levels, tree, base, (load_node, connection, law, nominal), tolerance, limit
            )
            v[~solved] = i[~solved] = np.nan
            status[part], passes[part] = np.where(solved, SOLVED, UNSOLVED), made
            extremes[part] = _extremes(v, powers, load_node, connection, base, solved)
            _worst(worst[part], i, rating, group)
            _loss(loss[part], v, i, impedance, shunt, place)
        if voltage.shape[0]:
            voltage[part] = v
        if current.shape[0]:
            current[part] = i


def _iterate(v, i, powers, levels, tree, base, loads, tolerance, limit):
    """Sweep in place until every scenario settled or `limit`; (settled, sweeps) of each."""
    parent, impedance, turns, shunt = tree
    solved = np.zeros(len(v), bool)
    made = np.zeros(len(v), np.int32)
    for _ in range(limit):
        live = np.flatnonzero(~solved)
        if live.size == 0:
            break
        now = v[live]
        flow = _backward(now, powers[live], loads, levels, parent, turns, shunt)
        new = now.copy()
        _forward(new, flow, levels, parent, impedance, turns)
        v[live], i[live] = new, flow
        made[live] += 1
        solved[live] = (np.abs(new - now) / base[:, None]).max(axis=(1, 2)) <= tolerance
    return solved, made


def _levels(parent):
    """Node numbers by distance from the root, the root first."""
    children, root = offspring(parent)
    levels = [[root]]
    while levels[-1]:
        levels.append([child for node in levels[-1] for child in children[node]])
    return [np.array(nodes) for nodes in levels[:-1]]


def drawn(v, powers, connection, law, nominal):
    """Currents [A] (S, L, 3) of the loads at their nodes' voltages v (S, L, 3) [V]."""
    delta = (connection == DELTA_LOAD)[:, None]
    across = np.where(delta, v - np.roll(v, -1, axis=-1), v)
    u = np.abs(across) / nominal[:, None]
    scale = law[:, :1] + law[:, 1:2] * u + law[:, 2:] * u**2
    i = np.conj(scale * powers / across)
    i = np.where(delta, i - np.roll(i, 1, axis=-1), i)
    return np.where((connection == PHASOR_LOAD)[:, None], powers, i)


def _backward(v, powers, loads, levels, parent, turns, shunt):
    """Currents into every node, summed from the leaves."""
    load_node = loads[0]
    i = np.einsum("kfg,skg->skf", shunt, v)
    np.add.at(i.swapaxes(0, 1), load_node, drawn(v[:, load_node], powers, *loads[1:]).swapaxes(0, 1))
    for nodes in reversed(levels[1:]):
        upward = np.einsum("kgf,skg->skf", turns[nodes], i[:, nodes])
        np.add.at(i.swapaxes(0, 1), parent[nodes], upward.swapaxes(0, 1))
    return i


def _forward(v, i, levels, parent, impedance, turns):
    """Voltages from the source outwards, in place."""
    drop = np.einsum("kfg,skg->skf", impedance, i)
    for nodes in levels[1:]:
        v[:, nodes] = np.einsum("kfg,skg->skf", turns[nodes], v[:, parent[nodes]]) - drop[:, nodes]


def _extremes(v, powers, load_node, connection, base, solved):
    """Lowest and highest voltage [pu] (S, 2) at the phases with a load; NaN where there is none."""
    loaded = powers != 0
    both = loaded | np.roll(loaded, 1, axis=-1)
    loaded = np.where((connection == DELTA_LOAD)[:, None], both, loaded)
    loaded &= (connection != PHASOR_LOAD)[:, None]
    u = np.abs(v[:, load_node]) / base[load_node, None]
    flat = len(u), -1
    found = np.stack(
        [
            np.where(loaded, u, np.inf).reshape(flat).min(axis=1, initial=np.inf),
            np.where(loaded, u, -np.inf).reshape(flat).max(axis=1, initial=-np.inf),
        ],
        axis=1,
    )
    return np.where(np.isfinite(found) & solved[:, None], found, np.nan)


def _worst(worst, i, rating, group):
    """Largest current over rating (S, G) in each group of branches."""
    largest = np.abs(i).max(axis=2)
    for g in range(worst.shape[1]):
        rows = np.flatnonzero(group == g)
        worst[:, g] = (largest[:, rows] / rating[rows]).max(axis=1, initial=0.0)


def _loss(loss, v, i, impedance, shunt, place):
    """Losses [W] (S, places) of branches and shunts."""
    watts = np.einsum("skf,kfg,skg->sk", i.conj(), impedance, i).real
    watts += np.einsum("skf,kfg,skg->sk", v.conj(), shunt, v).real
    for spot in range(loss.shape[1]):
        loss[:, spot] = watts[:, place == spot].sum(axis=1)
