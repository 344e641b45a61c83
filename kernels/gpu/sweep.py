"""The sweep on a card: batches of scenarios that fit its memory, swept together; what is left is swept again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ..sweep import FIRST_ROUND, UNSOLVED
from ..sweep_tree import Walk, four_wire, trunk_of, walk, without_load
from . import launch
from .sweep_kernels import ROWS, TILE, begin_scenarios, sweep_scenarios, take_powers
from .sweep_report import report_scenarios

MOST_SCENARIOS = 1 << 18  # of a batch: several times what a card's threads take at once
SHARE_OF_MEMORY = 0.5  # of what is free


def sweep_on_cuda(
    voltage, current, extremes, worst, loss, status, passes,
    parent, impedance, turns, shunt, base, source, load_node, connection, law, nominal,
    rating, group, place, p, q, tolerance, limit,
):  # fmt: skip
    """See `sweep_on_cpu`; arrays of the host or of the card. Raises DeviceError when the card is lost or full."""
    path = walk(parent, impedance, turns, shunt, load_node, connection, law)
    tree = parent, impedance, turns, shunt, base, source, law, nominal, rating, group, place
    outputs = voltage, current, extremes, worst, loss, status, passes
    with launch.array_home().told():
        network = _on_card(path, tree, worst.shape[1])
        size = batch_size(network, outputs, p)
        for lo in range(0, status.size, size):
            part = slice(lo, min(lo + size, status.size))
            _batch(network, tuple(out[part] for out in outputs), p[part], q[part], tolerance, limit)


@dataclass(frozen=True)
class _Network:
    """A network's tables on the card, as the kernels take them."""

    steps: tuple[Any, ...]  # up, chain_step, step_node, step_leaf, leaf_node
    leaf_load: Any
    leaf_law: Any
    kind: Any
    trunk: tuple[Any, ...]  # trunk, own, behind
    idle: Any
    e: Any
    zth: Any
    power: float
    branches: tuple[Any, ...]  # impedance, z1, zm, turns
    shunt: Any
    law: Any
    nominal: Any
    judged: tuple[Any, ...]  # base, rating, group, place
    column: Any
    row: Any
    chains: int
    leaves: int


def _on_card(path: Walk, tree: tuple, groups: int) -> _Network:
    """Copy the tables there; places are counted behind the groups, as rows of one tally."""
    parent, impedance, turns, shunt, base, source, law, nominal, rating, group, place = tree
    e, zth, own, behind = trunk_of(path.trunk, source, impedance, turns, shunt)
    z1, zm = four_wire(impedance)
    idle = without_load(path, e, parent, turns)
    column, row = _columns(path.leaf_load)
    there = partial(launch.arrays().asarray, order="C")

    def index(table: np.ndarray) -> Any:
        return there(np.maximum(table, 0).astype(np.uint64))

    return _Network(
        steps=tuple(map(index, (path.up, path.chain_step, path.step_node, path.step_leaf, path.leaf_node))),
        leaf_load=index(path.leaf_load),
        leaf_law=there(path.leaf_law),
        kind=there(path.kind),
        trunk=(index(path.trunk), there(own), there(behind)),
        idle=there(idle),
        e=there(e),
        zth=there(zth[None]),
        power=float(law[:, 0].mean()) if law.size else 0.0,
        branches=tuple(map(there, (impedance, z1, zm, turns))),
        shunt=there(shunt),
        law=there(law),
        nominal=there(np.asarray(nominal, np.float64)),
        judged=(there(base), there(rating), there(group), index(place + groups)),
        column=there(column),
        row=index(row),
        chains=path.up.size,
        leaves=path.leaf_law.size,
    )


