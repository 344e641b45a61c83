"""Unbalance of voltages and currents by the definitions in use. Phasors (..., 3) complex, phases a, b, c last."""

from __future__ import annotations

import numpy as np

TURN = np.exp(2j * np.pi / 3)


def sequences(phasors: np.ndarray) -> np.ndarray:
    """Zero, positive and negative sequence (..., 3) of phasors: Fortescue."""
    a, b, c = np.moveaxis(phasors, -1, 0)
    parts = (a + b + c, a + TURN * b + TURN**2 * c, a + TURN**2 * b + TURN * c)
    return np.asarray(np.stack(parts, axis=-1) / 3)


def negative_sequence_factor(phasors: np.ndarray) -> np.ndarray:
    """|V2| / |V1| [-]: the unbalance factor of IEC 61000-3-13 and EN 50160. NaN without a positive sequence."""
    size = np.abs(sequences(phasors))
    return _share(size[..., 2], size[..., 1])


def nema_unbalance(phase_to_neutral: np.ndarray) -> np.ndarray:
    """Largest deviation of a line-to-line voltage from their mean, over the mean [-]: NEMA MG 1, 14.36."""
    lines = np.abs(phase_to_neutral - np.roll(phase_to_neutral, -1, axis=-1))
    return deviation(lines)


def deviation(sizes: np.ndarray) -> np.ndarray:
    """Largest deviation from the mean over the mean [-] of (..., 3); NaN where the mean is 0."""
    mean = sizes.mean(axis=-1)
    return _share(np.abs(sizes - mean[..., None]).max(axis=-1), mean)


def neutral_current(currents: np.ndarray, triplen: float = 0.0) -> np.ndarray:
    """Root-mean-square current [A] of the neutral of phase currents (..., 3).

    triplen: root of the sum of squares of the third, ninth, ... harmonics over the fundamental; they add up in the
    neutral phase upon phase, other harmonics of a balanced load cancel.
    """
    own = np.abs(currents.sum(axis=-1))
    return np.asarray(np.hypot(own, triplen * np.abs(currents).sum(axis=-1)))


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    there = whole > 1e-12
    return np.where(there, part / np.where(there, whole, 1.0), np.nan)
