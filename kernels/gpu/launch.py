"""How CUDA kernels start: a thread for each cell, in blocks of threads along x so that neighbours read neighbours.

`kernel` marks a function as one; `launch` runs it over so many cells; what runs it is set by `use`: a card
(`card.Card`), or in tests an interpreter of its PTX.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..home import Host

BLOCK = {
    1: (128, 1, 1),
    2: (32, 4, 1),
    3: (32, 4, 2),
}  # threads along x, y, z by the dimensions of what is covered

Three = tuple[int, int, int]


@dataclass(frozen=True)
class Kernel:
    """A function of `cuda.grid`; its arguments are arrays and numbers, outputs first.

    fastmath: compile as if no NaN existed and with approximate division; power, which counts on NaN, does without.
    writes: arguments that it writes to inside functions that it calls.
    """

    function: Callable
    fastmath: bool = True
    writes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return str(self.function.__name__)


def kernel_that_writes(*names: str) -> Callable[[Callable], Kernel]:
    """The same for one whose stores are made by functions that it calls."""
    return lambda function: Kernel(function, writes=names)


Start = Callable[
    [Kernel, Three, Three, tuple[Any, ...]], None
]  # kernel, blocks, threads of a block, arguments
_start: list[Start] = []  # the last one is in use


def kernel(function: Callable) -> Kernel:
    """Mark a function as a CUDA kernel; it is compiled where it starts first."""
    return Kernel(function)


def exact_kernel(function: Callable) -> Kernel:
    """The same, compiled without fast arithmetic: a NaN keeps its meaning."""
    return Kernel(function, fastmath=False)


def launch(what: Kernel, cells: tuple[int, ...], *arguments: Any) -> None:
    """Run a kernel with at least one thread for each of `cells`, sizes along x (y, z).

    Threads beyond them start as well: kernels guard against those. Nothing runs where there are no cells.
    Raises RuntimeError when nothing has been set to run kernels.
    """
    block = BLOCK[len(cells)]
    whole = (*cells, 1, 1)[:3]
    blocks = tuple(-(-n // b) for n, b in zip(whole, block, strict=True))
    launch_blocks(what, (blocks[0], blocks[1], blocks[2]), block, *arguments)


def launch_blocks(what: Kernel, blocks: Three, threads: Three, *arguments: Any) -> None:
    """Run a kernel that shares out its work by blocks of so many threads; nothing where there is no block."""
    if not _start:
        raise RuntimeError("no card to launch kernels on: kernels.gpu.launch.use(...) sets one")
    if 0 not in blocks:
        _start[-1](what, blocks, threads, arguments)


@contextmanager
def use(start: Start) -> Iterator[None]:
    """Let `start` run the kernels launched inside."""
    _start.append(start)
    try:
        yield
    finally:
        _start.pop()


def hold(start: Start) -> None:
    """Let `start` run all kernels from now on."""
    _start.append(start)


def array_home() -> Any:
    """The home of the arrays that kernels take: the start in use where it is one (a card), else the host's memory."""
    return _start[-1] if hasattr(_start[-1], "moved") else Host()


def arrays() -> Any:
    """The module of the arrays that kernels take: what the start in use calls its `arrays` (CuPy), else numpy.

    What it allocates and copies is ordered with the kernels: a card makes its stream the current one.
    """
    return getattr(_start[-1], "arrays", np)


def free_bytes() -> int:
    """Memory [bytes] that can still be had for arrays; numpy's is taken to be ample."""
    return int(_start[-1].free()) if hasattr(_start[-1], "free") else 1 << 34


def ready() -> bool:
    """True when kernels can be launched."""
    return bool(_start)
