"""The one-line diagram: source, transformers, boards, feeders, busways, coloured by loading, loads in groups."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

from ..metrics import it_rows
from ..result import Result
from . import colours
from .symbols import INK, SYMBOLS
from .wording import name_of, number

COLUMN, LEVEL = 1.75, 1.2  # [inch] between neighbours and between levels
HEAD, FOOT = 0.85, 0.75  # [inch]
QUIET = "#52606d"
STANDING = 14  # columns; a wider tree is laid on its side
ALONG, ROW, SIDE = 2.5, 0.66, 0.6  # [inch] of the tree on its side: between levels, between rows, left margin
WORDS = {
    "transformer": "transformer",
    "board": "board",
    "cable": "cable",
    "busway": "busway",
    "load": "loads",
}


@dataclass
class Node:
    """One element of the tree, or a group of loads (type "load", `text` its lines)."""

    name: str
    type: str
    row: dict[str, Any]
    text: list[str] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    x: float = 0.0  # columns from the left
    level: int = 0
    at: tuple[float, float] = (0.0, 0.0)  # [inch] on the page


def draw(result: Result, path: str | Path) -> Path:
    """One-line diagram to `.png` or `.svg`. Raises KeyError when the result has no power network."""
    from matplotlib.figure import Figure

    root = tree(result)
    columns = place(root)
    levels = 1 + max(node.level for node in walk(root))
    lying = columns > STANDING
    wide, tall = max(columns * COLUMN + 0.7, 8.5), levels * LEVEL + HEAD + FOOT
    if lying:
        wide, tall = max(levels * ALONG + SIDE, 8.5), columns * ROW + HEAD + FOOT
    figure = Figure(figsize=(wide, tall), facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, wide)
    axes.set_ylim(0, tall)
    axes.set_axis_off()
    (_lie if lying else _stand)(axes, root, (wide, tall), columns)
    _alternates(axes, root, result)
    _words(axes, result, wide, tall)
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=130)
    return path


# -------------------------------------------------------------------------------------------- the tree


def tree(result: Result) -> Node:
    """The elements as a tree under the source; whips and loads gathered in one group per element they hang on."""
    if not result.has_table("power/elements"):
        raise KeyError("the result has no power network to draw")
    rows = result.rows("power/elements")
    root = Node("source", "source", {})
    nodes = {"source": root} | {r["name"]: Node(r["name"], r["type"], r) for r in rows if r["type"] != "whip"}
    for name, node in nodes.items():
        if name != "source":
            nodes.get(node.row["parent"], root).children.append(node)
    for name, text in _groups(result, rows).items():
        if name in nodes:
            nodes[name].children.append(Node(name, "load", {}, text))
    return root


def _groups(result: Result, rows: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Element -> lines about the racks and shelves on it.

    A load hangs on an element by its whip, named "<unit>.<element>", or, without one, by the racks table's
    column `feed` ("bus_a" or "bus_a 50 %, bus_b 50 %").
    """
    units = {unit["name"]: unit for unit in it_rows(result)}
    on: dict[str, dict[str, Any]] = {}
    for unit in units.values():
        for feed in str(unit.get("feed", "")).split(","):
            name, *share = feed.split() or [""]
            part = float(share[0]) / 100 if share else 1.0
            if name:
                shown = unit | {"power_kW": part * unit["power_kW"], "on": name}
                on.setdefault(name, {})[unit["name"]] = shown
    whips: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if row["type"] == "whip":
            whips.setdefault(row["parent"], []).append(row)
            name = row["name"].removesuffix(f".{row['parent']}")
            if name in units:
                on.setdefault(row["parent"], {}).setdefault(name, units[name])
    groups = {name: _load_lines(list(loads.values())) for name, loads in on.items()}
    for name, its in whips.items():
        worst = max(its, key=lambda w: w["loading_percent"] if isfinite(w["loading_percent"]) else -1.0)
        groups.setdefault(name, [f"{len(its)} loads"]).append(f"whips up to {worst['loading_percent']:.0f} %")
    return groups


