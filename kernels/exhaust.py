"""What units make of the air that passes: warmer by their heat, or cooled to a set point as far as they can."""

from __future__ import annotations

import numpy as np

from .jit import cpu_serial


@cpu_serial
def exhaust_on_cpu(outlet, inlet, rise, wanted, fall):
    """outlet = inlet + rise, or of coolers `wanted` or less than the inlet by `fall` at most, never above it.

    All of tiers, in float64 [K]; wanted: NaN for what is no cooler.
    """
    for n in range(outlet.size):
        if np.isnan(wanted[n]):
            outlet[n] = inlet[n] + rise[n]
        else:
            outlet[n] = min(inlet[n], max(wanted[n], inlet[n] - fall[n]))


def exhaust_in_numpy(outlet, inlet, rise, wanted, fall):
    """See `exhaust_on_cpu`."""
    cooled = np.minimum(inlet, np.maximum(wanted, inlet - fall))
    outlet[:] = np.where(np.isnan(wanted), inlet + rise, cooled)
