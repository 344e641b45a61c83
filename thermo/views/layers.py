"""Temperature of one horizontal layer of the hall, and cell values brought to points."""

from __future__ import annotations

from math import isfinite

import numpy as np

from ..metrics import ZERO_CELSIUS
from ..result import Result
from .wording import worst_units

SLICE_HEIGHT = 1.5  # [m] when no rack says better


def slice_height(result: Result) -> float:
    """Height [m] of the worst tier of the worst rack: where the slice says most."""
    worst = worst_units(result, 1)
    if not worst:
        return min(SLICE_HEIGHT, 0.5 * result.grid.size[2])
    tiers = [t for t in result.rows("tiers") if t["rack"] == worst[0]["name"] and isfinite(t["inlet_degC"])]
    if not tiers:
        return 0.7 * worst[0]["z1"]
    tier = max(tiers, key=lambda t: t["inlet_degC"])
    return 0.5 * (tier["z0"] + tier["z1"])


def layer(result: Result, height: float) -> tuple[np.ndarray, np.ndarray]:
    """Temperature [degC] and "is air" of the cell layer at that height: two (ny,nx) arrays."""
    k = int(np.clip(np.searchsorted(result.grid.zf, height) - 1, 0, result.grid.shape[0] - 1))
    celsius = result.field("T")[k] - np.float32(ZERO_CELSIUS)
    blocked = (
        result.field("blocked")[k] > 0 if "blocked" in result.field_names else np.zeros(celsius.shape, bool)
    )
    return celsius, ~blocked & np.isfinite(celsius)


def to_points(cells: np.ndarray, air: np.ndarray) -> np.ndarray:
    """Cell values to the points between them, as means of the air cells around; any number of axes.

    A point without air around takes the lowest value, so that no surface wraps a solid.
    """
    total = np.zeros([n + 1 for n in cells.shape], np.float32)
    count = np.zeros_like(total)
    values = np.where(air, cells, 0).astype(np.float32)
    for corner in np.ndindex(*[2] * cells.ndim):
        part = tuple(slice(c, n + c) for c, n in zip(corner, cells.shape, strict=True))
        total[part] += values
        count[part] += air
    lowest = cells[air].min() if air.any() else 0.0
    return np.where(count > 0, total / np.maximum(count, 1), lowest)
