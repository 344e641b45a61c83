"""Jacobi sweeps over stored coefficients: one operator for every velocity component and every scalar.

A cell becomes q[c] = sum of coefficient times neighbour + b. `momentum`, `scalar` and `turbulence` write the
coefficients, divided by the diagonal, once an iteration; cells and faces that are no unknowns have 0 and
their own value in b.

The loops make several sweeps in one pass over the memory (temporal blocking): sweep n follows one plane
behind sweep n - 1, in slabs of rows small enough for a core's cache. A thread goes through its slabs in turn, each
reaching a row further down a sweep, into what the one before has left. Where the rows of two threads meet both shrink
by a row a sweep, and the wedges left between them are filled afterwards, so threads do not wait for each other. Each
value is the one that plain sweeps give.
"""

from __future__ import annotations

import numpy as np

from .jit import cell, cpu_loop, prange, thread_count
from .slices import Region

IN_CACHE = 1_200_000  # bytes of a slab's arrays that stay in a core's cache
TOGETHER = 8  # sweeps in one pass
STREAMS = 9  # arrays of a sweep


ONE = np.uint64(1)


@cell
def joined(a, x_low, x_high, y_low, y_high, z_low, z_high):
    """What a cell becomes: a, its coefficients and rest, with the values of its neighbours."""
    total = a[6] + a[0] * x_low + a[1] * x_high
    total += a[2] * y_low + a[3] * y_high
    return total + a[4] * z_low + a[5] * z_high


@cell
def swept(q, xl, xh, yl, yh, zl, zh, b, c, sy, sz):
    """What cell `c` becomes."""
    a = (xl[c], xh[c], yl[c], yh[c], zl[c], zh[c], b[c])
    return joined(a, q[c - ONE], q[c + ONE], q[c - sy], q[c + sy], q[c - sz], q[c + sz])


@cell
def sweep_rows(out, q, xl, xh, yl, yh, zl, zh, b, row, rows, nx, sy, sz):
    """Write one sweep of q to `out`, of `rows` rows of cells from the one that starts at `row`.

    In one run through all of them, which vectors fill best; the ghosts it passes are put back.
    """
    first = np.uint64(row + 2)
    for i in range(rows * nx - 3):
        c = first + np.uint64(i)
        out[c] = swept(q, xl, xh, yl, yh, zl, zh, b, c, sy, sz)
    for j in range(1, rows):
        c = np.uint64(row + j * nx)
        out[c - ONE] = q[c - ONE]
        out[c] = q[c]
        out[c + ONE] = q[c + ONE]


@cell
def follow(q, spare, start, xl, xh, yl, yh, zl, zh, b, nx, ny, nz, front, first, last, low, high, sweeps):
    """Every sweep of rows `first` to `last` that has come to its plane: sweep n to that n below `front`.

    From `start`, which may be q, to spare, to q and so on. The ends move inwards by `low` and `high` rows a sweep.
    """
    sy, sz = np.uint64(nx), np.uint64(nx * ny)
    for n in range(max(0, front - nz + 2), min(sweeps, front - 1)):
        row = ((front - n) * ny + first + n * low) * nx
        rows = last - first - n * (low + high)
        given = spare if n & 1 else (q if n else start)
        found = q if n & 1 else spare
        sweep_rows(found, given, xl, xh, yl, yh, zl, zh, b, row, rows, nx, sy, sz)


@cell
def slab_of(n, threads, m, slabs, ny):
    """Slab m of a thread n: its rows from and to, and by how many each end moves inwards a sweep."""
    rows, at, count = ny - 3, n * slabs + m, threads * slabs
    low = -1 if m else min(n, 1)
    return 2 + rows * at // count, 2 + rows * (at + 1) // count, low, min(count - 1 - at, 1)


@cell
def copy_ghosts(spare, q, nx, ny, nz, first, last, low, high):
    """Those of a slab, of the first and the last slab beyond the rows too."""
    for k in range(nz):
        for j in range(first if low else 0, last if high else ny):
            row = (k * ny + j) * nx
            whole = k < 2 or k == nz - 1 or j < 2 or j == ny - 1
            for c in range(row, row + (nx if whole else 2)):
                spare[c] = q[c]
            spare[row + nx - 1] = q[row + nx - 1]


