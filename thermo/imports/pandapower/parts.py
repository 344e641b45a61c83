"""A net while it is converted: its buses in service, what is said of it, the shunts found on the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from .. import sequences
from ..imported import Notes, Row
from .frames import Frames

Node = int | str  # id of a bus, or of what is no bus in pandapower


@dataclass
class Net:
    """The frames of a net, with the buses that are in service and the ends of branches that a switch opens."""

    frames: Frames
    notes: Notes
    bus: dict[int, Row] = field(init=False)
    open_ends: set[tuple[str, int, int]] = field(init=False)  # ("l" or "t", index, bus)
    shunts: list[Row] = field(default_factory=list)
    opened: list[Row] = field(default_factory=list)  # nodes at the open ends of lines

    def __post_init__(self) -> None:
        self.bus = {row["index"]: row for row in in_service(self.frames["bus"])}
        self.open_ends = {
            (row["et"], row["element"], row["bus"]) for row in self.frames["switch"] if not row["closed"]
        }

    def volts(self, bus: int) -> float:
        """Nominal voltage [V] line to line."""
        return float(self.bus[bus]["vn_kv"]) * 1e3

    def open_end(self, line: str, beside: int) -> str:
        """A node for the open end of a line; its id."""
        name = f"open end of {line}"
        self.opened.append({"id": name, "name": name, "u": self.volts(beside)})
        return name

    def shunt(self, bus: Node, zero: complex, positive: complex) -> None:
        """Add an admittance [S] of the sequences at a bus."""
        if not zero and not positive:
            return
        whole = sequences.matrix(zero, positive)
        self.shunts.append(
            {"node": bus, **{n: rows(part) for n, part in (("g", whole.real), ("b", whole.imag))}}
        )

    def standing(self, table: str, ends: Iterable[str]) -> list[Row]:
        """Rows in service between buses in service."""
        names = tuple(ends)
        return [row for row in in_service(self.frames[table]) if all(row[end] in self.bus for end in names)]


def in_service(table: list[Row]) -> list[Row]:
    """Rows not switched off."""
    return [row for row in table if row.get("in_service", True)]


def label(table: str, row: Row) -> str:
    """An element by table, index and name."""
    name = row.get("name")
    return f"{table}[{row['index']}]" + (f" '{name}'" if name else "")


def rows(matrix: np.ndarray) -> list[list[float]]:
    """A real matrix as a network file holds it."""
    return [[float(value) for value in row] for row in matrix]
