"""What a sweep does at a branch and at a load, for LANES scenarios at once.

Blocks are flat, one row of LANES numbers a quantity: constant offsets let the compiler use vectors. `run`
walks along a chain: voltage, current, sum of new currents, excess of the last step, 1 for a lane still moving.
A leaf holds the current it draws and its power; a chain holds the voltage at its end and its new current. All
leaves lie in one array, all chains in another; a block begins at `b`. Indices beyond a block's own offsets are
made unsigned (`U`): a sign would be tested at every access, and a slice counts references.
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from .jit import cpu_lanes

LANES = 16  # scenarios swept together; a hall of 240 racks fits a second-level cache of half a megabyte
L = LANES
U = np.uintp
VR, VI, IR, II, SR, SI, EXCESS, MOVING = 0, 3 * L, 6 * L, 9 * L, 12 * L, 15 * L, 18 * L, 19 * L
RUN = 20 * L
P, Q = 6 * L, 9 * L  # a leaf: current in the first six rows
LEAF = 12 * L
TR, TI = 6 * L, 9 * L  # a chain's end: voltage in the first six rows
END = 12 * L


@cpu_lanes
def drop_four_wire(run, z1, zm):
    """V -= z1 I + zm (I_a + I_b + I_c), in place on `run`."""
    zr, zi, mr, mi = z1.real, z1.imag, zm.real, zm.imag
    for s in range(L):
        ar, br, cr = run[IR + s], run[IR + L + s], run[IR + 2 * L + s]
        ai, bi, ci = run[II + s], run[II + L + s], run[II + 2 * L + s]
        nr, ni = ar + br + cr, ai + bi + ci
        dr, di = mr * nr - mi * ni, mr * ni + mi * nr
        run[VR + s] -= dr + zr * ar - zi * ai
        run[VI + s] -= di + zr * ai + zi * ar
        run[VR + L + s] -= dr + zr * br - zi * bi
        run[VI + L + s] -= di + zr * bi + zi * br
        run[VR + 2 * L + s] -= dr + zr * cr - zi * ci
        run[VI + 2 * L + s] -= di + zr * ci + zi * cr


@cpu_lanes
def drop_full(run, z):
    """V -= Z I with a full 3x3 Z, in place on `run`."""
    for f in range(3):
        ar, ai, br, bi, cr, ci = (
            z[f, 0].real,
            z[f, 0].imag,
            z[f, 1].real,
            z[f, 1].imag,
            z[f, 2].real,
            z[f, 2].imag,
        )
        for s in range(L):
            xr, yr, wr = run[IR + s], run[IR + L + s], run[IR + 2 * L + s]
            xi, yi, wi = run[II + s], run[II + L + s], run[II + 2 * L + s]
            run[VR + f * L + s] -= ar * xr - ai * xi + br * yr - bi * yi + cr * wr - ci * wi
            run[VI + f * L + s] -= ar * xi + ai * xr + br * yi + bi * yr + cr * wi + ci * wr


@cpu_lanes
def turn_into(out, to, given, start, a, transposed):
    """Rows of `out` at `to` += A (or its transpose) times the three rows of `given` at `start`."""
    for f in range(3):
        for g in range(3):
            weight = a[g, f] if transposed else a[f, g]
            if weight != 0.0:
                for s in range(L):
                    out[U(to + f * L + s)] += weight * given[U(start + g * L + s)]


@cpu_lanes
def copy_rows(out, to, given, start):
    """Six rows of `given` into `out`."""
    for k in range(6 * L):
        out[U(to + k)] = given[U(start + k)]


@cpu_lanes
def power_current(p, q, vr, vi):
    """conj((p + j q) / v): current [A] of p [W] and q [var] at v [V]."""
    inverse = 1.0 / (vr * vr + vi * vi)
    return (p * vr + q * vi) * inverse, (p * vi - q * vr) * inverse


@cpu_lanes
def renewed(leaf, b, run, k, s, cr, ci, tight):
    """Take a leaf's new current (cr, ci) in row and lane k; what it moved beyond `tight` of itself counts."""
    old_r, old_i = leaf[U(b + k)], leaf[U(b + 3 * L + k)]
    step_r, step_i = cr - old_r, ci - old_i
    beyond = step_r * step_r + step_i * step_i - tight * (cr * cr + ci * ci)
    run[EXCESS + s] += 0.0 if beyond <= 0.0 else beyond  # a NaN is added, and stays
    new_r, new_i = old_r + run[MOVING + s] * step_r, old_i + run[MOVING + s] * step_i
    run[IR + k] -= old_r
    run[II + k] -= old_i
    run[SR + k] += new_r
    run[SI + k] += new_i
    leaf[U(b + k)] = new_r
    leaf[U(b + 3 * L + k)] = new_i


