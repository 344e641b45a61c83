"""What is at hand while a case is laid out: the library, the air, and a pad for problems and notes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .. import library, moist_air
from ..case import Case
from ..plan import Box, Problem

PLANES = {"x": ("y", "z"), "y": ("x", "z"), "z": ("x", "y")}  # the axes of a rectangle across an axis
SPECIFIC_HEAT = 1006.0  # dry air near 300 K [J/(kg K)]


def heat_capacity(case: Case) -> float:
    """rho cp [J/(m3 K)] of the site's air, by which a temperature rise is turned into a flow."""
    air = case.site.air
    density = air.density
    if density is None:
        temperature = air.reference_temperature or case.site.dry_bulb
        density = moist_air.density(temperature, 0.0, moist_air.standard_pressure(case.site.altitude))
    return density * (air.specific_heat or SPECIFIC_HEAT)


@dataclass
class Desk:
    """What is at hand while laying out, and what is written down."""

    case: Case
    heat_capacity: float
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def find(self, family: str, kind: str, path: tuple[str, ...]) -> Any:
        """A kind of the library, or None with a problem noted."""
        try:
            return library.find(self.case, family, kind)
        except library.UnknownKind as unknown:
            self.problem(path, str(unknown))
            return None

    def problem(self, path: tuple[str, ...], message: str) -> None:
        noted = Problem(path, message)
        if noted not in self.problems:
            self.problems.append(noted)


def numbered(name: str, number: str) -> str:
    """ "fans" and 3 make "fans3", "row_1" and 3 make "row_1_3"."""
    return f"{name}_{number}" if name[-1:].isdigit() else name + number


def box(at: tuple[float, float, float], size: tuple[float, float, float]) -> Box:
    """The box with its low corner at `at`."""
    return (at[0], at[0] + size[0], at[1], at[1] + size[1], at[2], at[2] + size[2])


def across(axis: str, position: float, low: tuple[float, float], high: tuple[float, float]) -> Box:
    """The rectangle across an axis between two corners in its plane, in x, y, z order."""
    sides = dict(zip(PLANES[axis], zip(low, high, strict=True), strict=True)) | {axis: (position, position)}
    return (*sides["x"], *sides["y"], *sides["z"])
