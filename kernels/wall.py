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
ONE = np.float32(1.0)


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


@cell
def shear_of_row(start, entry, area, conductance, n):
    """Sum of conductance times area over row n [m3/s]."""
    total = ZERO
    for piece in range(start[n], start[n + 1]):
        total += area[piece] * conductance[entry[piece]]
    return total


@cell
def production_beside(start, normal, distance, conductance, u, v, w, k, constants, c, n, sy, sz):
    """Production in cell `c` beside the walls of row n [m2/s3], the mean over them."""
    um = HALF * (u[c] + u[c + np.uint64(1)])
    vm = HALF * (v[c] + v[c + np.uint64(sy)])
    wm = HALF * (w[c] + w[c + np.uint64(sz)])
    speed = friction_speed(k[c], constants)
    total = ZERO
    count = ZERO
    for entry in range(start[n], start[n + 1]):
        axis = normal[entry]
        along = (um * um if axis != 0 else ZERO) + (vm * vm if axis != 1 else ZERO)
        along += wm * wm if axis != 2 else ZERO
        shear = conductance[entry] * math.sqrt(along)
        total += shear * speed / (constants[KAPPA] * distance[entry])
        count += ONE
    return total / count


@cell
def dissipation_beside(start, distance, k, constants, c, n):
    """C_mu^3/4 k^3/2 / (kappa y) in cell `c` [m2/s3], the mean over the walls of row n."""
    speed = friction_speed(k[c], constants)
    total = ZERO
    count = ZERO
    for entry in range(start[n], start[n + 1]):
        total += speed * speed * speed / (constants[KAPPA] * distance[entry])
        count += ONE
    return total / count


@cpu_loop
def wall_conductance_on_cpu(out, k, cells, start, distance, constants):
    """out = wall shear over density per tangential speed at every wall face [m/s]; entries in the rows of `cells`."""
    for n in prange(cells.size):
        for entry in range(start[n], start[n + 1]):
            out[entry] = shear_conductance(k[cells[n]], distance[entry], constants)


@cpu_loop
def wall_shear_on_cpu(wall, face, start, entry, area, conductance):
    """Add conductance times area of the wall pieces along each face to wall[face] [m3/s]; no face is listed twice.

    entry: of each piece, the place of its conductance [m/s]; area: of the piece [m2].
    """
    for n in prange(face.size):
        wall[face[n]] += shear_of_row(start, entry, area, conductance, n)


@cpu_loop
def wall_turbulence_on_cpu(
    strain, cells, start, normal, distance, conductance, u, v, w, k, constants, sy, sz
):
    """strain[cell] = production beside walls [m2/s3], the mean over the cell's walls.

    normal: axis of each wall (0, 1, 2); distance: cell centre to wall [m]; conductance as `wall_conductance`
    gives it; sy, sz: strides.
    """
    for n in prange(cells.size):
        c = np.uint64(cells[n])
        strain[c] = production_beside(
            start, normal, distance, conductance, u, v, w, k, constants, c, n, sy, sz
        )


@cpu_loop
def wall_dissipation_on_cpu(eps, cells, start, distance, k, constants):
    """eps[cell] = C_mu^3/4 k^3/2 / (kappa y) beside walls [m2/s3], the mean over the cell's walls."""
    for n in prange(cells.size):
        c = np.uint64(cells[n])
        eps[c] = dissipation_beside(start, distance, k, constants, c, n)


def wall_conductance_in_numpy(out, k, cells, start, distance, constants):
    """See `wall_conductance_on_cpu`."""
    nu, edge = constants[NU], constants[Y_LAMINAR]
    speed = np.sqrt(np.sqrt(constants[C_MU]) * np.repeat(k[cells], np.diff(start)))
    y_plus = speed * distance / nu
    log_law = speed * constants[KAPPA] / np.log(constants[E_LOG] * np.maximum(y_plus, edge))
    out[:] = np.where(y_plus > edge, log_law, nu / distance)


def wall_shear_in_numpy(wall, face, start, entry, area, conductance):
    """See `wall_shear_on_cpu`."""
    wall[face] += row_sums(area * conductance[entry], start)


def wall_turbulence_in_numpy(
    strain, cells, start, normal, distance, conductance, u, v, w, k, constants, sy, sz
):
    """See `wall_turbulence_on_cpu`."""
    count = np.diff(start)
    at = np.repeat(cells, count)
    speed = np.sqrt(np.sqrt(constants[C_MU]) * k[at])
    along = np.zeros_like(speed)
    for axis, (vel, step) in enumerate(((u, 1), (v, sy), (w, sz))):
        mean = HALF * (vel[at] + vel[at + step])
        along += np.where(normal == axis, ZERO, mean * mean)
    made = conductance * np.sqrt(along) * speed / (constants[KAPPA] * distance)
    strain[cells] = row_sums(made, start) / count


def wall_dissipation_in_numpy(eps, cells, start, distance, k, constants):
    """See `wall_dissipation_on_cpu`."""
    count = np.diff(start)
    speed = np.sqrt(np.sqrt(constants[C_MU]) * np.repeat(k[cells], count))
    eps[cells] = row_sums(speed * speed * speed / (constants[KAPPA] * distance), start) / count
