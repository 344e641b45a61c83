"""Mass balance and the correction of velocity and pressure that restores it (SIMPLEC with one time step).

With a uniform time step and no relaxation the SIMPLEC coefficient is dt A / h exactly, so the pressure
operator depends on geometry alone: `phi` is dt times the pressure correction.
"""

from __future__ import annotations

import numpy as np

from .fields import take
from .jit import cell, cpu_loop, prange
from .slices import Region, cyclic

ZERO = np.float32(0.0)


@cell
def divergence_at(u, v, w, fluid, dx, dy, dz, c, sy, sz):
    """Net volume flow out of cell `c` of sizes dx, dy, dz [m3/s], 0 where it is no air."""
    sx = np.uint64(1)
    net = (u[c + sx] - u[c]) * (dy * dz)
    net += (v[c + sy] - v[c]) * (dx * dz)
    net += (w[c + sz] - w[c]) * (dx * dy)
    return fluid[c] * net


@cell
def corrected(vel, act, phi, h, c, s):
    """Velocity at the low face of `c` along stride `s` less the gradient of phi where it is an unknown [m/s]."""
    return vel[c] - act[c] * (phi[c] - phi[c - s]) / h


@cpu_loop
def divergence_on_cpu(out, u, v, w, fluid, dx, dy, dz):
    """out = net volume flow out of each air cell [m3/s], 0 elsewhere, in ghosts too."""
    nz, ny, nx = dz.size, dy.size, dx.size
    sy = np.uint64(nx)
    sz = np.uint64(nx * ny)
    for k in prange(nz):
        for j in range(ny):
            row = np.uint64((k * ny + j) * nx)
            if k < 2 or k >= nz - 2 or j < 2 or j >= ny - 2:
                for n in range(nx):
                    out[row + np.uint64(n)] = ZERO
                continue
            out[row] = out[row + np.uint64(1)] = ZERO
            out[row + np.uint64(nx - 2)] = out[row + np.uint64(nx - 1)] = ZERO
            for n in range(2, nx - 2):
                i = np.uint64(n)
                c = row + i
                out[c] = divergence_at(u, v, w, fluid, dx[i], dy[j], dz[k], c, sy, sz)


def correct_on_cpu(u, v, w, p, solved_u, solved_v, solved_w, phi, act_x, act_y, act_z, hx, hy, hz, rdt):
    """u, v, w = those solved for, less grad(phi) where they are unknowns [m/s]; add phi / dt to p [m2/s2].

    u, v, w may be the same fields as those solved for; otherwise their ghosts are whatever a device makes of them.
    """
    take((u, v, w), (solved_u, solved_v, solved_w))
    correct_in_place(u, v, w, p, phi, act_x, act_y, act_z, hx, hy, hz, rdt)


@cpu_loop
def correct_in_place(u, v, w, p, phi, act_x, act_y, act_z, hx, hy, hz, rdt):
    """`correct` of u, v, w as they are."""
    nz, ny, nx = hz.size, hy.size, hx.size
    sx = np.uint64(1)
    sy = np.uint64(nx)
    sz = np.uint64(nx * ny)
    for k in prange(2, nz - 1):
        for j in range(2, ny - 1):
            row = np.uint64((k * ny + j) * nx)
            for n in range(2, nx - 1):
                i = np.uint64(n)
                c = row + i
                u[c] = corrected(u, act_x, phi, hx[i], c, sx)
                v[c] = corrected(v, act_y, phi, hy[j], c, sy)
                w[c] = corrected(w, act_z, phi, hz[k], c, sz)
                p[c] += phi[c] * rdt[k]


def divergence_in_numpy(out, u, v, w, fluid, dx, dy, dz):
    """See `divergence_on_cpu`."""
    shape = (dz.size, dy.size, dx.size)
    cells = Region(shape)
    net = np.zeros_like(cells.at(out))
    for axis, vel in enumerate((u, v, w)):
        r = Region(shape, axis, (1, 0, 0))
        _, e1, e2 = cyclic(axis, dx, dy, dz)
        net += np.diff(r.at(vel), axis=r.place()) * (r.line(e1, 1) * r.line(e2, 2))
    out[:] = 0
    cells.at(out)[...] = cells.at(fluid) * net


def correct_in_numpy(u, v, w, p, solved_u, solved_v, solved_w, phi, act_x, act_y, act_z, hx, hy, hz, rdt):
    """See `correct_on_cpu`."""
    take((u, v, w), (solved_u, solved_v, solved_w))
    shape = (hz.size, hy.size, hx.size)
    for axis, (vel, act, h) in enumerate(((u, act_x, hx), (v, act_y, hy), (w, act_z, hz))):
        r = Region(shape, axis, (1, 1, 1))
        now = r.at(vel)
        now -= r.at(act) * (r.at(phi) - r.at(phi, -1)) / r.line(h)
    pressure = r.at(p)
    pressure += r.at(phi) * r.planes(rdt)
