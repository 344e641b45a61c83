"""What an exact restart needs: every decision of a run repeated from its record, then its fields put back.

What a run decides (another time step, averaging, the end) rests on the inlets after every step, on what each look at
the balances found, and on what units and openings did from then on. A journal keeps that, a few numbers a look. To
go on, the run starts over with steps that compute nothing but read the journal, so that it takes the same turns;
where the journal ends, the fields of that look are put back and steps compute again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .exchange import Exchange

IMPOSED = ("flow", "heat", "opening_flow", "opening_temperature")  # what the coupling sets in an Exchange
PASSED = ("inlet", "outlet")  # what the air sets
# how far equipment moved, mass error, heat stored: fractions; of a room without units, how still the air is
Look = tuple[float, float, float, float, float]
Arrays = dict[str, np.ndarray]


@dataclass
class Journal:
    """Looks of a run so far; `ahead`: the journal of the run that is being repeated, while there is one."""

    looks: list[Look] = field(default_factory=list)
    imposed: list[list[np.ndarray]] = field(
        default_factory=list
    )  # after each look; the first entry: at the start
    told: list[list[float]] = field(default_factory=list)  # what else decided something
    first_step: float = 0.0  # [s]
    ahead: Journal | None = None
    inlets: list[np.ndarray] = field(default_factory=list)  # of every step; only of a journal that is ahead

    def begin(self, exchange: Exchange, step: float) -> None:
        """The first entry: what is imposed before the first step."""
        self.first_step, self.looks, self.imposed = step, [], [_copies(exchange, IMPOSED)]

    def inlet(self, step: int) -> np.ndarray:
        """Of a step (from 0) of the run that is repeated."""
        assert self.ahead is not None
        return self.ahead.inlets[step]

    def look(self, exchange: Exchange, find: Callable[[], Look]) -> Look:
        """What `find` finds and leaves imposed; repeated while there is a run ahead."""
        if self.ahead is None:
            found = find()
        else:
            found = self.ahead.looks[len(self.looks)]
            put(exchange, IMPOSED, self.ahead.imposed[len(self.looks) + 1])
        self.looks.append(found)
        self.imposed.append(_copies(exchange, IMPOSED))
        return found

    def tell(self, find: Callable[[], list[float]]) -> list[float]:
        """What `find` finds of the fields, repeated while there is a run ahead."""
        found = find() if self.ahead is None else self.ahead.told[len(self.told)]
        self.told.append(found)
        return found

    def caught_up(self) -> bool:
        """True when the run that is repeated has nothing more to tell."""
        return self.ahead is not None and len(self.looks) == len(self.ahead.looks)

    def cut(self, looks: int, told: int) -> None:
        """Forget what came after a look."""
        del self.looks[looks:], self.imposed[looks + 1 :], self.told[told:]


def _copies(exchange: Exchange, names: tuple[str, ...]) -> list[np.ndarray]:
    return [getattr(exchange, name).copy() for name in names]


def put(exchange: Exchange, names: tuple[str, ...], values: list[np.ndarray]) -> None:
    """Copy values into an exchange's arrays."""
    for name, value in zip(names, values, strict=True):
        getattr(exchange, name)[:] = value


def remembered(keeper: Any, but: tuple[str, ...] = ("exchange", "ops")) -> dict[str, Any]:
    """Copies of an object's attributes: arrays, mappings of arrays, lists and numbers."""
    return {name: _copy(value) for name, value in vars(keeper).items() if name not in but}


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: array.copy() for name, array in value.items()}
    return value.copy() if isinstance(value, np.ndarray | list) else value


def recall(keeper: Any, values: Mapping[str, Any]) -> None:
    """Give an object back what `remembered` took from it."""
    for name, value in values.items():
        setattr(keeper, name, _copy(value))


# --- to and from plain arrays -----------------------------------------------------------------------


def to_arrays(journal: Journal, inlets: list[np.ndarray], looks: int, told: int) -> Arrays:
    """The journal up to a look with the inlets of every step, as arrays by name."""
    said = journal.told[:told]
    columns = [np.array(column) for column in zip(*journal.imposed[: looks + 1], strict=True)]
    return {
        "looks": np.array(journal.looks[:looks], float).reshape(-1, 5),
        "inlets": np.array(inlets, float).reshape(len(inlets), journal.imposed[0][0].size),
        "told": np.array([number for numbers in said for number in numbers], float),
        "told_sizes": np.array([len(numbers) for numbers in said], np.int64),
        "first_step": np.array(journal.first_step),
        **dict(zip(IMPOSED, columns, strict=True)),
    }


def from_arrays(arrays: Mapping[str, np.ndarray]) -> Journal:
    """What `to_arrays` made, ready to be repeated."""
    ends = np.cumsum(arrays["told_sizes"])
    return Journal(
        [(float(a), float(b), float(c), float(d), float(e)) for a, b, c, d, e in arrays["looks"]],
        [list(row) for row in zip(*(arrays[name] for name in IMPOSED), strict=True)],
        [part.tolist() for part in np.split(arrays["told"], ends)[:-1]],
        float(arrays["first_step"]),
        inlets=list(arrays["inlets"]),
    )


def flat(values: Mapping[str, Any], prefix: str, get: Callable[[Any], np.ndarray] = np.asarray) -> Arrays:
    """What `remembered` gave as arrays; keys of an inner mapping follow a dot. get: fetches an inner mapping's."""
    out: Arrays = {}
    for name, value in values.items():
        inner = value if isinstance(value, dict) else {}
        out |= {f"{prefix}{name}.{key}": get(array) for key, array in inner.items()}
        if not isinstance(value, dict):
            out[f"{prefix}{name}"] = np.asarray(value)
    return out


def unflat(arrays: Mapping[str, np.ndarray], prefix: str, like: Mapping[str, Any]) -> dict[str, Any]:
    """The values of `flat` again, each of the kind it has in `like`."""
    out: dict[str, Any] = {}
    for name, kind in like.items():
        if isinstance(kind, dict):
            inner = f"{prefix}{name}."
            out[name] = {key.removeprefix(inner): a for key, a in arrays.items() if key.startswith(inner)}
            continue
        value = arrays[f"{prefix}{name}"]
        numbers = value.tolist() if value.ndim < 2 else list(value)
        out[name] = value if isinstance(kind, np.ndarray) else numbers
    return out
