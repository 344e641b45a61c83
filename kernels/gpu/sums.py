"""Sums over fields in two steps, blocks then their sums: the same order every time; see `kernels.sums`."""

from __future__ import annotations

import numpy as np

from ..jit import cuda
from ..sums import PARTIAL
from .launch import BLOCK, exact_kernel, kernel, launch

LANES = BLOCK[1][0]  # threads of a block
NOTHING, ONE = np.float64(0.0), np.float64(1.0)


@cuda.jit(device=True)
def block_sum(mine):
    """Sum over the threads of a block, the same for all of them."""
    shared = cuda.shared.array(LANES, np.float64)
    lane = cuda.threadIdx.x
    shared[lane] = mine
    cuda.syncthreads()
    half = LANES // 2
    while half > 0:
        if lane < half:
            shared[lane] += shared[lane + half]
        cuda.syncthreads()
        half //= 2
    return shared[0]


@kernel
def absolute_parts(out, field, halls, share, parts):
    """out[halls + block] = sum of the absolute values that fall to a block: `parts` blocks for `share` entries."""
    hall = np.int64(np.uint32(cuda.blockIdx.x) // np.uint32(parts))
    first = (cuda.blockIdx.x - hall * parts) * LANES + cuda.threadIdx.x
    total = NOTHING
    for c in range(hall * share + first, (hall + 1) * share, parts * LANES):
        total += abs(np.float64(field[c]))
    total = block_sum(total)
    if cuda.threadIdx.x == 0:
        out[halls + cuda.blockIdx.x] = total


@exact_kernel
def stray_parts(out, field, most):
    """out[1 + block] = number of the values that fall to a block and lie outside -most ... most."""
    total = NOTHING
    for c in range(cuda.grid(1), field.size, cuda.gridsize(1)):
        if not -most <= field[c] <= most:
            total += ONE
    total = block_sum(total)
    if cuda.threadIdx.x == 0:
        out[1 + cuda.blockIdx.x] = total


@kernel
def cell_parts(out, field, start, cells):
    """out[parts + block] = sum over the cells of part block // PARTIAL that fall to the block."""
    part, share = cuda.blockIdx.x // PARTIAL, cuda.blockIdx.x % PARTIAL
    total = NOTHING
    for entry in range(start[part] + share * LANES + cuda.threadIdx.x, start[part + 1], PARTIAL * LANES):
        total += np.float64(field[cells[entry]])
    total = block_sum(total)
    if cuda.threadIdx.x == 0:
        out[start.size - 1 + cuda.blockIdx.x] = total


@kernel
def whole_sums(out, sums, parts):
    """out[block] = sum of the `parts` partial sums of a block, which follow the first `sums` entries."""
    first = sums + cuda.blockIdx.x * parts
    total = NOTHING
    for n in range(cuda.threadIdx.x, parts, LANES):
        total += out[first + n]
    total = block_sum(total)
    if cuda.threadIdx.x == 0:
        out[cuda.blockIdx.x] = total


@kernel
def spread_levels(phi, sums, inverse, start, cells):
    """phi = (inverse @ sums)[n] in the cells of part n."""
    entry = cuda.grid(1)
    if 0 <= entry < cells.size:
        n = 0
        while start[n + 1] <= entry:
            n += 1
        level = NOTHING
        for m in range(start.size - 1):
            level += inverse[n, m] * sums[m]
        phi[cells[entry]] = level


def _parts(entries):
    """Partial sums for so many entries: blocks enough to fill a card, no more than there is work for."""
    return min(PARTIAL, -(-entries // LANES))


def imbalance_on_cuda(out, field, share):
    """See `imbalance_on_cpu`."""
    halls = field.size // share
    parts = _parts(share)
    launch(absolute_parts, (halls * parts * LANES,), out, field, halls, share, parts)
    launch(whole_sums, (halls * LANES,), out, halls, parts)


def strays_on_cuda(out, field, most):
    """See `strays_on_cpu`."""
    parts = _parts(field.size)
    launch(stray_parts, (parts * LANES,), out, field, field.dtype.type(most))
    launch(whole_sums, (LANES,), out, 1, parts)


def part_sums_on_cuda(out, field, start, cells):
    """See `part_sums_on_cpu`."""
    parts = start.size - 1
    launch(cell_parts, (parts * PARTIAL * LANES,), out, field, start, cells)
    launch(whole_sums, (parts * LANES,), out, parts, PARTIAL)


def part_levels_on_cuda(phi, sums, inverse, start, cells):
    """See `part_levels_on_cpu`."""
    launch(spread_levels, (cells.size,), phi, sums, inverse, start, cells)
