"""Runs the kernels of `kernels.gpu` without a card: compiled to PTX, which the interpreter executes on numpy arrays."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import toolchain
from interpreter.machine import Counts, launch
from interpreter.memory import Memory
from interpreter.program import Program, parse
from mutations import Sample, copied

from kernels.gpu.launch import Kernel, Three

SAMPLES = 3  # launches kept of each kernel


class Arrays:
    """numpy in CuPy's place; what is allocated and never written is no number."""

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)

    asnumpy = staticmethod(np.asarray)

    @staticmethod
    def empty(shape: Any, dtype: Any = float) -> np.ndarray:
        return np.full(shape, np.nan if np.dtype(dtype).kind in "fc" else 99, dtype)


@dataclass
class Interpreted:
    """A `Start` for `kernels.gpu.launch.use`; `counts` and first launches of each kernel it ran, by name.

    counting: keep counts of all launches. watched: launches of each kernel in which races and unset memory are looked
    for, None for all; the rest are quicker.
    """

    counting: bool = True
    watched: int | None = None
    counts: dict[str, Counts] = field(default_factory=dict)
    programs: dict[tuple, Program] = field(default_factory=dict)
    launched: Counter[tuple] = field(default_factory=Counter)
    samples: dict[str, list[Sample]] = field(default_factory=dict)
    arrays: Any = field(default_factory=Arrays)

    def __call__(self, kernel: Kernel, blocks: Three, threads: Three, arguments: tuple[Any, ...]) -> None:
        key = (kernel.name, *map(kind, arguments))
        if key not in self.programs:
            signature = tuple(map(kind, arguments))
            self.programs[key] = parse(toolchain.to_ptx(kernel.function, signature, fastmath=kernel.fastmath))
        self.launched[key] += 1
        kept = self.samples.setdefault(kernel.name, [])
        before = copied(arguments) if len(kept) < SAMPLES else ()
        watched = self.watched is None or self.launched[key] <= self.watched or bool(before)
        memory = Memory(*{id(a): a for a in arguments if isinstance(a, np.ndarray)}.values(), watched=watched)
        values = [word for a in arguments for word in words(a, memory)]
        counts = Counts() if self.counting or before else None
        launch(self.programs[key], blocks, threads, values, memory, counts=counts)
        if self.counting and counts:
            self.counts.setdefault(kernel.name, Counts()).add(counts)
        if before and counts:
            sample = Sample(self.programs[key], blocks, threads, before, copied(arguments), counts)
            kept.append(sample)


def kind(argument: Any) -> Any:
    """numba's type of a kernel's argument."""
    import numba

    return numba.typeof(argument)


def words(argument: Any, memory: Memory) -> list[Any]:
    """An argument as numba hands it to a kernel: an array as pointers, sizes, shape and strides."""
    if isinstance(argument, np.ndarray):
        address = memory.add(argument)
        return [0, 0, argument.size, argument.itemsize, address, *argument.shape, *argument.strides]
    return [argument]
