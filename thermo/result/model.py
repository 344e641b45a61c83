"""A result in memory: grid, fields, tables, the run document and the restart state, read on demand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, NamedTuple

import numpy as np

FIELD_UNITS = {"T": "K", "U": "m/s", "p": "Pa", "k": "m2/s2", "eps": "m2/s3", "nu_t": "m2/s", "blocked": "1"}
# endings of column names, longest first where one ends another
SUFFIXES = {
    "_m3_s": "m3/s",
    "_kg_s": "kg/s",
    "_degC": "degC",
    "_percent": "%",
    "_kW": "kW",
    "_kA": "kA",
    "_Pa": "Pa",
    "_pu": "p.u.",
    "_m2": "m2",
    "_m3": "m3",
    "_A": "A",
    "_K": "K",
    "_V": "V",
    "_W": "W",
    "_m": "m",
    "_s": "s",
}
PLACES = {"x", "y", "z", "x0", "x1", "y0", "y1", "z0", "z1"}


class Faces(NamedTuple):
    """Face coordinates of the rectilinear grid [m], increasing; n cells have n+1 faces."""

    xf: np.ndarray
    yf: np.ndarray
    zf: np.ndarray

    @property
    def shape(self) -> tuple[int, int, int]:
        """Cells (nz, ny, nx)."""
        return len(self.zf) - 1, len(self.yf) - 1, len(self.xf) - 1

    @property
    def centres(self) -> Faces:
        """Cell centres along x, y, z [m]."""
        return Faces(*(0.5 * (f[1:] + f[:-1]) for f in self))

    @property
    def size(self) -> tuple[float, float, float]:
        """Extent of the hall along x, y, z [m]."""
        return tuple(float(f[-1] - f[0]) for f in self)  # type: ignore[return-value]


class Result:
    """What a run found, in memory or read from its file on demand.

    grid: three face coordinate arrays x, y, z [m]. fields: name -> (nz,ny,nx) or (nz,ny,nx,3), SI units
    (T in K), `blocked` uint8 marks cells the air cannot enter. tables: name -> column -> 1D array or list,
    text as str. units: "field" or "table/column" -> unit, where the name does not already say it. summary:
    the `run --json` document. state: arrays an exact restart needs. attributes: provenance, name -> text or
    number.
    """

    def __init__(
        self,
        grid: Any,
        fields: Mapping[str, Any],
        tables: Mapping[str, Mapping[str, Any]] | None = None,
        units: Mapping[str, str] | None = None,
        summary: Mapping[str, Any] | None = None,
        case_text: str = "",
        state: Mapping[str, Any] | None = None,
        attributes: Mapping[str, Any] | None = None,
    ) -> None:
        self.grid = Faces(*(np.asarray(f, dtype=np.float64) for f in grid))
        self.summary = dict(summary or {})
        self.case_text = case_text
        self.attributes = dict(attributes or {})
        self._fields = fields
        self._tables = tables or {}
        self._state = state or {}
        self._units = dict(units or {})
        self._cached: dict[str, Any] = {}
        self._close: Callable[[], None] = lambda: None

    @property
    def field_names(self) -> list[str]:
        return list(self._fields)

    @property
    def table_names(self) -> list[str]:
        return list(self._tables)

    @property
    def state_names(self) -> list[str]:
        return list(self._state)

    def field(self, name: str) -> np.ndarray:
        """Cell field (nz,ny,nx) or (nz,ny,nx,3). Raises KeyError naming the fields there are."""
        return self._get("field", self._fields, name, np.asarray)

    def table(self, name: str) -> dict[str, np.ndarray]:
        """Columns of a table as 1D arrays. Raises KeyError naming the tables there are."""
        return self._get("table", self._tables, name, _columns)

    def state(self, name: str) -> np.ndarray:
        """Restart array. Raises KeyError naming the arrays there are."""
        return self._get("state array", self._state, name, np.asarray)

    def has_table(self, name: str) -> bool:
        """True when the table is there and has at least one row."""
        if name not in self._tables:
            return False
        columns = self.table(name)
        return any(len(column) for column in columns.values())

    def rows(self, name: str) -> list[dict[str, Any]]:
        """The table row by row with plain Python values; [] when there is no such table."""
        if name not in self._tables:
            return []
        columns = self.table(name)
        lists = [column.tolist() for column in columns.values()]
        return [dict(zip(columns, values, strict=True)) for values in zip(*lists, strict=True)]

    def units(self, name: str) -> str:
        """Unit of a field ("T") or of a column ("racks/inlet_degC"); "" when it has none."""
        return self._units.get(name) or FIELD_UNITS.get(name) or column_unit(name.rsplit("/", 1)[-1])

    def extended(self, tables: Mapping[str, Mapping[str, Any]], summary: Mapping[str, Any]) -> Result:
        """The same result with these tables and summary entries added or replaced; arrays are shared."""
        kept = {name: self.table(name) for name in self.table_names if name not in tables}
        return Result(
            self.grid,
            self._fields,
            tables=kept | dict(tables),
            units=self._units,
            summary=self.summary | dict(summary),
            case_text=self.case_text,
            state=self._state,
            attributes=self.attributes,
        )

    def _get(self, what: str, where: Mapping[str, Any], name: str, convert: Any) -> Any:
        key = f"{what} {name}"
        if key not in self._cached:
            if name not in where:
                raise KeyError(f"the result has no {what} '{name}'; it has: {', '.join(where) or 'none'}")
            self._cached[key] = convert(where[name])
        return self._cached[key]

    def close(self) -> None:
        """Close the file behind a lazily read result; what was read stays."""
        self._close()

    def on_close(self, close: Callable[[], None]) -> None:
        """What to call when the result is closed: the reader's file."""
        self._close = close

    def __enter__(self) -> Result:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.close()


def column_unit(column: str) -> str:
    """Unit a column's name ends in ("inlet_degC" -> "degC"); "" when it names none."""
    if column in PLACES:
        return "m"
    return next((unit for ending, unit in SUFFIXES.items() if column.endswith(ending)), "")


def plain(value: Any) -> Any:
    """The value with numpy types turned into Python's and NaN or infinity into None, as JSON wants it."""
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value


def _columns(table: Mapping[str, Any]) -> dict[str, np.ndarray]:
    columns = {name: _column(values) for name, values in table.items()}
    if len({len(column) for column in columns.values()}) > 1:
        lengths = ", ".join(f"{name} {len(column)}" for name, column in columns.items())
        raise ValueError(f"columns of one table differ in length: {lengths}")
    return columns


def _column(values: Any) -> np.ndarray:
    column = np.asarray(values)
    if column.dtype.kind == "O":  # mixed or ragged: keep as text
        column = np.array([v if isinstance(v, str) else str(v) for v in values], dtype=str)
    return np.atleast_1d(column)
