"""Backward/forward sweep: the power flow of radial three-phase networks, many scenarios at once.

A network is a tree of n nodes in which a parent comes before its children; node 0 is an ideal source. Node
k hangs on `parent[k]` by branch k: a transposed four-wire run with drop_p = z1 I_p + zm (I_a + I_b + I_c)
(`turn` 0), or a Dyn transformer (`turn` 1: Dyn1, 2: Dyn11) with `ratio` a = sqrt(3) V1/V2 and its series
impedance z1 on the low side:

    E_p = (V_p - V_(p - turn)) / a,   V_low,p = E_p - z1 I_p,   I_high,p = (I_p - I_(p + turn)) / a.

Voltages are phase to neutral, loads constant power in wye, `y` an admittance to neutral at every phase of a
node. Arrays are [node][phase][scenario], scenario fastest, real and imaginary parts apart, float64. Every
scenario has its own fate: solved, or NaN where the sweeps do not settle (past the nose of the PV curve).

Source: Shirmohammadi et al., IEEE Trans. Power Systems 3 (1988) 753, in the form with Z1 and Zm.
"""

from __future__ import annotations

import numpy as np

from .jit import cell, cpu_loop, prange

TILE = 32  # scenarios swept together: their lanes share the tree's tables and stay in the second-level cache
SOLVED, UNSOLVED = 0, 1


@cell
def load_current(p, q, vr, vi):
    """conj((p + j q) / v): current [A] of p [W] and q [var] at v [V]."""
    square = vr * vr + vi * vi
    return (p * vr + q * vi) / square, (p * vi - q * vr) / square


@cell
def product(z, ir, ii):
    """Complex product z i."""
    return z.real * ir - z.imag * ii, z.real * ii + z.imag * ir


@cell
def gather_currents(i_re, i_im, status, v_re, v_im, parent, turn, ratio, y, load_node, p, q, lo, hi):
    """Backward: current [A] into every node from its parent, of the unfinished scenarios lo..hi."""
    for k in range(parent.size):
        for f in range(3):
            for s in range(lo, hi):
                if status[s] == UNSOLVED:
                    i_re[k, f, s], i_im[k, f, s] = product(y[k], v_re[k, f, s], v_im[k, f, s])
    for load in range(load_node.size):
        k = load_node[load]
        for f in range(3):
            for s in range(lo, hi):
                if status[s] == UNSOLVED:
                    cr, ci = load_current(p[load, f, s], q[load, f, s], v_re[k, f, s], v_im[k, f, s])
                    i_re[k, f, s] += cr
                    i_im[k, f, s] += ci
    for k in range(parent.size - 1, 0, -1):
        up = parent[k]
        for f in range(3):
            g = (f + turn[k]) % 3
            for s in range(lo, hi):
                if status[s] == UNSOLVED:
                    if turn[k] == 0:
                        i_re[up, f, s] += i_re[k, f, s]
                        i_im[up, f, s] += i_im[k, f, s]
                    else:
                        i_re[up, f, s] += (i_re[k, f, s] - i_re[k, g, s]) / ratio[k]
                        i_im[up, f, s] += (i_im[k, f, s] - i_im[k, g, s]) / ratio[k]


@cell
def drop_voltages(v_re, v_im, change, status, i_re, i_im, parent, turn, ratio, z1, zm, base, lo, hi):
    """Forward: voltage [V] of every node from its parent's; `change` = largest squared step [pu]."""
    for k in range(1, parent.size):
        up = parent[k]
        scale = 1.0 / (base[k] * base[k])
        for s in range(lo, hi):
            if status[s] == UNSOLVED:
                nr = i_re[k, 0, s] + i_re[k, 1, s] + i_re[k, 2, s]
                ni = i_im[k, 0, s] + i_im[k, 1, s] + i_im[k, 2, s]
                mr, mi = product(zm[k], nr, ni)
                for f in range(3):
                    er, ei = v_re[up, f, s], v_im[up, f, s]
                    if turn[k] != 0:
                        g = (f + 3 - turn[k]) % 3
                        er = (er - v_re[up, g, s]) / ratio[k]
                        ei = (ei - v_im[up, g, s]) / ratio[k]
                    dr, di = product(z1[k], i_re[k, f, s], i_im[k, f, s])
                    er -= dr + mr
                    ei -= di + mi
                    step = ((er - v_re[k, f, s]) ** 2 + (ei - v_im[k, f, s]) ** 2) * scale
                    if change[s] == change[s] and not step <= change[s]:  # a NaN is taken and kept
                        change[s] = step
                    v_re[k, f, s] = er
                    v_im[k, f, s] = ei


@cell
def settle(status, passes, change, tolerance, lo, hi):
    """Count a pass, mark the scenarios that settled; how many are left."""
    left = 0
    for s in range(lo, hi):
        if status[s] == UNSOLVED:
            passes[s] += 1
            if change[s] <= tolerance * tolerance:
                status[s] = SOLVED
            else:
                left += 1
    return left


