"""How the hall is cut into cells and solved."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ..units import Bound, Fraction, Number, Temperature, TemperatureDifference, Time, Width
from .entry import Entry


class GridSpec(Entry):
    """Target cell size, most growth from cell to cell, and how far a face may move to the next line."""

    cell: Width = 0.25
    growth: Annotated[Number, Bound(above=1.0, highest=3.0)] = 1.3
    snap: Fraction = 0.25


class Numerics(Entry):
    """Choices of the air solver. Constant density means Boussinesq's buoyancy.

    iterations: most, settled or not; left out, air that has not settled after some thousand is followed in time.
    prove_steady: where a settled answer is disturbed to see whether it lasts: a coarser grid, the case's own, nowhere.
    """

    # linear-upwind: of momentum, unbounded, temperature as in second; central: unbounded, for resolved flow
    scheme: Literal["upwind", "second", "linear-upwind", "central"] = "second"
    iterations: Annotated[int, Field(strict=True, ge=1, le=10_000_000)] | None = None
    turbulence: Literal["k-epsilon", "zero-equation", "laminar"] = "k-epsilon"
    density: Literal["ideal-gas", "constant"] = "ideal-gas"
    buoyancy: bool = True
    buoyancy_production: bool = True
    tolerance: Annotated[TemperatureDifference, Bound()] = 0.05
    time_step: Annotated[Time, Bound()] | None = None
    precision: Literal["single", "double"] = "single"
    prove_steady: Literal["coarse", "fine", "no"] = "coarse"
    start_temperature: Temperature | None = None
