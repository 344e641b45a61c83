"""Does the breaker nearest the fault trip alone? Bands against each other."""

from __future__ import annotations

from math import inf

import numpy as np

from ..states.breaker import Band, time_to_trip

STEPS = 240  # currents tried, evenly in the logarithm


def selective_to(below: tuple[Band, float], above: tuple[Band, float], highest: float) -> float:
    """Current [A] up to which the breaker below is sure to trip first; infinite where it is up to `highest`.

    below, above: band and rating [A]. Sure: the latest time of the one below is under the earliest of the one above.
    Counted from where the one below trips at all: below that nothing does.
    """
    band, rating = below
    start = 1.001 * band.late.pick_up * rating
    if start >= highest:
        return inf
    currents = np.geomspace(start, highest, STEPS)
    late = time_to_trip(band.late, currents / rating)
    early = time_to_trip(above[0].early, currents / above[1])
    overlap = np.flatnonzero(late >= early)
    return float(currents[overlap[0]]) if overlap.size else inf
