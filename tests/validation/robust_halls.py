"""Case documents of small halls, from gentle to rough: what `robustness.py` solves one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Document = dict[str, Any]
CELL = 0.25  # [m]; every face of the plain halls lies on this grid
HEAT_CAPACITY = 1.2 * 1006.0  # [J/(m3 K)], near enough to size supplies and coolers
SIDES = (5.0, 6.0, 3.0)  # [m]
RACK = (0.75, 1.25, 2.25)  # [m]
COLD, WARM = "18 degC", "24 degC"


def metres(*lengths: float) -> list[str]:
    return [f"{length:g} m" for length in lengths]


def rise(power_kW: float) -> float:
    """[K] usual across a rack: denser machines take less air for their heat."""
    return 12.0 if power_kW <= 20 else 15.0 if power_kW <= 40 else 20.0


def rack_flow(power_kW: float) -> float:
    """[m3/s]"""
    return power_kW * 1e3 / (HEAT_CAPACITY * rise(power_kW))


def room(power_kW: float, rows: dict[str, Any], **more: Any) -> Document:
    """A hall with racks of one power and nothing else; `more`: further sections, merged into what is there."""
    document: Document = {
        "site": {"dry_bulb": WARM},
        "hall": {"size": metres(*SIDES)},
        "racks": {name: {"kind": "plain", "label": f"{name}{{i}}", **row} for name, row in rows.items()},
        "equipment": {
            "racks": {
                "plain": {
                    "source": "made up to try the solver",
                    "size": metres(*RACK),
                    "power": f"{power_kW:g} kW",
                    "airflow": f"{rise(power_kW):g} K",
                }
            }
        },
        "grid": {"cell": f"{CELL:g} m"},
        "numerics": {},
    }
    return merged(document, more)


def merged(document: Document, more: Document) -> Document:
    """`document` with the keys of `more`, mapping by mapping."""
    out = dict(document)
    for key, value in more.items():
        inner = isinstance(value, dict) and isinstance(out.get(key), dict)
        out[key] = merged(out[key], value) if inner else value
    return out


def row(at: tuple[float, float], facing: str, count: int) -> dict[str, Any]:
    return {"at": metres(*at), "facing": facing, "count": count}


def aisle(power_kW: float, share: float = 1.0, racks: int = 6, **more: Any) -> Document:
    """Two rows face to face, the cold aisle's floor supplies `share` of the racks' air, vents over the hot aisles."""
    each = racks // 2
    rows = {"A": row((1.25, 1.25), "+y", each), "B": row((1.25, 3.5), "-y", racks - each)}
    flow = share * racks * rack_flow(power_kW)
    openings = {
        "tiles": {
            "kind": "supply",
            "wall": "floor",
            "at": metres(1.25, 2.5),
            "size": metres(2.25, 1.0),
            "flow": f"{flow:.4f} m3/s",
            "temperature": COLD,
        },
        "vent_a": vent("ceiling", (1.25, 0.25), (2.25, 0.75)),
        "vent_b": vent("ceiling", (1.25, 5.0), (2.25, 0.75)),
    }
    return room(power_kW, rows, openings=openings, **more)


def vent(wall: str, at: tuple[float, float], size: tuple[float, float]) -> dict[str, Any]:
    return {
        "kind": "pressure",
        "wall": wall,
        "at": metres(*at),
        "size": metres(*size),
        "temperature": COLD,
    }


def vented(power_kW: float, racks: int = 2, **more: Any) -> Document:
    """No supply: air comes and goes by its own lift through a low and a high vent."""
    openings = {
        "low": vent("x_min", (1.0, 0.25), (4.0, 0.75)),
        "high": vent("x_max", (1.0, 2.0), (4.0, 0.75)),
    }
    return room(power_kW, {"A": row((1.75, 2.25), "+y", racks)}, openings=openings, **more)


def sealed(power_kW: float, racks: int = 3, share: float = 1.2, **more: Any) -> Document:
    """No opening at all: a cooler in the hall takes the heat, its fans move `share` of the racks' air."""
    flow = share * racks * rack_flow(power_kW)
    cooler = {
        "source": "made up to try the solver",
        "size": metres(2.0, 0.75, 2.0),
        "airflow": f"{flow:.4f} m3/s",
        "capacity": f"{1.4 * racks * power_kW:g} kW",
        "supply_temperature": COLD,
    }
    coolers = {
        "C": {
            "kind": "plain",
            "label": "C{i}",
            "at": metres(0.5, 2.0),
            "along": "y",
            "facing": "-x",
            "supply_temperature": COLD,
        }
    }
    return room(
        power_kW,
        {"A": row((2.0, 2.5), "-y", racks)},
        coolers=coolers,
        **merged({"equipment": {"coolers": {"plain": cooler}}}, more),
    )


