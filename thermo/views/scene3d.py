"""The hall in three dimensions: racks by margin to their own limit, a temperature slice, hot spots."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ..doctor import gl
from ..metrics import intake_excess
from ..result import Result
from . import colours
from .anchors import all_anchors
from .camera import CLOSE_UP, aim, direction_of_view, frame, hall_box, near, to_pixels
from .layers import layer, slice_height, to_points
from .wording import worst_units

INSET = (680, 420)  # [pixel] close-up of the worst rack, in halls too long to show it well
SNAPSHOT = (800, 500)  # [pixel]
SURROUNDINGS = 2.0  # [m] shown around the racks in a snapshot
LONG_HALL = 20.0  # [m]


def draw(result: Result, path: str | Path) -> Path:
    """Render the hall to a PNG. Raises gl.NoGL when the machine cannot draw."""
    from .figure3d import Drawn, compose

    gl.ensure()
    import pyvista as pv

    plotter = pv.Plotter(off_screen=True, window_size=list(frame(result)))
    build(plotter, result)
    direction = direction_of_view(result)
    aim(plotter, hall_box(result), direction)
    image = plotter.screenshot(return_img=True)
    anchors = all_anchors(result)
    places = to_pixels(plotter, [anchor.at for anchor in anchors])
    inset = None
    if max(result.grid.size[:2]) > LONG_HALL and worst_units(result, 1):
        plotter.window_size = list(INSET)
        aim(plotter, near(result, worst_units(result, 1), CLOSE_UP), direction, fill=0.8)
        plotter.render()
        inset = plotter.screenshot(return_img=True)
    plotter.close()
    placed = list(zip(anchors, places, strict=True))
    return compose(result, Drawn(image, inset, placed, slice_height(result)), path)


def snapshots(results: list[Result]) -> list[np.ndarray]:
    """Small pictures without labels, one a result: the row that holds the last one's worst rack, from one side.

    Raises gl.NoGL when the machine cannot draw.
    """
    gl.ensure()
    import pyvista as pv

    box, direction = near(results[-1], worst_row(results[-1]), SURROUNDINGS), direction_of_view(results[-1])
    images = []
    for result in results:
        plotter = pv.Plotter(off_screen=True, window_size=list(SNAPSHOT))
        build(plotter, result)
        aim(plotter, box, direction, fill=0.9)
        images.append(np.asarray(plotter.screenshot(return_img=True)))
        plotter.close()
    return images


def worst_row(result: Result) -> list[dict[str, Any]]:
    """The racks of the row in which the worst of them stands; [] without racks."""
    racks = [row for row in worst_units(result, len(result.rows("racks"))) if row["role"] == "rack"]
    return [row for row in racks if row["row"] == racks[0]["row"]]


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
    """Blocked cells that are no rack, as one grey body; partitions and screens as thin panes."""
    import pyvista as pv

    for row in result.rows("partitions"):
        pane = pv.Box(bounds=_box(row))
        plotter.add_mesh(pane, color="#c3ccd5", opacity=0.22, lighting=False)
        plotter.add_mesh(pane.extract_feature_edges(30), color="#7b8794", line_width=1)
    for row in result.rows("screens"):
        pane = pv.Box(bounds=_box(row))
        plotter.add_mesh(pane, color=colours.SCREEN, opacity=0.3, lighting=False)
        plotter.add_mesh(pane.extract_feature_edges(30), color=colours.SCREEN, line_width=1)
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
        kept: Any = solid.ravel()
        cells = pv.RectilinearGrid(*result.grid).extract_cells(kept)
        plotter.add_mesh(cells.extract_surface(algorithm="dataset_surface"), color="#aab2bb")


def _add_openings(plotter: Any, result: Result) -> None:
    import pyvista as pv

    x, y, _ = direction_of_view(result)
    near = {"x_min": x < 0, "x_max": x > 0, "y_min": y < 0, "y_max": y > 0, "ceiling": True}
    for row in result.rows("openings"):
        front = near.get(row["wall"], False)
        mesh = pv.Box(bounds=_box(row))
        colour = colours.OPENINGS[row["kind"]][1]
        if row["wall"] != "floor":  # where the temperature is drawn
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

    excess = intake_excess(result)
    if not (excess > 0).any():
        return
    air = result.field("blocked") == 0 if "blocked" in result.field_names else np.ones(excess.shape, bool)
    room = pv.RectilinearGrid(*result.grid)
    room.point_data["excess"] = to_points(np.clip(excess, -1.0, 5.0), air).ravel()
    surface = room.contour([0.0], scalars="excess")
    if surface.n_cells:
        plotter.add_mesh(surface, color=colours.HOT_SPOT, opacity=0.75, smooth_shading=True)
