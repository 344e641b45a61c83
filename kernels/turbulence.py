"""Standard k-epsilon with wall functions (Launder & Spalding 1974, Comput. Methods Appl. Mech. Eng. 3:269).

`constants` is a vector, in this order: C_mu, C_1, C_2, sigma_k, sigma_eps, kappa, E, laminar y+,
molecular viscosity [m2/s], largest eddy-to-molecular ratio, smallest k, smallest epsilon.
"""

from __future__ import annotations

import numpy as np

from .jit import cell, cpu_loop, prange
from .scalar import exchange, exchange_in_numpy
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
            for i in range(2, nx - 2):
                c = row + np.uint64(i)
                xl = ox[c] * hx[i]
                xh = ox[c + sx] * hx[i + 1]
                yl = oy[c] * hy[j]
                yh = oy[c + sy] * hy[j + 1]
                zl = oz[c] * hz[k]
                zh = oz[c + sz] * hz[k + 1]
                ux = (u[c + sx] - u[c]) / dx[i]
                vy = (v[c + sy] - v[c]) / dy[j]
                wz = (w[c + sz] - w[c]) / dz[k]
                xy = slope(u, sx, c, sy, yl, yh) + slope(v, sy, c, sx, xl, xh)
                xz = slope(u, sx, c, sz, zl, zh) + slope(w, sz, c, sx, xl, xh)
                yz = slope(v, sy, c, sz, zl, zh) + slope(w, sz, c, sy, yl, yh)
                nut = fluid[c] * (nue[c] - nu)
                strain[c] = nut * (TWO * (ux * ux + vy * vy + wz * wz) + xy * xy + xz * xz + yz * yz)
                rise = (t[c + sz] - t[c] if zh > ZERO else ZERO) + (t[c] - t[c - sz] if zl > ZERO else ZERO)
                lift[c] = -gbpr * nut * rise / max(zl + zh, TINY)


@cpu_loop
def k_epsilon_on_cpu(
    k_out, e_out, ks, es, k0, e0, u, v, w, nue, ox, oy, oz, strain, lift, fluid,
    dx, dy, dz, hx, hy, hz, constants, rdt,
):  # fmt: skip
    """One Jacobi sweep of k [m2/s2] and epsilon [m2/s3]: writes k_out, e_out; sinks are implicit.

    ks, es: sweep before, above 0 also in solids; k0, e0: time level before.
    """
    nz, ny, nx = dz.size, dy.size, dx.size
    sy = np.uint64(nx)
    sz = np.uint64(nx * ny)
    gk = ONE / constants[SIGMA_K]
    ge = ONE / constants[SIGMA_EPS]
    nk = constants[NU] * (ONE - gk)  # nu + nu_t / sigma = nk + gk nue
    ne = constants[NU] * (ONE - ge)
    c1 = constants[C_1]
    c2 = constants[C_2]
    k_min = constants[K_MIN]
    e_min = constants[EPS_MIN]
    for k in prange(2, nz - 2):
        for j in range(2, ny - 2):
            row = np.uint64((k * ny + j) * nx)
            for i in range(2, nx - 2):
                c = row + np.uint64(i)
                vol = dx[i] * dy[j] * dz[k]
                store = vol * rdt[k]
                rate = es[c] / ks[c]
                gain, loss = exchange(
                    ks, u, v, w, nue, ox, oy, oz, c, sy, sz,
                    dx[i], hx[i], hx[i + 1], dy[j], hy[j], hy[j + 1], dz[k], hz[k], hz[k + 1], nk, gk,
                )  # fmt: skip
                gain += store * k0[c] + vol * (strain[c] + max(lift[c], ZERO))
                loss += store + vol * (rate + max(-lift[c], ZERO) / ks[c])
                k_new = max(gain / loss, k_min)
                gain, loss = exchange(
                    es, u, v, w, nue, ox, oy, oz, c, sy, sz,
                    dx[i], hx[i], hx[i + 1], dy[j], hy[j], hy[j + 1], dz[k], hz[k], hz[k + 1], ne, ge,
                )  # fmt: skip
                gain += store * e0[c] + vol * c1 * rate * strain[c]
                e_new = max(gain / (loss + store + vol * c2 * rate), e_min)
                k_out[c] = fluid[c] * k_new + (ONE - fluid[c]) * ks[c]
                e_out[c] = fluid[c] * e_new + (ONE - fluid[c]) * es[c]


@cpu_loop
def viscosity_on_cpu(nue, k, eps, fluid, constants):
    """nue = nu + C_mu k^2 / eps in air [m2/s], at most the given ratio times nu; 0 in solids and ghosts."""
    nu = constants[NU]
    top = nu * constants[NUT_RATIO]
    c_mu = constants[C_MU]
    for c in prange(nue.size):
        nue[c] = fluid[c] * (nu + min(c_mu * k[c] * k[c] / max(eps[c], TINY), top))


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


def k_epsilon_in_numpy(
    k_out, e_out, ks, es, k0, e0, u, v, w, nue, ox, oy, oz, strain, lift, fluid,
    dx, dy, dz, hx, hy, hz, constants, rdt,
):  # fmt: skip
    """See `k_epsilon_on_cpu`."""
    r = Region((dz.size, dy.size, dx.size))
    vol = r.line(dx) * r.line(dy, 1) * r.line(dz, 2)
    store = vol * r.planes(rdt)
    made, raised, air = r.at(strain), r.at(lift), r.at(fluid)
    rate = r.at(es) / r.at(ks)
    gained = made + np.maximum(raised, ZERO), constants[C_1] * rate * made
    lost = rate - np.minimum(raised, ZERO) / r.at(ks), constants[C_2] * rate  # per unit of k, of epsilon
    fields = (k_out, ks, k0, SIGMA_K, K_MIN), (e_out, es, e0, SIGMA_EPS, EPS_MIN)
    for (out, q, q0, sigma, floor), source, sink in zip(fields, gained, lost, strict=True):
        g1 = ONE / constants[sigma]
        g0 = constants[NU] * (ONE - g1)
        gain, loss = exchange_in_numpy(q, u, v, w, nue, ox, oy, oz, dx, dy, dz, hx, hy, hz, g0, g1)
        gain += store * r.at(q0) + vol * source
        loss += store + vol * sink
        r.at(out)[...] = air * np.maximum(gain / loss, constants[floor]) + (ONE - air) * r.at(q)


def viscosity_in_numpy(nue, k, eps, fluid, constants):
    """See `viscosity_on_cpu`."""
    nu = constants[NU]
    eddy = np.minimum(constants[C_MU] * k * k / np.maximum(eps, TINY), nu * constants[NUT_RATIO])
    nue[:] = fluid * (nu + eddy)
