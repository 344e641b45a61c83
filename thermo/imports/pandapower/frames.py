"""A pandapower file as lists of rows, without pandas: a net of frames, each written as JSON in the JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..imported import ImportRefused, Row

CURE = "write it with pandapower.to_json(net, path), unencrypted"


class Frames:
    """Tables of a net by name, and its settings. Rows hold their `index`; what is NaN in a frame is absent."""

    def __init__(
        self, tables: dict[str, list[Row]], columns: dict[str, list[str]], settings: dict[str, Any]
    ) -> None:
        self.tables, self.columns, self.settings = tables, columns, settings

    def __getitem__(self, name: str) -> list[Row]:
        return self.tables.get(name, [])

    def number(self, name: str, default: float) -> float:
        """A setting of the net, such as f_hz."""
        value = self.settings.get(name)
        return default if value is None else float(value)


def read(path: str | Path) -> Frames:
    """The frames of a file that pandapower.to_json wrote. Raises ImportRefused."""
    try:
        whole = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ImportRefused([f"{path}: cannot be read: {error}"]) from None
    except json.JSONDecodeError as error:
        raise ImportRefused([f"{path}:{error.lineno}:{error.colno}: not JSON: {error.msg}; {CURE}"]) from None
    net = _net(whole)
    if net is None:
        raise ImportRefused([f"{path}: is no pandapower net; {CURE}"])
    try:
        split = {name: _split(frame) for name, frame in net.items() if _is_frame(frame)}
        tables = {name: _rows(frame) for name, frame in split.items()}
        columns = {name: list(frame["columns"]) for name, frame in split.items()}
    except (KeyError, TypeError, ValueError) as error:
        raise ImportRefused(
            [f"{path}: a table is damaged ({type(error).__name__}: {error}); {CURE}"]
        ) from None
    return Frames(
        tables, columns, {name: value for name, value in net.items() if isinstance(value, int | float)}
    )


def _net(whole: Any) -> dict[str, Any] | None:
    """The net's own dictionary."""
    if not isinstance(whole, dict):
        return None
    net = whole.get("_object", whole) if whole.get("_class") == "pandapowerNet" else whole
    return net if isinstance(net, dict) and _is_frame(net.get("bus")) else None


def _is_frame(value: Any) -> bool:
    return isinstance(value, dict) and value.get("_class") == "DataFrame"


def _split(frame: dict[str, Any]) -> dict[str, Any]:
    """A frame's columns, index and values."""
    held = frame["_object"]
    return dict(json.loads(held) if isinstance(held, str) else held)


def _rows(split: dict[str, Any]) -> list[Row]:
    return [
        {"index": index}
        | {name: value for name, value in zip(split["columns"], row, strict=True) if value is not None}
        for index, row in zip(split["index"], split["data"], strict=True)
    ]
