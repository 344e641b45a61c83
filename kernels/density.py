"""Variable density: an ideal gas at one pressure (low Mach number).

Fluxes are mass flux over reference density, velocity times density. Density itself is stored nowhere: at a face it
follows from the temperatures beside it, made anew wherever it is needed.
"""

from __future__ import annotations

import numpy as np

from .jit import cell, cpu_loop, prange
from .slices import Region, cyclic

HALF = np.float32(0.5)
ZERO = np.float32(0.0)
ONE = np.float32(1.0)


@cell
def expansion_at(t, flux, open_, c, s, dl, dh, rise):
    """Volume of a mass at the low face of `c` above the reference's, relative: 1 / density - 1.

    Of the mean between air cells, else of the air that comes.
    """
    m = c - s
    mean = (t[m] * dh + t[c] * dl) / (dl + dh)
    coming = t[m] if flux[c] > ZERO else t[c]
    return rise * (open_[c] * mean + (ONE - open_[c]) * coming)


@cell
def velocity_at(flux, t, open_, c, s, dl, dh, rise):
    """Velocity through the face [m/s]."""
    return flux[c] * (ONE + expansion_at(t, flux, open_, c, s, dl, dh, rise))


@cell
def mass_flux_at(flux, vel, t, open_, act, c, s, dl, dh, rise):
    """Mass flux over reference density through the face [m/s]."""
    density = ONE / (ONE + expansion_at(t, flux, open_, c, s, dl, dh, rise))
    return flux[c] + act[c] * (vel[c] * density - flux[c])


@cell
def inertia_at(flux, t, open_, c, s, dl, dh, rise, rate):
    """(density - 1) rate, without the difference of two numbers near 1."""
    more = expansion_at(t, flux, open_, c, s, dl, dh, rise)
    return -more / (ONE + more) * rate


@cpu_loop
def velocity_on_cpu(out, flux, t, open_, dx, dy, dz, rise, axis):
    """out = velocity on the faces along `axis` (0 x, 1 y, 2 z) [m/s]; ghosts stay.

    flux: mass flux over reference density [m/s], whose sign picks the air at racks and openings; t: temperature
    above the reference [K]; open_: 1 on faces between two air cells; rise = 1 / T_ref [1/K].
    """
    nz, ny, nx = dz.size, dy.size, dx.size
    sx = np.uint64(1)
    s = np.uint64(nx if axis == 1 else nx * ny)
    for k in prange(2, nz - 1):
        for j in range(2, ny - 1):
            row = np.uint64((k * ny + j) * nx)
            if axis == 0:
                for n in range(2, nx - 1):
                    i = np.uint64(n)
                    out[row + i] = velocity_at(flux, t, open_, row + i, sx, dx[i - sx], dx[i], rise)
            else:
                dl, dh = (dy[j - 1], dy[j]) if axis == 1 else (dz[k - 1], dz[k])
                for n in range(2, nx - 1):
                    c = row + np.uint64(n)
                    out[c] = velocity_at(flux, t, open_, c, s, dl, dh, rise)


def velocity_in_numpy(out, flux, t, open_, dx, dy, dz, rise, axis):
    """See `velocity_on_cpu`."""
    r = Region((dz.size, dy.size, dx.size), axis, (1, 1, 1))
    r.at(out)[...] = r.at(flux) / _density(r, flux, t, open_, (dx, dy, dz), rise, axis)


@cpu_loop
def mass_flux_on_cpu(flux, vel, t, open_, act, dx, dy, dz, rise, axis):
    """flux = density * vel where the face is an unknown (act 1), in place; the rest is imposed and stays.

    The density is that of `velocity`, of the flux as it was: so each undoes the other. Arguments as there.
    """
    nz, ny, nx = dz.size, dy.size, dx.size
    sx = np.uint64(1)
    s = np.uint64(nx if axis == 1 else nx * ny)
    for k in prange(2, nz - 1):
        for j in range(2, ny - 1):
            row = np.uint64((k * ny + j) * nx)
            if axis == 0:
                for n in range(2, nx - 1):
                    i = np.uint64(n)
                    c = row + i
                    flux[c] = mass_flux_at(flux, vel, t, open_, act, c, sx, dx[i - sx], dx[i], rise)
            else:
                dl, dh = (dy[j - 1], dy[j]) if axis == 1 else (dz[k - 1], dz[k])
                for n in range(2, nx - 1):
                    c = row + np.uint64(n)
                    flux[c] = mass_flux_at(flux, vel, t, open_, act, c, s, dl, dh, rise)


def mass_flux_in_numpy(flux, vel, t, open_, act, dx, dy, dz, rise, axis):
    """See `mass_flux_on_cpu`."""
    r = Region((dz.size, dy.size, dx.size), axis, (1, 1, 1))
    found = r.at(vel) * _density(r, flux, t, open_, (dx, dy, dz), rise, axis)
    np.copyto(r.at(flux), found, where=r.at(act) > 0)


@cpu_loop
def inertia_on_cpu(wall, flux, t, open_, dx, dy, dz, rdt, rise, axis):
    """wall = (density - 1) volume / dt on the faces along `axis` [m3/s]; ghosts stay.

    With it the diagonal of `momentum` holds density * volume / dt. rdt: 1 / time step for each plane k [1/s]; the
    rest as in `velocity`.
    """
    nz, ny, nx = dz.size, dy.size, dx.size
    sx = np.uint64(1)
    s = np.uint64(nx if axis == 1 else nx * ny)
    for k in prange(2, nz - 1):
        for j in range(2, ny - 1):
            row = np.uint64((k * ny + j) * nx)
            if axis == 0:
                area = dy[j] * dz[k] * rdt[k]
                for n in range(2, nx - 1):
                    i = np.uint64(n)
                    dl, dh = dx[i - sx], dx[i]
                    wall[row + i] = inertia_at(
                        flux, t, open_, row + i, sx, dl, dh, rise, HALF * (dl + dh) * area
                    )
            else:
                low, high = (dy[j - 1], dy[j]) if axis == 1 else (dz[k - 1], dz[k])
                side = HALF * (low + high) * (dz[k] if axis == 1 else dy[j]) * rdt[k]
                for n in range(2, nx - 1):
                    i = np.uint64(n)
                    wall[row + i] = inertia_at(flux, t, open_, row + i, s, low, high, rise, dx[i] * side)


def inertia_in_numpy(wall, flux, t, open_, dx, dy, dz, rdt, rise, axis):
    """See `inertia_on_cpu`."""
    r = Region((dz.size, dy.size, dx.size), axis, (1, 1, 1))
    d, e1, e2 = cyclic(axis, dx, dy, dz)
    volume = HALF * (r.line(d, 0, -1) + r.line(d)) * r.line(e1, 1) * r.line(e2, 2)
    density = _density(r, flux, t, open_, (dx, dy, dz), rise, axis)
    r.at(wall)[...] = (density - ONE) * (volume * r.planes(rdt))


def _density(r, flux, t, open_, sizes, rise, axis):
    """Relative density at the low faces along `axis`."""
    dl, dh = r.line(sizes[axis], 0, -1), r.line(sizes[axis])
    low, high, between = r.at(t, -1), r.at(t), r.at(open_)
    mean = (low * dh + high * dl) / (dl + dh)
    coming = np.where(r.at(flux) > ZERO, low, high)
    return ONE / (ONE + t.dtype.type(rise) * (between * mean + (ONE - between) * coming))
