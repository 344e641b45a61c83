"""Air's density at the faces, relative to the reference: ideal gas at one pressure (low Mach number)."""

from __future__ import annotations

import numpy as np

from .jit import cell, cpu_loop, prange

HALF = np.float32(0.5)
ZERO = np.float32(0.0)
ONE = np.float32(1.0)


@cell
def face_density_at(t, flux, open_, c, s, dl, dh, rise):
    """Relative density at the low face of `c`: of the mean between air cells, else of the air that comes."""
    m = c - s
    mean = (t[m] * dh + t[c] * dl) / (dl + dh)
    coming = t[m] if flux[c] > ZERO else t[c]
    return ONE / (ONE + rise * (open_[c] * mean + (ONE - open_[c]) * coming))


@cpu_loop
def face_density_on_cpu(rx, ry, rz, t, u, v, w, open_x, open_y, open_z, dx, dy, dz, rise):
    """rx, ry, rz = T_ref / T on the x, y and z faces [-].

    t: temperature above the reference [K]; u, v, w: mass flux over reference density [m/s], whose sign picks
    the air at racks and openings; rise = 1 / T_ref [1/K].
    """
    nz, ny, nx = dz.size, dy.size, dx.size
    sx = np.uint64(1)
    sy = np.uint64(nx)
    sz = np.uint64(nx * ny)
    for k in prange(2, nz - 1):
        for j in range(2, ny - 1):
            row = np.uint64((k * ny + j) * nx)
            for i in range(2, nx - 1):
                c = row + np.uint64(i)
                rx[c] = face_density_at(t, u, open_x, c, sx, dx[i - 1], dx[i], rise)
                ry[c] = face_density_at(t, v, open_y, c, sy, dy[j - 1], dy[j], rise)
                rz[c] = face_density_at(t, w, open_z, c, sz, dz[k - 1], dz[k], rise)


def face_density_in_numpy(rx, ry, rz, t, u, v, w, open_x, open_y, open_z, dx, dy, dz, rise):
    """See `face_density_on_cpu`."""
    shape = (dz.size, dy.size, dx.size)
    whole = tuple(slice(2, n - 1) for n in shape)
    rise = t.dtype.type(rise)
    sizes = (dx, dy, dz)
    for axis, (out, flux, open_) in enumerate(((rx, u, open_x), (ry, v, open_y), (rz, w, open_z))):
        array_axis = 2 - axis
        below = tuple(
            slice(s.start - (n == array_axis), s.stop - (n == array_axis)) for n, s in enumerate(whole)
        )
        line = [1, 1, 1]
        line[array_axis] = -1
        dh = sizes[axis][whole[array_axis]].reshape(line)
        dl = sizes[axis][below[array_axis]].reshape(line)
        high, low = t.reshape(shape)[whole], t.reshape(shape)[below]
        mean = (low * dh + high * dl) / (dl + dh)
        coming = np.where(flux.reshape(shape)[whole] > ZERO, low, high)
        between = open_.reshape(shape)[whole]
        out.reshape(shape)[whole] = ONE / (ONE + rise * (between * mean + (ONE - between) * coming))


@cpu_loop
def velocity_on_cpu(out, flux, density):
    """out = flux / density [m/s]: velocity from mass flux over reference density."""
    for c in prange(out.size):
        out[c] = flux[c] / density[c]


def velocity_in_numpy(out, flux, density):
    """See `velocity_on_cpu`."""
    np.divide(flux, density, out=out)


@cpu_loop
def mass_flux_on_cpu(flux, vel, density, act):
    """flux = density * vel where the face is an unknown (act 1), in place; the rest is imposed and stays."""
    for c in prange(flux.size):
        flux[c] += act[c] * (vel[c] * density[c] - flux[c])


def mass_flux_in_numpy(flux, vel, density, act):
    """See `mass_flux_on_cpu`."""
    flux += act * (vel * density - flux)


@cell
def inertia_at(density, dx, dy, dz, rdt, axis, c, i, j, k):
    """(density - 1) volume / dt of the velocity face at cell i, j, k [m3/s]."""
    lx = HALF * (dx[i - 1] + dx[i]) if axis == 0 else dx[i]
    ly = HALF * (dy[j - 1] + dy[j]) if axis == 1 else dy[j]
    lz = HALF * (dz[k - 1] + dz[k]) if axis == 2 else dz[k]
    return (density[c] - ONE) * (lx * ly * lz * rdt[k])


@cpu_loop
def inertia_on_cpu(wall, density, dx, dy, dz, rdt, axis):
    """Add (density - 1) volume / dt to `wall` on the faces along `axis` [m3/s], in place.

    With it the diagonal of `momentum` holds density * volume / dt.
    """
    nz, ny, nx = dz.size, dy.size, dx.size
    for k in prange(2, nz - 1):
        for j in range(2, ny - 1):
            row = np.uint64((k * ny + j) * nx)
            for i in range(2, nx - 1):
                c = row + np.uint64(i)
                wall[c] += inertia_at(density, dx, dy, dz, rdt, axis, c, i, j, k)


def inertia_in_numpy(wall, density, dx, dy, dz, rdt, axis):
    """See `inertia_on_cpu`."""
    shape = (dz.size, dy.size, dx.size)
    length = [dx, dy, dz]
    length[axis] = np.concatenate([length[axis][:1], HALF * (length[axis][1:] + length[axis][:-1])])
    at = tuple(slice(2, n - 1) for n in shape)
    volume = length[2][at[0], None, None] * length[1][None, at[1], None] * length[0][None, None, at[2]]
    w, r = (a.reshape(shape)[at] for a in (wall, density))
    w += (r - ONE) * (volume * rdt[at[0], None, None])
