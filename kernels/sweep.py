"""Backward/forward sweep: the power flow of radial three-phase networks, many scenarios at once.

A network is a tree of n nodes. The root, which is its own parent, is an ideal source; branch k joins node k to
`parent[k]`:

    V_k = A_k V_parent - Z_k I_k,    I_parent has A_k^T I_k of it,

with Z a complex 3x3 impedance [ohm] and A a real 3x3 matrix: the identity, or the windings of a transformer whose
impedance is on the low side. Voltages are phase to neutral; a shunt draws Y V with a 3x3 Y [S] at a node.

A load draws s (law[0] + law[1] u + law[2] u^2), s = p + j q, u = |V| / nominal, at every phase (`connection` 0) or
between each phase and the next (1); or the current p + j q [A] itself (2). Every scenario has its own fate:
solved, or NaN where the sweeps do not settle (past the nose of the PV curve).

The currents of one sweep give the voltages of the next in a single walk from the source outwards: a chain's
current at its head is known as a sum, and loses at every node what its loads drew. What lies above the first
fork (grid, transformer, board) enters as a Thevenin source, and its voltage moves by a Newton step for
constant power, since most of the drop is there.

Source: Shirmohammadi et al., IEEE Trans. Power Systems 3 (1988) 753; the fused walk and the step are our own.
"""

from __future__ import annotations

import numpy as np

from .jit import cpu_lanes, cpu_loop, prange, thread_limit
from .sweep_lanes import (
    END,
    EXCESS,
    LANES,
    LEAF,
    MOVING,
    RUN,
    SI,
    SR,
    TI,
    TR,
    VI,
    VR,
    L,
    P,
    Q,
    U,
    copy_rows,
    draw_delta,
    draw_phasor,
    draw_power,
    draw_shunt,
    draw_zip,
    drop_four_wire,
    drop_full,
    power_current,
    turn_into,
)  # fmt: skip
from .sweep_numpy import sweep_in_numpy
from .sweep_report import enter, report
from .sweep_tree import DELTA, FOUR_WIRE, FULL, PHASOR, POWER, ZIP, four_wire, trunk_of, walk, without_load

__all__ = ["sweep_in_numpy", "sweep_on_cpu"]

SOLVED, UNSOLVED = 0, 1
FIRST_ROUND = 12  # sweeps; what needs more is swept again with its like
INNER = 6  # fixed-point steps of the Newton step at the trunk's end


