"""Inverse-time overcurrent curves of IEC 60255-151: t = TMS k / ((I/I_s)^alpha - 1)."""

from __future__ import annotations

import numpy as np

from .exact import Values

# curve -> k [s], alpha [-]: IEC 60255-151:2009, table A.1; the last from British practice
CURVES = {
    "standard inverse": (0.14, 0.02),
    "very inverse": (13.5, 1.0),
    "extremely inverse": (80.0, 2.0),
    "long-time inverse": (120.0, 1.0),
}


def operating_time(curve: str, current: Values, multiplier: Values = 1.0) -> np.ndarray:
    """Time [s] to trip at a current over the setting [-]; infinite at the setting and below.

    Raises KeyError for a curve that is not in CURVES.
    """
    k, alpha = CURVES[curve]
    ratio = np.asarray(current, float)
    above = ratio > 1
    excess = np.expm1(alpha * np.log(np.where(above, ratio, 2.0)))
    return np.where(above, multiplier * k / excess, np.inf)