def _load_lines(units: list[dict[str, Any]]) -> list[str]:
    rows = ", ".join(sorted({unit["row"] for unit in units}))
    kinds = {"rack": "racks", "shelf": "shelf bays", "cooler": "coolers"}
    count = {word: sum(unit["role"] == role for unit in units) for role, word in kinds.items()}
    power = sum(unit["power_kW"] for unit in units)
    named = rows if len(rows) < 24 else rows[:22] + "…"
    return [named, *(f"{n} {word}" for word, n in count.items() if n), f"{power:.0f} kW", *_also(units)]


def _also(units: list[dict[str, Any]]) -> list[str]:
    """The other feeds of units that have several."""
    others = dict.fromkeys(
        feed.split()[0]
        for unit in units
        for feed in str(unit.get("feed", "")).split(",")
        if feed.split() and feed.split()[0] != unit.get("on")
    )
    return [f"other feed: {', '.join(others)}"] if 0 < len(others) <= 2 else ["other feeds"] if others else []


def walk(node: Node) -> list[Node]:
    """The node and all below it."""
    return [node] + [below for child in node.children for below in walk(child)]


def place(root: Node) -> int:
    """Give every node its level and its column, parents over the middle of their children; the column count."""
    taken = 0

    def visit(node: Node, level: int) -> None:
        nonlocal taken
        node.level = level
        for child in node.children:
            visit(child, level + 1)
        if node.children:
            node.x = 0.5 * (node.children[0].x + node.children[-1].x)
        else:
            node.x = taken
            taken += 1

    visit(root, 0)
    return taken


# -------------------------------------------------------------------------------------------- the drawing


def _y(node: Node, tall: float) -> float:
    return tall - HEAD - (node.level + 0.32) * LEVEL


def _colour(node: Node) -> str:
    return colours.loading_colour(node.row["loading_percent"]) if node.row else INK


def _stand(axes: Any, root: Node, size: tuple[float, float], columns: int) -> None:
    """The tree from the source downwards."""
    shift = 0.4 * (size[0] - columns * COLUMN)
    for node in walk(root):
        node.x = shift + (node.x + 0.3) * COLUMN  # words stand to the right of symbols
    for node in walk(root):
        _draw_node(axes, node, size[1])


def _lie(axes: Any, root: Node, size: tuple[float, float], columns: int) -> None:
    """The tree from the source to the right, a row for each of its ends: long, but no wider than a page."""
    places = {
        id(node): (SIDE + node.level * ALONG, size[1] - HEAD - (node.x + 0.5) * ROW) for node in walk(root)
    }
    for node in walk(root):
        x, y = node.at = places[id(node)]
        wired = _wired(node)
        ends = [places[id(child)] for child in wired]
        bar = x + 0.8 * ALONG
        if ends:
            axes.plot([x, bar], [y, y], color=INK, lw=1.2, zorder=1)
            axes.plot([bar, bar], [ends[0][1], ends[-1][1]], color=INK, lw=1.2, zorder=1)
        for child, (to, level) in zip(wired, ends, strict=True):
            axes.plot([bar, to], [level, level], color=_colour(child), lw=2.2 if child.row else 1.2, zorder=1)
        SYMBOLS[node.type if node.type in SYMBOLS else "cable"](axes, x, y, _colour(node))
        _words_beside(axes, node, x, y)


def _words_beside(axes: Any, node: Node, x: float, y: float) -> None:
    """Name above the wire, figures below it; loads in two lines to the right."""
    style = {"fontsize": 7.6, "color": INK, "ha": "left", "clip_on": False}
    box = {"boxstyle": "round,pad=0.08", "fc": "white", "ec": "none", "alpha": 0.9}
    if node.type == "load":
        half = (len(node.text) + 1) // 2
        text = "  ".join(node.text[:half]) + "\n" + "  ".join(node.text[half:])
        axes.text(x + 0.2, y, text, va="center", linespacing=1.2, bbox=box, **style)
        return
    lines = _lines(node)
    axes.text(x + 0.24, y + 0.07, lines[0], va="bottom", weight="bold", bbox=box, **style)
    axes.text(x + 0.24, y - 0.07, "  ".join(lines[1:2]), va="top", bbox=box, **style)


