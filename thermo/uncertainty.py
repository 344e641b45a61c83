"""How far an inlet temperature may be off: what the numerics leave open, and what the model is known to miss.

Numerical parts are added up, not squared and added: grid, time and balance are bounds of systematic errors and no
independent draws (Roy & Oberkampf 2011, Computer Methods in Applied Mechanics and Engineering 200:2131, section 4.2).
The model's error against measurements stands beside it, as ASME V&V 20-2009 keeps the two apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

NOT_ESTIMATED = "not estimated (--gci)"
NOT_MEASURED = "not measured"
OK, OVER, UNSURE = "ok", "over", "within uncertainty"  # what can be said of an inlet and its limit


@dataclass(frozen=True)
class ModelRecord:
    """Inlets solved less inlets measured, uncalibrated [K]."""

    bias: float  # mean
    rms: float  # root mean square, bias included
    source: str


# Of `minehall verify --halls`: 12 sensors before the racks in three windows, pooled. It holds what is not known of that
# hall too, the flow of its servers most of all; single sensors are harder to meet than means of fronts.
MODEL: ModelRecord | None = ModelRecord(
    -0.2, 3.1, "36 sensors before the racks of RISE POD 2, doubtful inputs included: docs/validation-halls.md"
)


def numerical(grid: np.ndarray, time: np.ndarray, balance: float) -> np.ndarray:
    """Numerical uncertainty [K] of each unit: grid (nan where not estimated), time and balance added up."""
    return np.nan_to_num(grid) + time + abs(balance)


def columns(grid: np.ndarray, time: np.ndarray, balance: float) -> dict[str, np.ndarray]:
    """The racks table's columns: the parts, their sum, and the model's error (nan while not measured)."""
    return {
        "inlet_gci_K": grid,
        "inlet_time_K": time,
        "inlet_balance_K": np.full(time.shape, abs(balance)),
        "inlet_numerical_K": numerical(grid, time, balance),
        "inlet_model_K": np.full(time.shape, MODEL.rms if MODEL else np.nan),
    }


def judged(inlet: np.ndarray, limit: np.ndarray, racks: dict[str, Any]) -> list[str]:
    """OK, OVER or UNSURE for each unit: UNSURE where the limit [degC] lies within the inlet's uncertainty."""
    open_by = np.asarray(racks["inlet_numerical_K"]) + np.nan_to_num(racks["inlet_model_K"])
    away = np.asarray(inlet) - np.asarray(limit)
    return [UNSURE if abs(a) <= u else OVER if a > 0 else OK for a, u in zip(away, open_by, strict=True)]


def document(grid: bool) -> dict[str, Any]:
    """For the run's document: what the figures beside the inlets are."""
    model = {"bias_K": MODEL.bias, "rms_K": MODEL.rms, "source": MODEL.source} if MODEL else None
    return {"grid": "grid convergence index" if grid else NOT_ESTIMATED, "model": model, "said": said(grid)}


def said(grid: bool) -> str:
    """The same in a sentence."""
    first = "grid convergence index" if grid else f"grid: {NOT_ESTIMATED}"
    model = f"r.m.s. {MODEL.rms:.1f} K, bias {MODEL.bias:+.1f} K ({MODEL.source})" if MODEL else NOT_MEASURED
    return f"numerical: {first}, time and balance added up (95 %); model: {model}"
