"""Converters, batteries and further sources of a network file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Any

from ..netfile import NetworkError
from .converters import HOLDS, PASSES, Converter, LossCurve, Source, Store
from .parts import ROOT3

Row = Mapping[str, Any]
Position = Mapping[Any, int]


def volts(row: Row) -> float:
    """Nominal [V] of a node, phase to neutral or, of DC, pole to pole."""
    return float(row["u"]) / (1.0 if row.get("dc") else ROOT3)


def converters(tables: Mapping[str, Any], position: Position, places: Sequence[str]) -> tuple[Converter, ...]:
    """Each holds the nominal voltage of its `t`, or with `mode: passes` passes on that of its `f`."""
    found = []
    for row in tables["converters"]:
        at = position[row["t"]]
        factor = row.get("pf", 1.0)
        found.append(
            Converter(
                node=at,
                volts=volts(tables["nodes"][at]),
                curve=LossCurve(row["p_rated"], *row.get("losses", (0.0, 0.0, 0.0))),
                place=places.index(place_of(row)),
                mode=row.get("mode", HOLDS),
                tan_phi=sqrt(1 / factor**2 - 1),
                charge=row.get("charge", 0.0),
                efficiency=row.get("efficiency", 1.0),
            )
        )
    return tuple(found)


def place_of(row: Row) -> str:
    """Where its loss becomes heat."""
    return str(row.get("place", "converter"))


def stores(tables: Mapping[str, Any], position: Position, places: Sequence[str]) -> tuple[Store, ...]:
    """Batteries on nodes: `power` [W] drawn, or below 0 given."""
    return tuple(
        Store(
            position[row["node"]],
            places.index(row.get("place", "battery")),
            row["power"],
            row.get("efficiency", 1.0),
            row.get("standby", 0.0),
        )
        for row in tables["stores"]
    )


def sources(tables: Mapping[str, Any], position: Position) -> tuple[Source, ...]:
    """Sources beside the first one."""
    at = [(position[row["node"]], row.get("u_pu", 1.0)) for row in tables["sources"]]
    return tuple(Source(node, scale * volts(tables["nodes"][node])) for node, scale in at)


def refuse(tables: Mapping[str, Any], position: Position) -> None:
    """Raise NetworkError for AC and DC that touch without a converter, and what a converter or load cannot be."""
    rows = tables["nodes"]
    direct = [bool(row.get("dc")) for row in rows]
    problems = []
    for table in ("lines", "transformers"):
        for k, row in enumerate(tables[table]):
            ends = {direct[position[row[key]]] for key in ("f", "t")}
            if len(ends) == 2 or (table == "transformers" and True in ends):
                problems.append(f"{table}[{k}]: joins AC and DC, or stands on DC; only a converter may")
            elif True in ends and {"x1", "x", "b", "r0", "x0"} & set(row):
                problems.append(f"{table}[{k}]: a DC line has `r1` alone, of both poles")
    for k, row in enumerate(tables["converters"]):
        problems += _converter(f"converters[{k}]", row, [direct[position[row[key]]] for key in ("f", "t")])
    for k, row in enumerate(tables["loads"]):
        if direct[position[row["node"]]] and (any(row["p"][1:]) or any(row["q"])):
            problems.append(f"loads[{k}]: DC has one column of power, p: [W, 0, 0], and no q")
    for k, row in enumerate(tables["stores"]):
        if not 0 < row.get("efficiency", 1.0) <= 1:
            problems.append(
                f"stores[{k}].efficiency: above 0 and at most 1 is wanted, not {row['efficiency']!r}"
            )
    if problems:
        raise NetworkError(problems)


def _converter(at: str, row: Row, direct: Sequence[bool]) -> list[str]:
    found = []
    if row.get("mode", HOLDS) not in (HOLDS, PASSES):
        found.append(f"{at}.mode: {row['mode']!r} is neither {HOLDS} nor {PASSES}")
    elif row.get("mode") == PASSES and direct[0] != direct[1]:
        found.append(
            f"{at}.mode: a converter between AC and DC holds its output, it cannot pass its input on"
        )
    wrong = [key for key in ("pf", "efficiency") if not 0 < row.get(key, 1.0) <= 1]
    return found + [f"{at}.{key}: above 0 and at most 1 is wanted, not {row[key]!r}" for key in wrong]
