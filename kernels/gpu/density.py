"""Variable density at the faces, a thread a cell; see `kernels.density`."""

from __future__ import annotations

import numpy as np

from ..density import HALF, inertia_at, mass_flux_at, velocity_at
from ..jit import cell, cuda
from .launch import kernel, launch


@cell
def across(dx, dy, dz, i, j, k, nx, ny, axis):
    """Of the low face along `axis` of cell i, j, k: stride, sizes of the cells below and above, area."""
    if axis == 0:
        return np.uint64(1), dx[i - 1], dx[i], dy[j] * dz[k]
    if axis == 1:
        return np.uint64(nx), dy[j - 1], dy[j], dx[i] * dz[k]
    return np.uint64(nx * ny), dz[k - 1], dz[k], dx[i] * dy[j]


@kernel
def velocity_faces(out, flux, t, open_, dx, dy, dz, rise, axis, nx, ny, nz):
    """Arguments as `velocity_on_cpu`; nx, ny, nz: padded sizes."""
    i, j, k = cuda.grid(3)
    if 2 <= i < nx - 1 and 2 <= j < ny - 1 and 2 <= k < nz - 1:
        c = np.uint64((k * ny + j) * nx + i)
        s, dl, dh, _ = across(dx, dy, dz, i, j, k, nx, ny, axis)
        out[c] = velocity_at(flux, t, open_, c, s, dl, dh, rise)


@kernel
def flux_faces(flux, vel, t, open_, act, dx, dy, dz, rise, axis, nx, ny, nz):
    """Arguments as `mass_flux_on_cpu`; nx, ny, nz: padded sizes."""
    i, j, k = cuda.grid(3)
    if 2 <= i < nx - 1 and 2 <= j < ny - 1 and 2 <= k < nz - 1:
        c = np.uint64((k * ny + j) * nx + i)
        s, dl, dh, _ = across(dx, dy, dz, i, j, k, nx, ny, axis)
        flux[c] = mass_flux_at(flux, vel, t, open_, act, c, s, dl, dh, rise)


@kernel
def inertia_faces(wall, flux, t, open_, dx, dy, dz, rdt, rise, axis, nx, ny, nz):
    """Arguments as `inertia_on_cpu`; nx, ny, nz: padded sizes."""
    i, j, k = cuda.grid(3)
    if 2 <= i < nx - 1 and 2 <= j < ny - 1 and 2 <= k < nz - 1:
        c = np.uint64((k * ny + j) * nx + i)
        s, dl, dh, area = across(dx, dy, dz, i, j, k, nx, ny, axis)
        wall[c] = inertia_at(flux, t, open_, c, s, dl, dh, rise, HALF * (dl + dh) * area * rdt[k])


def velocity_on_cuda(out, flux, t, open_, dx, dy, dz, rise, axis):
    """See `velocity_on_cpu`."""
    size = (dx.size, dy.size, dz.size)
    launch(velocity_faces, size, out, flux, t, open_, dx, dy, dz, t.dtype.type(rise), axis, *size)


def mass_flux_on_cuda(flux, vel, t, open_, act, dx, dy, dz, rise, axis):
    """See `mass_flux_on_cpu`."""
    size = (dx.size, dy.size, dz.size)
    launch(flux_faces, size, flux, vel, t, open_, act, dx, dy, dz, t.dtype.type(rise), axis, *size)


def inertia_on_cuda(wall, flux, t, open_, dx, dy, dz, rdt, rise, axis):
    """See `inertia_on_cpu`."""
    size = (dx.size, dy.size, dz.size)
    launch(inertia_faces, size, wall, flux, t, open_, dx, dy, dz, rdt, t.dtype.type(rise), axis, *size)
