"""The hall itself: its size, symmetry planes, solid boxes and thin partitions."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ..units import Length
from .entry import Entry, Point, Size


class SolidBox(Entry):
    """A box the air cannot enter: low corner and size."""

    at: Point
    size: Size


class PartitionWall(Entry):
    """A thin wall across `axis`; `from` and `to` are its other two coordinates, in x, y, z order."""

    axis: Literal["x", "y", "z"]
    at: Length
    low: tuple[Length, Length] = Field(alias="from")
    high: tuple[Length, Length] = Field(alias="to")


class Hall(Entry):
    """A box with one corner at the origin, z up."""

    size: Size
    symmetry: tuple[Literal["x_min", "x_max", "y_min", "y_max"], ...] = ()
    solids: dict[str, SolidBox] = Field(default_factory=dict)
    partitions: dict[str, PartitionWall] = Field(default_factory=dict)
