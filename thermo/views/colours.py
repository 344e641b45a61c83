"""The colours every view shares: air temperature by ASHRAE band, racks by margin to their own limit, loading.

The temperature scale is fixed, so that two pictures can be compared. Bands: ASHRAE TC 9.9, Thermal Guidelines,
fifth edition, 2021 (upper ends of the recommended range and of the allowable ranges A1 to A4).
"""

from __future__ import annotations

from typing import Any, NamedTuple

LOW, HIGH = 15.0, 50.0  # [degC] ends of the scale
NO_VALUE = "#b8bec6"


class Band(NamedTuple):
    top: float  # [degC]
    name: str
    first: str  # colour at its lower end
    last: str  # colour just below `top`


BANDS = (
    Band(18.0, "below recommended", "#9ecae1", "#d6e9f5"),
    Band(27.0, "recommended", "#d5eed0", "#7cc47f"),
    Band(32.0, "to A1 limit", "#fff3a6", "#f7d842"),
    Band(35.0, "to A2 limit", "#fdc57b", "#f9a13f"),
    Band(40.0, "to A3 limit", "#f4854a", "#e25a2c"),
    Band(45.0, "to A4 limit", "#cf3b32", "#b11f2b"),
    Band(HIGH, "above A4", "#8c1444", "#4d0a3a"),
)


class Class(NamedTuple):
    below: float  # of the margin [K] or the loading [%]
    name: str
    colour: str


MARGINS = (  # margin of a rack's worst tier to its own limit [K]
    Class(0.0, "above its limit", "#d7191c"),
    Class(2.0, "less than 2 K below", "#f07c12"),
    Class(5.0, "2 to 5 K below", "#e8c400"),
    Class(10.0, "5 to 10 K below", "#7cb518"),
    Class(float("inf"), "10 K or more below", "#1a8a4a"),
)
LOADINGS = (  # loading of an electrical element [% of its continuous rating]
    Class(60.0, "below 60 %", "#1a9850"),
    Class(80.0, "60 to 80 %", "#8aa624"),
    Class(100.0, "80 to 100 %", "#f07c12"),
    Class(float("inf"), "100 % or more", "#d7191c"),
)
OPENINGS = {
    "intake": ("intake (pads, louvres)", "#2b7bba"),
    "fan": ("exhaust fan", "#30343b"),
    "supply": ("supply", "#6baed6"),
    "pressure": ("open to outside or return", "#8073ac"),
}
COOLER = "#7fb3d5"
SCREEN = "#2f8f83"
HOT_SPOT = "#c2002f"


def classify(value: float, classes: tuple[Class, ...]) -> Class | None:
    """The class a value falls in; None for NaN."""
    return next((entry for entry in classes if value < entry.below), None)


def margin(row: dict[str, Any]) -> float:
    """Limit less the worst tier's mean inlet [K] of one row of the racks table."""
    return row["limit_degC"] - row["inlet_worst_tier_degC"]


def unit_colour(row: dict[str, Any]) -> str:
    """Colour of a rack, shelf or cooler."""
    if row["role"] == "cooler":
        return COOLER
    found = classify(margin(row), MARGINS)
    return found.colour if found else NO_VALUE


def loading_colour(percent: float) -> str:
    found = classify(percent, LOADINGS)
    return found.colour if found else NO_VALUE


def temperature_map() -> Any:
    """matplotlib colour map over LOW..HIGH: a hue for each band, light to dark within it."""
    import numpy as np
    from matplotlib.colors import ListedColormap, to_rgb

    degC = np.linspace(LOW, HIGH, 701)
    colours = np.zeros((len(degC), 3))
    bottom = LOW
    for band in BANDS:
        inside = (degC >= bottom) & (degC <= band.top)
        share = ((degC[inside] - bottom) / (band.top - bottom))[:, None]
        colours[inside] = (1 - share) * np.array(to_rgb(band.first)) + share * np.array(to_rgb(band.last))
        bottom = band.top
    return ListedColormap(colours, name="ashrae").with_extremes(under=BANDS[0].first, over=BANDS[-1].last)
