"""Wall functions on lists of wall faces: shear on the air, production and dissipation beside the wall.

Lists are in compressed rows: entries `start[n]` to `start[n + 1]` belong to face or cell n.
Log law of the wall, with Launder and Spalding's velocity scale C_mu^1/4 k^1/2 (1974).
`constants` as in `turbulence`.
"""

from __future__ import annotations

import math

import numpy as np

from .jit import cell, cpu_loop, prange
from .slices import row_sums
from .turbulence import C_MU, E_LOG, KAPPA, NU, Y_LAMINAR

HALF = np.float32(0.5)
ZERO = np.float32(0.0)


@cell
def friction_speed(k, constants):
    """C_mu^1/4 k^1/2 [m/s]"""
    return math.sqrt(math.sqrt(constants[C_MU]) * k)


@cell
def shear_conductance(k, y, constants):
    """Wall shear over density per tangential speed [m/s] at distance y: log law, or viscous below its foot."""
    nu = constants[NU]
    speed = friction_speed(k, constants)
    y_plus = speed * y / nu
    if y_plus > constants[Y_LAMINAR]:
        return speed * constants[KAPPA] / math.log(constants[E_LOG] * y_plus)
    return nu / y


@cpu_loop
def wall_shear_on_cpu(wall, face, start, beside, distance, area, k, constants):
    """wall[face] = sum of conductance times area of the wall pieces along that face [m3/s].

    beside: cell whose k is used; distance: of the face's velocity from the wall [m]; area [m2].
    """
    for n in prange(face.size):
        total = ZERO
        for entry in range(start[n], start[n + 1]):
            total += area[entry] * shear_conductance(k[beside[entry]], distance[entry], constants)
        wall[face[n]] = total


@cpu_loop
def wall_turbulence_on_cpu(strain, cells, start, normal, distance, u, v, w, k, constants, sy, sz):
    """strain[cell] = production beside walls [m2/s3], the mean over the cell's walls.

    normal: axis of each wall (0, 1, 2); distance: cell centre to wall [m]; sy, sz: strides.
    """
    for n in prange(cells.size):
        c = cells[n]
        um = HALF * (u[c] + u[c + 1])
        vm = HALF * (v[c] + v[c + sy])
        wm = HALF * (w[c] + w[c + sz])
        speed = friction_speed(k[c], constants)
        total = ZERO
        for entry in range(start[n], start[n + 1]):
            axis = normal[entry]
            along = (um * um if axis != 0 else ZERO) + (vm * vm if axis != 1 else ZERO)
            along += wm * wm if axis != 2 else ZERO
            y = distance[entry]
            shear = shear_conductance(k[c], y, constants) * math.sqrt(along)
            total += shear * speed / (constants[KAPPA] * y)
        strain[c] = total / (start[n + 1] - start[n])


@cpu_loop
def wall_dissipation_on_cpu(eps, cells, start, distance, k, constants):
    """eps[cell] = C_mu^3/4 k^3/2 / (kappa y) [m2/s3], the mean over the cell's walls."""
    for n in prange(cells.size):
        c = cells[n]
        speed = friction_speed(k[c], constants)
        total = ZERO
        for entry in range(start[n], start[n + 1]):
            total += speed * speed * speed / (constants[KAPPA] * distance[entry])
        eps[c] = total / (start[n + 1] - start[n])


def _conductance(k, y, constants):
    """`shear_conductance` for whole lists."""
    nu, edge = constants[NU], constants[Y_LAMINAR]
    speed = np.sqrt(np.sqrt(constants[C_MU]) * k)
    y_plus = speed * y / nu
    log_law = speed * constants[KAPPA] / np.log(constants[E_LOG] * np.maximum(y_plus, edge))
    return np.where(y_plus > edge, log_law, nu / y)


def wall_shear_in_numpy(wall, face, start, beside, distance, area, k, constants):
    """See `wall_shear_on_cpu`."""
    wall[face] = row_sums(area * _conductance(k[beside], distance, constants), start)


def wall_turbulence_in_numpy(strain, cells, start, normal, distance, u, v, w, k, constants, sy, sz):
    """See `wall_turbulence_on_cpu`."""
    count = np.diff(start)
    at = np.repeat(cells, count)
    speed = np.sqrt(np.sqrt(constants[C_MU]) * k[at])
    along = np.zeros_like(speed)
    for axis, (vel, step) in enumerate(((u, 1), (v, sy), (w, sz))):
        mean = HALF * (vel[at] + vel[at + step])
        along += np.where(normal == axis, ZERO, mean * mean)
    shear = _conductance(k[at], distance, constants) * np.sqrt(along)
    strain[cells] = row_sums(shear * speed / (constants[KAPPA] * distance), start) / count


def wall_dissipation_in_numpy(eps, cells, start, distance, k, constants):
    """See `wall_dissipation_on_cpu`."""
    count = np.diff(start)
    speed = np.sqrt(np.sqrt(constants[C_MU]) * np.repeat(k[cells], count))
    eps[cells] = row_sums(speed * speed * speed / (constants[KAPPA] * distance), start) / count
