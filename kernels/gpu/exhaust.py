"""What units make of the air, a thread a tier; see `kernels.exhaust`."""

from __future__ import annotations

import math

from ..jit import cuda
from .launch import exact_kernel, launch


@exact_kernel
def exhaust_tiers(outlet, inlet, rise, wanted, fall):
    """See `exhaust_on_cpu`."""
    n = cuda.grid(1)
    if 0 <= n < outlet.size:
        here = inlet[n]
        if math.isnan(wanted[n]):
            outlet[n] = here + rise[n]
        else:
            outlet[n] = min(here, max(wanted[n], here - fall[n]))


def exhaust_on_cuda(outlet, inlet, rise, wanted, fall):
    """See `exhaust_on_cpu`."""
    launch(exhaust_tiers, (outlet.size,), outlet, inlet, rise, wanted, fall)
