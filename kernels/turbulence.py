"""Standard k-epsilon with wall functions (Launder & Spalding 1974, Comput. Methods Appl. Mech. Eng. 3:269).

`constants` is a vector, in this order: C_mu, C_1, C_2, sigma_k, sigma_eps, kappa, E, laminar y+,
molecular viscosity [m2/s], largest eddy-to-molecular ratio, smallest k, smallest epsilon.
"""

from __future__ import annotations

import numpy as np

from .fields import take
from .jit import cell, cpu_loop, prange
from .scalar import divided, divided_in_numpy, exchange, exchange_in_numpy
from .slices import Region

HALF = np.float32(0.5)
ZERO = np.float32(0.0)
ONE = np.float32(1.0)
TWO = np.float32(2.0)
TINY = np.float32(1e-12)

C_MU, C_1, C_2, SIGMA_K, SIGMA_EPS, KAPPA, E_LOG, Y_LAMINAR, NU, NUT_RATIO, K_MIN, EPS_MIN = range(12)


@cell
def slope(q, face, c, s, hl, hh):
    """Gradient of the cell mean of a face quantity `q` (its own stride `face`) along stride `s`, one-sided at walls.

    hl, hh: distance to the neighbour below and above, 0 where the way is closed [m].
    """
    here = q[c] + q[c + face]
    below = q[c - s] + q[c - s + face]
    above = q[c + s] + q[c + s + face]
    rise = (above - here if hh > ZERO else ZERO) + (here - below if hl > ZERO else ZERO)
    return HALF * rise / max(hl + hh, TINY)


@cell
def production_at(
    u, v, w, t, nue, ox, oy, oz, fluid, c, sy, sz, dx, hxl, hxh, dy, hyl, hyh, dz, hzl, hzh, nu, gbpr
):
    """Shear and buoyancy production at cell `c` [m2/s3]; hxl ... hzh: distances to its neighbours' centres [m]."""
    sx = np.uint64(1)
    xl = ox[c] * hxl
    xh = ox[c + sx] * hxh
    yl = oy[c] * hyl
    yh = oy[c + sy] * hyh
    zl = oz[c] * hzl
    zh = oz[c + sz] * hzh
    ux = (u[c + sx] - u[c]) / dx
    vy = (v[c + sy] - v[c]) / dy
    wz = (w[c + sz] - w[c]) / dz
    xy = slope(u, sx, c, sy, yl, yh) + slope(v, sy, c, sx, xl, xh)
    xz = slope(u, sx, c, sz, zl, zh) + slope(w, sz, c, sx, xl, xh)
    yz = slope(v, sy, c, sz, zl, zh) + slope(w, sz, c, sy, yl, yh)
    nut = fluid[c] * (nue[c] - nu)
    strain = nut * (TWO * (ux * ux + vy * vy + wz * wz) + xy * xy + xz * xz + yz * yz)
    rise = (t[c + sz] - t[c] if zh > ZERO else ZERO) + (t[c] - t[c - sz] if zl > ZERO else ZERO)
    return strain, -gbpr * nut * rise / max(zl + zh, TINY)


@cell
def diffusivity(constants, sigma):
    """g0 and g1 of nu + nu_t / sigma = g0 + g1 nue."""
    g1 = ONE / constants[sigma]
    return constants[NU] * (ONE - g1), g1


@cell
def epsilon_at(
    k, eps, eps0, u, v, w, nue, ox, oy, oz, strain, fluid,
    c, sy, sz, dx, rxl, rxh, dy, ryl, ryh, dz, rzl, rzh, g0, g1, c1, c2, rdt,
):  # fmt: skip
    """Coefficients and rest for `jacobi` of epsilon at cell `c`, whose sizes and time step are given."""
    a = exchange(u, v, w, nue, ox, oy, oz, c, sy, sz, dx, rxl, rxh, dy, ryl, ryh, dz, rzl, rzh, g0, g1)
    vol = dx * dy * dz
    rate = eps[c] / k[c]
    gain = vol * (rdt * eps0[c] + c1 * rate * strain[c])
    return divided(a, gain, vol * (rdt + c2 * rate), fluid[c], eps[c])


