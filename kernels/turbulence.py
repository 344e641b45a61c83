"""Standard k-epsilon with wall functions (Launder & Spalding 1974, Comput. Methods Appl. Mech. Eng. 3:269).

`constants` is a vector, in this order: C_mu, C_1, C_2, sigma_k, sigma_eps, kappa, E, laminar y+,
molecular viscosity [m2/s], largest eddy-to-molecular ratio, smallest k, smallest epsilon.
"""

from __future__ import annotations

import numpy as np

from .jit import cell, cpu_loop, prange
from .scalar import exchange

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
    k_out, e_out, ks, es, k0, e0, u, v, w, nue, ox, oy, oz, strain, lift, fluid, dx, dy, dz, hx, hy, hz, constants, rdt
):
    """One Jacobi sweep of k [m2/s2] and epsilon [m2/s3]: writes k_out, e_out; sinks are implicit."""
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
