"""What a tile of swept scenarios leaves behind: voltages and currents where wanted, extremes, loadings, losses."""

from __future__ import annotations

from math import sqrt

import numpy as np

from .jit import cpu_serial
from .sweep_lanes import II, IR, RUN, TR, VI, VR, L, P, Q, copy_rows, drop_four_wire, drop_full
from .sweep_tree import DELTA, FOUR_WIRE, FULL, PHASOR, SHUNT

SOLVED = 0


@cpu_serial
def report(
    voltage, current, extremes, worst, loss, status, lanes, leaves, ends, run, top, tally,
    trunk, up, chain_step, step_node, step_leaf, kind, leaf_node, leaf_load, leaf_law, own, behind,
    impedance, z1, zm, turns, shunt, base, rating, group, place,
):  # fmt: skip
    """Walk a tile once more with its last currents and write the outputs of `sweep` for its scenarios."""
    tip = np.zeros(RUN)
    groups, places = worst.shape[1], loss.shape[1]
    low, high = (groups + places) * L, (groups + places + 1) * L
    tally[:low] = 0.0
    tally[low:high] = np.inf
    tally[high:] = 0.0
    for chain in range(up.size):
        first = step_node[chain_step[chain]]
        enter(run, ends, top, chain, up, turns, first)
        for step in range(chain_step[chain], chain_step[chain + 1]):
            node = step_node[step]
            if chain > 0 or step > 0:
                if kind[node] == FOUR_WIRE:
                    drop_four_wire(run, z1[node], zm[node])
                elif kind[node] == FULL:
                    drop_full(run, impedance[node])
            tally_branch(tally, run, node, kind, impedance, z1, zm, rating, group, groups, place)
            scatter(voltage, current, run, node, lanes, status)
            for leaf in range(step_leaf[step], step_leaf[step + 1]):
                at, block = leaf_node[leaf], leaves[leaf]
                copy_rows(tip, VR, run, VR)
                copy_rows(tip, IR, block, 0)
                if at != node:
                    drop_four_wire(tip, z1[at], zm[at])
                    tally_branch(tally, tip, at, kind, impedance, z1, zm, rating, group, groups, place)
                    scatter(voltage, current, tip, at, lanes, status)
                if leaf_law[leaf] == SHUNT:
                    tally_power(tally, tip, (groups + place[node]) * L)
                elif leaf_law[leaf] != PHASOR:
                    tally_voltage(tally, tip, block, low, high, base[at], leaf_law[leaf] == DELTA)
                for k in range(6 * L):
                    run[IR + k] -= block[k]
    copy_rows(tip, VR, top, VR)
    copy_rows(tip, IR, top, TR)
    for row in range(trunk.size - 2, -1, -1):
        above = trunk[row]
        climb(tip, turns[trunk[row + 1]], own[row], behind[row], shunt[above])
        tally_branch(tally, tip, above, kind, impedance, z1, zm, rating, group, groups, place)
        tally_shunt(tally, tip, (groups + place[above]) * L, shunt[above])
        scatter(voltage, current, tip, above, lanes, status)
    finish(extremes, worst, loss, tally, lanes, status)


@cpu_serial
def enter(run, ends, top, chain, up, turns, node):
    """Stand at a chain's head: the voltage that feeds it, the current it drew in all, no new current yet."""
    run[: 18 * L] = 0.0
    if up[chain] < 0:
        copy_rows(run, VR, top, VR)
    else:
        above, a = ends[up[chain]], turns[node]
        for f in range(3):
            for g in range(3):
                weight = a[f, g]
                if weight != 0.0:
                    for s in range(L):
                        run[VR + f * L + s] += weight * above[VR + g * L + s]
                        run[VI + f * L + s] += weight * above[VI + g * L + s]
    copy_rows(run, IR, ends[chain], TR)


@cpu_serial
def climb(tip, a, own, behind, y):
    """From a trunk's node to the one above: W = A^T I drawn from it, V = own - behind W, I = W + Y V."""
    for s in range(L):
        i = (
            complex(tip[IR + s], tip[II + s]),
            complex(tip[IR + L + s], tip[II + L + s]),
            complex(tip[IR + 2 * L + s], tip[II + 2 * L + s]),
        )
        wa = a[0, 0] * i[0] + a[1, 0] * i[1] + a[2, 0] * i[2]
        wb = a[0, 1] * i[0] + a[1, 1] * i[1] + a[2, 1] * i[2]
        wc = a[0, 2] * i[0] + a[1, 2] * i[1] + a[2, 2] * i[2]
        va = own[0] - behind[0, 0] * wa - behind[0, 1] * wb - behind[0, 2] * wc
        vb = own[1] - behind[1, 0] * wa - behind[1, 1] * wb - behind[1, 2] * wc
        vc = own[2] - behind[2, 0] * wa - behind[2, 1] * wb - behind[2, 2] * wc
        wa += y[0, 0] * va + y[0, 1] * vb + y[0, 2] * vc
        wb += y[1, 0] * va + y[1, 1] * vb + y[1, 2] * vc
        wc += y[2, 0] * va + y[2, 1] * vb + y[2, 2] * vc
        tip[VR + s], tip[VR + L + s], tip[VR + 2 * L + s] = va.real, vb.real, vc.real
        tip[VI + s], tip[VI + L + s], tip[VI + 2 * L + s] = va.imag, vb.imag, vc.imag
        tip[IR + s], tip[IR + L + s], tip[IR + 2 * L + s] = wa.real, wb.real, wc.real
        tip[II + s], tip[II + L + s], tip[II + 2 * L + s] = wa.imag, wb.imag, wc.imag


