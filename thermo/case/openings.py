"""Rectangles in the hall's envelope through which air passes.

`at` and `size` are the two coordinates in the wall's plane, in x, y, z order. With a `count` an entry stands
for that many equal openings, `pitch` apart along an axis.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ..units import Flow, Length, Temperature, Width
from .entry import Count, Entry, Turbulence, Wall


class OpeningTurbulence(Turbulence):
    """The larger eddies of an opening."""

    length: Width = 0.1


class Rectangle(Entry):
    """What all openings share."""

    wall: Wall
    at: tuple[Length, Length]
    size: tuple[Width, Width]
    count: Count = 1
    pitch: Width | None = None
    along: Literal["x", "y", "z"] | None = None
    turbulence: OpeningTurbulence = OpeningTurbulence()


class Intake(Rectangle):
    """Outdoor air through a wet pad, a louvre, both or neither; its flow follows from the hall's pressure."""

    kind: Literal["intake"]
    pad: str = ""
    louvre: str = ""


class Fan(Rectangle):
    """Exhaust fans on their curve; `running` of them turn (default: all)."""

    kind: Literal["fan"]
    fan: str
    running: int | None = Field(default=None, ge=0, strict=True)


class Supply(Rectangle):
    """A fixed flow of air at a fixed temperature; the flow is of the whole entry, shared by its openings."""

    kind: Literal["supply"]
    flow: Flow
    temperature: Temperature


class PressureOpening(Rectangle):
    """Outside pressure: air goes either way. `temperature` is of back-flow (default: the site's dry bulb)."""

    kind: Literal["pressure"]
    temperature: Temperature | None = None


OpeningEntry = Annotated[Intake | Fan | Supply | PressureOpening, Field(discriminator="kind")]
