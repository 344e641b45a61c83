"""What racks, shelves and coolers do to the air, on short lists: inlet means and exhaust values.

Lists are in compressed rows: entries `start[n]` to `start[n + 1]` belong to tier (or cell) n.
"""

from __future__ import annotations

from .jit import cell, cpu_serial
from .slices import row_sums


@cell
def weighted(values, start, at, weight, n):
    """Sum over row n of weight times `values[at]`, in float64."""
    total = 0.0
    for entry in range(start[n], start[n + 1]):
        total += weight[entry] * values[at[entry]]
    return total


@cpu_serial
def tier_inlets_on_cpu(out, t, start, cells, weight):
    """out[n] = weighted mean of `t` over the front cells of tier n [K]; the weights of a tier sum to 1."""
    for n in range(out.size):
        out[n] = weighted(t, start, cells, weight, n)


def tier_inlets_in_numpy(out, t, start, cells, weight):
    """See `tier_inlets_on_cpu`."""
    out[:] = row_sums(weight * t[cells], start)


@cpu_serial
def place_on_cpu(t, cells, start, source, weight, values):
    """t[cells[n]] = weighted mean of `values[source]`: exhaust temperatures into the cells they leave from."""
    for n in range(cells.size):
        t[cells[n]] = weighted(values, start, source, weight, n)


def place_in_numpy(t, cells, start, source, weight, values):
    """See `place_on_cpu`."""
    t[cells] = row_sums(weight * values[source], start)
