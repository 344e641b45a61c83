"""A plan drawn to scale: the hall, and enlarged below it the rows too small to read in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from textwrap import wrap
from typing import Any

import numpy as np

from ..result import Result
from . import colours
from .layers import layer, slice_height, to_points
from .wording import by_group, opening_words

INCHES = (17.0, 10.5)  # most the hall itself takes
LEFT, RIGHT, HEAD, FOOT = 0.55, 0.75, 1.3, 0.92  # [inch] around the drawing
LETTERS, LINE = 13.0, 0.17  # of the note an inch, and [inch] between its lines
LARGE_PRINT = 12.0  # [point]
SMALL_PRINT = 7.0  # [point] names smaller than this are shown again, enlarged
DETAIL = (4.0, 1.6)  # [inch] most height of a detail, most inches per metre in it
CLEAR = 1.0  # [m] from a busway to its name, clear of the racks under it
GAP, AROUND = 0.5, 0.5  # [inch] between details, [m] shown around a row
INK = "#1f2933"
Row = dict[str, Any]


@dataclass
class Sheet:
    """What is drawn, as rows with x0..z1 [m].

    Units also carry `facing`, `text` (lines) and `colour`, busways `colour` and `label`.
    """

    size: tuple[float, float, float]
    title: str
    subtitle: str
    units: list[Row]
    openings: list[Row]
    solids: list[Row] = field(default_factory=list)
    partitions: list[Row] = field(default_factory=list)
    screens: list[Row] = field(default_factory=list)
    busways: list[Row] = field(default_factory=list)
    legend: dict[str, str] = field(default_factory=dict)  # name -> colour
    note: str = ""


def draw_sheet(sheet: Sheet, path: str | Path, result: Result | None = None) -> Path:
    """Draw to `.png` or `.svg`; with a result, over its air temperature."""
    from matplotlib.figure import Figure

    length, width, _ = sheet.size
    scale = min(INCHES[0] / length, INCHES[1] / width)
    wide, tall = max(length * scale, 11.0), width * scale
    details, detail_scale = _details(sheet, scale, wide)
    detail_tall = max((d[3] - d[2] for d in details), default=0.0) * detail_scale
    below = detail_tall + 0.75 if details else 0.0
    total = (LEFT + wide + RIGHT, FOOT + below + 0.55 + tall + HEAD)
    figure = Figure(figsize=total, facecolor="white")
    hall = (LEFT, FOOT + below + 0.55, length * scale, tall)
    _panel(figure, hall, (0.0, length, 0.0, width), sheet, result)
    _hall_marks(figure.axes[0], sheet)
    x = LEFT
    for window in details:
        size = ((window[1] - window[0]) * detail_scale, (window[3] - window[2]) * detail_scale)
        axes = _panel(figure, (x, FOOT + 0.15 + detail_tall - size[1], *size), window, sheet, result)
        axes.set_title(_where(window), fontsize=10, color=INK, loc="left", pad=5)
        x += size[0] + GAP
    _words(figure, sheet)
    if result is not None:
        from .figure3d import temperature_scale

        beside = (
            (hall[0] + hall[2] + 0.15) / total[0],
            hall[1] / total[1],
            0.17 / total[0],
            hall[3] / total[1],
        )
        temperature_scale(figure, beside, "Air [°C]", names=False)
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)
    return path


def _panel(
    figure: Any, place: tuple[float, ...], window: tuple[float, ...], sheet: Sheet, result: Any
) -> Any:
    """Axes in metres at `place` (x, y, wide, tall) [inch], showing the window (x0, x1, y0, y1) [m]."""
    total = figure.get_size_inches()
    axes = figure.add_axes(
        (place[0] / total[0], place[1] / total[1], place[2] / total[0], place[3] / total[1])
    )
    axes.set_xlim(*window[:2])
    axes.set_ylim(*window[2:])
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set(color=INK, linewidth=1.6, zorder=9)
    if result is not None:
        _background(axes, result, window, slice_height(result))
    points = 72 * place[2] / (window[1] - window[0])
    _fill(axes, sheet, points)
    return axes


def _background(axes: Any, result: Result, window: tuple[float, ...], height: float) -> None:
    """Air temperature of one layer, interpolated between cells; solids grey."""
    celsius, air = layer(result, height)
    x = np.linspace(window[0], window[1], 960)
    y = np.linspace(window[2], window[3], 480)
    points = to_points(celsius, air)
    along = np.array([np.interp(x, result.grid.xf, row) for row in points])
    values = np.array([np.interp(y, result.grid.yf, column) for column in along.T]).T
    i, j = (
        np.clip(np.searchsorted(f, at) - 1, 0, len(f) - 2)
        for f, at in ((result.grid.xf, x), (result.grid.yf, y))
    )
    style = {"extent": window, "origin": "lower", "aspect": "auto", "interpolation": "nearest"}
    axes.set_facecolor("#aab2bb")
    scale = {"cmap": colours.temperature_map(), "vmin": colours.LOW, "vmax": colours.HIGH}
    axes.imshow(np.ma.masked_where(~air[np.ix_(j, i)], values), zorder=1, **style, **scale)


# -------------------------------------------------------------------------------------------- details


def _details(sheet: Sheet, scale: float, wide: float) -> tuple[list[tuple[float, ...]], float]:
    """Windows (x0, x1, y0, y1) [m] around rows whose names are too small, and their scale [inch/m]."""
    small = [row for row in sheet.units if _print_size(row, 72 * scale) < SMALL_PRINT]
    windows: list[tuple[float, ...]] = []
    for row in small:
        windows = _join(
            windows, (row["x0"] - AROUND, row["x1"] + AROUND, row["y0"] - AROUND, row["y1"] + AROUND)
        )
    length, width, _ = sheet.size
    windows = [(max(a, 0), min(b, length), max(c, 0), min(d, width)) for a, b, c, d in sorted(windows)]
    if not windows:
        return [], 0.0
    room = wide - GAP * (len(windows) - 1)
    fitting = min(
        room / sum(w[1] - w[0] for w in windows), DETAIL[0] / max(w[3] - w[2] for w in windows), DETAIL[1]
    )
    return (windows, fitting) if fitting > 1.2 * scale else ([], 0.0)


def _join(windows: list[tuple[float, ...]], new: tuple[float, ...]) -> list[tuple[float, ...]]:
    """The windows with one more, those that overlap it merged into it."""
    apart = []
    for w in windows:
        if w[0] <= new[1] and new[0] <= w[1] and w[2] <= new[3] and new[2] <= w[3]:
            new = (min(w[0], new[0]), max(w[1], new[1]), min(w[2], new[2]), max(w[3], new[3]))
        else:
            apart.append(w)
    return [*apart, new] if len(apart) == len(windows) else _join(apart, new)


def _where(window: tuple[float, ...]) -> str:
    return f"x {window[0]:.1f} to {window[1]:.1f} m, y {window[2]:.1f} to {window[3]:.1f} m"


# -------------------------------------------------------------------------------------------- what is in it


def _fill(axes: Any, sheet: Sheet, points: float) -> None:
    """Everything inside the hall. points: per metre."""
    for row in sheet.solids:
        axes.add_patch(_rectangle(row, fc="#aab2bb", ec="none", zorder=2))
    for row in sheet.partitions:
        axes.plot(
            [row["x0"], row["x1"]], [row["y0"], row["y1"]], color="#5b6470", lw=2, ls=(0, (5, 2)), zorder=4
        )
    for row in sheet.screens:
        if row["z0"] == row["z1"]:
            axes.add_patch(_rectangle(row, fc="none", ec=colours.SCREEN, hatch="...", lw=0.8, zorder=2))
        else:
            axes.plot(
                [row["x0"], row["x1"]], [row["y0"], row["y1"]], color=colours.SCREEN, lw=2, ls=":", zorder=4
            )
    for row in sheet.openings:
        if row["wall"] in ("floor", "ceiling"):
            hatch = "///" if row["wall"] == "floor" else "\\\\\\"
            colour = colours.OPENINGS[row["kind"]][1]
            axes.add_patch(_rectangle(row, fc="none", ec=colour, hatch=hatch, lw=1.2, zorder=2))
    for row in sheet.busways:
        axes.plot([row["x0"], row["x1"]], [row["y0"], row["y1"]], color=row["colour"], lw=3, zorder=2.5)
    for row in sheet.units:
        _unit(axes, row, points)


def _rectangle(row: Row, **style: Any) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((row["x0"], row["y0"]), row["x1"] - row["x0"], row["y1"] - row["y0"], **style)


def _unit(axes: Any, row: Row, points: float) -> None:
    """One rack: coloured box, heavy edge at the front, name and number as large as fits."""
    axes.add_patch(_rectangle(row, fc=row["colour"], ec="#20242a", lw=0.6, zorder=3))
    axis, high = row["facing"][1], row["facing"][0] == "+"
    edge = {a: (row[f"{a}0"], row[f"{a}1"]) for a in "xy"}
    edge[axis] = (edge[axis][int(high)],) * 2
    axes.plot(edge["x"], edge["y"], color="#10151b", lw=2.4, solid_capstyle="butt", zorder=4)
    text, size = _fit(row, points)
    place = (0.5 * (row["x0"] + row["x1"]), 0.5 * (row["y0"] + row["y1"]))
    if size < 3.5 or not _inside(axes, place):
        return
    turn = 90 if row["y1"] - row["y0"] > row["x1"] - row["x0"] else 0
    style = {"ha": "center", "va": "center", "zorder": 7, "linespacing": 1.05}
    axes.text(*place, text, fontsize=size, rotation=turn, color=_ink_on(row["colour"]), **style)


def _inside(axes: Any, place: tuple[float, float]) -> bool:
    (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
    return x0 < place[0] < x1 and y0 < place[1] < y1


def _print_size(row: Row, points: float) -> float:
    return _fit(row, points)[1]


def _fit(row: Row, points: float) -> tuple[str, float]:
    """The unit's lines in one or in two, whichever may be larger in its box; the font size [point]."""
    sides = [points * (row[f"{a}1"] - row[f"{a}0"]) for a in "xy"]
    long, short = max(sides), min(sides)
    lines = row["text"]
    one, two = "  ".join(lines), "\n".join(lines)
    size_one = min(0.75 * short, long / (0.62 * len(one)), LARGE_PRINT)
    size_two = min(0.75 * short / (1.15 * len(lines)), long / (0.66 * max(map(len, lines))), LARGE_PRINT)
    return (one, size_one) if size_one >= size_two else (two, size_two)


