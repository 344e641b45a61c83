"""NetBox's tables as rows of plain text and numbers, whichever way they left it.

Three forms: the REST interface's JSON (a list, or {"results": [...]}), a list view's CSV ("Power Panel", "Maximum draw
(W)"), and the CSV that NetBox itself imports (power_panel, maximum_draw). Field names are those of NetBox 3.3 to 4.
"""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

from ..imported import Notes, Row

# table: words in its file's name, as in dcim/power-feeds or "netbox_power feeds.csv"; the fields a row must have
TABLES = {
    "panels": (("panel",), ("name",)),
    "feeds": (("feed",), ("name", "power_panel", "voltage", "amperage")),
    "outlets": (("outlet",), ("device", "name")),
    "ports": (("port",), ("device", "name")),
    "cables": (("cable",), ()),
}
OPTIONAL = ("panels", "outlets")
EMPTY = ("", "\u2014", "None", "null")  # a dash stands for nothing in a list view
METRES = {"km": 1e3, "m": 1.0, "cm": 0.01, "mi": 1609.344, "ft": 0.3048, "in": 0.0254}


def read(folder: str | Path, notes: Notes) -> dict[str, list[Row]]:
    """Rows by table; what is missing or damaged goes to the notes."""
    held: dict[str, list[Row]] = {name: [] for name in TABLES}
    files = sorted(path for path in Path(folder).iterdir() if path.suffix.lower() in (".csv", ".json"))
    for name, (words, needed) in TABLES.items():
        own = [path for path in files if any(word in path.stem.lower() for word in words)]
        if not own and name not in OPTIONAL:
            notes.refuse(
                name,
                f"no file has '{words[0]}' in its name; export that table as CSV or JSON into the folder",
            )
        for path in own:
            held[name] += _rows(path, needed, notes)
    return held


def _rows(path: Path, needed: tuple[str, ...], notes: Notes) -> list[Row]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        found = _from_json(text) if path.suffix.lower() == ".json" else _from_csv(text)
    except (OSError, UnicodeDecodeError, ValueError, TypeError, AttributeError) as error:
        notes.refuse(path.name, f"cannot be read ({error}); export it again")
        return []
    if found is None:
        notes.refuse(path.name, "holds only the first page of the table; ask for it with ?limit=0")
        return []
    for k, row in enumerate(found):
        for name in needed:
            if name not in row:
                notes.refuse(f"{path.name} row {k + 1}", f"has no {name}; export all columns of the table")
    return [
        row | {"where": f"{path.name} row {k + 1}"} for k, row in enumerate(found) if set(needed) <= set(row)
    ]


def _from_csv(text: str) -> list[Row]:
    rows = csv.DictReader(text.splitlines())
    return [
        {
            _field(name): value.strip()
            for name, value in row.items()
            if name and value and value.strip() not in EMPTY
        }
        for row in rows
    ]


def _field(heading: str) -> str:
    """ "Maximum draw (W)" is maximum_draw."""
    return re.sub(r"\W+", "_", re.sub(r"\(.*?\)", "", heading).strip().lower())


def _from_json(text: str) -> list[Row] | None:
    """None for one page of several."""
    whole = json.loads(text)
    if isinstance(whole, dict):
        if whole.get("next"):
            return None
        whole = whole["results"]
    return [{name: _plain(name, value) for name, value in row.items() if value is not None} for row in whole]


def _plain(name: str, value: Any) -> Any:
    """A choice is its value, a related object its name; ends of cables stay as they are."""
    if isinstance(value, dict) and name != "object":
        return value.get("value", value.get("name", value.get("display")))
    return value


def number(row: Row, name: str, notes: Notes, default: float | None = None) -> float:
    """A number of a row, a percent sign behind it forgiven."""
    text = row.get(name, default)
    try:
        return float(str(text).rstrip("% "))
    except ValueError:
        notes.refuse(row["where"], f"{name} is {text!r}, which is no number")
        return 1.0


def length(row: Row, notes: Notes) -> float | None:
    """Length of a cable [m]; None where it is not stated. A list view writes "15 Meters"."""
    text = str(row.get("length", ""))
    found = re.match(r"\s*([\d.]+)\s*(\w*)", text)
    if not found:
        return None
    unit = (row.get("length_unit") or found[2] or "m").lower()
    names = {
        "kilometers": "km",
        "meters": "m",
        "centimeters": "cm",
        "miles": "mi",
        "feet": "ft",
        "inches": "in",
    }
    metres = METRES.get(names.get(unit, unit))
    if metres is None:
        notes.refuse(row["where"], f"length unit {unit!r} is not known; there are {', '.join(METRES)}")
        return None
    return float(found[1]) * metres