def sweep_on_cpu(
    voltage, current, extremes, worst, loss, status, passes,
    parent, impedance, turns, shunt, base, source, load_node, connection, law, nominal,
    rating, group, place, p, q, tolerance, limit,
):  # fmt: skip
    """Solve every scenario; see the module's head.

    Out: voltage and current (S or 0, n, 3) complex [V, A], the current into each node from its parent (the
    root: from the source), not written where their first axis is 0; extremes (S, 2) lowest and highest voltage at
    loaded phases [pu]; worst (S, G) largest current / rating of each group of branches; loss (S, places) [W];
    status (S) 0 solved or 1 not; passes (S) sweeps made.
    In: parent (n); impedance (n, 3, 3) [ohm], shunt (n, 3, 3) [S] complex; turns (n, 3, 3); base (n) [V] phase
    to neutral; source (3) [V] complex; of the loads load_node, connection, nominal [V] (L) and law (L, 3);
    of the branches rating [A], group (-1: none) and place (n); p and q (S, L, 3) [W, var]; tolerance on the
    relative change of any load's current in the last sweep, and on what is left open at the trunk's end; limit
    on the sweeps.
    """
    path = walk(parent, impedance, turns, shunt, load_node, connection, law)
    thevenin = trunk_of(path.trunk, source, impedance, turns, shunt)
    z1, zm = four_wire(impedance)
    power = law[:, 0].mean() if law.size else 0.0
    idle = without_load(path, thevenin[0], parent, turns)
    status[:] = UNSOLVED
    passes[:] = 0
    for most in (FIRST_ROUND, limit) if limit > FIRST_ROUND else (limit,):
        which = np.flatnonzero(status == UNSOLVED)
        if which.size:
            chunks = min(4 * thread_limit(), (which.size + LANES - 1) // LANES)
            _solve(
                voltage, current, extremes, worst, loss, status, passes, which, chunks,
                path.trunk, path.up, path.chain_step, path.step_node, path.step_leaf, path.kind,
                path.leaf_node, path.leaf_load, path.leaf_law, idle, *thevenin, float(power),
                impedance, z1, zm, turns, shunt, base, law, nominal, rating, group, place, p, q, tolerance, most,
            )  # fmt: skip


@cpu_loop
def _solve(
    voltage, current, extremes, worst, loss, status, passes, which, chunks,
    trunk, up, chain_step, step_node, step_leaf, kind, leaf_node, leaf_load, leaf_law, idle, e, zth, own, behind, power,
    impedance, z1, zm, turns, shunt, base, law, nominal, rating, group, place, p, q, tolerance, most,
):  # fmt: skip
    """Sweep the scenarios `which`, LANES at a time, at most `most` sweeps; each chunk has its own blocks."""
    tiles = (which.size + LANES - 1) // LANES
    for chunk in prange(chunks):
        leaves = np.empty(leaf_node.size * LEAF)
        ends = np.empty(up.size * END)
        run, tip = np.empty(RUN), np.zeros(RUN)
        top = np.empty(END)
        row = np.empty(18 * L)
        tables = (up, chain_step, step_leaf, leaf_node, leaf_law, idle)
        tally = np.empty((worst.shape[1] + loss.shape[1] + 2) * L)
        for tile in range(chunk, tiles, chunks):
            lanes = which[tile * LANES : (tile + 1) * LANES]
            load_powers(leaves, leaf_load, p, q, lanes)
            begin(top, row, ends, run, leaves, e, zth, power, lanes.size, tables)
            done = 0
            left = lanes.size
            while left > 0 and done < most:
                pass_outwards(
                    leaves, ends, run, top, up, chain_step, step_node, step_leaf, kind,
                    leaf_node, leaf_load, leaf_law, impedance, z1, zm, turns, shunt, law, nominal, tolerance,
                )  # fmt: skip
                gather(ends, top, up, chain_step, step_node, turns)
                top_residual(top, row, run, e, zth, tolerance * tolerance)
                done += 1
                left = settle(run, status, passes, lanes, done)
                if left > 0:
                    correct_top(top, row, run, zth, power)
            report(
                voltage, current, extremes, worst, loss, status, lanes, leaves, ends, run, tip, top, tally,
                trunk, up, chain_step, step_node, step_leaf, kind, leaf_node, leaf_load, leaf_law, own, behind,
                impedance, z1, zm, turns, shunt, base, rating, group, place,
            )  # fmt: skip


@cpu_lanes
def load_powers(leaves, leaf_load, p, q, lanes):
    """Powers of a tile's scenarios into the leaves; spare lanes repeat the last."""
    for leaf in range(leaf_load.size):
        b, load = leaf * LEAF, leaf_load[leaf]
        for s in range(L):
            at = lanes[min(s, lanes.size - 1)]
            for f in range(3):
                leaves[U(b + P + f * L + s)] = p[U(at), U(load), f] if load >= 0 else 0.0
                leaves[U(b + Q + f * L + s)] = q[U(at), U(load), f] if load >= 0 else 0.0


@cpu_lanes
def begin(top, row, ends, run, leaves, e, zth, power, count, walk_tables):
    """A first guess: the trunk's end as if every load stood there, every load at that share of no load's voltage.

    Spare lanes stand still.
    """
    for s in range(L):
        run[MOVING + s] = 1.0
    top[:] = 0.0
    for leaf in range(leaves.size // LEAF):
        for k in range(6 * L):
            top[TR + k] += leaves[U(leaf * LEAF + P + k)]  # active and reactive power, for now
    for f in range(3):
        for s in range(L):
            k = f * L + s
            top[VR + k], top[VI + k] = e[f].real, e[f].imag
            top[TR + k], top[TI + k] = power_current(top[TR + k], top[TI + k], e[f].real, e[f].imag)
    top_residual(top, row, run, e, zth, 0.0)
    correct_top(top, row, run, zth, power)
    for s in range(L):
        share = 0j
        for f in range(3):
            share += complex(top[VR + f * L + s], top[VI + f * L + s]) / (3.0 * e[f])
        inverse = 1.0 / share.conjugate()
        for f in range(3):
            run[VR + f * L + s] = inverse.real
            run[VI + f * L + s] = inverse.imag
    guess(ends, run, leaves, walk_tables)
    for s in range(count, L):
        run[MOVING + s] = 0.0


@cpu_lanes
def guess(ends, run, leaves, walk_tables):
    """Currents of leaves with constant power at no load's voltage, times the factor in `run`; sums by chain."""
    up, chain_step, step_leaf, leaf_node, leaf_law, idle = walk_tables
    for chain in range(up.size):
        for k in range(6 * L):
            run[SR + k] = 0.0
        for leaf in range(step_leaf[chain_step[chain]], step_leaf[chain_step[chain + 1]]):
            for f in range(3):
                v = idle[leaf_node[leaf], f] if leaf_law[leaf] == POWER else 0j
                inverse = 1.0 / (v.real * v.real + v.imag * v.imag) if v != 0j else 0.0
                guess_phase(leaves, leaf * LEAF + f * L, run, f * L, v.real * inverse, v.imag * inverse)
        copy_rows(ends, chain * END + TR, run, SR)


@cpu_lanes
def guess_phase(leaves, b, run, at, vr, vi):
    """One leaf's phase: conj(S / V) times the factor, from v / |v|^2."""
    for s in range(L):
        p, q = leaves[U(b + P + s)], leaves[U(b + Q + s)]
        ar, ai = p * vr + q * vi, p * vi - q * vr
        xr, xi = run[U(VR + at + s)], run[U(VI + at + s)]
        ir, ii = ar * xr - ai * xi, ar * xi + ai * xr
        leaves[U(b + s)] = ir
        leaves[U(b + 3 * L + s)] = ii
        run[U(SR + at + s)] += ir
        run[U(SI + at + s)] += ii


@cpu_lanes
def pass_outwards(
    leaves, ends, run, top, up, chain_step, step_node, step_leaf, kind,
    leaf_node, leaf_load, leaf_law, impedance, z1, zm, turns, shunt, law, nominal, tolerance,
):  # fmt: skip
    """One sweep: voltages from the currents of the last, and every leaf's new current."""
    tight = tolerance * tolerance
    run[EXCESS : EXCESS + L] = 0.0
    for chain in range(up.size):
        enter(run, ends, top, chain, up, turns, step_node[chain_step[chain]])
        for step in range(chain_step[chain], chain_step[chain + 1]):
            node = step_node[step]
            if chain > 0 or step > 0:  # the first node is the trunk's end
                if kind[node] == FOUR_WIRE:
                    drop_four_wire(run, z1[node], zm[node])
                elif kind[node] == FULL:
                    drop_full(run, impedance[node])
            for leaf in range(step_leaf[step], step_leaf[step + 1]):
                at, load, lawful = leaf_node[leaf], leaf_load[leaf], leaf_law[leaf]
                wz, wm = (0j, 0j) if at == node else (z1[at], zm[at])
                if lawful == POWER:
                    draw_power(leaves, leaf * LEAF, run, wz, wm, tight)
                elif lawful == ZIP:
                    draw_zip(leaves, leaf * LEAF, run, wz, wm, law[load], nominal[load], tight)
                elif lawful == DELTA:
                    draw_delta(leaves, leaf * LEAF, run, wz, wm, law[load], nominal[load], tight)
                elif lawful == PHASOR:
                    draw_phasor(leaves, leaf * LEAF, run, tight)
                else:
                    draw_shunt(leaves, leaf * LEAF, run, shunt[node], tight)
        copy_rows(ends, chain * END + VR, run, VR)
        copy_rows(ends, chain * END + TR, run, SR)


@cpu_lanes
def gather(ends, top, up, chain_step, step_node, turns):
    """Add the new current of every chain to the chain it hangs on; all of it to the trunk's end."""
    for chain in range(up.size - 1, 0, -1):
        matrix, above, own = turns[step_node[chain_step[chain]]], up[chain] * END, chain * END
        turn_into(ends, above + TR, ends, own + TR, matrix, True)
        turn_into(ends, above + TI, ends, own + TI, matrix, True)
    copy_rows(top, TR, ends, TR)


@cpu_lanes
def settle(run, status, passes, lanes, done):
    """Count a sweep, mark the scenarios that settled; how many are left."""
    left = 0
    for s in range(lanes.size):
        if run[MOVING + s] != 0.0:
            passes[lanes[s]] = done
            if run[EXCESS + s] == 0.0:
                status[lanes[s]] = SOLVED
                run[MOVING + s] = 0.0
            elif run[EXCESS + s] == run[EXCESS + s]:
                left += 1
            else:
                run[MOVING + s] = 0.0
    return left


@cpu_lanes
def top_residual(top, row, run, e, zth, tight):
    """r = e - Z I - V at the trunk's end, into rows 6 to 11; what it has beyond `tight` of e counts as excess."""
    for f in range(3):
        for s in range(L):
            row[(6 + f) * L + s] = e[f].real - top[VR + f * L + s]
            row[(9 + f) * L + s] = e[f].imag - top[VI + f * L + s]
        for g in range(3):
            zr, zi = zth[f, g].real, zth[f, g].imag
            for s in range(L):
                row[(6 + f) * L + s] -= zr * top[TR + g * L + s] - zi * top[TI + g * L + s]
                row[(9 + f) * L + s] -= zr * top[TI + g * L + s] + zi * top[TR + g * L + s]
        bound = tight * (e[f].real * e[f].real + e[f].imag * e[f].imag)
        for s in range(L):
            real, imag = row[(6 + f) * L + s], row[(9 + f) * L + s]
            beyond = real * real + imag * imag - bound
            run[EXCESS + s] += 0.0 if beyond <= 0.0 else beyond


@cpu_lanes
def correct_top(top, row, run, zth, power):
    """A Newton step of the trunk's end towards V = e - Z I(V), where a share `power` of I is S over V.

    With dI = -(I / conj V) conj dV it solves dV = r + Z (power I / conj V) conj dV, r from `top_residual`, by INNER
    fixed-point steps, which draw together wherever the sweep itself does. Rows: I / conj V (6), r (6), dV (6).
    """
    for f in range(3):
        for s in range(L):
            k = f * L + s
            vr, vi = top[VR + k], top[VI + k]
            scale = power / (vr * vr + vi * vi)
            row[k] = (top[TR + k] * vr - top[TI + k] * vi) * scale
            row[3 * L + k] = (top[TR + k] * vi + top[TI + k] * vr) * scale
    copy_rows(row, 12 * L, row, 6 * L)
    for _ in range(INNER):
        for k in range(3 * L):
            xr, xi = row[12 * L + k], row[15 * L + k]
            row[12 * L + k] = row[k] * xr + row[3 * L + k] * xi
            row[15 * L + k] = row[3 * L + k] * xr - row[k] * xi
        multiply(row, zth)
    for f in range(3):
        for s in range(L):
            k = f * L + s
            top[VR + k] += run[MOVING + s] * row[12 * L + k]
            top[VI + k] += run[MOVING + s] * row[15 * L + k]


@cpu_lanes
def multiply(row, zth):
    """step = r + Z step, rows as in `correct_top`."""
    for s in range(L):
        ar, br, cr = row[12 * L + s], row[13 * L + s], row[14 * L + s]
        ai, bi, ci = row[15 * L + s], row[16 * L + s], row[17 * L + s]
        for f in range(3):
            z = zth[f]
            row[(12 + f) * L + s] = (
                row[(6 + f) * L + s] + z[0].real * ar - z[0].imag * ai
                + z[1].real * br - z[1].imag * bi + z[2].real * cr - z[2].imag * ci
            )  # fmt: skip
            row[(15 + f) * L + s] = (
                row[(9 + f) * L + s] + z[0].real * ai + z[0].imag * ar
                + z[1].real * bi + z[1].imag * br + z[2].real * ci + z[2].imag * cr
            )  # fmt: skip
