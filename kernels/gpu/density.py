"""Density at the faces, a thread a cell; see `kernels.density`."""

from __future__ import annotations

import numpy as np

from ..density import face_density_at, inertia_at
from ..jit import cuda
from .launch import kernel, launch


@kernel
def density_faces(rx, ry, rz, t, u, v, w, open_x, open_y, open_z, dx, dy, dz, rise, nx, ny, nz):
    """Arguments as `face_density_on_cpu`; nx, ny, nz: padded sizes."""
    i, j, k = cuda.grid(3)
    if 2 <= i < nx - 1 and 2 <= j < ny - 1 and 2 <= k < nz - 1:
        c = np.uint64((k * ny + j) * nx + i)
        sx, sy, sz = np.uint64(1), np.uint64(nx), np.uint64(nx * ny)
        rx[c] = face_density_at(t, u, open_x, c, sx, dx[i - 1], dx[i], rise)
        ry[c] = face_density_at(t, v, open_y, c, sy, dy[j - 1], dy[j], rise)
        rz[c] = face_density_at(t, w, open_z, c, sz, dz[k - 1], dz[k], rise)


@kernel
def velocity_faces(out, flux, density, size):
    """out = flux / density [m/s]."""
    n = cuda.grid(1)
    if 0 <= n < size:
        out[n] = flux[n] / density[n]


@kernel
def flux_faces(flux, vel, density, act, size):
    """flux = density * vel [m/s] where act is 1."""
    n = cuda.grid(1)
    if 0 <= n < size:
        flux[n] += act[n] * (vel[n] * density[n] - flux[n])


@kernel
def inertia_faces(wall, density, dx, dy, dz, rdt, axis, nx, ny, nz):
    """Arguments as `inertia_on_cpu`; nx, ny, nz: padded sizes."""
    i, j, k = cuda.grid(3)
    if 2 <= i < nx - 1 and 2 <= j < ny - 1 and 2 <= k < nz - 1:
        c = np.uint64((k * ny + j) * nx + i)
        wall[c] += inertia_at(density, dx, dy, dz, rdt, axis, c, i, j, k)


def face_density_on_cuda(rx, ry, rz, t, u, v, w, open_x, open_y, open_z, dx, dy, dz, rise):
    """See `face_density_on_cpu`."""
    size = (dx.size, dy.size, dz.size)
    rise = t.dtype.type(rise)
    launch(density_faces, size, rx, ry, rz, t, u, v, w, open_x, open_y, open_z, dx, dy, dz, rise, *size)


def velocity_on_cuda(out, flux, density):
    """See `velocity_on_cpu`."""
    launch(velocity_faces, (out.size,), out, flux, density, out.size)


def mass_flux_on_cuda(flux, vel, density, act):
    """See `mass_flux_on_cpu`."""
    launch(flux_faces, (flux.size,), flux, vel, density, act, flux.size)


def inertia_on_cuda(wall, density, dx, dy, dz, rdt, axis):
    """See `inertia_on_cpu`."""
    size = (dx.size, dy.size, dz.size)
    launch(inertia_faces, size, wall, density, dx, dy, dz, rdt, axis, *size)
