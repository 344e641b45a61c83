"""The finished 3D figure: the drawn scene with title, labels, temperature scale and legend set around it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..result import Result
from . import colours
from .wording import inlet_note, is_over, name_of, totals_line, verdict

if TYPE_CHECKING:
    from .anchors import Anchor

DPI = 110
SIDE, HEAD, FOOT = 330, 170, 150  # [pixel] beside, above and below the scene
LETTER, BESIDE = 10.5, 30  # [pixel] of a call-out's width: each letter, and the frame with a gap to the next
INK = "#1f2933"
Placed = list[tuple["Anchor", tuple[float, float]]]


@dataclass(frozen=True)
class Drawn:
    """What VTK drew: pictures as (rows, columns, 3) bytes, labels with their pixel, the slice's height [m]."""

    image: Any
    inset: Any | None
    placed: Placed
    height: float


def compose(result: Result, drawn: Drawn, path: str | Path) -> Path:
    """Write the finished figure as PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    rows, columns = drawn.image.shape[:2]
    width, tall = columns + SIDE, rows + HEAD + FOOT
    figure = Figure(figsize=(width / DPI, tall / DPI), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    scene = figure.add_axes((0, FOOT / tall, columns / width, rows / tall))
    scene.imshow(drawn.image, aspect="auto", interpolation="none")
    scene.set_axis_off()
    _title(figure, result, tall)
    _unit_labels(scene, [p for p in drawn.placed if p[0].kind == "unit"], columns)
    _small_labels(scene, [p for p in drawn.placed if p[0].kind != "unit"])
    _inset(figure, drawn.inset, columns, (width, tall))
    low = FOOT + 40 if drawn.inset is None else drawn.inset.shape[0] + 80
    box = ((columns + 60) / width, low / tall, 28 / width, (tall - low - HEAD - 10) / tall)
    temperature_scale(figure, box, f"Air temperature [°C]\nat {drawn.height:.1f} m, drawn on the floor")
    _legend(figure, result)
    figure.savefig(path, dpi=DPI)
    return path


def _inset(figure: Any, image: Any | None, columns: int, size: tuple[int, int]) -> None:
    """The close-up, in the lower right of the scene, which the direction of view leaves free."""
    if image is None:
        return
    width, tall = size
    high, wide = image.shape[:2]
    axes = figure.add_axes(((columns + SIDE - wide - 20) / width, 16 / tall, wide / width, high / tall))
    axes.imshow(image, aspect="auto", interpolation="none")
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_color("#7b8794")
    axes.set_title(
        "Close-up of the worst rack", fontsize=10.5, color=INK, loc="right", pad=5, backgroundcolor="white"
    )


def _title(figure: Any, result: Result, tall: int) -> None:
    colour = colours.MARGINS[0].colour if is_over(result) else "#137a3f"
    figure.text(0.015, 1 - 42 / tall, name_of(result), fontsize=19, weight="bold", color=INK, va="center")
    figure.text(
        0.985,
        1 - 42 / tall,
        verdict(result),
        fontsize=14,
        weight="bold",
        color=colour,
        va="center",
        ha="right",
    )
    figure.text(0.015, 1 - 82 / tall, totals_line(result), fontsize=11.5, color="#52606d", va="center")
    figure.text(0.015, 1 - 108 / tall, inlet_note(result), fontsize=10.5, color="#52606d", va="center")


def _unit_labels(axes: Any, placed: Placed, columns: int) -> None:
    """Call-outs in a line above the hall, left to right as the racks stand, so that no two overlap."""
    ordered = sorted(placed, key=lambda p: p[1][0])
    widest = max((len(line) for anchor, _ in ordered for line in anchor.text.split("\n")), default=0)
    slots = _spread([p[1][0] for p in ordered], max(0.105 * columns, BESIDE + LETTER * widest), columns)
    top = -20.0  # [pixel] just above the drawn scene
    for (anchor, at), x in zip(ordered, slots, strict=True):
        axes.annotate(
            anchor.text,
            xy=at,
            xytext=(x, top),
            ha="center",
            va="center",
            fontsize=11,
            weight="bold",
            color=INK,
            bbox={"boxstyle": "round,pad=0.35", "fc": "white", "ec": anchor.colour, "lw": 2},
            annotation_clip=False,
            arrowprops={"arrowstyle": "-|>", "color": INK, "lw": 1.1, "shrinkB": 1},
        )


def _spread(wanted: list[float], gap: float, width: float) -> list[float]:
    """Places as near the wanted ones as they can be, `gap` apart and within the width."""
    places: list[float] = []
    for x in wanted:
        places.append(max(x, places[-1] + gap) if places else max(x, 0.6 * gap))
    limit = width - 0.6 * gap
    for n in reversed(range(len(places))):
        places[n] = min(places[n], limit)
        limit = places[n] - gap
    return places


def _small_labels(axes: Any, placed: Placed) -> None:
    for anchor, at in placed:
        axes.annotate(
            anchor.text,
            xy=at,
            ha="center",
            va="center",
            fontsize=10,
            color=INK,
            bbox={"boxstyle": "round,pad=0.25", "fc": "white", "ec": anchor.colour, "lw": 1.3, "alpha": 0.92},
        )


def temperature_scale(
    figure: Any, box: tuple[float, float, float, float], title: str, names: bool = True
) -> None:
    """Upright scale in degC, the ASHRAE classes' bands named beside it."""
    import numpy as np

    axes = figure.add_axes(box)
    degC = np.linspace(colours.LOW, colours.HIGH, 701)[:, None]
    extent = (0, 1, colours.LOW, colours.HIGH)
    axes.imshow(degC, aspect="auto", origin="lower", extent=extent, cmap=colours.temperature_map())
    axes.set_xticks([])
    axes.yaxis.tick_right()
    axes.set_yticks([colours.LOW, *(band.top for band in colours.BANDS)])
    axes.tick_params(labelsize=11, color=INK, labelcolor=INK)
    axes.set_title(title, fontsize=10.5, color=INK, loc="left", pad=12)
    bottom = colours.LOW
    for band in colours.BANDS:
        axes.axhline(band.top, color="white", lw=0.8)
        middle = 0.5 * (bottom + band.top)
        name = band.name if names else ""
        axes.annotate(name, (2.5, middle), annotation_clip=False, fontsize=10, va="center", color="#3e4c59")
        bottom = band.top


