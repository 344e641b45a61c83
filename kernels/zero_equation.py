"""Eddy viscosity without equations of its own, from speed and distance to the nearest wall.

nu_t = 0.03874 U l (Chen & Xu 1998, Energy and Buildings 28:137). Beside walls k is that of the log law through the
cell's speed, so that the wall functions for shear and heat are those of k-epsilon; `constants` as in `turbulence`.
"""

from __future__ import annotations

import math

import numpy as np

from .jit import cell, cpu_loop, prange
from .slices import Region
from .turbulence import C_MU, E_LOG, K_MIN, KAPPA, NU, Y_LAMINAR

HALF = np.float32(0.5)
ZERO = np.float32(0.0)
ONE = np.float32(1.0)
CHEN_XU = np.float32(0.03874)
STEPS = 5  # of Newton for the log law: from the viscous start 1e-6 at y+ up to 1e5


@cell
def speed_at(u, v, w, c, sy, sz):
    """Speed at the centre of cell `c` [m/s]."""
    uc = HALF * (u[c] + u[c + np.uint64(1)])
    vc = HALF * (v[c] + v[c + sy])
    wc = HALF * (w[c] + w[c + sz])
    return math.sqrt(uc * uc + vc * vc + wc * wc)


@cpu_loop
def mixing_length_on_cpu(nue, u, v, w, length, fluid, dx, dy, dz, nu):
    """nue = nu + 0.03874 |U| l [m2/s] in air, 0 in solids and ghosts.

    u, v, w: velocity on the faces [m/s]; length: from the centre to the nearest wall [m]; dx, dy, dz: cell sizes,
    for the shape; nu: molecular [m2/s].
    """
    nz, ny, nx = dz.size, dy.size, dx.size
    sy = np.uint64(nx)
    sz = np.uint64(nx * ny)
    for k in prange(2, nz - 2):
        for j in range(2, ny - 2):
            row = np.uint64((k * ny + j) * nx)
            for i in range(2, nx - 2):
                c = row + np.uint64(i)
                nue[c] = fluid[c] * (nu + CHEN_XU * speed_at(u, v, w, c, sy, sz) * length[c])


@cell
def friction_velocity(speed, y, constants):
    """u_tau [m/s] of the log law through `speed` at distance y: u / u_tau = ln(E y u_tau / nu) / kappa, or viscous."""
    nu = constants[NU]
    edge = constants[Y_LAMINAR]
    viscous = math.sqrt(nu * speed / y)
    if viscous * y <= edge * nu:
        return viscous
    u = viscous
    for _ in range(STEPS):
        u_plus = math.log(constants[E_LOG] * max(u * y / nu, edge)) / constants[KAPPA]
        u -= (u * u_plus - speed) / (u_plus + ONE / constants[KAPPA])
    return u


@cell
def energy_beside(start, distance, u, v, w, constants, c, n, sy, sz):
    """k of cell `c`, whose walls are row n [m2/s2]."""
    nearest = distance[start[n]]
    for entry in range(start[n] + 1, start[n + 1]):
        nearest = min(nearest, distance[entry])
    friction = friction_velocity(speed_at(u, v, w, c, np.uint64(sy), np.uint64(sz)), nearest, constants)
    return max(friction * friction / math.sqrt(constants[C_MU]), constants[K_MIN])


@cpu_loop
def wall_energy_on_cpu(k, cells, start, distance, u, v, w, constants, sy, sz):
    """k[cell] = u_tau^2 / C_mu^1/2 [m2/s2]: that from which the wall functions make the log law's shear and film.

    Compressed rows as in `wall_turbulence`; of several walls the nearest counts. constants as in `turbulence`.
    """
    for n in prange(cells.size):
        k[cells[n]] = energy_beside(start, distance, u, v, w, constants, np.uint64(cells[n]), n, sy, sz)


def mixing_length_in_numpy(nue, u, v, w, length, fluid, dx, dy, dz, nu):
    """See `mixing_length_on_cpu`."""
    shape = (dz.size, dy.size, dx.size)
    square = ZERO
    for axis, vel in enumerate((u, v, w)):
        r = Region(shape, axis)
        mean = HALF * (r.at(vel) + r.at(vel, 1))
        square = square + mean * mean
    r = Region(shape)
    r.at(nue)[...] = r.at(fluid) * (nue.dtype.type(nu) + CHEN_XU * np.sqrt(square) * r.at(length))


def wall_energy_in_numpy(k, cells, start, distance, u, v, w, constants, sy, sz):
    """See `wall_energy_on_cpu`."""
    nu, edge, kappa = constants[NU], constants[Y_LAMINAR], constants[KAPPA]
    square = ZERO
    for vel, step in ((u, 1), (v, sy), (w, sz)):
        mean = HALF * (vel[cells] + vel[cells + step])
        square = square + mean * mean
    speed, y = np.sqrt(square), np.minimum.reduceat(distance, start[:-1])
    viscous = np.sqrt(nu * speed / y)
    friction = viscous
    for _ in range(STEPS):  # u (ln(E y u / nu) / kappa) = speed by Newton
        u_plus = np.log(constants[E_LOG] * np.maximum(friction * y / nu, edge)) / kappa
        friction = friction - (friction * u_plus - speed) / (u_plus + ONE / kappa)
    friction = np.where(viscous * y <= edge * nu, viscous, friction)
    k[cells] = np.maximum(friction * friction / np.sqrt(constants[C_MU]), constants[K_MIN])
