"""The pseudo-inverse of a small operator: what solves the coarsest grid at once."""

from __future__ import annotations

import numpy as np

FLOATING = 1e-9  # of its diagonal: a part whose face coefficients to outlets sum to less is held by none


def pseudo_inverse(matrix: np.ndarray) -> np.ndarray:
    """Of a symmetric matrix of face coefficients, negative definite but for parts that no outlet holds.

    The means of such parts, all that is singular, are held while the matrix is inverted and then let go. (LAPACK's
    singular values take a second on a busy machine: its threads wait for each other.)
    """
    held, free = matrix.copy(), np.zeros_like(matrix)
    for part in _parts(matrix):
        block = np.ix_(part, part)
        scale = -np.trace(matrix[block]) or 1.0
        if abs(matrix[block].sum()) < FLOATING * scale:
            held[block] -= scale / part.size**2
            free[block] = 1.0 / scale
    return free - _inverse(-held)


def _parts(matrix: np.ndarray) -> list[np.ndarray]:
    """Rows that are coupled, part by part."""
    linked = matrix != 0
    label = np.arange(len(matrix))
    for _ in label:
        least = np.where(linked, label, len(matrix)).min(axis=1, initial=len(matrix))
        if np.array_equal(np.minimum(label, least), label):
            break
        label = np.minimum(label, least)
    return [np.flatnonzero(label == n) for n in np.unique(label)]


def _inverse(matrix: np.ndarray) -> np.ndarray:
    """Of a symmetric positive definite matrix, by Gauss and Jordan's elimination."""
    out = matrix.copy()
    for n in range(len(out)):
        row, column = out[n] / out[n, n], out[:, n].copy()
        pivot = out[n, n]
        out -= np.outer(column, row)
        out[n], out[:, n] = row, -column / pivot
        out[n, n] = 1.0 / pivot
    return out
