"""Sums over fields, in float64: of the mass balance's error, of values out of bounds, of what flows into parts.

`out` holds the sum in its first entry (that of each part in its first entries), the rest is for what a device
needs on the way: PARTIAL entries a sum.
"""

from __future__ import annotations

import numpy as np

from .jit import cpu_loop, cpu_serial, prange
from .slices import row_sums

PARTIAL = 256  # partial sums of each sum on a card: enough blocks to fill it


def room(sums: int = 1) -> int:
    """Entries that `out` must have for so many sums."""
    return sums * (1 + PARTIAL)


@cpu_loop
def imbalance_on_cpu(out, field, share):
    """out[n] = sum of the absolute values of the n-th `share` entries of `field`: a hall's, ghosts included."""
    for n in range(field.size // share):
        total = 0.0
        for c in prange(n * share, (n + 1) * share):
            total += abs(field[np.uint64(c)])
        out[n] = total


def imbalance_in_numpy(out, field, share):
    """See `imbalance_on_cpu`."""
    halls = field.size // share
    out[:halls] = np.abs(field[: halls * share]).reshape(halls, share).sum(axis=1, dtype=np.float64)


@cpu_loop
def strays_on_cpu(out, field, most):
    """out[0] = number of values of `field` that are not within -most ... most; NaN is not."""
    count = 0
    for c in prange(field.size):
        count += 0 if -most <= field[c] <= most else 1
    out[0] = count


def strays_in_numpy(out, field, most):
    """See `strays_on_cpu`."""
    out[0] = field.size - np.count_nonzero((field >= -most) & (field <= most))


@cpu_serial
def part_sums_on_cpu(out, field, start, cells):
    """out[n] = sum of `field` over the cells of part n: cells[start[n]] up to cells[start[n + 1]]."""
    for n in range(start.size - 1):
        total = 0.0
        for entry in range(start[n], start[n + 1]):
            total += field[cells[entry]]
        out[n] = total


def part_sums_in_numpy(out, field, start, cells):
    """See `part_sums_on_cpu`."""
    out[: start.size - 1] = row_sums(field[cells], start)


@cpu_serial
def part_levels_on_cpu(phi, sums, inverse, start, cells):
    """phi = (inverse @ sums)[n] in the cells of part n; inverse: (parts, parts), float64."""
    for n in range(start.size - 1):
        level = 0.0
        for m in range(start.size - 1):
            level += inverse[n, m] * sums[m]
        for entry in range(start[n], start[n + 1]):
            phi[cells[entry]] = level


def part_levels_in_numpy(phi, sums, inverse, start, cells):
    """See `part_levels_on_cpu`."""
    phi[cells] = np.repeat(inverse @ sums[: start.size - 1], np.diff(start))
