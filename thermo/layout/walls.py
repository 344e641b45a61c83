"""The hall's sides as the air meets them: a surface temperature, a U-value to one outside, or a flux."""

from __future__ import annotations

from collections.abc import Iterator

from ..case import Case
from ..case.hall import WallCondition
from ..plan import WallHeat

INNER_FILM, OUTER_FILM = (
    0.10,
    0.04,
)  # least resistance of the surface films in a U-value [m2 K/W] (ISO 6946:2017)


def walls(case: Case) -> Iterator[WallHeat]:
    """Every side with a condition, in the order of the case's model."""
    for wall, stated in case.hall.walls:
        if stated is not None:
            yield _wall(case, wall, stated)


def _wall(case: Case, wall: str, stated: WallCondition) -> WallHeat:
    path = ("hall", "walls", wall)
    if stated.temperature is not None:
        return WallHeat(wall, path, stated.temperature)
    if stated.u_value is None:
        return WallHeat(wall, path, flux=stated.flux or 0.0)
    outside = case.site.dry_bulb if stated.outside is None else stated.outside
    sol_air = outside + (stated.solar or 0.0) * OUTER_FILM  # ASHRAE Fundamentals 2017, chapter 18
    return WallHeat(wall, path, sol_air, stated.u_value)
