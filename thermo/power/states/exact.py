"""The step that all thermal states share: a first-order lag, solved exactly."""

from __future__ import annotations

import numpy as np

Values = float | np.ndarray  # one, or an array that broadcasts with the others


def approach(state: Values, final: Values, seconds: Values, time_constant: Values) -> np.ndarray:
    """The state after `seconds` on its way to `final`: tau ds/dt = final - s, exact for a constant final.

    All broadcast; one unit for state and final, one for seconds and time constant. Stable for steps of any length.
    """
    share = -np.expm1(-np.asarray(seconds, float) / time_constant)
    return np.asarray(state, float) + (np.asarray(final, float) - state) * share
