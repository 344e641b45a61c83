"""Weather and air that cannot be, and numerics that cannot work."""

from __future__ import annotations

from collections.abc import Iterator

from .. import moist_air
from ..case import Case
from ..plan import Problem

ZERO_CELSIUS = 273.15
WEATHER = (213.15, 333.15)  # [K] coldest and hottest outdoor air ever measured, rounded outwards
ALTITUDES = (-500.0, 5500.0)  # [m] where people work
AIR_RANGES = {  # far beyond what air has at -60 .. 60 degC and 50 .. 110 kPa
    "density": (0.4, 2.0, "kg/m3"),
    "specific_heat": (900.0, 1200.0, "J/(kg K)"),
    "viscosity": (0.5e-5, 5e-5, "m2/s"),
    "prandtl": (0.5, 1.0, ""),
    "expansion": (0.0, 0.006, "1/K"),
    "reference_temperature": (213.15, 373.15, "K"),
}
START = (233.15, 353.15)  # [K]
MOST_CELLS = 200e6
FEWEST_ACROSS = 4  # cells over the shortest side of the hall


def problems(case: Case) -> Iterator[Problem]:
    """Everything wrong with site, air, grid and start."""
    yield from _weather(case)
    yield from _humidity(case)
    yield from _air(case)
    yield from _grid(case)
    start = case.numerics.start_temperature
    if start is not None and not START[0] <= start <= START[1]:
        yield Problem(
            ("numerics", "start_temperature"), f"{_celsius(start)} is no temperature to start a hall at"
        )


def _weather(case: Case) -> Iterator[Problem]:
    site = case.site
    if not WEATHER[0] <= site.dry_bulb <= WEATHER[1]:
        cure = "outdoor air lies between -60 and 60 degC; check the unit"
        yield Problem(("site", "dry_bulb"), f"{_celsius(site.dry_bulb)} is no weather; {cure}")
    if not ALTITUDES[0] <= site.altitude <= ALTITUDES[1]:
        cure = "halls stand between -500 and 5500 m; check the unit"
        yield Problem(("site", "altitude"), f"{site.altitude:g} m is not where a hall stands; {cure}")


def _humidity(case: Case) -> Iterator[Problem]:
    site = case.site
    if site.wet_bulb is not None and site.relative_humidity is not None:
        cure = "keep one of them"
        yield Problem(("site", "relative_humidity"), f"humidity is given twice, by wet_bulb too; {cure}")
    elif site.wet_bulb is not None:
        yield from _wet_bulb(case, site.wet_bulb)
    elif site.relative_humidity is None:
        for name, entry in case.openings.items():
            if getattr(entry, "pad", ""):
                cure = "add it or `relative_humidity: 40 %`"
                yield Problem(
                    ("site", "wet_bulb"), f"is missing: the wet pads of {name} depend on humidity; {cure}"
                )
                return


def _wet_bulb(case: Case, wet_bulb: float) -> Iterator[Problem]:
    path, dry_bulb = ("site", "wet_bulb"), case.site.dry_bulb
    if wet_bulb > dry_bulb:
        given = f"{_celsius(wet_bulb)} is above the dry bulb of {_celsius(dry_bulb)}"
        yield Problem(path, f"{given}; it is at most as high. Are the two swapped?")
        return
    if not WEATHER[0] <= dry_bulb <= WEATHER[1]:
        return
    try:
        moist_air.ratio_from_wet_bulb(dry_bulb, wet_bulb, moist_air.standard_pressure(case.site.altitude))
    except ValueError as error:
        yield Problem(path, f"{error}; raise the wet bulb")


def _air(case: Case) -> Iterator[Problem]:
    for name, (low, high, unit) in AIR_RANGES.items():
        value = getattr(case.site.air, name)
        if value is not None and not low < value < high:
            limits = f"lies between {low:g} and {high:g} {unit}".rstrip()
            yield Problem(
                ("site", "air", name), f"{value:g} {unit}".rstrip() + f" is not air; its {name} {limits}"
            )


def _grid(case: Case) -> Iterator[Problem]:
    cell, size = case.grid.cell, case.hall.size
    count = size[0] * size[1] * size[2] / cell**3
    if count > MOST_CELLS:
        coarser = (size[0] * size[1] * size[2] / MOST_CELLS) ** (1 / 3)
        cure = f"use {coarser:.2g} m or more"
        yield Problem(("grid", "cell"), f"{cell:g} m makes {count:.1e} cells of this hall; {cure}")
    shortest = min(length for axis, length in enumerate(size) if not case.hall.sliced(axis))
    if cell * FEWEST_ACROSS > shortest:
        cure = f"use {shortest / FEWEST_ACROSS:.2g} m or less"
        given = f"{cell:g} m is too coarse for a hall whose shortest side is {shortest:g} m"
        yield Problem(("grid", "cell"), f"{given}; {cure}")


def _celsius(kelvin: float) -> str:
    return f"{kelvin - ZERO_CELSIUS:g} degC"
