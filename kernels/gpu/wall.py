"""Wall functions, a thread a row of a list; see `kernels.wall`."""

from __future__ import annotations

import numpy as np

from ..jit import cuda
from ..wall import dissipation_beside, production_beside, shear_conductance, shear_of_row
from .launch import kernel, launch


@kernel
def conductance_rows(out, k, cells, start, distance, constants, rows):
    """Arguments as `wall_conductance_on_cpu`."""
    n = cuda.grid(1)
    if 0 <= n < rows:
        energy = k[np.uint64(cells[n])]
        for entry in range(start[n], start[n + 1]):
            out[entry] = shear_conductance(energy, distance[entry], constants)


@kernel
def shear_rows(wall, face, start, entry, area, conductance, rows):
    """Arguments as `wall_shear_on_cpu`."""
    n = cuda.grid(1)
    if 0 <= n < rows:
        wall[np.uint64(face[n])] += shear_of_row(start, entry, area, conductance, n)


@kernel
def production_rows(strain, cells, start, normal, distance, conductance, u, v, w, k, constants, sy, sz, rows):
    """Arguments as `wall_turbulence_on_cpu`."""
    n = cuda.grid(1)
    if 0 <= n < rows:
        c = np.uint64(cells[n])
        strain[c] = production_beside(
            start, normal, distance, conductance, u, v, w, k, constants, c, n, sy, sz
        )


@kernel
def dissipation_rows(eps, cells, start, distance, k, constants, rows):
    """Arguments as `wall_dissipation_on_cpu`."""
    n = cuda.grid(1)
    if 0 <= n < rows:
        c = np.uint64(cells[n])
        eps[c] = dissipation_beside(start, distance, k, constants, c, n)


def wall_conductance_on_cuda(out, k, cells, start, distance, constants):
    """See `wall_conductance_on_cpu`."""
    launch(conductance_rows, (cells.size,), out, k, cells, start, distance, constants, cells.size)


def wall_shear_on_cuda(wall, face, start, entry, area, conductance):
    """See `wall_shear_on_cpu`."""
    launch(shear_rows, (face.size,), wall, face, start, entry, area, conductance, face.size)


def wall_turbulence_on_cuda(
    strain, cells, start, normal, distance, conductance, u, v, w, k, constants, sy, sz
):
    """See `wall_turbulence_on_cpu`."""
    launch(
        production_rows, (cells.size,), strain, cells, start, normal, distance, conductance, u, v, w, k,
        constants, sy, sz, cells.size,
    )  # fmt: skip


def wall_dissipation_on_cuda(eps, cells, start, distance, k, constants):
    """See `wall_dissipation_on_cpu`."""
    launch(dissipation_rows, (cells.size,), eps, cells, start, distance, k, constants, cells.size)
