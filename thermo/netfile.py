"""Network file (JSON) -> its tables, checked: every complaint at once, each with its field and the cure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from math import isfinite
from pathlib import Path
from typing import Any

KEYS = {
    "source": {"node", "u_pu", "angle_deg", "impedance"},
    "nodes": {"id", "name", "u", "phases", "dc"},
    "lines": {
        "f", "t", "kind", "name", "length", "r1", "x1", "r0", "x0", "r", "x", "b", "closed", "rating", "place",
        "material", "stated_degC", "limit_degC", "reference_degC", "breaker",
    },
    "transformers": {
        "f", "t", "name", "sn", "u1", "u2", "uk", "pk", "i0", "p0", "vector_group", "z0_equals_z1_seen_from_lv",
        "r_lv_ohm", "x_lv_ohm", "r0_lv_ohm", "x0_lv_ohm", "r", "x", "taps", "rating", "place",
    },
    "loads": {"node", "name", "p", "q", "connection", "zip", "u"},
    "shunts": {"node", "name", "g", "b"},
    "converters": {
        "f", "t", "name", "kind", "p_rated", "losses", "mode", "pf", "charge", "efficiency", "rating", "place",
    },
    "stores": {"node", "name", "power", "efficiency", "standby", "place"},
    "sources": {"node", "name", "u_pu"},
}  # fmt: skip
NEEDED = {
    "nodes": ("id", "u"),
    "lines": ("f", "t"),
    "transformers": ("f", "t", "u1", "u2", "vector_group"),
    "loads": ("node", "p", "q"),
    "shunts": ("node",),
    "converters": ("f", "t", "p_rated"),
    "stores": ("node", "power"),
    "sources": ("node",),
}
REFERENCES = {
    "lines": ("f", "t"), "transformers": ("f", "t"), "loads": ("node",), "shunts": ("node",),
    "converters": ("f", "t"), "stores": ("node",), "sources": ("node",),
}  # fmt: skip
TRIPLES = {"p", "q", "taps", "zip"}
NUMBERS = {"power", "standby", "charge", "efficiency", "pf"}
MATERIALS = ("copper", "aluminium")
STANDARDS = ("UL 489", "IEC 60898", "IEC 60947-2", "electronic")
BREAKER = {"rating", "standard", "curve"}


class NetworkError(Exception):
    """A network file that cannot be used. `problems`: one line each, "file: field: message"."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def read(path: str | Path) -> dict[str, Any]:
    """The tables of a network file, their fields and references checked.

    Raises NetworkError with everything that is wrong.
    """
    try:
        document = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise NetworkError([f"{path}: cannot be read: {error}"]) from None
    except json.JSONDecodeError as error:
        raise NetworkError([f"{path}:{error.lineno}:{error.colno}: not JSON: {error.msg}"]) from None
    return checked(document, str(path))


def checked(document: Any, where: str = "network") -> dict[str, Any]:
    """The document with one list of transformers. Raises NetworkError."""
    if not isinstance(document, dict):
        raise NetworkError([f"{where}: an object with source, nodes, lines, loads is wanted"])
    tables = dict(document)
    single = tables.pop("transformer", None)
    tables["transformers"] = [*tables.get("transformers", []), *([single] if single else [])]
    for name in ("lines", "loads", "shunts", "converters", "stores", "sources"):
        tables.setdefault(name, [])
    problems = [f"{where}: {problem}" for problem in _problems(tables)]
    if problems:
        raise NetworkError(problems)
    return tables


def _problems(tables: Mapping[str, Any]) -> Iterator[str]:
    for name in ("source", "nodes"):
        if name not in tables:
            yield f"{name}: missing"
    rows = tables.get("nodes", [])
    ids = {row.get("id") for row in rows if isinstance(row, dict)} if isinstance(rows, list) else set()
    if len(ids) != len(rows):
        yield "nodes: every node needs an `id` of its own"
    source = tables.get("source", {})
    if isinstance(source, dict) and source.get("node") not in ids:
        yield f"source.node: no node has the id {source.get('node')!r}"
    for table, known in KEYS.items():
        if table == "source":
            yield from _fields("source", source, known, ())
            continue
        for k, row in enumerate(tables.get(table, [])):
            at = f"{table}[{k}]"
            yield from _fields(at, row, known, NEEDED[table])
            for key in REFERENCES.get(table, ()):
                if isinstance(row, dict) and key in row and row[key] not in ids:
                    yield f"{at}.{key}: no node has the id {row[key]!r}"


def _fields(at: str, row: Any, known: set[str], needed: tuple[str, ...]) -> Iterator[str]:
    """Keys missing or unknown, numbers that are none, lists of another length."""
    if not isinstance(row, dict):
        yield f"{at}: an object is wanted, not {row!r}"
        return
    for key in needed:
        if key not in row:
            yield f"{at}.{key}: missing"
    for key, value in row.items():
        if key not in known:
            yield f"{at}.{key}: unknown; there are {', '.join(sorted(known))}"
        elif key in TRIPLES and not (
            isinstance(value, list | tuple) and len(value) == 3 and all(map(_number, value))
        ):
            yield f"{at}.{key}: three numbers are wanted, for phases a, b, c, not {value!r}"
        elif key == "losses" and not (
            isinstance(value, list | tuple) and len(value) == 3 and all(map(_number, value))
        ):
            yield f"{at}.{key}: three numbers are wanted, no-load, proportional and square-law, not {value!r}"
        elif key in NUMBERS and not _number(value):
            yield f"{at}.{key}: a number is wanted, not {value!r}"
        elif key == "breaker":
            yield from _breaker(f"{at}.{key}", value)
        elif key == "material" and value not in MATERIALS:
            yield f"{at}.{key}: {value!r} is not one of {', '.join(MATERIALS)}"
        elif key in ("u", "u1", "u2", "sn", "length", "p_rated") and not (_number(value) and value > 0):
            yield f"{at}.{key}: a number above 0 is wanted, not {value!r}"


def _breaker(at: str, row: Any) -> Iterator[str]:
    yield from _fields(at, row, BREAKER, ("rating",))
    if not isinstance(row, dict):
        return
    if "rating" in row and not (_number(row["rating"]) and row["rating"] > 0):
        yield f"{at}.rating: a number above 0 is wanted, not {row['rating']!r}"
    if row.get("standard", "UL 489") not in STANDARDS:
        yield f"{at}.standard: {row['standard']!r} is not one of {', '.join(STANDARDS)}"
    if row.get("curve", "C") not in ("B", "C", "D"):
        yield f"{at}.curve: {row['curve']!r} is not B, C or D"


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
