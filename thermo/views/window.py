"""The interactive window."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ..doctor import gl
from ..result import Result
from .anchors import all_anchors
from .camera import aim, direction_of_view, hall_box
from .layers import slice_height
from .scene3d import build
from .wording import inlet_note, name_of, verdict


def show(result: Result, close_after: float | None = None, screenshot: str | Path | None = None) -> None:
    """Open an interactive window. Raises gl.NoGL without a display.

    close_after [s]: the window closes itself, and leaves a picture of itself at `screenshot`; for tests.
    """
    gl.ensure(off_screen=False)
    import pyvista as pv

    plotter: Any = pv.Plotter(title=f"{name_of(result)} - Minehall", window_size=[1400, 860])
    build(plotter, result)
    _add_labels(plotter, result)
    aim(plotter, hall_box(result), direction_of_view(result))
    plotter.add_axes()
    if close_after is None:
        plotter.show()
        return
    plotter.show(interactive=False, auto_close=False, interactive_update=True)
    _hold(plotter, close_after)
    if screenshot is not None:
        plotter.screenshot(str(screenshot))
    plotter.close()


def _hold(plotter: Any, seconds: float) -> None:
    """Keep the window alive and answering that long."""
    from time import monotonic, sleep

    end = monotonic() + seconds
    while monotonic() < end:
        plotter.update()
        sleep(0.05)


def _add_labels(plotter: Any, result: Result) -> None:
    """The labels of the picture, as VTK draws them, and the temperature scale."""
    anchors = all_anchors(result)
    if anchors:
        plotter.add_point_labels(
            np.array([anchor.at for anchor in anchors]),
            [anchor.text.replace("\n", ", ") for anchor in anchors],
            text_color="#1f2933",
            shape_color="white",
            shape_opacity=0.85,
            font_size=15,
            show_points=False,
            always_visible=True,
        )
    title = f"Air at {slice_height(result):.1f} m [degC]"
    plotter.add_scalar_bar(
        title,
        mapper=plotter.actors["slice"].mapper,
        color="#1f2933",
        n_labels=8,
        vertical=True,
        height=0.38,
        position_x=0.92,
        position_y=0.03,
    )
    said = f"{verdict(result)}\n{inlet_note(result)}".rstrip()
    plotter.add_text(said, position="upper_left", font_size=11, color="#1f2933")