def drawn(power_kW: float, racks: int = 4, fans: int = 1, **more: Any) -> Document:
    """Wet pads in one wall, exhaust fans in the other, a partition over the racks: every flow is imposed."""
    openings = {
        "pads": {
            "kind": "intake",
            "wall": "y_min",
            "at": metres(0.5, 0.5),
            "size": metres(4.0, 1.5),
            "pad": "cellulose_150mm",
            "louvre": "weather_louvre",
        },
        "fans": {
            "kind": "fan",
            "wall": "y_max",
            "at": metres(0.5, 0.75),
            "size": metres(1.5, 1.5),
            "count": 2,
            "pitch": "2.5 m",
            "along": "x",
            "running": fans,
            "fan": "wall_fan_54in",
        },
    }
    walls = {
        "over": {"axis": "y", "at": "2.5 m", "from": metres(1.0, 2.25), "to": metres(4.0, 3.0)},
        "west": {"axis": "y", "at": "2.5 m", "from": metres(0.0, 0.0), "to": metres(0.75, 3.0)},
    }
    changes = {"site": {"dry_bulb": "34 degC", "wet_bulb": "22 degC"}, "hall": {"partitions": walls}}
    return room(power_kW, {"A": row((1.0, 2.5), "-y", racks)}, openings=openings, **merged(changes, more))


def large(changes_a_minute: float, power_kW: float, racks: int, **more: Any) -> Document:
    """A hall of 10 x 8 x 4 m with a grille low in one wall, a vent high in the other, one row between them."""
    size = (10.0, 8.0, 4.0)
    flow = changes_a_minute / 60.0 * size[0] * size[1] * size[2]
    wide, high = (6.4, 2.0) if flow > 8.0 else (1.6, 0.8)
    openings = {
        "grille": {
            "kind": "supply",
            "wall": "x_min",
            "at": metres((size[1] - wide) / 2, 0.4),
            "size": metres(wide, high),
            "flow": f"{flow:.4f} m3/s",
            "temperature": COLD,
        },
        "vent": vent("x_max", ((size[1] - wide) / 2, 3.6 - high), (wide, high)),
    }
    changes = {"hall": {"size": metres(*size)}, "grid": {"cell": "0.4 m"}}
    return room(power_kW, {"A": row((1.2, 3.6), "-y", racks)}, openings=openings, **merged(changes, more))


def sliver(thickness: float) -> Document:
    """A sheet beside the rows, thin against the cells: lines are graded towards it, aspects up to cell / thickness."""
    sheet = {"at": metres(4.5, 1.0, 0.0), "size": metres(thickness, 3.0, 2.0)}
    return {"hall": {"solids": {"sheet": sheet}}, "grid": {"snap": "0 %", "growth": 1.6}}


def one_cell_gaps(power_kW: float, **more: Any) -> Document:
    """Racks a cell from each other and from the wall behind, fronts two cells apart, a duct a cell below the roof."""
    rows = {
        "A": row((0.5, 0.25), "+y", 3) | {"pitch": "1 m"},
        "B": row((0.5, 2.0), "-y", 3) | {"pitch": "1 m"},
    }
    flow = 6 * rack_flow(power_kW)
    openings = {
        "tiles": {
            "kind": "supply",
            "wall": "floor",
            "at": metres(0.25, 1.5),
            "size": metres(3.5, 0.5),
            "flow": f"{flow:.4f} m3/s",
            "temperature": COLD,
        },
        "slot": vent("ceiling", (0.25, 0.0), (3.25, 0.25)),
        "vent": vent("ceiling", (0.5, 4.0), (2.75, 1.0)),
    }
    solids = {"duct": {"at": metres(0.0, 3.5, 2.5), "size": metres(5.0, 0.25, 0.25)}}
    return room(power_kW, rows, openings=openings, **merged({"hall": {"solids": solids}}, more))