def _ink_on(colour: str) -> str:
    from matplotlib.colors import to_rgb

    red, green, blue = to_rgb(colour)
    return "white" if 0.3 * red + 0.59 * green + 0.11 * blue < 0.55 else INK


# -------------------------------------------------------------------------------------------- around it


def _hall_marks(axes: Any, sheet: Sheet) -> None:
    """Openings in the walls, names of groups and busways, the hall's size."""
    for row in sheet.openings:
        _opening(axes, row, sheet.size)
    _group_names(axes, sheet)
    _busway_names(axes, sheet)
    length, width, height = sheet.size
    axes.set_title(
        f"{length:g} m x {width:g} m, {height:g} m high", fontsize=9.5, color=INK, loc="right", pad=17
    )


def _busway_names(axes: Any, sheet: Sheet) -> None:
    """Beside the middle of each busway, on the side with more room."""
    pieces: dict[str, list[Row]] = {}
    for row in sheet.busways:
        pieces.setdefault(row["element"], []).append(row)
    length, width, _ = sheet.size
    off = max(0.03 * max(length, width), CLEAR)
    for rows in pieces.values():
        row = rows[len(rows) // 2]
        x, y = (0.5 * (row[f"{a}0"] + row[f"{a}1"]) for a in "xy")
        along_x = abs(row["x1"] - row["x0"]) >= abs(row["y1"] - row["y0"])
        dx, dy = (
            (0.0, off if y < 0.5 * width else -off) if along_x else (off if x < 0.5 * length else -off, 0.0)
        )
        box = {"boxstyle": "round,pad=0.2", "fc": "white", "ec": row["colour"], "lw": 1.2}
        style = {"ha": "center", "va": "center", "fontsize": 8, "color": INK, "zorder": 8}
        axes.text(x + dx, y + dy, row["label"], bbox=box, **style)


def _opening(axes: Any, row: Row, size: tuple[float, float, float]) -> None:
    if row["wall"] in ("floor", "ceiling"):
        return
    colour = colours.OPENINGS[row["kind"]][1]
    shift = 0.008 * max(size[:2]) * (-1 if row["wall"].endswith("min") else 1)
    dx, dy = (shift, 0) if row["wall"][0] == "x" else (0, shift)
    ends = ([row["x0"] + dx, row["x1"] + dx], [row["y0"] + dy, row["y1"] + dy])
    axes.plot(*ends, color=colour, lw=7, solid_capstyle="butt", clip_on=False, zorder=10)


def _group_names(axes: Any, sheet: Sheet) -> None:
    """Name, flow and temperature of each group of openings, outside its wall."""
    off = 0.021 * max(sheet.size[:2])
    for (group, wall), rows in by_group(sheet.openings).items():
        x, y = (0.5 * (min(r[f"{a}0"] for r in rows) + max(r[f"{a}1"] for r in rows)) for a in "xy")
        dx, dy = {"x_min": (-off, 0), "x_max": (off, 0), "y_min": (0, -off), "y_max": (0, off)}.get(
            wall, (0, 0)
        )
        style = {"ha": "center", "va": "center", "fontsize": 9.5, "color": INK, "zorder": 8}
        box = {"boxstyle": "round,pad=0.2", "fc": "white", "ec": "none", "alpha": 0.8}
        axes.text(
            x + dx,
            y + dy,
            opening_words(_counted(group, rows), rows),
            rotation=90 if wall[0] == "x" else 0,
            bbox=box,
            **style,
        )


def _counted(group: str, rows: list[Row]) -> str:
    return f"{group} x {len(rows)}" if len(rows) > 1 else group


def _words(figure: Any, sheet: Sheet) -> None:
    """Title above, legend and note below."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    wide, tall = figure.get_size_inches()
    left = LEFT / wide
    figure.text(left, 1 - 0.3 / tall, sheet.title, fontsize=16, weight="bold", color=INK, va="center")
    figure.text(left, 1 - 0.6 / tall, sheet.subtitle, fontsize=10.5, color="#52606d", va="center")
    note = wrap(sheet.note, round((wide - LEFT - RIGHT) * LETTERS))
    figure.text(
        left, 0.1 / tall, "\n".join(note), fontsize=10, color="#52606d", va="bottom", linespacing=1.15
    )
    handles: list[Any] = [Patch(fc=c, ec="#20242a", label=name) for name, c in sheet.legend.items()]
    there = {row["kind"] for row in sheet.openings}
    handles += [
        Line2D([], [], color=c, lw=6, label=name) for k, (name, c) in colours.OPENINGS.items() if k in there
    ]
    if sheet.busways:
        handles.append(Line2D([], [], color="#5b6470", lw=3, label="busway, coloured by loading"))
    place = {"loc": "lower left", "bbox_to_anchor": (left - 0.08 / wide, (0.11 + LINE * len(note)) / tall)}
    count = len(handles) if wide > 14 else (len(handles) + 1) // 2
    figure.legend(handles=handles, ncols=count, frameon=False, fontsize=9.5, columnspacing=1.4, **place)
