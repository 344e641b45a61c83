"""What racks, shelves and coolers do to the air, on short lists: inlet means and exhaust values.

Lists are in compressed rows: entries `start[n]` to `start[n + 1]` belong to tier (or cell) n.
"""

from __future__ import annotations

from .jit import cpu_serial
from .slices import row_sums


@cpu_serial
def tier_inlets_on_cpu(out, t, start, cells, weight):
    """out[n] = weighted mean of `t` over the front cells of tier n [K]; the weights of a tier sum to 1."""
    for n in range(out.size):
        total = 0.0
        for entry in range(start[n], start[n + 1]):
            total += weight[entry] * t[cells[entry]]
        out[n] = total


def tier_inlets_in_numpy(out, t, start, cells, weight):
    """See `tier_inlets_on_cpu`."""
    out[:] = row_sums(weight * t[cells], start)


@cpu_serial
def place_on_cpu(t, cells, start, source, weight, values):
    """t[cells[n]] = weighted mean of `values[source]`: exhaust temperatures into the cells they leave from."""
    for n in range(cells.size):
        total = 0.0
        for entry in range(start[n], start[n + 1]):
            total += weight[entry] * values[source[entry]]
        t[cells[n]] = total


def place_in_numpy(t, cells, start, source, weight, values):
    """See `place_on_cpu`."""
    t[cells] = row_sums(weight * values[source], start)
