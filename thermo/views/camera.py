"""Where the hall is looked at from."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..result import Result
from .wording import worst_units

Box = tuple[np.ndarray, np.ndarray]  # low and high corner [m]
WIDTH = 1960  # [pixel] of the drawn scene, before the legend is set around it
CLOSE_UP = 3.5  # [m] around the worst rack
SKEW, RISE = 0.42, 0.62  # of the direction of view


def direction_of_view(result: Result) -> np.ndarray:
    """From the hall's centre towards the eye: from above, across the long side, where the worst rack's front is.

    The right end of the hall is always the far one, so that the lower right of the picture stays free.
    """
    length, width, _ = result.grid.size
    worst = worst_units(result, 1)
    facing = worst[0]["facing"] if worst else "-y"
    sign = 1.0 if facing[0] == "+" else -1.0
    if length >= width:
        return np.array([sign * SKEW, sign, RISE])
    return np.array([sign, -sign * SKEW, RISE])


def hall_box(result: Result) -> Box:
    """Low and high corner of the hall [m]."""
    return np.array([f[0] for f in result.grid]), np.array([f[-1] for f in result.grid])


def near(result: Result, rows: list[dict[str, Any]], reach: float) -> Box:
    """Low and high corner of the racks and `reach` [m] around them, inside the hall; the hall without racks."""
    low, high = hall_box(result)
    if not rows:
        return low, high
    inner = np.array([min(row[f"{a}0"] for row in rows) for a in "xyz"])
    outer = np.array([max(row[f"{a}1"] for row in rows) for a in "xyz"])
    return np.maximum(low, inner - reach), np.minimum(high, outer + reach)


def aim(plotter: Any, box: Box, direction: np.ndarray, fill: float = 1.03) -> None:
    """Parallel view of the box; `fill` below 1 cuts its corners off."""
    low, high = box
    plotter.camera_set = True  # or the next picture would start from pyvista's own view
    camera = plotter.camera
    camera.parallel_projection = True
    camera.focal_point = 0.5 * (low + high)
    camera.position = camera.focal_point + direction / np.linalg.norm(direction) * 200.0
    camera.up = (0, 0, 1)
    width, height = extent(low, high, direction)
    aspect = plotter.window_size[0] / plotter.window_size[1]
    camera.parallel_scale = 0.5 * fill * max(height, width / aspect)
    plotter.reset_camera_clipping_range()


def extent(low: np.ndarray, high: np.ndarray, direction: np.ndarray) -> tuple[float, float]:
    """Width and height [m] of a box as it appears in a parallel view."""
    corners = np.array(np.meshgrid(*zip(low, high, strict=True))).reshape(3, -1).T - 0.5 * (low + high)
    across, up = _screen_axes(direction)
    return 2 * float(np.abs(corners @ across).max()), 2 * float(np.abs(corners @ up).max())


def frame(result: Result) -> tuple[int, int]:
    """Pixels of the picture: as wide as always, as high as the hall needs."""
    width, height = extent(*hall_box(result), direction_of_view(result))
    return WIDTH, int(np.clip(1.06 * WIDTH * height / width, 0.35 * WIDTH, 0.62 * WIDTH))


def _screen_axes(direction: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    across = np.cross((0.0, 0.0, 1.0), direction)
    across /= np.linalg.norm(across)
    up = np.cross(direction, across)
    return across, up / np.linalg.norm(up)


def to_pixels(plotter: Any, points: list[tuple[float, float, float]]) -> list[tuple[float, float]]:
    """Places in the picture, x to the right and y down from the top left [pixel]."""
    height = plotter.window_size[1]
    places = []
    for point in points:
        plotter.renderer.SetWorldPoint(*point, 1.0)
        plotter.renderer.WorldToDisplay()
        x, y, _ = plotter.renderer.GetDisplayPoint()
        places.append((x, height - y))
    return places
