"""What a verification case finds: one number against one reference."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Finding:
    """measured against reference; `tolerance` is a share of the reference (or of `scale`), `why` its reason.

    sense "near": within the tolerance. "at least": measured may lie above, or below by no more. Rooms that were
    measured also have `coarser`, what coarser grids gave, and `others`, how near published codes come; there the
    tolerance is what the model is known for, not the measurement's own; `sizes`, the cells of all grids from coarse to
    fine, where the grid's part is told (`thermo.gci`). `miss` says why a figure is known to lie
    outside its tolerance: the tests then want it outside, so that a cure is noticed.
    """

    case: str
    quantity: str
    reference: float
    measured: float
    tolerance: float
    why: str
    source: str
    scale: float | None = None  # what differences are shares of; default the reference
    sense: str = "near"
    coarser: tuple[float, ...] = ()
    others: str = ""
    miss: str = ""
    sizes: tuple[float, ...] = ()

    @property
    def difference(self) -> float:
        """Measured less reference, as a share of the scale."""
        return (self.measured - self.reference) / (abs(self.reference) if self.scale is None else self.scale)

    @property
    def ok(self) -> bool:
        if self.sense == "at least":
            return self.difference >= -self.tolerance
        return abs(self.difference) <= self.tolerance  # False for NaN

    def document(self) -> dict[str, Any]:
        """For JSON."""
        rounded = {"difference": self.difference, "ok": bool(self.ok)}
        return asdict(self) | rounded