def _legend(figure: Any, result: Result) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    margins = [Patch(fc=c.colour, ec="#20242a", label=c.name) for c in reversed(colours.MARGINS)]
    there = {row["kind"] for row in result.rows("openings")}
    rest: list[Any] = [
        Patch(fc=c, label=name) for kind, (name, c) in colours.OPENINGS.items() if kind in there
    ]
    if result.has_table("hotspots"):
        rest.append(Patch(fc=colours.HOT_SPOT, alpha=0.75, label="hot spot: intake air above the limit"))
    if result.has_table("screens"):
        rest.append(Patch(fc=colours.SCREEN, alpha=0.5, label="screen (tile, door, grille)"))
    if any(row["role"] == "cooler" for row in result.rows("racks")):
        rest.append(Patch(fc=colours.COOLER, ec="#20242a", label="cooler"))
    loads = [Line2D([], [], color=c.colour, lw=4, label=c.name) for c in colours.LOADINGS]
    blocks = [(0.012, margins, "Rack or shelf inlet against its own limit"), (0.25, rest, "Also shown")]
    if result.has_table("power/path"):
        blocks.append((0.47, loads, "Busway loading"))
    for x, handles, title in blocks:
        figure.legend(
            handles=handles,
            title=title,
            loc="lower left",
            bbox_to_anchor=(x, 0.008),
            ncols=1 if handles is rest else 2,
            frameon=False,
            fontsize=10.5,
            title_fontproperties={"weight": "bold", "size": 10.5},
            alignment="left",
        )
