"""Mass balance and the correction of velocity and pressure that restores it (SIMPLEC with one time step).

With a uniform time step and no relaxation the SIMPLEC coefficient is dt A / h exactly, so the pressure
operator depends on geometry alone: `phi` is dt times the pressure correction.
"""

from __future__ import annotations

import numpy as np

from .jit import cpu_loop, prange
from .slices import Region, cyclic


@cpu_loop
def divergence_on_cpu(out, u, v, w, fluid, dx, dy, dz):
    """out = net volume flow out of each air cell [m3/s], 0 elsewhere."""
    nz, ny, nx = dz.size, dy.size, dx.size
    sx = np.uint64(1)
    sy = np.uint64(nx)
    sz = np.uint64(nx * ny)
    for k in prange(2, nz - 2):
        for j in range(2, ny - 2):
            row = np.uint64((k * ny + j) * nx)
            for i in range(2, nx - 2):
                c = row + np.uint64(i)
                net = (u[c + sx] - u[c]) * (dy[j] * dz[k])
                net += (v[c + sy] - v[c]) * (dx[i] * dz[k])
                net += (w[c + sz] - w[c]) * (dx[i] * dy[j])
                out[c] = fluid[c] * net


@cpu_loop
def correct_on_cpu(u, v, w, p, phi, act_x, act_y, act_z, hx, hy, hz, rdt):
    """Subtract grad(phi) from the unknown velocities [m/s] and add phi / dt to p [m2/s2], in place."""
    nz, ny, nx = hz.size, hy.size, hx.size
    sx = np.uint64(1)
    sy = np.uint64(nx)
    sz = np.uint64(nx * ny)
    for k in prange(2, nz - 1):
        for j in range(2, ny - 1):
            row = np.uint64((k * ny + j) * nx)
            for i in range(2, nx - 1):
                c = row + np.uint64(i)
                u[c] -= act_x[c] * (phi[c] - phi[c - sx]) / hx[i]
                v[c] -= act_y[c] * (phi[c] - phi[c - sy]) / hy[j]
                w[c] -= act_z[c] * (phi[c] - phi[c - sz]) / hz[k]
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
    cells.at(out)[...] = cells.at(fluid) * net


def correct_in_numpy(u, v, w, p, phi, act_x, act_y, act_z, hx, hy, hz, rdt):
    """See `correct_on_cpu`."""
    shape = (hz.size, hy.size, hx.size)
    for axis, (vel, act, h) in enumerate(((u, act_x, hx), (v, act_y, hy), (w, act_z, hz))):
        r = Region(shape, axis, (1, 1, 1))
        now = r.at(vel)
        now -= r.at(act) * (r.at(phi) - r.at(phi, -1)) / r.line(h)
    pressure = r.at(p)
    pressure += r.at(phi) * r.planes(rdt)
