"""Bytes that an operator cannot avoid to move: every array it is given, counted once a call.

What is written counts once, what is read once, what is updated in place twice. A field counts the cells of
the hall's box without its ghosts; an array taken at places of a list counts those places. Not counted: what a
cache too small brings in again, and the line a write fetches first. So it is a lower bound, the same for every
device and precision. `card_cost` counts what a card moves, whose sweeps take several passes over the memory.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .. import device


@dataclass(frozen=True)
class Traffic:
    """How an operator treats its arguments, by name; arrays named nowhere are read."""

    writes: tuple[str, ...] = ()
    updates: tuple[str, ...] = ()
    at: Mapping[str, str] = field(default_factory=dict)  # array -> list of the places used of it
    over: str = ""  # the argument whose entries are counted as cells; default: the first written or updated

    def counted(self) -> str:
        return self.over or (*self.writes, *self.updates)[0]


def _written(*names: str) -> Traffic:
    return Traffic(writes=names)


COEFFICIENTS = ("xl", "xh", "yl", "yh", "zl", "zh", "b")
ROOM = (
    *COEFFICIENTS[:6],
    "rest",
)  # coefficients in equations that are solved in one call; sweeps find them in cache
TRAFFIC: dict[str, Traffic] = {
    "jacobi": Traffic(updates=("q",)),
    "momentum": _written("lo", "hi", "lo1", "hi1", "lo2", "hi2", "b"),
    "momentum_sweeps": Traffic(("out", *ROOM[:6]), ("force",)),
    "scalar_sweeps": Traffic(updates=("t", *ROOM)),  # read by a second pass of sweeps
    "turbulent_energy_sweeps": Traffic(("out", *ROOM)),
    "epsilon_sweeps": Traffic(("out", *ROOM)),
    "limited_scalar": _written("out"),
    "limited_momentum": _written("out"),
    "central_scalar": _written("out"),
    "central_momentum": _written("out"),
    "scalar": _written(*COEFFICIENTS),
    "buoyancy": Traffic(updates=("force",)),
    "velocity": _written("out"),
    "mass_flux": Traffic(updates=("flux",)),
    "inertia": _written("wall"),
    "divergence": _written("out"),
    "correct": Traffic(("u", "v", "w"), ("p",)),
    "production": _written("strain", "lift"),
    "epsilon": _written(*COEFFICIENTS),
    "turbulent_energy": _written(*COEFFICIENTS),
    "viscosity": _written("nue", "k", "eps"),
    "wall_conductance": Traffic(("out",), at={"k": "cells"}),
    "wall_shear": Traffic(updates=("wall",), at={"wall": "face", "conductance": "entry"}, over="face"),
    "wall_turbulence": Traffic(
        ("strain",), at=dict.fromkeys(("strain", "u", "v", "w", "k"), "cells"), over="cells"
    ),
    "wall_dissipation": Traffic(("eps",), at=dict.fromkeys(("eps", "k"), "cells"), over="cells"),
    "mixing_length": _written("nue"),
    "wall_energy": Traffic(("k",), at=dict.fromkeys(("k", "u", "v", "w"), "cells"), over="cells"),
    "wall_heat": Traffic(("out",), at={"k": "cells"}),
    "scalar_beside_walls": Traffic(
        COEFFICIENTS,
        at=dict.fromkeys(
            (*COEFFICIENTS, "t", "t0", "u", "v", "w", "nue", "ox", "oy", "oz", "source"), "cells"
        ),
        over="cells",
    ),
    "screen_drag": Traffic(
        updates=("wall", "force"), at=dict.fromkeys(("wall", "force", "flux", "vel"), "face"), over="face"
    ),
    "screen_jets": Traffic(
        updates=("force",), at={"force": "face", "flux": "source", "vel": "source"}, over="face"
    ),
    "screen_turn": Traffic(
        updates=("force",), at={"force": "face", "flux": "source", "vel": "before"}, over="face"
    ),
    "relax": Traffic(updates=("phi",)),
    "residual": _written("out"),
    "restrict": Traffic(("out",), over="fine"),
    "prolong": Traffic(updates=("fine",)),
    "descend": Traffic(("below_phi", "below_rhs"), ("phi",), over="phi"),
    "ascend": Traffic(updates=("phi",)),
    "descend_finest": Traffic(("below_phi", "below_rhs"), ("phi",), over="phi"),
    "ascend_finest": Traffic(updates=("phi",)),
    "tier_inlets": Traffic(("out",), at={"t": "cells"}),
    "exhaust": _written("outlet"),
    "fill": _written("out"),
    "copy": _written("out"),
    "add": Traffic(updates=("out",)),
    "carry": Traffic(("out",), at={"out": "to", "field": "at"}, over="to"),
    "pin": Traffic(("level",), ("p",), over="p"),
    "imbalance": Traffic(("out",), over="field"),
    "strays": Traffic(("out",), over="field"),
    "part_sums": Traffic(("out",), at={"field": "cells"}, over="cells"),
    "part_levels": Traffic(("phi",), at={"phi": "cells"}, over="cells"),
    "solve_directly": Traffic(("phi",), at=dict.fromkeys(("phi", "rhs"), "inside"), over="inside"),
    "place": Traffic(("t",), at={"t": "cells"}, over="cells"),
}
# leg of a V-cycle -> fields that its passes on a card move more
LEGS = {"descend": 11, "ascend": 8, "descend_finest": 7, "ascend_finest": 5}
SWEPT = {"jacobi": "q", "relax": "phi"}  # operator of sweeps -> the field that it sweeps
IN_ONE_PASS = {
    "momentum_sweeps",
    "scalar_sweeps",
    "turbulent_energy_sweeps",
    "epsilon_sweeps",
}  # or few, on a card
OF_OTHERS = {"sweep"}  # operators that the air does not use


def parameters(operator: Callable) -> tuple[str, ...]:
    """Names of an operator's arguments, also of a compiled one."""
    return tuple(inspect.signature(getattr(operator, "py_func", operator)).parameters)


