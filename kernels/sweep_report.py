"""What a tile of swept scenarios leaves behind: voltages and currents where wanted, extremes, loadings, losses."""

from __future__ import annotations

from math import sqrt

import numpy as np

from .jit import cpu_lanes
from .sweep_lanes import (
    END,
    II,
    IR,
    LEAF,
    TR,
    VI,
    VR,
    L,
    P,
    Q,
    U,
    copy_rows,
    drop_four_wire,
    drop_full,
    turn_into,
)
from .sweep_tree import DELTA, FOUR_WIRE, FULL, PHASOR, SHUNT

SOLVED = 0


@cpu_lanes
def report(
    voltage, current, extremes, worst, loss, status, lanes, leaves, ends, run, tip, top, tally,
    trunk, up, chain_step, step_node, step_leaf, kind, leaf_node, leaf_load, leaf_law, own, behind,
    impedance, z1, zm, turns, shunt, base, rating, group, place,
):  # fmt: skip
    """Walk a tile once more with its last currents and write the outputs of `sweep` for its scenarios."""
    whole = voltage.shape[0] + current.shape[0] > 0
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
            if whole:
                scatter(voltage, current, run, node, lanes)
            for leaf in range(step_leaf[step], step_leaf[step + 1]):
                at, b, law = leaf_node[leaf], leaf * LEAF, leaf_law[leaf]
                own_wire = at != node
                wz, wm = (z1[at], zm[at]) if own_wire else (0j, 0j)
                step_to(tip, run, leaves, b, wz, wm)
                if own_wire:
                    tally_branch(tally, tip, at, kind, impedance, z1, zm, rating, group, groups, place)
                    if whole:
                        scatter(voltage, current, tip, at, lanes)
                if law == SHUNT:
                    tally_power(tally, tip, (groups + place[node]) * L)
                elif law == DELTA:
                    tally_delta_voltage(tally, tip, leaves, b, low, high, 1.0 / base[at] ** 2)
                elif law != PHASOR:
                    tally_voltage(tally, tip, leaves, b, low, high, 1.0 / base[at] ** 2)
    copy_rows(tip, VR, top, VR)
    copy_rows(tip, IR, top, TR)
    for row in range(trunk.size - 2, -1, -1):
        above = trunk[row]
        climb(tip, turns[trunk[row + 1]], own[row], behind[row], shunt[above])
        tally_branch(tally, tip, above, kind, impedance, z1, zm, rating, group, groups, place)
        tally_shunt(tally, tip, (groups + place[above]) * L, shunt[above])
        scatter(voltage, current, tip, above, lanes)
    finish(voltage, current, extremes, worst, loss, tally, lanes, status)


@cpu_lanes
def step_to(tip, run, leaves, b, z1, zm):
    """Stand at a leaf with its current, which the chain carries no further."""
    zr, zi, mr, mi = z1.real, z1.imag, zm.real, zm.imag
    for s in range(L):
        nr = leaves[U(b + s)] + leaves[U(b + L + s)] + leaves[U(b + 2 * L + s)]
        ni = leaves[U(b + 3 * L + s)] + leaves[U(b + 4 * L + s)] + leaves[U(b + 5 * L + s)]
        dr, di = mr * nr - mi * ni, mr * ni + mi * nr
        for f in range(3):
            k = f * L + s
            ir, ii = leaves[U(b + k)], leaves[U(b + 3 * L + k)]
            tip[IR + k] = ir
            tip[II + k] = ii
            tip[VR + k] = run[VR + k] - dr - (zr * ir - zi * ii)
            tip[VI + k] = run[VI + k] - di - (zr * ii + zi * ir)
            run[IR + k] -= ir
            run[II + k] -= ii


@cpu_lanes
def enter(run, ends, top, chain, up, turns, node):
    """Stand at a chain's head: the voltage that feeds it, the current it drew in all, no new current yet."""
    run[: 18 * L] = 0.0
    if up[chain] < 0:
        copy_rows(run, VR, top, VR)
    else:
        turn_into(run, VR, ends, up[chain] * END + VR, turns[node], False)
        turn_into(run, VI, ends, up[chain] * END + VI, turns[node], False)
    copy_rows(run, IR, ends, chain * END + TR)


@cpu_lanes
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


@cpu_lanes
def tally_branch(tally, run, node, kind, impedance, z1, zm, rating, group, groups, place):
    """Count a branch's loss where it lies, and its loading in its group."""
    if kind[node] == FOUR_WIRE:
        tally_loss(tally, run, (groups + place[node]) * L, z1[node].real, zm[node].real)
    elif kind[node] == FULL:
        tally_full_loss(tally, run, (groups + place[node]) * L, impedance[node])
    if group[node] >= 0:
        tally_loading(tally, run, group[node] * L, 1.0 / rating[node] ** 2)


