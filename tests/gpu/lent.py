"""Lends the card to the operators' tests: their numpy arrays go to the card for each launch and come back."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.gpu.card import Card
from kernels.gpu.launch import Kernel, Three


class Lent:
    """A `Start` for `kernels.gpu.launch.use`; no home of arrays, those of the tests stay numpy's."""

    def __init__(self, card: Card):
        self.card, self.arrays = card, card.arrays

    def __call__(self, kernel: Kernel, blocks: Three, threads: Three, arguments: tuple[Any, ...]) -> None:
        there = {id(a): self.arrays.asarray(a) for a in arguments if isinstance(a, np.ndarray)}
        self.card(kernel, blocks, threads, tuple(there.get(id(a), a) for a in arguments))
        for array in arguments:
            if isinstance(array, np.ndarray) and array.flags.writeable:
                array[...] = self.card.get(there[id(array)])
