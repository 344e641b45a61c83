"""Heat between the air and walls that have a temperature, or conduct to one outside, on lists of wall faces.

Beside a wall the air follows Jayatilleke's thermal law, T+ = Pr_t (ln(E y+) / kappa + P), or Pr y+ below its
foot (Jayatilleke 1969, Prog. Heat Mass Transfer 1:193; Launder & Spalding 1974). `constants` as in
`turbulence`; `thermal` is a vector: Pr, Pr_t, P, y+ of the foot. Compressed rows as in `wall`.
"""

from __future__ import annotations

import math

import numpy as np

from .jit import cell, cpu_loop, prange
from .scalar import ONE, divided, divided_in_numpy, exchange, exchange_in_numpy
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


@cell
def beside_walls_at(
    t, t0, u, v, w, nue, ox, oy, oz, source, dx, dy, dz, rx, ry, rz, g0, g1, rdt,
    start, conductance, outside, gain, c, n, i, j, k, sy, sz,
):  # fmt: skip
    """Coefficients and rest for `jacobi` at cell i, j, k, whose place is `c` and whose walls are row n."""
    a = exchange(
        u, v, w, nue, ox, oy, oz, c, sy, sz,
        dx[i], rx[i], rx[i + 1], dy[j], ry[j], ry[j + 1], dz[k], rz[k], rz[k + 1], g0, g1,
    )  # fmt: skip
    store = dx[i] * dy[j] * dz[k] * rdt[k]
    brought = store * t0[c] + source[c] + gain[n]
    for entry in range(start[n], start[n + 1]):
        brought += conductance[entry] * outside[entry]
        store += conductance[entry]
    return divided(a, brought, store, ONE, t[c])


@cpu_loop
def scalar_beside_walls_on_cpu(
    xl, xh, yl, yh, zl, zh, b, t, t0, u, v, w, nue, ox, oy, oz, source, dx, dy, dz, rx, ry, rz, g0, g1, rdt,
    cells, start, conductance, outside, gain,
):  # fmt: skip
    """The coefficients of `scalar` again, for the cells that exchange heat with walls: writes them there alone.

    cells[n] has the wall faces start[n] to start[n + 1], of given conductance [m3/s] and temperature behind
    [K]; gain: heat flux that does not depend on the air's temperature, per cell [K m3/s].
    """
    ny, nx = dy.size, dx.size
    sy = np.uint64(nx)
    sz = np.uint64(nx * ny)
    for n in prange(cells.size):
        here = cells[n]
        c = np.uint64(here)
        xl[c], xh[c], yl[c], yh[c], zl[c], zh[c], b[c] = beside_walls_at(
            t, t0, u, v, w, nue, ox, oy, oz, source, dx, dy, dz, rx, ry, rz, g0, g1, rdt, start, conductance,
            outside, gain, c, n, here % nx, here // nx % ny, here // (nx * ny), sy, sz,
        )  # fmt: skip


def wall_heat_in_numpy(out, k, cells, distance, area, constants, thermal):
    """See `wall_heat_on_cpu`."""
    nu, foot = constants[NU], thermal[FOOT]
    speed = np.sqrt(np.sqrt(constants[C_MU]) * k[cells])
    y_plus = speed * distance / nu
    rise = np.log(constants[E_LOG] * np.maximum(y_plus, foot)) / constants[KAPPA] + thermal[RESISTANCE]
    h = np.where(y_plus > foot, speed / (thermal[PR_T] * rise), nu / (thermal[PR] * distance))
    out[:] = area * h


def scalar_beside_walls_in_numpy(
    xl, xh, yl, yh, zl, zh, b, t, t0, u, v, w, nue, ox, oy, oz, source, dx, dy, dz, rx, ry, rz, g0, g1, rdt,
    cells, start, conductance, outside, gain,
):  # fmt: skip
    """See `scalar_beside_walls_on_cpu`."""
    one = t.dtype.type
    r = Region((dz.size, dy.size, dx.size), 0, (1, 1, 1))
    brought, loss = source.copy(), np.ones_like(t)
    store = r.line(dx) * r.line(dy, 1) * r.line(dz * rdt, 2)
    r.at(brought)[...] += store * r.at(t0)
    r.at(loss)[...] = store
    brought[cells] += row_sums(conductance * outside, start) + gain
    loss[cells] += row_sums(conductance, start)
    a = exchange_in_numpy(u, v, w, nue, ox, oy, oz, dx, dy, dz, rx, ry, rz, one(g0), one(g1))
    outs = (xl, xh, yl, yh, zl, zh, b)
    everywhere = [np.empty_like(t) for _ in outs]
    divided_in_numpy(everywhere, r, a, r.at(brought), r.at(loss), one(1), r.at(t))
    for out, found in zip(outs, everywhere, strict=True):
        out[cells] = found[cells]