def _columns(leaf_load: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Column of p (load and phase) and row of scratch (leaf and phase) of every phase of every leaf."""
    phase = np.arange(3)
    column = np.where(leaf_load[:, None] >= 0, 3 * leaf_load[:, None] + phase, -1).ravel()
    return column, (6 * np.arange(leaf_load.size)[:, None] + phase).ravel()


def batch_size(network: _Network, outputs: tuple, p: Any) -> int:
    """Scenarios whose scratch and outputs take no more than a share of the card's free memory."""
    scratch = 8 * (12 * network.leaves + 12 * network.chains + 6 + outputs[3].shape[1] + outputs[4].shape[1])
    whole = sum(int(np.prod(out.shape[1:])) * out.itemsize for out in outputs if out.shape[0])
    each = scratch + whole + 2 * int(np.prod(p.shape[1:])) * 8
    return int(max(1, min(MOST_SCENARIOS, SHARE_OF_MEMORY * launch.free_bytes() / each)))


def _batch(network: _Network, outputs: tuple, p, q, tolerance, limit) -> None:
    """Solve scenarios that fit: all in a first round, then those left from anew with every sweep allowed.

    Nothing here is a kernel of CuPy's own: those would be compiled by another compiler, with CUDA's headers.
    """
    xp = launch.arrays()
    found = [xp.empty(out.shape, out.dtype) for out in outputs[:5]]
    found += [
        xp.asarray(np.full(out.shape, fresh, out.dtype))
        for out, fresh in zip(outputs[5:], (UNSOLVED, 0), strict=True)
    ]
    powers = tuple(xp.asarray(each, order="C").reshape(len(each), -1) for each in (p, q))
    which = np.arange(len(outputs[5]), dtype=np.uint64)
    for most in (FIRST_ROUND, limit) if limit > FIRST_ROUND else (limit,):
        if which.size:
            _round(network, tuple(found), powers, xp.asarray(which), tolerance * tolerance, most)
            code = found[5] if xp is np else xp.asnumpy(found[5])
            which = np.flatnonzero(code == UNSOLVED).astype(np.uint64)
    for out, got in zip(outputs, found, strict=True):
        if out.size:
            out[...] = xp.asnumpy(got) if isinstance(out, np.ndarray) and xp is not np else got


def _round(network: _Network, found: tuple, powers: tuple, which, tight: float, most: int) -> None:
    """Begin, sweep and report the scenarios `which`."""
    count = which.size
    empty = launch.arrays().empty
    leaf_power, leaf_current = (empty((network.leaves, 6, count)) for _ in range(2))
    chain_voltage, chain_current = (empty((network.chains, 6, count)) for _ in range(2))
    top = empty((1, 6, count))
    tally = empty((found[3].shape[1] + found[4].shape[1], count))
    _take(network, leaf_power, powers, which)
    _, chain_step, _, step_leaf, leaf_node = network.steps
    source = network.e, network.zth, network.power
    launch.launch(
        begin_scenarios, (count,), leaf_current, chain_current, top, leaf_power, chain_step, step_leaf, leaf_node,
        network.leaf_law, network.idle, *source, count,
    )  # fmt: skip
    launch.launch(
        sweep_scenarios, (count,), *found[5:], leaf_current, chain_voltage, chain_current, top, which, leaf_power,
        *network.steps, network.leaf_load, network.leaf_law, network.kind, *source,
        *network.branches, network.shunt, network.law, network.nominal, tight, most, count,
    )  # fmt: skip
    launch.launch(
        report_scenarios, (count,), *found[:5], tally, found[5], which, leaf_power, leaf_current,
        chain_voltage, chain_current, top, *network.steps, network.leaf_law, network.kind, *network.trunk,
        *network.branches, network.shunt, *network.judged, count,
    )  # fmt: skip


def _take(network: _Network, leaf_power, powers: tuple, which) -> None:
    """Powers of the scenarios into the leaves' rows, scenario fastest."""
    columns, count = network.column.size, which.size
    if columns == 0:
        return
    tiles = (-(-columns // TILE) * TILE, -(-count // TILE) * ROWS)
    rows = leaf_power.reshape(-1, count)
    for first, given in zip((0, 3), powers, strict=True):
        launch.launch(
            take_powers, tiles, rows[first:], given, which, network.column, network.row, columns, count
        )
