"""Sequence quantities as 3x3 matrices of phases."""

from __future__ import annotations

import numpy as np

TURN = np.exp(2j * np.pi / 3)
PHASES = np.array([[1, 1, 1], [1, TURN**2, TURN], [1, TURN, TURN**2]])  # of zero, positive, negative sequence


def matrix(zero: complex, positive: complex, negative: complex | None = None) -> np.ndarray:
    """Impedance or admittance (3, 3) of phases a, b, c; the negative sequence as the positive where not given."""
    if negative is None:
        return np.asarray(positive * np.eye(3) + (zero - positive) / 3)
    return np.asarray(PHASES @ np.diag([zero, positive, negative]) @ PHASES.conj().T / 3)