@cpu_loop
def sweep_slabs(q, spare, xl, xh, yl, yh, zl, zh, b, nx, ny, nz, sweeps, threads, slabs):
    """An even number of sweeps of q, in place, but for the wedges between threads."""
    for n in prange(threads):
        for m in range(slabs):
            first, last, low, high = slab_of(n, threads, m, slabs, ny)
            copy_ghosts(spare, q, nx, ny, nz, first, last, low, high)
            for front in range(2, nz - 2 + sweeps):
                follow(
                    q, spare, q, xl, xh, yl, yh, zl, zh, b, nx, ny, nz, front, first, last, low, high, sweeps
                )


@cpu_loop
def fill_wedges(q, spare, xl, xh, yl, yh, zl, zh, b, nx, ny, nz, sweeps, threads):
    """What slabs have left where the rows of threads meet."""
    for n in prange(1, threads):
        at = 2 + (ny - 3) * n // threads
        for front in range(2, nz - 2 + sweeps):
            follow(q, spare, q, xl, xh, yl, yh, zl, zh, b, nx, ny, nz, front, at, at, -1, -1, sweeps)


def slabs_for(q, nx, ny, nz, sweeps):
    """(sweeps, threads, slabs of each) of the first pass of so many sweeps of q."""
    now, rows = min(sweeps, TOGETHER), ny - 3
    threads = max(1, min(thread_count(), rows // (2 * now)))
    size = STREAMS * q.itemsize * nx * rows * min(nz, now + 2)
    slabs = -(-size // IN_CACHE // threads)
    return now, threads, max(1, min(slabs, rows // (2 * now) // threads))


def go_on(q, spare, xl, xh, yl, yh, zl, zh, b, nx, ny, nz, sweeps, threads):
    """What is left of so many sweeps of q when the first pass has gone through its slabs."""
    now = min(sweeps, TOGETHER)
    if threads > 1:
        fill_wedges(q, spare, xl, xh, yl, yh, zl, zh, b, nx, ny, nz, now, threads)
    if sweeps > now:
        jacobi_on_cpu(q, spare, xl, xh, yl, yh, zl, zh, b, nx, ny, nz, sweeps - now)


def jacobi_on_cpu(q, spare, xl, xh, yl, yh, zl, zh, b, nx, ny, nz, sweeps):
    """An even number of Jacobi sweeps of q, in place, over all cells but the ghosts (one at high ends is none).

    spare: a field whose values do not matter. xl ... zh: coefficients of the neighbours below and above along
    x, y and z [-]; b in the unit of q. nx, ny, nz: padded sizes.
    """
    now, threads, slabs = slabs_for(q, nx, ny, nz, sweeps)
    sweep_slabs(q, spare, xl, xh, yl, yh, zl, zh, b, nx, ny, nz, now, threads, slabs)
    go_on(q, spare, xl, xh, yl, yh, zl, zh, b, nx, ny, nz, sweeps, threads)


def passes(sweeps: int) -> list[int]:
    """On a card: an even number of sweeps as the sweeps of each pass, 4 or 2; 0 last, where one more must copy back."""
    each = [4] * (sweeps // 4) + [2] * (sweeps % 4 // 2)
    return each + [0] * (len(each) % 2)


def jacobi_in_numpy(q, spare, xl, xh, yl, yh, zl, zh, b, nx, ny, nz, sweeps):
    """See `jacobi_on_cpu`."""
    r = Region((nz, ny, nx), 0, (1, 1, 1))
    for _ in range(sweeps):
        new = r.at(b).copy()
        for axis, pair in enumerate(((xl, xh), (yl, yh), (zl, zh))):
            steps = [0, 0, 0]
            for step, a in zip((-1, 1), pair, strict=True):
                steps[axis] = step
                new += r.at(a) * r.at(q, *steps)
        r.at(q)[...] = new