UPWIND = {"numerics": {"scheme": "upwind"}}
CONSTANT = {"numerics": {"density": "constant"}}
DOUBLE = {"numerics": {"precision": "double"}}
LAMINAR = {"numerics": {"turbulence": "laminar"}}


def halls() -> Iterator[tuple[str, Document]]:
    """(name, case document) of every hall of the sweep."""
    for power in (3, 6, 12, 20, 40, 80, 130):
        racks = 6 if power < 80 else 2
        yield f"aisle {power} kW", aisle(power, racks=racks)
        yield f"aisle {power} kW upwind", aisle(power, racks=racks, **UPWIND)
    yield "aisle 130 kW all six", aisle(130)
    for power in (6, 40):
        for percent in (30, 50, 75, 130, 200):
            racks = 6 if power == 6 else 4
            yield f"aisle {power} kW supply {percent} %", aisle(power, percent / 100, racks)
    yield "aisle 130 kW supply 30 %", aisle(130, 0.3, 2)
    yield "aisle 130 kW supply 200 %", aisle(130, 2.0, 2)
    yield "aisle 3 kW supply 30 %", aisle(3, 0.3)
    yield "aisle 3 kW supply 200 %", aisle(3, 2.0)
    yield "aisle 12 kW supply 30 % upwind", aisle(12, 0.3, **UPWIND)
    yield from _still()
    yield from _sealed()
    yield from _shapes()
    yield from _choices()


def _still() -> Iterator[tuple[str, Document]]:
    for power in (3, 12):
        yield f"vented {power} kW", vented(power)
        yield f"vented {power} kW constant density", vented(power, **CONSTANT)
    yield "vented 3 kW upwind", vented(3, **UPWIND)
    yield "vented 40 kW", vented(40)
    yield "vented 6 kW cold roof", vented(6, hall={"walls": {"ceiling": {"temperature": "15 degC"}}})
    for changes, power, racks in ((0.2, 6, 2), (0.5, 12, 3), (2, 40, 5), (5, 80, 8), (10, 130, 10)):
        yield f"{changes} air changes", large(changes, power, racks)
    yield "0.2 air changes upwind", large(0.2, 6, 2, **UPWIND)
    yield "10 air changes upwind", large(10, 130, 10, **UPWIND)


def _sealed() -> Iterator[tuple[str, Document]]:
    for power in (3, 12, 40):
        yield f"sealed {power} kW", sealed(power)
        yield f"sealed {power} kW constant density", sealed(power, **CONSTANT)
    yield "sealed 12 kW double", sealed(12, **DOUBLE)
    yield "sealed 130 kW", sealed(130, racks=1)
    yield "sealed 12 kW cooler moves half", sealed(12, share=0.5)
    yield "sealed 12 kW upwind", sealed(12, **UPWIND)


def _shapes() -> Iterator[tuple[str, Document]]:
    for aspect in (10, 20):
        thin = CELL / aspect
        yield f"aspect {aspect}", aisle(12, **sliver(thin))
        yield f"aspect {aspect} 80 kW", aisle(80, racks=2, **sliver(thin))
    yield "aspect 20 upwind", aisle(12, **merged(sliver(CELL / 20), UPWIND))
    yield "aspect 20 sealed", sealed(12, **sliver(CELL / 20))
    for power in (3, 12, 40):
        yield f"one-cell gaps {power} kW", one_cell_gaps(power)
    yield "one-cell gaps 12 kW upwind", one_cell_gaps(12, **UPWIND)


def _choices() -> Iterator[tuple[str, Document]]:
    yield "aisle 12 kW constant density", aisle(12, **CONSTANT)
    yield "aisle 80 kW constant density", aisle(80, racks=2, **CONSTANT)
    yield "aisle 12 kW double", aisle(12, **DOUBLE)
    yield "aisle 130 kW double", aisle(130, racks=2, **DOUBLE)
    yield "aisle 3 kW laminar", aisle(3, **LAMINAR)
    yield "aisle 12 kW at 3000 m", aisle(12, site={"altitude": "3000 m"})
    yield "pads and fans 12 kW", drawn(12)
    yield "pads and fans 20 kW, two fans", drawn(20, fans=2)
    yield "pads and fans 12 kW upwind", drawn(12, **UPWIND)