@cpu_lanes
def tally_loss(tally, run, loss, r1, rm):
    """Add R1 sum |I|^2 + Rm |sum I|^2."""
    for s in range(L):
        ar, br, cr = run[IR + s], run[IR + L + s], run[IR + 2 * L + s]
        ai, bi, ci = run[II + s], run[II + L + s], run[II + 2 * L + s]
        nr, ni = ar + br + cr, ai + bi + ci
        own = ar * ar + ai * ai + br * br + bi * bi + cr * cr + ci * ci
        tally[U(loss + s)] += r1 * own + rm * (nr * nr + ni * ni)


@cpu_lanes
def tally_full_loss(tally, run, loss, z):
    """Add Re I^H Z I."""
    for f in range(3):
        for g in range(3):
            zr, zi = z[f, g].real, z[f, g].imag
            for s in range(L):
                xr, xi = run[IR + f * L + s], run[II + f * L + s]
                yr, yi = run[IR + g * L + s], run[II + g * L + s]
                tally[U(loss + s)] += zr * (xr * yr + xi * yi) - zi * (xr * yi - xi * yr)


@cpu_lanes
def tally_loading(tally, run, row, scale):
    """Widen the largest (current / rating)^2 of a group."""
    for f in range(3):
        for s in range(L):
            real, imag = run[IR + f * L + s], run[II + f * L + s]
            square = scale * (real * real + imag * imag)
            largest = tally[U(row + s)]
            tally[U(row + s)] = square if square > largest else largest


@cpu_lanes
def tally_power(tally, tip, row):
    """Add Re sum V conj I of a shunt."""
    for f in range(3):
        for s in range(L):
            k = f * L + s
            tally[U(row + s)] += tip[VR + k] * tip[IR + k] + tip[VI + k] * tip[II + k]


@cpu_lanes
def tally_shunt(tally, tip, row, y):
    """Add the loss of a trunk node's shunt."""
    for f in range(3):
        for g in range(3):
            if y[f, g] != 0.0:
                for s in range(L):
                    v = complex(tip[VR + f * L + s], tip[VI + f * L + s])
                    u = complex(tip[VR + g * L + s], tip[VI + g * L + s])
                    tally[row + s] += (v.conjugate() * y[f, g] * u).real


@cpu_lanes
def tally_voltage(tally, tip, leaves, b, low, high, scale):
    """Widen the extremes [pu squared] by the voltages of a wye load's loaded phases; scale = 1 / base^2."""
    for s in range(L):
        lowest, highest = tally[U(low + s)], tally[U(high + s)]
        for f in range(3):
            k = f * L + s
            drawn = abs(leaves[U(b + P + k)]) + abs(leaves[U(b + Q + k)])
            square = scale * (tip[VR + k] * tip[VR + k] + tip[VI + k] * tip[VI + k])
            lowest = square if drawn > 0.0 and square < lowest else lowest
            highest = square if drawn > 0.0 and square > highest else highest
        tally[U(low + s)] = lowest
        tally[U(high + s)] = highest


@cpu_lanes
def tally_delta_voltage(tally, tip, leaves, b, low, high, scale):
    """The same for a load in delta: a phase begins one of its branches and ends another."""
    for f in range(3):
        for s in range(L):
            k, m = f * L + s, (f + 2) % 3 * L + s
            drawn = abs(leaves[U(b + P + k)]) + abs(leaves[U(b + Q + k)])
            drawn += abs(leaves[U(b + P + m)]) + abs(leaves[U(b + Q + m)])
            square = scale * (tip[VR + k] * tip[VR + k] + tip[VI + k] * tip[VI + k])
            if drawn > 0.0:
                tally[U(low + s)] = min(tally[U(low + s)], square)
                tally[U(high + s)] = max(tally[U(high + s)], square)


@cpu_lanes
def scatter(voltage, current, run, node, lanes):
    """A node's voltage and current into the outputs that are wanted."""
    if voltage.shape[0] > 0:
        for s in range(lanes.size):
            for f in range(3):
                voltage[U(lanes[s]), U(node), f] = complex(run[VR + f * L + s], run[VI + f * L + s])
    if current.shape[0] > 0:
        for s in range(lanes.size):
            for f in range(3):
                current[U(lanes[s]), U(node), f] = complex(run[IR + f * L + s], run[II + f * L + s])


@cpu_lanes
def finish(voltage, current, extremes, worst, loss, tally, lanes, status):
    """The tallies of a tile into its scenarios' rows; NaN everywhere for one that is not solved."""
    groups, places = worst.shape[1], loss.shape[1]
    low, high = (groups + places) * L, (groups + places + 1) * L
    for s in range(lanes.size):
        at = lanes[s]
        for g in range(groups):
            worst[at, g] = sqrt(tally[g * L + s])
        for spot in range(places):
            loss[at, spot] = tally[(groups + spot) * L + s]
        found = tally[high + s] > 0.0
        extremes[at, 0] = sqrt(tally[low + s]) if found else np.nan
        extremes[at, 1] = sqrt(tally[high + s]) if found else np.nan
        if status[at] != SOLVED:
            worst[at] = np.nan
            loss[at] = np.nan
            extremes[at] = np.nan
            if voltage.shape[0] > 0:
                voltage[at] = complex(np.nan, np.nan)
            if current.shape[0] > 0:
                current[at] = complex(np.nan, np.nan)
