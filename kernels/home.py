"""Where the arrays of a device live, and how the host reaches them.

`Host`: numpy's memory, reached as it is. A card (`kernels.gpu.card`) has the same methods: `moved` puts an object with
all arrays in it there, `update` and `fetch` copy its arrays to and fro, `repeat` records what is done again and again.
An object to be moved is an array, a list, tuple, mapping or dataclass of such, or of a class that names in `ON_HOST`
the attributes that stay (`()` where none does); anything else is left as it is.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Hashable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import is_dataclass
from typing import Any

import numpy as np


class DeviceError(RuntimeError):
    """The device asked for is not here, or cannot do what is wanted; the message says what would cure it."""


class OutOfMemory(DeviceError):
    """A card's memory is full: `needed` bytes would have to be on it, `there` are all that can be had."""

    def __init__(self, needed: int, there: int, said: str):
        super().__init__(f"the card's memory is full: {said}; take --device cpu")
        self.needed, self.there = needed, there

    @staticmethod
    def of_hall(cells: int, needed: int, there: int) -> OutOfMemory:
        """What to raise, or to tell, of a hall of so many cells."""
        fit = f": about {cells * there // needed} cells fit" if needed > there else ""
        sizes = f"{cells} cells need {needed / 1e9:.2f} GB, {there / 1e9:.2f} GB can be had"
        return OutOfMemory(needed, there, f"{sizes}{fit}; raise grid.cell")


class Host:
    """numpy's memory."""

    replays = False  # work is done anew each time

    def join(self) -> None:
        """Let the thread that calls work here."""

    def moved(self, thing: Any) -> Any:
        """The object with its arrays here: itself."""
        return thing

    def reserve(self, needed: int, cells: int) -> None:
        """Raise DeviceError when there is no room; the host's is not counted."""

    def update(self, there: Any, host: Any) -> None:
        """Copy the host's arrays to those of the same object here; what `moved` returned is the same ones."""
        for array, other in pairs(there, host):
            if array is not other:
                array[:] = other

    def fetch(self, host: Any, there: Any) -> None:
        """Copy them back."""
        self.update(host, there)

    def get(self, array: Any) -> np.ndarray:
        """An array's values for the host."""
        return np.asarray(array)

    def repeat(self, recorded: dict[Hashable, Any], key: tuple[Any, ...], work: Callable[[], None]) -> None:
        """Do `work`; a card records it and replays it. key: what it is and the arrays it works on."""
        work()

    def told(self) -> AbstractContextManager[None]:
        """What goes wrong inside is raised as it is; a card makes DeviceError of what its libraries raise."""
        return nullcontext()


def moved(thing: Any, put: Callable[[np.ndarray], Any], known: dict[int, tuple[Any, Any]]) -> Any:
    """A copy of an object with `put` applied to every array; what occurs twice occurs once in the copy.

    known: (object, its copy) by identity, of this copy and of those before that are to share with it.
    """
    if id(thing) in known:
        return known[id(thing)][1]
    if isinstance(thing, np.ndarray):
        made = put(thing)
    elif isinstance(thing, list | tuple):
        made = type(thing)(moved(one, put, known) for one in thing)
    elif isinstance(thing, dict):
        made = {name: moved(one, put, known) for name, one in thing.items()}
    elif stays(thing):
        return thing
    else:
        made = copy.copy(thing)
        for name in attributes(thing):
            object.__setattr__(made, name, moved(getattr(thing, name), put, known))
    known[id(thing)] = thing, made
    return made


def stays(thing: Any) -> bool:
    """True of what has no arrays to be moved."""
    return isinstance(thing, type) or not (hasattr(type(thing), "ON_HOST") or is_dataclass(thing))


def attributes(thing: Any) -> Iterator[str]:
    """Names of an object's attributes that are moved."""
    on_host = getattr(type(thing), "ON_HOST", ())
    return (name for name in vars(thing) if name not in on_host)


def pairs(there: Any, host: Any) -> Iterator[tuple[Any, np.ndarray]]:
    """Every array of an object with its copy."""
    if isinstance(host, np.ndarray):
        yield there, host
    elif isinstance(host, list | tuple):
        for one, other in zip(there, host, strict=True):
            yield from pairs(one, other)
    elif isinstance(host, dict):
        yield from pairs(list(there.values()), list(host.values()))
    elif not stays(host):
        for name in attributes(host):
            yield from pairs(getattr(there, name), getattr(host, name))


def size(thing: Any) -> int:
    """Bytes of all arrays that `moved` would copy."""
    found: list[np.ndarray] = []

    def note(array: np.ndarray) -> np.ndarray:
        found.append(array)
        return array

    moved(thing, note, {})
    return sum(array.nbytes for array in found)
