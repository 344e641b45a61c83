"""The hall itself: its size, symmetry planes, solid boxes, thin partitions and screens."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ..units import (
    Bound,
    Fraction,
    HeatFlux,
    HeatTransmittance,
    Length,
    Measured,
    Number,
    Quantity,
    Temperature,
    Width,
)
from .entry import Count, Entry, Point, Size

GapArea = Annotated[Measured, Quantity("area", "fraction", measured=True)]


class SolidBox(Entry):
    """A box the air cannot enter: low corner and size."""

    at: Point
    size: Size


class PartitionWall(Entry):
    """A thin wall across `axis`; `from` and `to` are its other two coordinates, in x, y, z order.

    With a `u_value`, from air to air, it passes heat; with a `leakage`, of its area or as an area, air.
    """

    axis: Literal["x", "y", "z"]
    at: Length
    low: tuple[Length, Length] = Field(alias="from")
    high: tuple[Length, Length] = Field(alias="to")
    u_value: HeatTransmittance | None = None
    leakage: GapArea | None = None


class Screen(Entry):
    """A thin plane that air passes at a loss: a perforated tile, a door, a grille, a filter; placed as a partition.

    Its loss follows from `open_area` (a perforated plate) unless a `loss_coefficient` is given: dp = K rho u^2 / 2
    with the velocity u that approaches. In the plane of a partition it opens that. With a `count` an entry stands
    for that many equal screens, `pitch` apart along an axis.
    """

    axis: Literal["x", "y", "z"]
    at: Length
    low: tuple[Length, Length] = Field(alias="from")
    high: tuple[Length, Length] = Field(alias="to")
    open_area: Annotated[Fraction, Bound()] | None = None
    loss_coefficient: Annotated[Number, Bound()] | None = None
    jet: bool = False  # gives the air behind it the momentum of the jets from its holes
    count: Count = 1
    pitch: Width | None = None
    along: Literal["x", "y", "z"] | None = None


class WallCondition(Entry):
    """What one side of the hall does to the air's heat; one of `temperature`, `u_value` and `flux`.

    A U-value is from air to air, with both surface films, as tables have it (ISO 6946); beside a surface of
    given temperature the film is solved.
    """

    temperature: Temperature | None = None  # of the inner surface
    u_value: HeatTransmittance | None = None
    outside: Temperature | None = None  # behind the U-value; default the site's dry bulb
    solar: HeatFlux | None = None  # absorbed by the outer surface, behind the U-value
    flux: HeatFlux | None = None  # into the air


class Walls(Entry):
    """The hall's six sides; one left out is adiabatic."""

    x_min: WallCondition | None = None
    x_max: WallCondition | None = None
    y_min: WallCondition | None = None
    y_max: WallCondition | None = None
    floor: WallCondition | None = None
    ceiling: WallCondition | None = None


class Hall(Entry):
    """A box with one corner at the origin, z up."""

    size: Size
    symmetry: tuple[Literal["x_min", "x_max", "y_min", "y_max"], ...] = ()
    solids: dict[str, SolidBox] = Field(default_factory=dict)
    partitions: dict[str, PartitionWall] = Field(default_factory=dict)
    screens: dict[str, Screen] = Field(default_factory=dict)
    walls: Walls = Walls()

    def sliced(self, axis: int) -> bool:
        """True when the hall is a slice across an axis (0, 1, 2), between two facing symmetry planes."""
        return {f"{'xyz'[axis]}_min", f"{'xyz'[axis]}_max"} <= set(self.symmetry)
