"""Bytes that the kernels of a card move for the work that another device does, and how many are launched.

Each array that a kernel is given counts once a launch when it is read, once when it is written. A field counts the
cells that the kernel works on, an array taken at the places of a list those places. A cache may save some of it
between launches, a small one bring some in again; neither is counted.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from .compulsory import TRAFFIC

GRID_SIZES = (("nx", "ny", "nz"), ("mx", "my", "mz"))  # arguments that say how large a padded grid is
WIDTHS = ("dx", "dy", "dz")  # padded, as its sizes are
PAD = 2


@dataclass
class Load:
    """Launches of one kernel, and the bytes they move."""

    launches: int = 0
    moved: int = 0


@dataclass
class Launches:
    """What `kernels.gpu.shadow` tells of, added up by kernel."""

    by_kernel: dict[str, Load] = field(default_factory=dict)

    def __call__(self, operator: str, kernel: Any, arguments: tuple[Any, ...]) -> None:
        load = self.by_kernel.setdefault(kernel.name, Load())
        load.launches += 1
        load.moved += launch_bytes(kernel.function, arguments, operator, kernel.writes)

    @property
    def launches(self) -> int:
        return sum(load.launches for load in self.by_kernel.values())

    @property
    def moved(self) -> int:
        return sum(load.moved for load in self.by_kernel.values())


def launch_bytes(
    function: Any, arguments: tuple[Any, ...], operator: str = "", writes: tuple[str, ...] = ()
) -> int:
    """Compulsory bytes of one launch of a kernel that does an operator's work; writes: by functions that it calls."""
    names, loaded, stored = handled(function, writes)
    given = dict(zip(names, arguments, strict=True))
    inner = _inner(given)
    at = TRAFFIC[operator].at if operator in TRAFFIC else {}
    moved, read = 0, set()
    for name, array in given.items():
        if not isinstance(array, np.ndarray):
            continue
        entries = given[at[name]].size if at.get(name) in given else inner.get(array.size, array.size)
        place = array.__array_interface__["data"][0]
        moved += array.itemsize * entries * ((name in loaded and place not in read) + (name in stored))
        if name in loaded:
            read.add(place)
    return moved


def _inner(given: dict[str, Any]) -> dict[int, int]:
    """Size of a padded field -> cells without ghosts, of the grids whose sizes are among the arguments."""
    grids = [[given[name] for name in names] for names in GRID_SIZES if set(names) <= set(given)]
    if set(WIDTHS) <= set(given):
        grids.append([given[name].size for name in WIDTHS])
    return {int(np.prod(grid)): int(np.prod([n - 2 * PAD for n in grid])) for grid in grids}


@cache
def handled(
    function: Any, writes: tuple[str, ...] = ()
) -> tuple[tuple[str, ...], frozenset[str], frozenset[str]]:
    """A kernel's arguments, those it reads from, and those it writes to, as its source says.

    An array handed to a cell function is read by it, save those that `writes` names.
    """
    names = tuple(inspect.signature(function).parameters)
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    loaded: set[str] = set()
    stored: set[str] = set(writes)
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
            (stored if isinstance(node.ctx, ast.Store) else loaded).add(node.value.id)
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Subscript):
            loaded.add(ast.unparse(node.target.value))
        if isinstance(node, ast.Call):
            loaded |= {one.id for one in _handed(node) if isinstance(one, ast.Name)} - set(writes)
    return names, frozenset(loaded & set(names)), frozenset(stored & set(names))


def _handed(call: ast.Call) -> list[ast.expr]:
    """Arguments of a call, those in a tuple one by one."""
    return [
        one
        for argument in call.args
        for one in (argument.elts if isinstance(argument, ast.Tuple) else [argument])
    ]
