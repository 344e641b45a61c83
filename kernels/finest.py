"""The legs of a V-cycle on the finest grid, whose face coefficients are what is open times geometry, and not stored.

`multigrid` keeps four fields a grid, face coefficients and the diagonal's inverse; here they are formed from a byte a
face, or a screen's response, and cell sizes: fewer bytes to hold and to move. `lx, ly, lz`: what lets through at the
low faces of each cell [-], 0 where closed. `dx ...`: cell sizes [m], `rx ...`: 1 over the distance between centres
across the low face [1/m]; both padded, which gives the padded sizes of the fields too. `planes`: of each z plane, 1 in
a hall, 0 between halls that are stacked.

Ghosts of phi, and what lies between halls, are 0: beyond an outlet. `fresh`: phi starts from 0 whatever is in it.
"""

from __future__ import annotations

import numpy as np

from .hierarchy import ONE
from .jit import cell, cpu_loop, prange
from .multigrid import (
    ZERO,
    add_children,
    prolong_in_numpy,
    prolong_on_cpu,
    relax_in_numpy,
    residual_in_numpy,
    restrict_in_numpy,
)


@cell
def let_through(lx, ly, lz, c, sy, sz, dx, rxl, rxh, dy, ryl, ryh, dz, rzl, rzh):
    """Coefficients [m] of the faces of cell `c`, below and above along x, y and z."""
    sx = np.uint64(1)
    ax = dy * dz
    ay = dx * dz
    az = dx * dy
    return (
        lx[c] * (rxl * ax), lx[c + sx] * (rxh * ax), ly[c] * (ryl * ay), ly[c + sy] * (ryh * ay),
        lz[c] * (rzl * az), lz[c + sz] * (rzh * az),
    )  # fmt: skip


@cell
def gained(phi, a, c, sy, sz):
    """The operator at cell `c`: sum over its faces' coefficients `a` times what phi rises to the neighbour."""
    sx = np.uint64(1)
    xl, xh, yl, yh, zl, zh = a
    here = phi[c]
    total = xl * (phi[c - sx] - here) + xh * (phi[c + sx] - here)
    total += yl * (phi[c - sy] - here) + yh * (phi[c + sy] - here)
    return total + zl * (phi[c - sz] - here) + zh * (phi[c + sz] - here)


@cell
def eased(a):
    """1 over the sum of a cell's face coefficients [1/m], 0 for a cell that is closed all round."""
    xl, xh, yl, yh, zl, zh = a
    total = xl + xh + yl + yh + zl + zh
    return ONE / total if total > ZERO else ZERO


@cpu_loop
def clear_ghosts(phi, spare, planes, nx, ny, nz):
    """phi = spare = 0 in ghosts and between halls."""
    for k in prange(nz):
        for j in range(ny):
            row = (k * ny + j) * nx
            whole = k < 2 or k >= nz - 2 or j < 2 or j >= ny - 2 or planes[k] == 0
            for c in range(row, row + (nx if whole else 2)):
                phi[c] = spare[c] = ZERO
            for c in range(row + nx - 2, row + nx):
                phi[c] = spare[c] = ZERO


@cpu_loop
def sweep_of_zero(out, rhs, lx, ly, lz, dx, dy, dz, rx, ry, rz, planes, weight):
    """out = what a weighted Jacobi sweep makes of 0."""
    nz, ny, nx = dz.size, dy.size, dx.size
    sx = np.uint64(1)
    sy = np.uint64(nx)
    sz = np.uint64(nx * ny)
    for k in prange(2, nz - 2):
        if planes[k] == 0:
            continue
        for j in range(2, ny - 2):
            row = np.uint64((k * ny + j) * nx)
            for n in range(2, nx - 2):
                i = np.uint64(n)
                c = row + i
                a = let_through(
                    lx, ly, lz, c, sy, sz, dx[i], rx[i], rx[i + sx],
                    dy[j], ry[j], ry[j + 1], dz[k], rz[k], rz[k + 1],
                )  # fmt: skip
                out[c] = -weight * rhs[c] * eased(a)


@cpu_loop
def sweep_of_phi(out, phi, rhs, lx, ly, lz, dx, dy, dz, rx, ry, rz, planes, weight):
    """out = one weighted Jacobi sweep of phi."""
    nz, ny, nx = dz.size, dy.size, dx.size
    sx = np.uint64(1)
    sy = np.uint64(nx)
    sz = np.uint64(nx * ny)
    for k in prange(2, nz - 2):
        if planes[k] == 0:
            continue
        for j in range(2, ny - 2):
            row = np.uint64((k * ny + j) * nx)
            for n in range(2, nx - 2):
                i = np.uint64(n)
                c = row + i
                a = let_through(
                    lx, ly, lz, c, sy, sz, dx[i], rx[i], rx[i + sx],
                    dy[j], ry[j], ry[j + 1], dz[k], rz[k], rz[k + 1],
                )  # fmt: skip
                out[c] = phi[c] + weight * (gained(phi, a, c, sy, sz) - rhs[c]) * eased(a)


