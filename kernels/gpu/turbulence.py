"""k-epsilon, a thread a cell; see `kernels.turbulence`."""

from __future__ import annotations

import numpy as np

from ..jit import cuda
from ..turbulence import (
    C_1,
    C_2,
    C_MU,
    EPS_MIN,
    K_MIN,
    NU,
    NUT_RATIO,
    SIGMA_EPS,
    SIGMA_K,
    bounded,
    diffusivity,
    epsilon_at,
    production_at,
    turbulent_energy_at,
)
from .launch import kernel, launch


@kernel
def production_cells(
    strain, lift, u, v, w, t, nue, ox, oy, oz, fluid, dx, dy, dz, hx, hy, hz, nu, gbpr, nx, ny, nz
):
    """Arguments as `production_on_cpu`; nx, ny, nz: padded sizes."""
    i, j, k = cuda.grid(3)
    if 2 <= i < nx - 2 and 2 <= j < ny - 2 and 2 <= k < nz - 2:
        c = np.uint64((k * ny + j) * nx + i)
        strain[c], lift[c] = production_at(
            u, v, w, t, nue, ox, oy, oz, fluid, c, np.uint64(nx), np.uint64(nx * ny),
            dx[i], hx[i], hx[i + 1], dy[j], hy[j], hy[j + 1], dz[k], hz[k], hz[k + 1], nu, gbpr,
        )  # fmt: skip


@kernel
def epsilon_cells(
    xl, xh, yl, yh, zl, zh, b, energy, eps, eps0, u, v, w, nue, ox, oy, oz, strain, fluid,
    dx, dy, dz, rx, ry, rz, constants, rdt, nx, ny, nz,
):  # fmt: skip
    """Arguments as `epsilon_on_cpu`; nx, ny, nz: padded sizes."""
    i, j, k = cuda.grid(3)
    if 2 <= i < nx - 1 and 2 <= j < ny - 1 and 2 <= k < nz - 1:
        c = np.uint64((k * ny + j) * nx + i)
        g0, g1 = diffusivity(constants, SIGMA_EPS)
        xl[c], xh[c], yl[c], yh[c], zl[c], zh[c], b[c] = epsilon_at(
            energy, eps, eps0, u, v, w, nue, ox, oy, oz, strain, fluid, c, np.uint64(nx), np.uint64(nx * ny),
            dx[i], rx[i], rx[i + 1], dy[j], ry[j], ry[j + 1], dz[k], rz[k], rz[k + 1],
            g0, g1, constants[C_1], constants[C_2], rdt[k],
        )  # fmt: skip


@kernel
def energy_cells(
    xl, xh, yl, yh, zl, zh, b, energy, eps, energy0, u, v, w, nue, ox, oy, oz, strain, lift, fluid,
    dx, dy, dz, rx, ry, rz, constants, rdt, nx, ny, nz,
):  # fmt: skip
    """Arguments as `turbulent_energy_on_cpu`; nx, ny, nz: padded sizes."""
    i, j, k = cuda.grid(3)
    if 2 <= i < nx - 1 and 2 <= j < ny - 1 and 2 <= k < nz - 1:
        c = np.uint64((k * ny + j) * nx + i)
        g0, g1 = diffusivity(constants, SIGMA_K)
        xl[c], xh[c], yl[c], yh[c], zl[c], zh[c], b[c] = turbulent_energy_at(
            energy, eps, energy0, u, v, w, nue, ox, oy, oz, strain, lift, fluid, c, np.uint64(nx), np.uint64(nx * ny),
            dx[i], rx[i], rx[i + 1], dy[j], ry[j], ry[j + 1], dz[k], rz[k], rz[k + 1], g0, g1, rdt[k],
        )  # fmt: skip


@kernel
def viscosity_cells(nue, k, eps, solved_k, solved_eps, fluid, constants, size):
    """Arguments as `viscosity_on_cpu`."""
    c = cuda.grid(1)
    if 0 <= c < size:
        nu = constants[NU]
        k[c], eps[c], nue[c] = bounded(
            solved_k[c], solved_eps[c], fluid[c], nu, constants[C_MU], nu * constants[NUT_RATIO],
            constants[K_MIN], constants[EPS_MIN],
        )  # fmt: skip


def production_on_cuda(strain, lift, u, v, w, t, nue, ox, oy, oz, fluid, dx, dy, dz, hx, hy, hz, nu, gbpr):
    """See `production_on_cpu`."""
    size, real = (dx.size, dy.size, dz.size), t.dtype.type
    launch(
        production_cells, size, strain, lift, u, v, w, t, nue, ox, oy, oz, fluid, dx, dy, dz, hx, hy, hz,
        real(nu), real(gbpr), *size,
    )  # fmt: skip


def epsilon_on_cuda(
    xl, xh, yl, yh, zl, zh, b, k, eps, eps0, u, v, w, nue, ox, oy, oz, strain, fluid,
    dx, dy, dz, rx, ry, rz, constants, rdt,
):  # fmt: skip
    """See `epsilon_on_cpu`."""
    size = (dx.size, dy.size, dz.size)
    launch(
        epsilon_cells, size, xl, xh, yl, yh, zl, zh, b, k, eps, eps0, u, v, w, nue, ox, oy, oz, strain, fluid,
        dx, dy, dz, rx, ry, rz, constants, rdt, *size,
    )  # fmt: skip


def turbulent_energy_on_cuda(
    xl, xh, yl, yh, zl, zh, b, k, eps, k0, u, v, w, nue, ox, oy, oz, strain, lift, fluid,
    dx, dy, dz, rx, ry, rz, constants, rdt,
):  # fmt: skip
    """See `turbulent_energy_on_cpu`."""
    size = (dx.size, dy.size, dz.size)
    launch(
        energy_cells, size, xl, xh, yl, yh, zl, zh, b, k, eps, k0, u, v, w, nue, ox, oy, oz, strain, lift, fluid,
        dx, dy, dz, rx, ry, rz, constants, rdt, *size,
    )  # fmt: skip


def viscosity_on_cuda(nue, k, eps, solved_k, solved_eps, fluid, constants):
    """See `viscosity_on_cpu`."""
    launch(viscosity_cells, (nue.size,), nue, k, eps, solved_k, solved_eps, fluid, constants, nue.size)
