"""A power flow as the rows that a result file, a report and `--json` hold."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import isfinite
from typing import Any

import numpy as np

from ..case import Case
from ..case.power import BuswayElement, CableElement
from .flow import Limit, PowerResult

SHOWN = ("name", "kind", "loading_percent", "current_A", "loss_kW", "ok")


def summary(result: PowerResult) -> dict[str, Any]:
    """The `power` part of the run's document; None where there is no solution."""
    columns = [result.table[name].tolist() for name in SHOWN]
    rows = [dict(zip(SHOWN, map(_plain, values), strict=True)) for values in zip(*columns, strict=True)]
    return {
        "elements": rows,
        "voltage_min_pu": _plain(result.voltage_min_pu),
        "loss_kW": _plain(result.loss / 1e3),
        "stored_kW": _plain(result.stored / 1e3),
        "converged": result.converged,
    }


def _plain(value: Any) -> Any:
    """NaN has no place in JSON."""
    return None if isinstance(value, float) and not isfinite(value) else value


def limits_table(limits: Sequence[Limit]) -> dict[str, np.ndarray]:
    """Columns of the `limits` table."""
    return {
        "limit": np.array([x.limit for x in limits], str),
        "where": np.array([x.where for x in limits], str),
        "utilisation": np.array([x.utilisation for x in limits]),
        "value": np.array([x.value for x in limits]),
        "at_limit": np.array([x.at_limit for x in limits]),
        "unit": np.array([x.unit for x in limits], str),
        "ok": np.array([x.ok for x in limits], bool),
    }


def paths_table(case: Case) -> dict[str, np.ndarray]:
    """Busways and cables with a path as straight pieces [m], for drawing: element, x0, y0, z0, x1, y1, z1."""
    elements = case.power.elements.items() if case.power else ()
    pieces = [
        (name, *a, *b)
        for name, element in elements
        if isinstance(element, BuswayElement | CableElement) and element.path
        for a, b in pairwise(element.path)
    ]
    ends = np.array([piece[1:] for piece in pieces], float).reshape(-1, 6)
    columns = dict(zip(("x0", "y0", "z0", "x1", "y1", "z1"), ends.T, strict=True))
    return {"element": np.array([piece[0] for piece in pieces], str), **columns}