@cell
def turbulent_energy_at(
    k, eps, k0, u, v, w, nue, ox, oy, oz, strain, lift, fluid,
    c, sy, sz, dx, rxl, rxh, dy, ryl, ryh, dz, rzl, rzh, g0, g1, rdt,
):  # fmt: skip
    """Coefficients and rest for `jacobi` of k at cell `c`, whose sizes and time step are given."""
    a = exchange(u, v, w, nue, ox, oy, oz, c, sy, sz, dx, rxl, rxh, dy, ryl, ryh, dz, rzl, rzh, g0, g1)
    vol = dx * dy * dz
    gain = vol * (rdt * k0[c] + strain[c] + max(lift[c], ZERO))
    lost = (eps[c] + max(-lift[c], ZERO)) / k[c]
    return divided(a, gain, vol * (rdt + lost), fluid[c], k[c])


@cell
def bounded(energy, loss, air, nu, c_mu, top, k_min, e_min):
    """k, epsilon and effective viscosity of a cell, each within its bounds [m2/s2, m2/s3, m2/s]."""
    energy = max(energy, k_min)
    loss = max(loss, e_min)
    return energy, loss, air * (nu + min(c_mu * energy * energy / loss, top))


@cpu_loop
def production_on_cpu(strain, lift, u, v, w, t, nue, ox, oy, oz, fluid, dx, dy, dz, hx, hy, hz, nu, gbpr):
    """strain = shear production of k and lift = buoyancy production [m2/s3] in every air cell.

    gbpr = g beta / Pr_t [m/(s2 K)], 0 switches the buoyancy part off. nu: molecular viscosity [m2/s].
    """
    nz, ny, nx = dz.size, dy.size, dx.size
    sx = np.uint64(1)
    sy = np.uint64(nx)
    sz = np.uint64(nx * ny)
    for k in prange(2, nz - 2):
        for j in range(2, ny - 2):
            row = np.uint64((k * ny + j) * nx)
            for n in range(2, nx - 2):
                i = np.uint64(n)
                c = row + i
                strain[c], lift[c] = production_at(
                    u, v, w, t, nue, ox, oy, oz, fluid, c, sy, sz,
                    dx[i], hx[i], hx[i + sx], dy[j], hy[j], hy[j + 1], dz[k], hz[k], hz[k + 1], nu, gbpr,
                )  # fmt: skip


@cell
def epsilon_rows(
    xl, xh, yl, yh, zl, zh, b, k, eps, eps0, u, v, w, nue, ox, oy, oz, strain, fluid,
    dx, dy, dz, rx, ry, rz, constants, rdt, kk, first, last,
):  # fmt: skip
    """Coefficients of rows `first` to `last` of plane kk."""
    ny, nx = dy.size, dx.size
    sx = np.uint64(1)
    sy = np.uint64(nx)
    sz = np.uint64(nx * ny)
    g0, g1 = diffusivity(constants, SIGMA_EPS)
    c1 = constants[C_1]
    c2 = constants[C_2]
    for j in range(first, last):
        row = np.uint64((kk * ny + j) * nx)
        for n in range(2, nx - 1):
            i = np.uint64(n)
            c = row + i
            xl[c], xh[c], yl[c], yh[c], zl[c], zh[c], b[c] = epsilon_at(
                k, eps, eps0, u, v, w, nue, ox, oy, oz, strain, fluid, c, sy, sz,
                dx[i], rx[i], rx[i + sx], dy[j], ry[j], ry[j + 1], dz[kk], rz[kk], rz[kk + 1],
                g0, g1, c1, c2, rdt[kk],
            )  # fmt: skip


