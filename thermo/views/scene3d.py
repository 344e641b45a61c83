"""The hall in three dimensions: racks by margin to their own limit, a temperature slice, hot spots."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np

from ..doctor import gl
from ..metrics import ZERO_CELSIUS, intake_excess
from ..result import Result
from . import colours
from .wording import worst_units

WIDTH = 1960  # [pixel] of the drawn scene, before the legend is set around it
INSET = (680, 420)  # [pixel] close-up of the worst rack, in halls too long to show it well
LONG_HALL = 20.0  # [m]
NEAR = 5.0  # [K] to the limit
CLOSE_UP = 4.0  # [m] around the worst rack
SKEW, RISE = 0.42, 0.62  # of the direction of view
SLICE_HEIGHT = 1.5  # [m] when no rack says better
HOT_SPOT_DEPTH = 1.0  # [m] of intake air searched for hot spots to draw


@dataclass(frozen=True)
class Anchor:
    """A point of the scene and what to write beside it."""

    at: tuple[float, float, float]  # [m]
    text: str
    colour: str
    kind: str  # "unit" | "opening" | "busway"


def draw(result: Result, path: str | Path) -> Path:
    """Render the hall to a PNG. Raises gl.NoGL when the machine cannot draw."""
    from .figure3d import Drawn, compose

    gl.ensure()
    import pyvista as pv

    plotter = pv.Plotter(off_screen=True, window_size=list(frame(result)))
    build(plotter, result)
    aim(plotter, result)
    image = plotter.screenshot(return_img=True)
    anchors = [*unit_anchors(result), *opening_anchors(result), *busway_anchors(result)]
    places = to_pixels(plotter, [anchor.at for anchor in anchors])
    inset = None
    if max(result.grid.size[:2]) > LONG_HALL and worst_units(result, 1):
        plotter.window_size = list(INSET)
        aim(plotter, result, close_up=True)
        plotter.render()
        inset = plotter.screenshot(return_img=True)
    plotter.close()
    placed = list(zip(anchors, places, strict=True))
    return compose(result, Drawn(image, inset, placed, slice_height(result)), path)


# -------------------------------------------------------------------------------------------- the scene


def build(plotter: Any, result: Result) -> None:
    """Put everything into the plotter."""
    plotter.set_background("white")
    plotter.enable_anti_aliasing("ssaa")
    _add_hall(plotter, result)
    _add_slice(plotter, result, slice_height(result))
    _add_units(plotter, result)
    _add_solids(plotter, result)
    _add_openings(plotter, result)
    _add_busways(plotter, result)
    _add_hot_spots(plotter, result)


def _add_hall(plotter: Any, result: Result) -> None:
    import pyvista as pv

    x, y, z = result.grid
    box = pv.Box(bounds=(x[0], x[-1], y[0], y[-1], z[0], z[-1]))
    plotter.add_mesh(box.extract_feature_edges(30), color="#5b6470", line_width=2)
    floor = pv.Box(bounds=(x[0], x[-1], y[0], y[-1], z[0] - 0.05, z[0] - 0.02))
    plotter.add_mesh(floor, color="#e9ecef", lighting=False)


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


def _add_slice(plotter: Any, result: Result, height: float) -> None:
    """Temperature at that height, laid on the floor so that it hides no rack."""
    import pyvista as pv

    celsius, air = layer(result, height)
    x, y, _ = result.grid
    sheet = pv.RectilinearGrid(x, y, np.zeros(1))
    sheet.point_data["degC"] = to_points(celsius, air).ravel()
    sheet.cell_data["vtkGhostType"] = np.where(air, 0, 32).astype(np.uint8).ravel()
    plotter.add_mesh(
        sheet,
        scalars="degC",
        cmap=colours.temperature_map(),
        clim=(colours.LOW, colours.HIGH),
        lighting=False,
        show_scalar_bar=False,
        name="slice",
    )


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


def _add_units(plotter: Any, result: Result) -> None:
    import pyvista as pv

    rows = result.rows("racks")
    for colour in sorted({colours.unit_colour(row) for row in rows}):
        boxes = [pv.Box(bounds=_box(row)) for row in rows if colours.unit_colour(row) == colour]
        plotter.add_mesh(pv.merge(boxes), color=colour, ambient=0.5, diffuse=0.6)
    for row in rows:
        plotter.add_mesh(pv.Box(bounds=_box(row)).extract_feature_edges(30), color="#20242a", line_width=1)


def _box(row: dict[str, Any]) -> tuple[float, ...]:
    return tuple(row[key] for key in ("x0", "x1", "y0", "y1", "z0", "z1"))


def _add_solids(plotter: Any, result: Result) -> None:
    """Blocked cells that are no rack, as one grey body; partitions as thin panes."""
    import pyvista as pv

    for row in result.rows("partitions"):
        plotter.add_mesh(pv.Box(bounds=_box(row)), color="#8d99a6", opacity=0.35)
    if "blocked" not in result.field_names:
        return
    solid = result.field("blocked") > 0
    centres = result.grid.centres
    for row in result.rows("racks"):
        part = [
            slice(*np.searchsorted(c, (row[f"{a}0"], row[f"{a}1"])))
            for a, c in zip("xyz", centres, strict=True)
        ]
        solid[part[2], part[1], part[0]] = False
    if solid.any():
        cells = pv.RectilinearGrid(*result.grid).extract_cells(np.flatnonzero(solid.ravel()))
        plotter.add_mesh(cells.extract_surface(), color="#aab2bb")


def _add_openings(plotter: Any, result: Result) -> None:
    import pyvista as pv

    x, y, _ = direction_of_view(result)
    near = {"x_min": x < 0, "x_max": x > 0, "y_min": y < 0, "y_max": y > 0, "ceiling": True}
    for row in result.rows("openings"):
        front = near.get(row["wall"], False)
        mesh = pv.Box(bounds=_box(row))
        colour = colours.OPENINGS[row["kind"]][1]
        plotter.add_mesh(mesh, color=colour, opacity=0.18 if front else 0.95, lighting=False)
        plotter.add_mesh(mesh.extract_feature_edges(30), color=colour, line_width=2)


def _add_busways(plotter: Any, result: Result) -> None:
    import pyvista as pv

    loading = {e["name"]: e["loading_percent"] for e in result.rows("power/elements")}
    for row in result.rows("power/path"):
        line = pv.Line((row["x0"], row["y0"], row["z0"]), (row["x1"], row["y1"], row["z1"]))
        colour = colours.loading_colour(loading.get(row["element"], float("nan")))
        plotter.add_mesh(line.tube(radius=0.07), color=colour, ambient=0.4)


def _add_hot_spots(plotter: Any, result: Result) -> None:
    """The surface where intake air is exactly at the limit of the rack it feeds."""
    import pyvista as pv

    excess = intake_excess(result, HOT_SPOT_DEPTH)
    if not (excess > 0).any():
        return
    air = result.field("blocked") == 0 if "blocked" in result.field_names else np.ones(excess.shape, bool)
    room = pv.RectilinearGrid(*result.grid)
    room.point_data["excess"] = to_points(np.clip(excess, -1.0, 5.0), air).ravel()
    surface = room.contour([0.0], scalars="excess")
    if surface.n_cells:
        plotter.add_mesh(surface, color=colours.HOT_SPOT, opacity=0.75, smooth_shading=True)


# -------------------------------------------------------------------------------------------- camera, labels


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


def aim(plotter: Any, result: Result, close_up: bool = False) -> None:
    """Parallel view of the whole hall, or of the surroundings of the worst rack."""
    low = np.array([f[0] for f in result.grid])
    high = np.array([f[-1] for f in result.grid])
    if close_up:
        worst = worst_units(result, 1)[0]
        middle = np.array([0.5 * (worst[f"{a}0"] + worst[f"{a}1"]) for a in "xyz"])
        low, high = np.maximum(low, middle - CLOSE_UP), np.minimum(high, middle + CLOSE_UP)
    direction = direction_of_view(result)
    plotter.camera_set = True  # or the next picture would start from pyvista's own view
    camera = plotter.camera
    camera.parallel_projection = True
    camera.focal_point = 0.5 * (low + high)
    camera.position = camera.focal_point + direction / np.linalg.norm(direction) * 200.0
    camera.up = (0, 0, 1)
    width, height = extent(low, high, direction)
    aspect = plotter.window_size[0] / plotter.window_size[1]
    camera.parallel_scale = 0.5 * (0.85 if close_up else 1.03) * max(height, width / aspect)
    plotter.reset_camera_clipping_range()


def extent(low: np.ndarray, high: np.ndarray, direction: np.ndarray) -> tuple[float, float]:
    """Width and height [m] of a box as it appears in a parallel view."""
    corners = np.array(np.meshgrid(*zip(low, high, strict=True))).reshape(3, -1).T - 0.5 * (low + high)
    across, up = _screen_axes(direction)
    return tuple(2 * float(np.abs(corners @ axis).max()) for axis in (across, up))  # type: ignore[return-value]


def frame(result: Result) -> tuple[int, int]:
    """Pixels of the picture: as wide as always, as high as the hall needs."""
    low, high = (np.array([f[n] for f in result.grid]) for n in (0, -1))
    width, height = extent(low, high, direction_of_view(result))
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


def unit_anchors(result: Result, count: int = 6) -> list[Anchor]:
    """The worst racks and shelves, labelled with their worst tier's inlet and their own limit.

    Beyond the first three only those near their limit.
    """
    anchors = []
    worst = worst_units(result, count)
    for row in worst[:3] + [row for row in worst[3:] if colours.margin(row) < NEAR]:
        x, y, z = 0.5 * (row["x0"] + row["x1"]), 0.5 * (row["y0"] + row["y1"]), row["z1"]
        text = f"{row['name']}  {row['inlet_worst_tier_degC']:.1f} °C\nlimit {row['limit_degC']:.0f}"
        anchors.append(Anchor((x, y, z), text, colours.unit_colour(row), "unit"))
    return anchors


def opening_anchors(result: Result) -> list[Anchor]:
    """One label for each group of openings: flow and temperature."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in result.rows("openings"):
        groups.setdefault(row["group"], []).append(row)
    anchors = []
    for group, rows in groups.items():
        flow = sum(abs(r["flow_m3_s"]) for r in rows)
        mean = sum(abs(r["flow_m3_s"]) * r["temperature_degC"] for r in rows) / flow if flow else float("nan")
        middle = rows[len(rows) // 2]
        at = tuple(0.5 * (middle[f"{a}0"] + middle[f"{a}1"]) for a in "xyz")
        text = f"{group}: {flow:.0f} m³/s, {mean:.1f} °C" if flow else f"{group}: no flow"
        anchors.append(Anchor(at, text, colours.OPENINGS[rows[0]["kind"]][1], "opening"))  # type: ignore[arg-type]
    return anchors


def busway_anchors(result: Result) -> list[Anchor]:
    """One label at the start of each busway: its loading."""
    loading = {e["name"]: e["loading_percent"] for e in result.rows("power/elements")}
    anchors: dict[str, Anchor] = {}
    for row in result.rows("power/path"):
        percent = loading.get(row["element"], float("nan"))
        at = (row["x1"], row["y1"], row["z1"])
        text = f"{row['element']} {percent:.0f} %"
        anchors[row["element"]] = Anchor(at, text, colours.loading_colour(percent), "busway")
    return list(anchors.values())
