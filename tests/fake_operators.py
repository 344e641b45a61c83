"""Device "cuda" without kernels: the processor's operators, launched as kernels are on the card that is none."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
from fake_card import FakeCard

import kernels
from kernels.gpu.card import Card
from kernels.gpu.launch import Kernel


class Named:
    """An operator under its name, the same however often it is asked for."""

    def __init__(self, name: str, operator: Any):
        self.__name__, self.operator = name, operator

    def __call__(self, *arguments: Any) -> None:
        self.operator(*arguments)

    def __hash__(self) -> int:
        return hash(self.__name__)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Named) and self.__name__ == other.__name__


def card(total: int = 1 << 34) -> FakeCard:
    """A card whose kernels are functions of the host."""
    return FakeCard(lambda function, fastmath, blocks, threads, arguments: function(*arguments), total)


def operators(fake: FakeCard) -> SimpleNamespace:
    """Those of the best device of the host, on the card; the power sweep is the host's."""
    home, own = Card(fake.cupy, fake.cuda, 0), kernels.on("cpu" if kernels.jit.HAVE_NUMBA else "numpy")

    def launched(name: str) -> Any:
        kernel = Kernel(Named(name, getattr(own, name)))
        return lambda *arguments: home(kernel, (1, 1, 1), (1, 1, 1), arguments)

    table = {name: launched(name) for name in kernels.OPERATORS if name != "sweep"}
    return SimpleNamespace(device="cuda", concurrency=own.concurrency, home=home, sweep=own.sweep, **table)


def poison(fields: Any) -> None:
    """Leave nothing in the host's mirror of fields that it has not fetched since the last step."""
    if fields.home.replays:
        for field in fields.host.arrays():
            field[:] = np.nan