@cpu_serial
def tally_branch(tally, run, node, kind, impedance, z1, zm, rating, group, groups, place):
    """Count a branch's loss where it lies, and its loading in its group."""
    loss = (groups + place[node]) * L
    if kind[node] == FOUR_WIRE:
        r1, rm = z1[node].real, zm[node].real
        for s in range(L):
            ar, br, cr = run[IR + s], run[IR + L + s], run[IR + 2 * L + s]
            ai, bi, ci = run[II + s], run[II + L + s], run[II + 2 * L + s]
            nr, ni = ar + br + cr, ai + bi + ci
            own = ar * ar + ai * ai + br * br + bi * bi + cr * cr + ci * ci
            tally[loss + s] += r1 * own + rm * (nr * nr + ni * ni)
    elif kind[node] == FULL:
        for f in range(3):
            for g in range(3):
                zr, zi = impedance[node, f, g].real, impedance[node, f, g].imag
                for s in range(L):
                    xr, xi = run[IR + f * L + s], run[II + f * L + s]
                    yr, yi = run[IR + g * L + s], run[II + g * L + s]
                    tally[loss + s] += zr * (xr * yr + xi * yi) - zi * (xr * yi - xi * yr)
    if group[node] >= 0:
        row, scale = group[node] * L, 1.0 / rating[node] ** 2
        for f in range(3):
            for s in range(L):
                square = scale * (run[IR + f * L + s] ** 2 + run[II + f * L + s] ** 2)
                tally[row + s] = max(tally[row + s], square)


@cpu_serial
def tally_power(tally, tip, row):
    """Add Re sum V conj I of a shunt."""
    for k in range(3 * L):
        tally[row + k % L] += tip[VR + k] * tip[IR + k] + tip[VI + k] * tip[II + k]


@cpu_serial
def tally_shunt(tally, tip, row, y):
    """Add the loss of a trunk node's shunt."""
    for f in range(3):
        for g in range(3):
            if y[f, g] != 0.0:
                for s in range(L):
                    v = complex(tip[VR + f * L + s], tip[VI + f * L + s])
                    u = complex(tip[VR + g * L + s], tip[VI + g * L + s])
                    tally[row + s] += (v.conjugate() * y[f, g] * u).real


@cpu_serial
def tally_voltage(tally, tip, block, low, high, base, delta):
    """Widen the extremes [pu squared] by the voltages of a load's loaded phases."""
    scale = 1.0 / (base * base)
    for f in range(3):
        for s in range(L):
            k = f * L + s
            loaded = block[P + k] != 0.0 or block[Q + k] != 0.0
            if delta:
                e = (f + 2) % 3 * L + s
                loaded = loaded or block[P + e] != 0.0 or block[Q + e] != 0.0
            square = scale * (tip[VR + k] ** 2 + tip[VI + k] ** 2)
            if loaded:
                tally[low + s] = min(tally[low + s], square)
                tally[high + s] = max(tally[high + s], square)


@cpu_serial
def scatter(voltage, current, run, node, lanes, status):
    """A node's voltage and current into the outputs that are wanted; NaN where not solved."""
    for f in range(3):
        for s in range(lanes.size):
            at, k = lanes[s], f * L + s
            void = 0.0 if status[at] == SOLVED else np.nan
            if voltage.shape[0] > 0:
                voltage[at, node, f] = complex(run[VR + k] + void, run[VI + k] + void)
            if current.shape[0] > 0:
                current[at, node, f] = complex(run[IR + k] + void, run[II + k] + void)


@cpu_serial
def finish(extremes, worst, loss, tally, lanes, status):
    """The tallies of a tile into its scenarios' rows."""
    groups, places = worst.shape[1], loss.shape[1]
    low, high = (groups + places) * L, (groups + places + 1) * L
    for s in range(lanes.size):
        at = lanes[s]
        void = 0.0 if status[at] == SOLVED else np.nan
        for g in range(groups):
            worst[at, g] = sqrt(tally[g * L + s]) + void
        for spot in range(places):
            loss[at, spot] = tally[(groups + spot) * L + s] + void
        found = tally[high + s] > 0.0
        extremes[at, 0] = sqrt(tally[low + s]) + void if found else np.nan
        extremes[at, 1] = sqrt(tally[high + s]) + void if found else np.nan