def _draw_node(axes: Any, node: Node, tall: float) -> None:
    y = _y(node, tall)
    node.at = (node.x, y)
    SYMBOLS[node.type if node.type in SYMBOLS else "cable"](axes, node.x, y, _colour(node))
    if node.children:
        _fan_out(axes, node, y, tall)
    lines = node.text if node.type == "load" else _lines(node)
    style = {"fontsize": 8.2, "va": "center", "color": INK, "linespacing": 1.25}
    box = {"boxstyle": "round,pad=0.12", "fc": "white", "ec": "none", "alpha": 0.9}
    if node.type == "load":
        axes.text(node.x, y - 0.2, "\n".join(lines), ha="center", **(style | {"va": "top"}))
        return
    axes.text(node.x + 0.2, y + 0.13, lines[0], weight="bold", ha="left", bbox=box, **style)
    axes.text(node.x + 0.2, y - 0.17, "\n".join(lines[1:]), ha="left", bbox=box, **style)


def _alternates(axes: Any, root: Node, result: Result) -> None:
    """Dashed: what a transfer switch turns to."""
    if not result.has_table("power/switches"):
        return
    at = {node.name: node.at for node in walk(root) if node.type != "load"}
    for row in result.rows("power/switches"):
        if row["name"] in at and row["alternate"] in at:
            ends = zip(at[row["alternate"]], at[row["name"]], strict=True)
            axes.plot(*ends, color=QUIET, lw=1.1, ls=(0, (4, 3)), zorder=0.5)


def _lines(node: Node) -> list[str]:
    if not node.row:
        return ["source"]
    row = node.row
    lines = [row["name"], f"{row['loading_percent']:.0f} %  {row['current_A']:.0f} / {row['rating_A']:.0f} A"]
    if not row["rating_A"]:
        lines[1] = f"{row['current_A']:.0f} A"
    return [*lines, f"{number(row['loss_kW'])} kW lost"]


def _wired(node: Node) -> list[Node]:
    """Children that hang on it: a generator stands beside the source."""
    return [child for child in node.children if child.type != "generator"]


def _fan_out(axes: Any, node: Node, y: float, tall: float) -> None:
    """Wires from a node to its children, by way of a level bar."""
    bar, wired = y - 0.62 * LEVEL, _wired(node)
    axes.plot([node.x] * 2, [y, bar], color=INK, lw=1.2, zorder=1)
    ends = sorted([node.x, wired[0].x, wired[-1].x]) if wired else [node.x]
    axes.plot([ends[0], ends[-1]], [bar, bar], color=INK, lw=1.2, zorder=1)
    for child in wired:
        axes.plot(
            [child.x] * 2,
            [bar, _y(child, tall)],
            color=_colour(child),
            lw=2.2 if child.row else 1.2,
            zorder=1,
        )


def _words(axes: Any, result: Result, wide: float, tall: float) -> None:
    """Title and what sums it up above, legend below."""
    from matplotlib.lines import Line2D

    power = result.summary.get("power") or {}
    axes.text(
        0.3,
        tall - 0.3,
        f"{name_of(result)}: one-line diagram",
        fontsize=15,
        weight="bold",
        color=INK,
        va="center",
    )
    text = f"lowest voltage {number(power.get('voltage_min_pu'), 3)} p.u.   losses {number(power.get('loss_kW'))} kW"
    axes.text(0.3, tall - 0.58, text, fontsize=10, color=QUIET, va="center")
    handles = [Line2D([], [], color=c.colour, lw=5, label=c.name) for c in colours.LOADINGS]
    title = "Loading, share of the continuous rating:"
    axes.text(0.3, 0.28, title, fontsize=9, color=QUIET, va="center")
    axes.legend(
        handles=handles,
        loc="center left",
        bbox_to_anchor=(min(3.6 / wide, 0.45), 0.28 / tall),
        ncols=4,
        frameon=False,
        fontsize=9,
        handlelength=1.4,
        columnspacing=1.2,
    )