@cpu_loop
def hand_residual_down(
    below_phi, below_rhs, spare, phi, rhs, lx, ly, lz, dx, dy, dz, rx, ry, rz, planes,
    mx, my, mz, fx, fy, fz, ox, oy, oz,
):  # fmt: skip
    """below_rhs = residual of phi summed over the children, below_phi = 0; the residual itself is left in spare."""
    nz, ny, nx = dz.size, dy.size, dx.size
    sx = np.uint64(1)
    sy = np.uint64(nx)
    sz = np.uint64(nx * ny)
    for k in prange(2, mz - 2):
        for j in range(2, my - 2):
            to = np.uint64((k * my + j) * mx + 2)
            for i in range(mx - 4):
                below_rhs[to + np.uint64(i)] = ZERO
                below_phi[to + np.uint64(i)] = ZERO
            for ck in range(max(2, 2 + (k - 2) * fz - oz), min(2 + (k - 1) * fz - oz, nz - 2)):
                if planes[ck] == 0:
                    continue
                for cj in range(max(2, 2 + (j - 2) * fy - oy), min(2 + (j - 1) * fy - oy, ny - 2)):
                    row = np.uint64((ck * ny + cj) * nx)
                    for n in range(2, nx - 2):
                        at = np.uint64(n)
                        c = row + at
                        a = let_through(
                            lx, ly, lz, c, sy, sz, dx[at], rx[at], rx[at + sx],
                            dy[cj], ry[cj], ry[cj + 1], dz[ck], rz[ck], rz[ck + 1],
                        )  # fmt: skip
                        spare[c] = rhs[c] - gained(phi, a, c, sy, sz)
                    add_children(below_rhs, to, spare, row + sx + sx, nx, fx, ox)


def descend_finest_on_cpu(
    phi, spare, rhs, lx, ly, lz, dx, dy, dz, rx, ry, rz, planes, below_phi, below_rhs, mx, my, mz,
    fx, fy, fz, ox, oy, oz, first, second, fresh,
):  # fmt: skip
    """Two sweeps of phi, in place; below_rhs = the residual they leave, summed over the children; below_phi = 0.

    spare: a field whose values do not matter; ghosts of both are set to 0. mx ...: padded sizes of the grid below,
    fx ..., ox ...: as for `multigrid.restrict_on_cpu`; first, second: weights of the sweeps.
    """
    around = (lx, ly, lz, dx, dy, dz, rx, ry, rz, planes)
    clear_ghosts(phi, spare, planes, dx.size, dy.size, dz.size)
    if fresh:
        sweep_of_zero(spare, rhs, *around, first)
    else:
        sweep_of_phi(spare, phi, rhs, *around, first)
    sweep_of_phi(phi, spare, rhs, *around, second)
    hand_residual_down(below_phi, below_rhs, spare, phi, rhs, *around, mx, my, mz, fx, fy, fz, ox, oy, oz)


def ascend_finest_on_cpu(
    phi, spare, rhs, lx, ly, lz, dx, dy, dz, rx, ry, rz, planes, below_phi, tx, ty, tz, mx, my,
    fx, fy, fz, ox, oy, oz, first, second,
):  # fmt: skip
    """Add to phi what the grid below has found, interpolated, and two sweeps; in place.

    tx, ty, tz: the face coefficients below across which a correction is smooth; spare: a field with phi's ghosts.
    """
    around = (lx, ly, lz, dx, dy, dz, rx, ry, rz, planes)
    prolong_on_cpu(
        phi, below_phi, tx, ty, tz, planes, dx.size, dy.size, dz.size, mx, my, fx, fy, fz, ox, oy, oz
    )
    sweep_of_phi(spare, phi, rhs, *around, first)
    sweep_of_phi(phi, spare, rhs, *around, second)


def stored_in_numpy(lx, ly, lz, dx, dy, dz, rx, ry, rz, planes):
    """Face coefficients and the diagonal's inverse as `multigrid` takes them."""
    nz, ny, nx = dz.size, dy.size, dx.size
    x, y, z = (w.reshape(s) for w, s in zip((dx, dy, dz), ((-1,), (-1, 1), (-1, 1, 1)), strict=True))
    across = (rx * (y * z), ry.reshape(-1, 1) * (x * z), rz.reshape(-1, 1, 1) * (x * y))
    faces = [o.reshape(nz, ny, nx) * a for o, a in zip((lx, ly, lz), across, strict=True)]
    total = sum(f + np.roll(f, -1, 2 - axis) for axis, f in enumerate(faces))
    inverse = np.divide(
        ONE, total, out=np.zeros_like(total), where=(total > ZERO) & (planes[:, None, None] > 0)
    )
    return tuple(a.ravel() for a in (*faces, inverse))


def descend_finest_in_numpy(
    phi, spare, rhs, lx, ly, lz, dx, dy, dz, rx, ry, rz, planes, below_phi, below_rhs, mx, my, mz,
    fx, fy, fz, ox, oy, oz, first, second, fresh,
):  # fmt: skip
    """See `descend_finest_on_cpu`."""
    cx, cy, cz, inverse = stored_in_numpy(lx, ly, lz, dx, dy, dz, rx, ry, rz, planes)
    nx, ny, nz = dx.size, dy.size, dz.size
    spare[:] = 0
    if fresh:
        phi[:] = 0
    relax_in_numpy(phi, spare, rhs, cx, cy, cz, inverse, nx, ny, nz, first, second)
    residual_in_numpy(spare, phi, rhs, cx, cy, cz, planes, nx, ny, nz)
    restrict_in_numpy(below_rhs, spare, nx, ny, nz, mx, my, mz, fx, fy, fz, ox, oy, oz)
    below_phi[:] = 0


def ascend_finest_in_numpy(
    phi, spare, rhs, lx, ly, lz, dx, dy, dz, rx, ry, rz, planes, below_phi, tx, ty, tz, mx, my,
    fx, fy, fz, ox, oy, oz, first, second,
):  # fmt: skip
    """See `ascend_finest_on_cpu`."""
    cx, cy, cz, inverse = stored_in_numpy(lx, ly, lz, dx, dy, dz, rx, ry, rz, planes)
    nx, ny, nz = dx.size, dy.size, dz.size
    prolong_in_numpy(phi, below_phi, tx, ty, tz, planes, nx, ny, nz, mx, my, fx, fy, fz, ox, oy, oz)
    relax_in_numpy(phi, spare, rhs, cx, cy, cz, inverse, nx, ny, nz, first, second)
