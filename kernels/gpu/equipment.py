"""Inlet means and exhaust values, a thread a row; see `kernels.equipment`."""

from __future__ import annotations

import numpy as np

from ..equipment import weighted
from ..jit import cuda
from .launch import kernel, launch


@kernel
def inlet_rows(out, t, start, cells, weight, rows):
    """Arguments as `tier_inlets_on_cpu`."""
    n = cuda.grid(1)
    if 0 <= n < rows:
        out[n] = weighted(t, start, cells, weight, n)


@kernel
def place_rows(t, cells, start, source, weight, values, rows):
    """Arguments as `place_on_cpu`."""
    n = cuda.grid(1)
    if 0 <= n < rows:
        t[np.uint64(cells[n])] = weighted(values, start, source, weight, n)


def tier_inlets_on_cuda(out, t, start, cells, weight):
    """See `tier_inlets_on_cpu`."""
    launch(inlet_rows, (out.size,), out, t, start, cells, weight, out.size)


def place_on_cuda(t, cells, start, source, weight, values):
    """See `place_on_cpu`."""
    launch(place_rows, (cells.size,), t, cells, start, source, weight, values, cells.size)
