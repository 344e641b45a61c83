"""What every part of a case file has in common: frozen, and refusing keys it does not know."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from ..units import Fraction, Length, Width

Facing = Literal["+x", "-x", "+y", "-y"]  # outward normal of the front
Wall = Literal["x_min", "x_max", "y_min", "y_max", "floor", "ceiling"]
Point = tuple[Length, Length, Length]
Size = tuple[Width, Width, Width]
Count = Annotated[int, Field(strict=True, ge=1, le=100_000)]  # strict: `true` and "8" are no counts


class Entry(BaseModel):
    """Base of all models of a case. Values are SI floats once read."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Kind(Entry):
    """One piece of equipment, and where its figures come from; a weak figure says so."""

    source: str = Field(min_length=3)


class Turbulence(Entry):
    """Turbulence of a stream where it enters the hall."""

    intensity: Fraction = 0.1
    length: Width = 0.05


def _shares(feed: Any) -> Any:
    """A feed's name alone means the whole load."""
    if isinstance(feed, str):
        return {feed: "100 %"}
    if not isinstance(feed, dict):
        raise PydanticCustomError("feed", 'write one feed, "bus_a", or shares, {bus_a: 50 %, bus_b: 50 %}')
    return feed


def _footprint(at: Any) -> Any:
    """Two coordinates stand on the floor."""
    return [*at, "0 m"] if isinstance(at, list | tuple) and len(at) == 2 else at


# Power element -> share of the load
Feed = Annotated[
    dict[str, Fraction], BeforeValidator(_shares, json_schema_input_type=str | dict[str, Fraction])
]
FloorPoint = Annotated[
    Point, BeforeValidator(_footprint, json_schema_input_type=tuple[Length, Length] | Point)
]
