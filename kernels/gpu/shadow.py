"""Which kernels a card would be given for the work that another device does: counted, not run."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from .. import OPERATORS
from . import launch

Seen = Callable[[str, launch.Kernel, tuple[Any, ...]], None]  # operator, kernel, its arguments


def shadowed(ops: SimpleNamespace, seen: Seen) -> SimpleNamespace:
    """Operators that do what `ops` do; `seen` is told of every kernel that "cuda" would launch for it."""
    table = dict(vars(ops))
    for name, module in OPERATORS.items():
        on_card = getattr(importlib.import_module(f"{__package__}.{module}"), f"{name}_on_cuda")
        table[name] = _both(name, table[name], on_card, seen)
    return SimpleNamespace(**table)


def _both(name: str, operator: Callable, on_card: Callable, seen: Seen) -> Callable:
    def start(
        kernel: launch.Kernel, blocks: launch.Three, threads: launch.Three, arguments: tuple[Any, ...]
    ) -> None:
        seen(name, kernel, arguments)

    def call(*arguments: Any) -> None:
        operator(*arguments)
        with launch.use(start):
            on_card(*arguments)

    return call
