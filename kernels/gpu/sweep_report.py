"""What a batch of swept scenarios leaves behind, reduced where it was solved; see `kernels.sweep_report`."""

from __future__ import annotations

from math import sqrt

import numpy as np

from ..jit import cell, cuda
from ..sweep_tree import DELTA, FOUR_WIRE, FULL, PHASOR, SHUNT
from .launch import exact_kernel
from .sweep_cells import (
    behind_branch,
    behind_whip,
    entered,
    minus,
    plus,
    square,
    three,
    times,
    times_transposed,
)

SOLVED = 0
ONE = np.uint64(1)
ZERO = np.uint64(0)
NOWHERE = np.inf, 0.0  # lowest and highest voltage, squared, of no phase


@exact_kernel
def report_scenarios(
    voltage, current, extremes, worst, loss, tally, status, which, leaf_power, leaf_current,
    chain_voltage, chain_current, top, up, chain_step, step_node, step_leaf, leaf_node, leaf_law, kind,
    trunk, own, behind, impedance, z1, zm, turns, shunt, base, rating, group, place, count,
):  # fmt: skip
    """Walk once more with the last currents and write the outputs of `sweep`; tally (groups + places, scenarios)."""
    s = cuda.grid(1)
    if 0 <= s < count:
        s = np.uint64(s)
        at = which[s]
        for row in range(tally.shape[0]):
            tally[row, s] = 0.0
        range_ = NOWHERE
        for chain in range(up.size):
            range_ = reported(
                voltage, current, tally, range_, s, at, leaf_power, leaf_current, chain_voltage, chain_current,
                top, chain, up, chain_step, step_node, step_leaf, leaf_node, leaf_law, kind,
                impedance, z1, zm, turns, base, rating, group, place,
            )  # fmt: skip
        climbed(
            voltage, current, tally, s, at, three(top, ZERO, s), three(chain_current, ZERO, s), trunk, own, behind,
            kind, impedance, z1, zm, turns, shunt, rating, group, place,
        )  # fmt: skip
        finished(voltage, current, extremes, worst, loss, tally, range_, s, at, status[at] == SOLVED)


@cell
def reported(
    voltage, current, tally, range_, s, at, leaf_power, leaf_current, chain_voltage, chain_current, top, chain,
    up, chain_step, step_node, step_leaf, leaf_node, leaf_law, kind,
    impedance, z1, zm, turns, base, rating, group, place,
):  # fmt: skip
    """One chain: its branches, its leaves; the widened range of voltages at loads."""
    v = entered(chain_voltage, s, three(top, ZERO, s), chain, up, chain_step, step_node, turns)
    i = three(chain_current, chain, s)
    for step in range(chain_step[chain], chain_step[chain + 1]):
        node = step_node[step]
        if step > ZERO:
            v = behind_branch(v, i, node, kind[node], impedance, z1, zm)
        counted(tally, s, i, node, kind, impedance, z1, zm, rating, group, place)
        kept(voltage, current, at, node, v, i)
        for leaf in range(step_leaf[step], step_leaf[step + ONE]):
            drawn, tip, law = three(leaf_current, leaf, s), leaf_node[leaf], leaf_law[leaf]
            there = behind_whip(v, drawn, tip, node, z1, zm)
            i = minus(i, drawn)
            if tip != node:
                counted(tally, s, drawn, tip, kind, impedance, z1, zm, rating, group, place)
                kept(voltage, current, at, tip, there, drawn)
            if law == SHUNT:
                tally[place[node], s] += real_power(there, drawn)
            elif law != PHASOR:
                range_ = widened(range_, there, three(leaf_power, leaf, s), law == DELTA, base[tip])
    return range_


@cell
def climbed(
    voltage, current, tally, s, at, v, i, trunk, own, behind,
    kind, impedance, z1, zm, turns, shunt, rating, group, place,
):  # fmt: skip
    """The trunk from its end to the source: W = A^T I drawn from a node, V = own - behind W, I = W + Y V."""
    for row in range(own.shape[0] - 1, -1, -1):
        above, below = trunk[row], trunk[row + 1]
        i = times_transposed(turns, below, i)
        v = minus((own[row, 0], own[row, 1], own[row, 2]), times(behind, row, i))
        leak = times(shunt, above, v)
        i = plus(i, leak)
        counted(tally, s, i, above, kind, impedance, z1, zm, rating, group, place)
        tally[place[above], s] += real_power(v, leak)
        kept(voltage, current, at, above, v, i)


@cell
def counted(tally, s, i, node, kind, impedance, z1, zm, rating, group, place):
    """A branch's loss where it lies, and its loading squared in its group."""
    if kind[node] == FOUR_WIRE:
        own = square(i[0]) + square(i[1]) + square(i[2])
        tally[place[node], s] += z1[node].real * own + zm[node].real * square(i[0] + i[1] + i[2])
    elif kind[node] == FULL:
        tally[place[node], s] += real_power(times(impedance, node, i), i)
    if group[node] >= 0:
        row = np.uint64(group[node])
        largest = max(square(i[0]), max(square(i[1]), square(i[2]))) / (rating[node] * rating[node])
        tally[row, s] = max(tally[row, s], largest)


@cell
def real_power(v, i):
    """Re sum V conj I."""
    return (v[0] * i[0].conjugate() + v[1] * i[1].conjugate() + v[2] * i[2].conjugate()).real


@cell
def kept(voltage, current, at, node, v, i):
    """A node's voltage and current into the outputs that are wanted."""
    if voltage.shape[0] > 0:
        voltage[at, node, 0], voltage[at, node, 1], voltage[at, node, 2] = v
    if current.shape[0] > 0:
        current[at, node, 0], current[at, node, 1], current[at, node, 2] = i


@cell
def widened(range_, v, power, delta, base):
    """The range of squared voltages [pu] with those of a load's phases that draw; in delta each is in two branches."""
    a, b, c = asked(power[0]), asked(power[1]), asked(power[2])
    if delta:
        a, b, c = a + c, b + a, c + b
    scale = 1.0 / (base * base)
    range_ = widened_by(range_, scale * square(v[0]), a)
    range_ = widened_by(range_, scale * square(v[1]), b)
    return widened_by(range_, scale * square(v[2]), c)


@cell
def asked(power):
    """More than nothing where a phase draws."""
    return abs(power.real) + abs(power.imag)


@cell
def widened_by(range_, u, drawn):
    """One phase."""
    return (min(range_[0], u), max(range_[1], u)) if drawn > 0.0 else range_


@cell
def finished(voltage, current, extremes, worst, loss, tally, range_, s, at, solved):
    """The tallies into the scenario's rows; NaN everywhere for one that is not solved."""
    groups = worst.shape[1]
    found = solved and range_[1] > 0.0
    extremes[at, 0] = sqrt(range_[0]) if found else np.nan
    extremes[at, 1] = sqrt(range_[1]) if found else np.nan
    for row in range(groups):
        worst[at, row] = sqrt(tally[row, s]) if solved else np.nan
    for row in range(loss.shape[1]):
        loss[at, row] = tally[groups + row, s] if solved else np.nan
    if not solved:
        blank(voltage, at)
        blank(current, at)


@cell
def blank(field, at):
    """NaN at every node, where the field is wanted."""
    if field.shape[0] > 0:
        for node in range(field.shape[1]):
            for f in range(3):
                field[at, node, f] = complex(np.nan, np.nan)
