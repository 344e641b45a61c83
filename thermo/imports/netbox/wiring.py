"""What hangs on what: the far end of every cable, and what each outlet's and feed's power reaches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..imported import Notes, Row
from .tables import length

End = tuple[str, str, str]  # "feed" | "port" | "outlet", panel or device, name
KINDS = {"powerfeed": "feed", "powerport": "port", "poweroutlet": "outlet"}
PARENT = {"feed": "power_panel", "port": "device", "outlet": "device"}


@dataclass(frozen=True)
class Draw:
    """A power port that feeds nothing further: what draws, through which leg ("" where none is stated)."""

    port: Row
    leg: str
    through: tuple[str, ...]  # devices on the way


class Wiring:
    """Feeds, ports and outlets by their ends, and the cables between them."""

    def __init__(self, tables: dict[str, list[Row]], notes: Notes) -> None:
        self.notes = notes
        self.at: dict[End, Row] = {}
        self.by_id: dict[tuple[str, str], End] = {}
        for kind, table in (("feed", "feeds"), ("port", "ports"), ("outlet", "outlets")):
            for row in tables[table]:
                end = (kind, str(row[PARENT[kind]]), str(row["name"]))
                self.at[end] = row
                if "id" in row:
                    self.by_id[kind, str(row["id"])] = end
        self.outlets: dict[tuple[str, str], list[End]] = {}  # of a device's power port
        for end, row in self.at.items():
            if end[0] == "outlet":
                self.outlets.setdefault((end[1], str(row.get("power_port", ""))), []).append(end)
        self.beside: dict[End, tuple[End, float | None]] = {}
        for row in tables["cables"]:
            self._join(row)

    def _join(self, row: Row) -> None:
        """A cable that is in use, between two ends of power; others are nobody's business here."""
        if str(row.get("status", "connected")).lower() != "connected":
            return
        ends = [self._end(row, side) for side in "ab"]
        if None in ends:
            return
        one, other = ends
        assert one is not None
        assert other is not None
        far = length(row, self.notes)
        self.beside[one], self.beside[other] = (other, far), (one, far)

    def _end(self, row: Row, side: str) -> End | None:
        stated = row.get(f"{side}_terminations")
        if isinstance(stated, list):
            return self._end_of_object(stated, row)
        name = str(row.get(f"side_{side}_name", row.get(f"termination_{side}", "")))
        parent = row.get(
            f"side_{side}_device", row.get(f"device_{side}", row.get(f"side_{side}_power_panel"))
        )
        kind = KINDS.get(str(row.get(f"side_{side}_type", "")).rpartition(".")[2])
        found = [
            end
            for end in self.at
            if end[2] == name
            and kind in (None, end[0])
            and (end[1] == parent if parent else end[0] == "feed")
        ]
        if len(found) > 1:
            self.notes.refuse(
                row["where"], f"'{name}' is {len(found)} things; export the cable's types and panels too"
            )
        return found[0] if len(found) == 1 else None

    def _end_of_object(self, stated: list[Row], row: Row) -> End | None:
        """REST: [{"object_type": "dcim.powerport", "object_id": 7}]."""
        kinds = {KINDS.get(str(one.get("object_type", "")).rpartition(".")[2]) for one in stated}
        if not stated or kinds == {None}:
            return None
        if len(stated) > 1:
            self.notes.refuse(
                row["where"], "ends on several ports at once; give each port a cable of its own"
            )
            return None
        end = self.by_id.get((str(kinds.pop()), str(stated[0].get("object_id"))))
        if end is None:
            kind, own = stated[0].get("object_type"), stated[0].get("object_id")
            self.notes.refuse(
                row["where"], f"ends on {kind} {own}, which no table holds; export that table whole"
            )
        return end

    def far_length(self, feed: Row) -> float | None:
        """Length [m] of the cable at a feed; None where there is none or none is stated."""
        return self.beside.get(("feed", str(feed["power_panel"]), str(feed["name"])), (None, None))[1]

    def draws(self, feed: Row) -> Iterator[Draw]:
        """All that draws from a feed."""
        end = ("feed", str(feed["power_panel"]), str(feed["name"]))
        if end in self.beside:
            yield from self._below(self.beside[end][0], "", ())

    def _below(self, end: End, leg: str, through: tuple[str, ...]) -> Iterator[Draw]:
        if end[0] != "port":
            return
        device = end[1]
        if device in through:
            ring = " -> ".join([*through[through.index(device) :], device])
            self.notes.refuse(self.at[end]["where"], f"feeds itself: {ring}; take one cable out")
            return
        outlets = self.outlets.get((device, end[2]), [])
        if not outlets:
            yield Draw(self.at[end], leg, (*through, device))
        for outlet in outlets:
            if outlet in self.beside:
                own = str(self.at[outlet].get("feed_leg", "")) or leg
                yield from self._below(self.beside[outlet][0], own, (*through, device))
