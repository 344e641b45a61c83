"""A result for other programs: `.vtr` for ParaView before 6.2, CSV tables, one JSON document."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np

from ..result import Result, plain
from .wording import name_of

FORMATS = ("vtr", "csv", "json")


def export(result: Result, form: str, folder: str | Path) -> list[Path]:
    """Write the result in that form into the folder; the files written.

    vtr: the grid and its fields. csv: one file a table, units in a second header line. json: the run document
    and every table. Raises ValueError for another form.
    """
    writers = {"vtr": _vtr, "csv": _csv, "json": _json}
    if form not in writers:
        raise ValueError(f"no export format '{form}'; there are: {', '.join(FORMATS)}")
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    return writers[form](result, folder)


def _vtr(result: Result, folder: Path) -> list[Path]:
    import pyvista as pv

    mesh = pv.RectilinearGrid(*result.grid)
    for name in result.field_names:
        values = result.field(name)
        mesh.cell_data[name] = values.reshape(-1, *values.shape[3:])
    if "blocked" in result.field_names:
        mesh.cell_data["vtkGhostType"] = np.where(result.field("blocked") > 0, 32, 0).astype(np.uint8).ravel()
    path = folder / f"{name_of(result)}.vtr"
    mesh.save(path)
    return [path]


def _csv(result: Result, folder: Path) -> list[Path]:
    paths = []
    for name in result.table_names:
        path = folder / f"{name.replace('/', '_')}.csv"
        table = result.table(name)
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(table)
            writer.writerow(result.units(f"{name}/{column}") for column in table)
            writer.writerows(zip(*(column.tolist() for column in table.values()), strict=True))
        paths.append(path)
    return paths


def _json(result: Result, folder: Path) -> list[Path]:
    tables = {name: plain(result.table(name)) for name in result.table_names}
    document = {"run": plain(result.summary), "provenance": plain(result.attributes), "tables": tables}
    path = folder / f"{name_of(result)}.json"
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False), encoding="utf-8")
    return [path]
