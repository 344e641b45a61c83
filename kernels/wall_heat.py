"""Heat between the air and walls that have a temperature, or conduct to one outside, on lists of wall faces.

Beside a wall the air follows Jayatilleke's thermal law, T+ = Pr_t (ln(E y+) / kappa + P), or Pr y+ below its
foot (Jayatilleke 1969, Prog. Heat Mass Transfer 1:193; Launder & Spalding 1974). `constants` as in
`turbulence`; `thermal` is a vector: Pr, Pr_t, P, y+ of the foot. Compressed rows as in `wall`.
"""

from __future__ import annotations

import math

import numpy as np

from .jit import cell, cpu_loop, prange
from .scalar import exchange, exchange_in_numpy
from .slices import Region, row_sums
from .turbulence import C_MU, E_LOG, KAPPA, NU
from .wall import friction_speed

PR, PR_T, RESISTANCE, FOOT = range(4)


@cell
def film(k, y, constants, thermal):
    """Heat flux into the wall over rho cp and temperature difference [m/s], from distance y [m]."""
    nu = constants[NU]
    speed = friction_speed(k, constants)
    y_plus = speed * y / nu
    if y_plus > thermal[FOOT]:
        rise = math.log(constants[E_LOG] * y_plus) / constants[KAPPA] + thermal[RESISTANCE]
        return speed / (thermal[PR_T] * rise)
    return nu / (thermal[PR] * y)


@cpu_loop
def wall_heat_on_cpu(out, k, cells, distance, area, constants, thermal):
    """out = conductance of the air's film at each wall face, over rho cp [m3/s].

    cells: air cell of each face, whose k [m2/s2] is used; distance: its centre to the wall [m]; area [m2].
    """
    for n in prange(out.size):
        out[n] = area[n] * film(k[cells[n]], distance[n], constants, thermal)


@cpu_loop
def scalar_beside_walls_on_cpu(
    out, ts, t0, u, v, w, nue, ox, oy, oz, source, dx, dy, dz, hx, hy, hz, g0, g1, rdt,
    cells, start, conductance, outside, gain,
):  # fmt: skip
    """The sweep of `scalar` again, for the cells that exchange heat with walls: writes out[cells] [K].

    cells[n] has the wall faces start[n] to start[n + 1], of given conductance [m3/s] and temperature behind
    [K]; gain: heat flux that does not depend on the air's temperature, per cell [K m3/s].
    """
    ny, nx = dy.size, dx.size
    sy = np.uint64(nx)
    sz = np.uint64(nx * ny)
    for n in prange(cells.size):
        here = cells[n]
        c = np.uint64(here)
        i = here % nx
        j = here // nx % ny
        k = here // (nx * ny)
        inflow, total = exchange(
            ts, u, v, w, nue, ox, oy, oz, c, sy, sz,
            dx[i], hx[i], hx[i + 1], dy[j], hy[j], hy[j + 1], dz[k], hz[k], hz[k + 1], g0, g1,
        )  # fmt: skip
        store = dx[i] * dy[j] * dz[k] * rdt[k]
        inflow += store * t0[c] + source[c] + gain[n]
        total += store
        for entry in range(start[n], start[n + 1]):
            inflow += conductance[entry] * outside[entry]
            total += conductance[entry]
        out[c] = inflow / total


def wall_heat_in_numpy(out, k, cells, distance, area, constants, thermal):
    """See `wall_heat_on_cpu`."""
    nu, foot = constants[NU], thermal[FOOT]
    speed = np.sqrt(np.sqrt(constants[C_MU]) * k[cells])
    y_plus = speed * distance / nu
    rise = np.log(constants[E_LOG] * np.maximum(y_plus, foot)) / constants[KAPPA] + thermal[RESISTANCE]
    h = np.where(y_plus > foot, speed / (thermal[PR_T] * rise), nu / (thermal[PR] * distance))
    out[:] = area * h


def scalar_beside_walls_in_numpy(
    out, ts, t0, u, v, w, nue, ox, oy, oz, source, dx, dy, dz, hx, hy, hz, g0, g1, rdt,
    cells, start, conductance, outside, gain,
):  # fmt: skip
    """See `scalar_beside_walls_on_cpu`."""
    one = ts.dtype.type
    r = Region((dz.size, dy.size, dx.size))
    brought, total = np.zeros_like(ts), np.zeros_like(ts)
    inflow, loss = exchange_in_numpy(ts, u, v, w, nue, ox, oy, oz, dx, dy, dz, hx, hy, hz, one(g0), one(g1))
    store = r.line(dx) * r.line(dy, 1) * r.line(dz * rdt, 2)
    r.at(brought)[...] = inflow + store * r.at(t0) + r.at(source)
    r.at(total)[...] = loss + store
    inward = row_sums(conductance * outside, start) + gain
    out[cells] = (brought[cells] + inward) / (total[cells] + row_sums(conductance, start))
