"""Polylines in the hall: length, the nearest point, a piece between two distances along them."""

from __future__ import annotations

from itertools import pairwise
from math import dist

Point = tuple[float, float, float]
Route = tuple[Point, ...]


def length(route: Route) -> float:
    """[m]"""
    return sum(dist(a, b) for a, b in pairwise(route))


def nearest(route: Route, point: Point) -> float:
    """Distance along the route [m] of its point nearest to `point`; the first one where several are."""
    best, along, passed = float("inf"), 0.0, 0.0
    for a, b in pairwise(route):
        side = dist(a, b)
        if side == 0:
            continue
        share = sum((p - q) * (r - q) for p, q, r in zip(point, a, b, strict=True)) / side**2
        here = passed + min(1.0, max(0.0, share)) * side
        away = dist(point, point_at(route, here))
        if away < best - 1e-9:
            best, along = away, here
        passed += side
    return along


def point_at(route: Route, along: float) -> Point:
    """The point at a distance along the route [m]; the ends lie beyond them."""
    for a, b in pairwise(route):
        side = dist(a, b)
        if along <= side and side > 0:
            share = max(0.0, along) / side
            x, y, z = (p + share * (q - p) for p, q in zip(a, b, strict=True))
            return (x, y, z)
        along -= side
    return route[-1]


def piece(route: Route, start: float, end: float) -> Route:
    """The part of the route between two distances along it, corners included."""
    corners, passed = [], 0.0
    for a, b in pairwise(route):
        passed += dist(a, b)
        if start < passed < end:
            corners.append(b)
    return (point_at(route, start), *corners, point_at(route, end))