class Extents:
    """How much of an array is cells: fields of a known padded size count without their ghosts."""

    def __init__(self, shapes: list[tuple[int, int, int]], pad: int = 2):
        self.inner = {int(np.prod(s)): int(np.prod([n - 2 * pad for n in s])) for s in shapes}

    def entries(self, array: np.ndarray) -> int:
        return self.inner.get(array.size, array.size)


def call_cost(name: str, given: Mapping[str, Any], extents: Extents) -> tuple[int, int]:
    """(compulsory bytes, cells) of one call of operator `name` with these arguments by name."""
    traffic = TRAFFIC[name]
    unread = _unread(name, given)
    arrays = {key: a for key, a in given.items() if isinstance(a, np.ndarray)}

    def entries(key: str) -> int:
        return arrays[traffic.at[key]].size if key in traffic.at else extents.entries(arrays[key])

    moved, read = 0, set()
    for key, array in arrays.items():
        if key in (*traffic.writes, *traffic.updates):
            moved += entries(key) * array.itemsize
        place = array.__array_interface__["data"][0]
        if key in (*traffic.writes, *unread) or place in read:
            continue
        read.add(place)
        moved += entries(key) * array.itemsize
    return moved, entries(traffic.counted())


def card_cost(name: str, given: Mapping[str, Any], extents: Extents) -> tuple[int, int]:
    """(bytes, cells) of one call on a card: each pass of sweeps reads one field and writes the other."""
    moved, cells = call_cost(name, given, extents)
    if name in LEGS:
        return moved + LEGS[name] * extents.entries(given["phi"]) * given["phi"].itemsize, cells
    if name in IN_ONE_PASS:
        return _marched(name, given, extents), cells
    if name not in SWEPT:
        return moved, cells
    field = given[SWEPT[name]]
    passes = device.sweeps_of_passes(given["sweeps"]) if name == "jacobi" else [1, 1]
    once = extents.entries(field) * field.itemsize
    return sum(moved - once if sweeps else 2 * once for sweeps in passes), cells


def _marched(name: str, given: Mapping[str, Any], extents: Extents) -> int:
    """Bytes of an equation whose coefficients a card makes on the way: what they are made of, and the result."""
    idle = {*ROOM, "spare", "out", *_unread(name, given)}
    arrays = {key: a for key, a in given.items() if isinstance(a, np.ndarray) and key not in idle}
    field = extents.entries(given["u"]) * given["u"].itemsize
    moved = _read_once(arrays, extents) + field
    if name == "scalar_sweeps":  # the rest is kept by the first of three passes, and read by two
        again = {key: a for key, a in arrays.items() if key not in ("t", "t0", "source")}
        moved += field + 2 * (_read_once(again, extents) + 3 * field)
    return moved


def _unread(name: str, given: Mapping[str, Any]) -> list[str]:
    """Fields in which a call looks for nothing: forces and temperatures where they push nothing."""
    if name != "momentum_sweeps":
        return []
    return [field for field, used in (("force", given["forced"]), ("t", given["lift"])) if not used]


def _read_once(arrays: Mapping[str, np.ndarray], extents: Extents) -> int:
    """Bytes of arrays of which some may be the same."""
    places = {a.__array_interface__["data"][0]: extents.entries(a) * a.itemsize for a in arrays.values()}
    return sum(places.values())
