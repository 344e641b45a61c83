"""Write a result as VTKHDF, whole or not at all."""

from __future__ import annotations

import contextlib
import glob
import json
import os
import platform
from pathlib import Path

import h5py
import numpy as np

from .model import Result, plain

FORMAT = 1  # of our own groups; raised when a reader of an older file would go wrong
HIDDEN_CELL = 32  # vtkDataSetAttributes::HIDDENCELL: filters skip such cells
RESERVED = ("VTKHDF", "state", "case", "provenance", "summary")


def write(path: str | Path, result: Result) -> Path:
    """Write the result to `path` whole or not at all: temporary name, fsync, rename.

    An interrupted or failed write leaves the file that stood there before and nothing half-written; what a killed
    write left is cleared away by the next. Raises whatever h5py or the disk raised.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    _clear_parts(path)
    part = path.with_name(f"{_part(path)}{os.getpid()}")
    try:
        with h5py.File(part, "w") as file:
            _write_into(file, result)
            file.flush()
        _sync(part)
        part.replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            part.unlink()
        raise
    _sync(path.parent)
    return path


def _part(path: Path) -> str:
    """Name of a file while it is written, up to the number of the process: this machine is in it."""
    return f".{path.name}.part-{platform.node()}-"


def _clear_parts(path: Path) -> None:
    """Remove what writes to `path` left whose process, on this machine, is gone."""
    for part in path.parent.glob(f"{glob.escape(_part(path))}*"):
        number = part.name.removeprefix(_part(path))
        if number.isdecimal() and not _alive(int(number)):
            with contextlib.suppress(OSError):
                part.unlink()


def _alive(process: int) -> bool:
    """True when a process of this number runs on this machine; our own never left a part behind."""
    if process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # another user's
        return True
    return True


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_into(file: h5py.File, result: Result) -> None:
    file.attrs["minehall_format"] = FORMAT
    _write_vtkhdf(file.create_group("VTKHDF"), result)
    for name in result.table_names:
        _write_table(file, result, name)
    state = file.create_group("state", track_order=True)
    for name in result.state_names:
        _dataset(state, name, result.state(name))
    case = file.create_group("case")
    case.create_dataset("text", data=result.case_text, dtype=h5py.string_dtype())
    provenance = file.create_group("provenance", track_order=True)
    for key, value in result.attributes.items():
        provenance.attrs[key] = value if isinstance(value, str | int | float) else json.dumps(plain(value))
    summary = json.dumps(plain(result.summary), allow_nan=False)
    file.create_dataset("summary", data=summary, dtype=h5py.string_dtype())


def _write_vtkhdf(group: h5py.Group, result: Result) -> None:
    group.attrs["Version"] = np.array([2, 8], dtype=np.int64)
    kind = b"RectilinearGrid"
    group.attrs.create("Type", kind, dtype=h5py.string_dtype("ascii", len(kind)))
    faces = result.grid
    group.attrs["Dimensions"] = np.array([len(f) for f in faces], dtype=np.int32)
    for axis, coordinates in zip("XYZ", faces, strict=True):
        group.create_dataset(f"{axis}Coordinates", data=coordinates)
    cells = group.create_group("CellData", track_order=True)
    blocked = result.field("blocked") > 0 if "blocked" in result.field_names else np.zeros(faces.shape, bool)
    for name in result.field_names:
        if name == "blocked":
            continue
        values = result.field(name)
        if values.shape[:3] != faces.shape:
            raise ValueError(f"field {name} has shape {values.shape}, the grid {faces.shape}")
        _dataset(cells, name, _finite_in_solids(values, blocked)).attrs["units"] = result.units(name)
    _dataset(cells, "vtkGhostType", np.where(blocked, HIDDEN_CELL, 0).astype(np.uint8))


def _finite_in_solids(values: np.ndarray, blocked: np.ndarray) -> np.ndarray:
    """The field with NaN inside solids replaced: one NaN cell would poison its eight corner points."""
    wrong = ~np.isfinite(values)
    wrong &= blocked if values.ndim == 3 else blocked[..., None]
    if not wrong.any():
        return values
    air = values[~blocked]
    fill = np.nanmean(air) if values.ndim == 3 and np.isfinite(air).any() else 0.0
    return np.where(wrong, fill, values).astype(values.dtype)


def _dataset(group: h5py.Group, name: str, values: np.ndarray) -> h5py.Dataset:
    """Compressed with filters that VTK's own HDF5 has; chunks good for slices along every axis."""
    if values.ndim == 0 or values.size < 4096:
        return group.create_dataset(name, data=values)
    chunks = tuple(min(n, 32) if axis < 3 else n for axis, n in enumerate(values.shape))
    if values.ndim < 3:
        chunks = tuple(min(n, 32768) for n in values.shape)
    return group.create_dataset(
        name, data=values, chunks=chunks, compression="gzip", compression_opts=1, shuffle=True
    )


def _write_table(file: h5py.File, result: Result, name: str) -> None:
    if name.split("/")[0] in RESERVED:
        raise ValueError(f"'{name}' cannot be a table: the name is taken by the file's own layout")
    group = file.create_group(name, track_order=True)
    group.attrs["table"] = 1
    doubt = (result.summary.get("uncertainty") or {}).get("said")
    for column, values in result.table(name).items():
        text = values.dtype.kind in "US"
        stored = values.astype(object) if text else values
        dataset = group.create_dataset(
            column, data=stored, dtype=h5py.string_dtype() if text else values.dtype
        )
        dataset.attrs["units"] = result.units(f"{name}/{column}")
        if doubt and column.startswith("inlet") and column.endswith("_degC"):
            dataset.attrs["uncertainty"] = f"racks/inlet_numerical_K, racks/inlet_model_K; {doubt}"
