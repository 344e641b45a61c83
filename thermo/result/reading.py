"""Read a result file lazily."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from .model import Result, plain
from .writing import HIDDEN_CELL, RESERVED


def open_result(path: str | Path) -> Result:
    """Open a result file; fields, tables and state are read when asked for.

    Raises FileNotFoundError, or ValueError when the file is not a Minehall result.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"no result file at {path}")
    try:
        file = h5py.File(path, "r")
    except OSError as error:
        raise ValueError(f"{path} is not a readable HDF5 file: {error}") from error
    if "minehall_format" not in file.attrs or "VTKHDF" not in file:
        file.close()
        raise ValueError(f"{path} is an HDF5 file but not a Minehall result")
    return _lazy(file)


def _lazy(file: h5py.File) -> Result:
    group = file["VTKHDF"]
    tables = _Lazy({name: file[name] for name in _table_names(file)}, _read_table)
    result = Result(
        grid=[group[f"{axis}Coordinates"][...] for axis in "XYZ"],
        fields=_Lazy({_public(name): item for name, item in group["CellData"].items()}, _read_field),
        tables=tables,
        units=_stored_units(file, tables),
        summary=json.loads(file["summary"].asstr()[()]),
        case_text=file["case/text"].asstr()[()],
        state=_Lazy(dict(file["state"].items()), lambda d: d[...]),
        attributes={key: plain(value) for key, value in file["provenance"].attrs.items()},
    )
    result.on_close(file.close)
    return result


def _public(name: str) -> str:
    return "blocked" if name == "vtkGhostType" else name


def _read_field(dataset: h5py.Dataset) -> np.ndarray:
    values = dataset[...]
    return (
        (values & HIDDEN_CELL > 0).astype(np.uint8)
        if _public(dataset.name.split("/")[-1]) == "blocked"
        else values
    )


def _read_table(group: h5py.Group) -> dict[str, np.ndarray]:
    def column(dataset: h5py.Dataset) -> np.ndarray:
        if h5py.check_string_dtype(dataset.dtype):
            return np.array(dataset.asstr()[...], dtype=str)
        return dataset[...]

    return {name: column(item) for name, item in group.items() if isinstance(item, h5py.Dataset)}


def _table_names(file: h5py.File) -> list[str]:
    names: list[str] = []
    for top in file:
        if top not in RESERVED:
            file[top].visititems(lambda n, item, top=top: _note(names, f"{top}/{n}", item))
            _note(names, top, file[top])
    return sorted(names)


def _note(names: list[str], name: str, item: Any) -> None:
    if isinstance(item, h5py.Group) and "table" in item.attrs:
        names.append(name)


def _stored_units(file: h5py.File, tables: Mapping[str, Any]) -> dict[str, str]:
    units = {name: item.attrs.get("units", "") for name, item in file["VTKHDF/CellData"].items()}
    for table in tables:
        units |= {f"{table}/{name}": item.attrs.get("units", "") for name, item in file[table].items()}
    return units


class _Lazy(Mapping[str, Any]):
    """Name -> what `read` makes of the HDF5 object, read at each access."""

    def __init__(self, items: dict[str, Any], read: Any) -> None:
        self._items = items
        self._read = read

    def __getitem__(self, name: str) -> Any:
        return self._read(self._items[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)