@cpu_loop
def epsilon_on_cpu(
    xl, xh, yl, yh, zl, zh, b, k, eps, eps0, u, v, w, nue, ox, oy, oz, strain, fluid,
    dx, dy, dz, rx, ry, rz, constants, rdt,
):  # fmt: skip
    """Coefficients for `jacobi` of epsilon: xl ... zh [-], b [m2/s3]; its sink is implicit.

    k [m2/s2] and eps: now, above 0 also in solids; eps0: time level before; strain: production of k [m2/s3].
    """
    for kk in prange(2, dz.size - 1):
        epsilon_rows(
            xl, xh, yl, yh, zl, zh, b, k, eps, eps0, u, v, w, nue, ox, oy, oz, strain, fluid,
            dx, dy, dz, rx, ry, rz, constants, rdt, kk, 2, dy.size - 1,
        )  # fmt: skip


@cell
def turbulent_energy_rows(
    xl, xh, yl, yh, zl, zh, b, k, eps, k0, u, v, w, nue, ox, oy, oz, strain, lift, fluid,
    dx, dy, dz, rx, ry, rz, constants, rdt, kk, first, last,
):  # fmt: skip
    """Coefficients of rows `first` to `last` of plane kk."""
    ny, nx = dy.size, dx.size
    sx = np.uint64(1)
    sy = np.uint64(nx)
    sz = np.uint64(nx * ny)
    g0, g1 = diffusivity(constants, SIGMA_K)
    for j in range(first, last):
        row = np.uint64((kk * ny + j) * nx)
        for n in range(2, nx - 1):
            i = np.uint64(n)
            c = row + i
            xl[c], xh[c], yl[c], yh[c], zl[c], zh[c], b[c] = turbulent_energy_at(
                k, eps, k0, u, v, w, nue, ox, oy, oz, strain, lift, fluid, c, sy, sz,
                dx[i], rx[i], rx[i + sx], dy[j], ry[j], ry[j + 1], dz[kk], rz[kk], rz[kk + 1], g0, g1, rdt[kk],
            )  # fmt: skip


@cpu_loop
def turbulent_energy_on_cpu(
    xl, xh, yl, yh, zl, zh, b, k, eps, k0, u, v, w, nue, ox, oy, oz, strain, lift, fluid,
    dx, dy, dz, rx, ry, rz, constants, rdt,
):  # fmt: skip
    """Coefficients for `jacobi` of k: xl ... zh [-], b [m2/s2]; its sinks are implicit.

    k, and eps [m2/s3]: now; k0: time level before; strain, lift: shear and buoyancy production [m2/s3].
    """
    for kk in prange(2, dz.size - 1):
        turbulent_energy_rows(
            xl, xh, yl, yh, zl, zh, b, k, eps, k0, u, v, w, nue, ox, oy, oz, strain, lift, fluid,
            dx, dy, dz, rx, ry, rz, constants, rdt, kk, 2, dy.size - 1,
        )  # fmt: skip


def viscosity_on_cpu(nue, k, eps, solved_k, solved_eps, fluid, constants):
    """nue = nu + C_mu k^2 / eps in air [m2/s], at most the given ratio times nu; 0 in solids and ghosts.

    k and eps [m2/s2, m2/s3] become those solved for, which may be the same fields, raised to their smallest values.
    """
    take((k, eps), (solved_k, solved_eps))
    viscosity_in_place(nue, k, eps, fluid, constants)


@cpu_loop
def viscosity_in_place(nue, k, eps, fluid, constants):
    """`viscosity` of k and eps as they are."""
    nu = constants[NU]
    c_mu = constants[C_MU]
    top = nu * constants[NUT_RATIO]
    k_min = constants[K_MIN]
    e_min = constants[EPS_MIN]
    for c in prange(nue.size):
        k[c], eps[c], nue[c] = bounded(k[c], eps[c], fluid[c], nu, c_mu, top, k_min, e_min)