@cpu_loop
def sweep_on_cpu(
    v_re, v_im, i_re, i_im, status, passes,
    parent, turn, ratio, z1, zm, y, base, source, load_node, p, q, tolerance, limit,
):  # fmt: skip
    """Solve every scenario; see the module's head.

    Out: v (n, 3, S) [V], i (n, 3, S) [A] into each node from its parent (node 0: from the source), status
    (S) 0 solved or 1 not, passes (S) sweeps made. In: tables of n, of these z1, zm [ohm] and y [S] complex,
    base [V] nominal; source (3) [V] complex; load_node (L); p and q (L, 3, S) [W, var]; tolerance [pu] on
    the largest voltage step; limit on the sweeps.
    """
    count = status.size
    change = np.zeros(count)
    for tile in prange((count + TILE - 1) // TILE):
        lo, hi = tile * TILE, min(count, (tile + 1) * TILE)
        for s in range(lo, hi):
            status[s] = UNSOLVED
            passes[s] = 0
            for f in range(3):
                v_re[0, f, s] = source[f].real
                v_im[0, f, s] = source[f].imag
                for k in range(parent.size):
                    i_re[k, f, s] = 0.0
                    i_im[k, f, s] = 0.0
        drop_voltages(v_re, v_im, change, status, i_re, i_im, parent, turn, ratio, z1, zm, base, lo, hi)
        left, done = hi - lo, 0
        while left > 0 and done < limit:
            for s in range(lo, hi):
                change[s] = 0.0
            gather_currents(i_re, i_im, status, v_re, v_im, parent, turn, ratio, y, load_node, p, q, lo, hi)
            drop_voltages(v_re, v_im, change, status, i_re, i_im, parent, turn, ratio, z1, zm, base, lo, hi)
            left = settle(status, passes, change, tolerance, lo, hi)
            done += 1
        for s in range(lo, hi):
            if status[s] == UNSOLVED:
                v_re[:, :, s] = np.nan
                v_im[:, :, s] = np.nan
                i_re[:, :, s] = np.nan
                i_im[:, :, s] = np.nan


def sweep_in_numpy(
    v_re, v_im, i_re, i_im, status, passes,
    parent, turn, ratio, z1, zm, y, base, source, load_node, p, q, tolerance, limit,
):  # fmt: skip
    """`sweep_on_cpu` in whole-array complex arithmetic, level by level of the tree: fallback and oracle."""
    levels = _levels(parent)
    v = np.zeros(v_re.shape, np.complex128)
    i = np.zeros(v_re.shape, np.complex128)
    v[0] = source[:, None]
    _forward(v, i, levels, parent, turn, ratio, z1, zm)
    status[:], passes[:] = UNSOLVED, 0
    for _ in range(limit):
        live = np.flatnonzero(status)
        if live.size == 0:
            break
        with np.errstate(all="ignore"):  # past the nose the numbers run away: seen by the test below
            power = (p[:, :, live] + 1j * q[:, :, live]) if live.size < status.size else p + 1j * q
            now = v[:, :, live]
            flow = _backward(now, power, load_node, levels, parent, turn, ratio, y)
            new = now.copy()
            _forward(new, flow, levels, parent, turn, ratio, z1, zm)
            change = np.max(np.abs(new - now) / base[:, None, None], axis=(0, 1))
        v[:, :, live], i[:, :, live] = new, flow
        passes[live] += 1
        status[live[change <= tolerance]] = SOLVED
    failed = status == UNSOLVED
    v[:, :, failed] = i[:, :, failed] = np.nan + 1j * np.nan
    v_re[...], v_im[...], i_re[...], i_im[...] = v.real, v.imag, i.real, i.imag


def _levels(parent):
    """Node numbers by distance from the source."""
    depth = np.zeros(parent.size, np.int64)
    for k in range(1, parent.size):
        depth[k] = depth[parent[k]] + 1
    return [np.flatnonzero(depth == d) for d in range(1, depth.max() + 1)]


def _backward(v, power, load_node, levels, parent, turn, ratio, y):
    """Currents into every node, summed from the leaves."""
    i = y[:, None, None] * v
    np.add.at(i, load_node, np.conj(power / v[load_node]))
    for nodes in reversed(levels):
        upward = i[nodes]
        for t in (1, 2):
            dyn = turn[nodes] == t
            upward[dyn] = (upward[dyn] - np.roll(upward[dyn], -t, axis=1)) / ratio[nodes[dyn], None, None]
        np.add.at(i, parent[nodes], upward)
    return i


def _forward(v, i, levels, parent, turn, ratio, z1, zm):
    """Voltages from the source outwards, in place."""
    drop = z1[:, None, None] * i + zm[:, None, None] * i.sum(axis=1, keepdims=True)
    for nodes in levels:
        feeding = v[parent[nodes]]
        for t in (1, 2):
            dyn = turn[nodes] == t
            feeding[dyn] = (feeding[dyn] - np.roll(feeding[dyn], t, axis=1)) / ratio[nodes[dyn], None, None]
        v[nodes] = feeding - drop[nodes]