@cpu_lanes
def draw_power(leaf, b, run, z1, zm, tight):
    """Constant power in wye at the end of a whip (z1, zm)."""
    zr, zi, mr, mi = z1.real, z1.imag, zm.real, zm.imag
    for s in range(L):
        nr = leaf[U(b + s)] + leaf[U(b + L + s)] + leaf[U(b + 2 * L + s)]
        ni = leaf[U(b + 3 * L + s)] + leaf[U(b + 4 * L + s)] + leaf[U(b + 5 * L + s)]
        dr, di = mr * nr - mi * ni, mr * ni + mi * nr
        for f in range(3):
            k = f * L + s
            vr = run[VR + k] - dr - (zr * leaf[U(b + k)] - zi * leaf[U(b + 3 * L + k)])
            vi = run[VI + k] - di - (zr * leaf[U(b + 3 * L + k)] + zi * leaf[U(b + k)])
            cr, ci = power_current(leaf[U(b + P + k)], leaf[U(b + Q + k)], vr, vi)
            renewed(leaf, b, run, k, s, cr, ci, tight)


@cpu_lanes
def behind_whip(leaf, b, run, z1, zm, f, s):
    """Voltage [V] of phase f at the end of a whip."""
    nr = leaf[U(b + s)] + leaf[U(b + L + s)] + leaf[U(b + 2 * L + s)]
    ni = leaf[U(b + 3 * L + s)] + leaf[U(b + 4 * L + s)] + leaf[U(b + 5 * L + s)]
    ir, ii = leaf[U(b + f * L + s)], leaf[U(b + (3 + f) * L + s)]
    vr = run[VR + f * L + s] - (zm.real * nr - zm.imag * ni) - (z1.real * ir - z1.imag * ii)
    vi = run[VI + f * L + s] - (zm.real * ni + zm.imag * nr) - (z1.real * ii + z1.imag * ir)
    return vr, vi


@cpu_lanes
def zip_current(p, q, vr, vi, law, nominal):
    """Current [A] of a load of which shares law[0..2] are constant power, current and impedance."""
    u = sqrt(vr * vr + vi * vi) / nominal
    scale = law[0] + u * (law[1] + u * law[2])
    return power_current(scale * p, scale * q, vr, vi)


@cpu_lanes
def draw_zip(leaf, b, run, z1, zm, law, nominal, tight):
    """Constant power, current and impedance in shares, in wye."""
    for s in range(L):
        ar, ai = behind_whip(leaf, b, run, z1, zm, 0, s)
        br, bi = behind_whip(leaf, b, run, z1, zm, 1, s)
        cr, ci = behind_whip(leaf, b, run, z1, zm, 2, s)
        ar, ai = zip_current(leaf[U(b + P + s)], leaf[U(b + Q + s)], ar, ai, law, nominal)
        br, bi = zip_current(leaf[U(b + P + L + s)], leaf[U(b + Q + L + s)], br, bi, law, nominal)
        cr, ci = zip_current(leaf[U(b + P + 2 * L + s)], leaf[U(b + Q + 2 * L + s)], cr, ci, law, nominal)
        renewed(leaf, b, run, s, s, ar, ai, tight)
        renewed(leaf, b, run, L + s, s, br, bi, tight)
        renewed(leaf, b, run, 2 * L + s, s, cr, ci, tight)


@cpu_lanes
def draw_delta(leaf, b, run, z1, zm, law, nominal, tight):
    """The same between a phase and the next: p and q of row f lie between phases f and f + 1."""
    for s in range(L):
        ar, ai = behind_whip(leaf, b, run, z1, zm, 0, s)
        br, bi = behind_whip(leaf, b, run, z1, zm, 1, s)
        cr, ci = behind_whip(leaf, b, run, z1, zm, 2, s)
        abr, abi = zip_current(leaf[U(b + P + s)], leaf[U(b + Q + s)], ar - br, ai - bi, law, nominal)
        bcr, bci = zip_current(leaf[U(b + P + L + s)], leaf[U(b + Q + L + s)], br - cr, bi - ci, law, nominal)
        car, cai = zip_current(
            leaf[U(b + P + 2 * L + s)], leaf[U(b + Q + 2 * L + s)], cr - ar, ci - ai, law, nominal
        )
        renewed(leaf, b, run, s, s, abr - car, abi - cai, tight)
        renewed(leaf, b, run, L + s, s, bcr - abr, bci - abi, tight)
        renewed(leaf, b, run, 2 * L + s, s, car - bcr, cai - bci, tight)


@cpu_lanes
def draw_phasor(leaf, b, run, tight):
    """A current [A] given as p + j q whatever the voltage."""
    for f in range(3):
        for s in range(L):
            k = f * L + s
            renewed(leaf, b, run, k, s, leaf[U(b + P + k)], leaf[U(b + Q + k)], tight)


@cpu_lanes
def draw_shunt(leaf, b, run, y, tight):
    """I = Y V with a 3x3 Y [S]."""
    for f in range(3):
        ar, ai, br, bi, cr, ci = (
            y[f, 0].real,
            y[f, 0].imag,
            y[f, 1].real,
            y[f, 1].imag,
            y[f, 2].real,
            y[f, 2].imag,
        )
        for s in range(L):
            xr, yr, wr = run[VR + s], run[VR + L + s], run[VR + 2 * L + s]
            xi, yi, wi = run[VI + s], run[VI + L + s], run[VI + 2 * L + s]
            cur_r = ar * xr - ai * xi + br * yr - bi * yi + cr * wr - ci * wi
            cur_i = ar * xi + ai * xr + br * yi + bi * yr + cr * wi + ci * wr
            renewed(leaf, b, run, f * L + s, s, cur_r, cur_i, tight)