def production_in_numpy(strain, lift, u, v, w, t, nue, ox, oy, oz, fluid, dx, dy, dz, hx, hy, hz, nu, gbpr):
    """See `production_on_cpu`."""
    shape = (dz.size, dy.size, dx.size)
    velocity, open_, gap = (u, v, w), (ox, oy, oz), (hx, hy, hz)
    cells = Region(shape)
    total = np.zeros_like(cells.at(strain))
    strides = (1, dx.size, dx.size * dy.size)
    centred = [HALF * (a + np.roll(a, -step)) for a, step in zip(velocity, strides, strict=True)]
    for axis in range(3):
        r = Region(shape, axis)
        straight = (r.at(velocity[axis], 1) - r.at(velocity[axis])) / r.line((dx, dy, dz)[axis])
        total += TWO * straight * straight
        other = (axis + 1) % 3
        shear = _gradient(shape, axis, centred[other], open_[axis], gap[axis])
        shear += _gradient(shape, other, centred[axis], open_[other], gap[other])
        total += shear * shear
    one = nue.dtype.type
    nut = cells.at(fluid) * (cells.at(nue) - one(nu))
    cells.at(strain)[...] = nut * total
    cells.at(lift)[...] = -one(gbpr) * nut * _gradient(shape, 2, t, oz, hz)


def _gradient(shape, axis, q, open_, h):
    """Gradient of a cell-centred field along an axis, one-sided at walls, 0 between two."""
    faces = Region(shape, axis, (1, 0, 0))
    gap = faces.at(open_) * faces.line(h)
    rise = faces.at(open_) * (faces.at(q) - faces.at(q, -1))
    return sum(faces.halves(rise)) / np.maximum(sum(faces.halves(gap)), TINY)


def epsilon_in_numpy(
    xl, xh, yl, yh, zl, zh, b, k, eps, eps0, u, v, w, nue, ox, oy, oz, strain, fluid,
    dx, dy, dz, rx, ry, rz, constants, rdt,
):  # fmt: skip
    """See `epsilon_on_cpu`."""
    g1 = ONE / constants[SIGMA_EPS]
    g0 = constants[NU] * (ONE - g1)
    a = exchange_in_numpy(u, v, w, nue, ox, oy, oz, dx, dy, dz, rx, ry, rz, g0, g1)
    r = Region((dz.size, dy.size, dx.size), 0, (1, 1, 1))
    vol = r.line(dx) * r.line(dy, 1) * r.line(dz, 2)
    rate = r.at(eps) / r.at(k)
    gain = vol * (r.planes(rdt) * r.at(eps0) + constants[C_1] * rate * r.at(strain))
    loss = vol * (r.planes(rdt) + constants[C_2] * rate)
    divided_in_numpy((xl, xh, yl, yh, zl, zh, b), r, a, gain, loss, r.at(fluid), r.at(eps))


def turbulent_energy_in_numpy(
    xl, xh, yl, yh, zl, zh, b, k, eps, k0, u, v, w, nue, ox, oy, oz, strain, lift, fluid,
    dx, dy, dz, rx, ry, rz, constants, rdt,
):  # fmt: skip
    """See `turbulent_energy_on_cpu`."""
    g1 = ONE / constants[SIGMA_K]
    g0 = constants[NU] * (ONE - g1)
    a = exchange_in_numpy(u, v, w, nue, ox, oy, oz, dx, dy, dz, rx, ry, rz, g0, g1)
    r = Region((dz.size, dy.size, dx.size), 0, (1, 1, 1))
    vol = r.line(dx) * r.line(dy, 1) * r.line(dz, 2)
    gain = vol * (r.planes(rdt) * r.at(k0) + r.at(strain) + np.maximum(r.at(lift), ZERO))
    loss = vol * (r.planes(rdt) + (r.at(eps) + np.maximum(-r.at(lift), ZERO)) / r.at(k))
    divided_in_numpy((xl, xh, yl, yh, zl, zh, b), r, a, gain, loss, r.at(fluid), r.at(k))


def viscosity_in_numpy(nue, k, eps, solved_k, solved_eps, fluid, constants):
    """See `viscosity_on_cpu`."""
    nu = constants[NU]
    np.maximum(solved_k, constants[K_MIN], out=k)
    np.maximum(solved_eps, constants[EPS_MIN], out=eps)
    nue[:] = fluid * (nu + np.minimum(constants[C_MU] * k * k / eps, nu * constants[NUT_RATIO]))
