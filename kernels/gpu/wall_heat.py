"""Heat of walls, a thread a face or a row; see `kernels.wall_heat`."""

from __future__ import annotations

import numpy as np

from ..jit import cuda
from ..wall_heat import beside_walls_at, film
from .launch import kernel, launch


@kernel
def film_faces(out, k, cells, distance, area, constants, thermal, faces):
    """Arguments as `wall_heat_on_cpu`."""
    n = cuda.grid(1)
    if 0 <= n < faces:
        out[n] = area[n] * film(k[np.uint64(cells[n])], distance[n], constants, thermal)


@kernel
def beside_walls_rows(
    xl, xh, yl, yh, zl, zh, b, t, t0, u, v, w, nue, ox, oy, oz, source, dx, dy, dz, rx, ry, rz, g0, g1, rdt,
    cells, start, conductance, outside, gain, nx, ny, rows,
):  # fmt: skip
    """Arguments as `scalar_beside_walls_on_cpu`; nx, ny: padded sizes."""
    n = cuda.grid(1)
    if 0 <= n < rows:
        c = np.uint64(cells[n])
        line = np.uint32(c) // np.uint32(nx)
        i = np.uint64(np.uint32(c) % np.uint32(nx))
        j = np.uint64(line % np.uint32(ny))
        k = np.uint64(line // np.uint32(ny))
        xl[c], xh[c], yl[c], yh[c], zl[c], zh[c], b[c] = beside_walls_at(
            t, t0, u, v, w, nue, ox, oy, oz, source, dx, dy, dz, rx, ry, rz, g0, g1, rdt, start, conductance,
            outside, gain, c, n, i, j, k, np.uint64(nx), np.uint64(nx * ny),
        )  # fmt: skip


def wall_heat_on_cuda(out, k, cells, distance, area, constants, thermal):
    """See `wall_heat_on_cpu`."""
    launch(film_faces, (out.size,), out, k, cells, distance, area, constants, thermal, out.size)


def scalar_beside_walls_on_cuda(
    xl, xh, yl, yh, zl, zh, b, t, t0, u, v, w, nue, ox, oy, oz, source, dx, dy, dz, rx, ry, rz, g0, g1, rdt,
    cells, start, conductance, outside, gain,
):  # fmt: skip
    """See `scalar_beside_walls_on_cpu`."""
    real = t.dtype.type
    launch(
        beside_walls_rows, (cells.size,), xl, xh, yl, yh, zl, zh, b, t, t0, u, v, w, nue, ox, oy, oz, source,
        dx, dy, dz, rx, ry, rz, real(g0), real(g1), rdt, cells, start, conductance, outside, gain,
        dx.size, dy.size, cells.size,
    )  # fmt: skip
