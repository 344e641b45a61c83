"""Arithmetic of boxes, and how to say it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..plan import Box

AXES = "xyz"
TINY = 1e-6  # [m] what rounding of decimals and inches may leave


def side(box: Box, axis: int) -> float:
    """Length of a box along an axis [m]."""
    return box[2 * axis + 1] - box[2 * axis]


def overlap(first: Box, second: Box) -> tuple[float, float, float]:
    """Length that two boxes share along each axis [m]; negative is the gap between them."""
    x, y, z = (min(first[2 * a + 1], second[2 * a + 1]) - max(first[2 * a], second[2 * a]) for a in range(3))
    return x, y, z


def beyond(box: Box, size: Sequence[float]) -> str:
    """By how much a box leaves the hall, in words; "" when it is inside."""
    low, high = ("x_min", "y_min", "the floor"), ("x_max", "y_max", "the ceiling")
    parts = [f"{-box[2 * a]:.3g} m beyond {low[a]}" for a in range(3) if box[2 * a] < -TINY]
    parts += [
        f"{box[2 * a + 1] - size[a]:.3g} m beyond {high[a]} ({size[a]:g} m)"
        for a in range(3)
        if box[2 * a + 1] > size[a] + TINY
    ]
    return " and ".join(parts)


def covered(rectangle: Box, across: int, box: Box) -> float:
    """Share of a rectangle that a box touches; 0 when it is not in the rectangle's plane."""
    shared = overlap(rectangle, box)
    flat = [axis for axis in range(3) if axis != across]
    area = side(rectangle, flat[0]) * side(rectangle, flat[1])
    if shared[across] < -TINY or min(shared[a] for a in flat) <= 0 or area <= 0:
        return 0.0
    return shared[flat[0]] * shared[flat[1]] / area


def size_text(lengths: Iterable[float]) -> str:
    """ "1.4 x 1.4 m" """
    return " x ".join(f"{length:.3g}" for length in lengths) + " m"
