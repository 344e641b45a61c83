"""Where the numbers are crunched: the only module that imports `kernels`."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

import kernels
from kernels import hierarchy, jacobi, stack
from kernels.home import DeviceError, OutOfMemory, size
from kernels.jit import compiling
from kernels.limiter import momentum_stencil, scalar_stencil
from kernels.stack import stacked_field, stacked_levels
from kernels.sums import room
from kernels.sweep_tree import walk

__all__ = [
    "DeviceError",
    "OutOfMemory",
    "compiling",
    "found",
    "momentum_stencil",
    "on",
    "on_host",
    "pressure_levels",
    "scalar_stencil",
    "shadowed",
    "size",
    "stack_pitch",
    "stacked_field",
    "stacked_levels",
    "sums",
    "sweep_size",
    "tried",
    "v_cycle",
    "without_card",
]

if not hasattr(kernels, "OPERATORS"):
    raise ImportError(
        f"the package `kernels` found at {kernels.__file__} is not Minehall's; "
        "install minehall into an environment of its own (python3 -m venv)"
    )


def found() -> list[str]:
    """Devices that work on this machine, slowest first."""
    return kernels.devices()


def on(name: str | SimpleNamespace) -> SimpleNamespace:
    """The operators on device `name` ("numpy", "cpu", "cuda", "cuda:1", "auto"), and `home`, where its arrays live.

    Operators themselves are returned as they are. Raises DeviceError when the device is not here.
    """
    return kernels.on(name) if isinstance(name, str) else name


def shadowed(ops: SimpleNamespace, seen: Callable[..., None]) -> SimpleNamespace:
    """Operators that work as `ops` and tell `seen` which kernels a card would be given for it.

    Raises DeviceError without numba, which the kernels are written for.
    """
    if not kernels.jit.HAVE_NUMBA:
        raise DeviceError("counting a card's kernels needs numba, which is not installed: pip install numba")
    from kernels.gpu import shadow

    return shadow.shadowed(ops, seen)


def sweep_size(network: Any) -> tuple[int, int]:
    """Leaves and chains of the sweep over a `power.Network`."""
    path = walk(
        network.parent, network.impedance, network.turns, network.shunt,
        network.load_node, network.connection, network.law,
    )  # fmt: skip
    return path.leaf_law.size, path.up.size


def on_host() -> SimpleNamespace:
    """The operators on the best device that works in the host's memory."""
    return kernels.on("cpu" if kernels.jit.HAVE_NUMBA else "numpy")


def without_card() -> str:
    """Why device "cuda" does not work here; "" when it does."""
    return kernels.without_card()


def tried(name: str) -> str:
    """What a card is called and has free, after a kernel of ours has run on it.

    Raises DeviceError when it is not here or computes wrongly, and what its libraries raise.
    """
    ops, entries = kernels.on(name), 1000
    there = ops.home.moved((sums(), np.ones(entries, np.float32)))
    ops.strays(*there, 0.5)
    found = float(ops.home.get(there[0])[0])
    if found != entries:
        raise DeviceError(f"device {name} counts {entries} ones as {found:g}")
    return f"{ops.home.name}, {ops.home.free() / 1e9:.1f} GB free"


def sums(count: int = 1) -> np.ndarray:
    """Where operators put so many sums: in the first entries."""
    return np.zeros(room(count))


def sweeps_of_passes(sweeps: int) -> list[int]:
    """How many Jacobi sweeps a card makes in each of its passes over the memory."""
    return jacobi.passes(sweeps)


def pressure_levels(
    faces: list[Any],
    widths: list[Any],
    dtype: Any,
    plain: list[hierarchy.Level] | None = None,
    open_: tuple[Any, ...] = (),
) -> list[hierarchy.Level]:
    """The multigrid hierarchy of the pressure operator; see `kernels.hierarchy.build`.

    plain: the hierarchy of the same grid without the resistance of screens, where there are some. open_: what the
    finest grid's coefficients are formed from, as `kernels.finest` takes it.
    """
    levels = hierarchy.build(faces, widths, dtype, plain, open_)
    if plain:
        hierarchy.weaken(levels, plain)
    return levels


def stack_pitch(levels: list[hierarchy.Level]) -> int:
    """Planes from a hall to the next in a stack of halls with this hierarchy."""
    return stack.pitches(levels)[0]


def v_cycle(ops: SimpleNamespace, levels: list[hierarchy.Level], *, fresh: bool) -> None:
    """One V-cycle, in place on `levels[0].phi`; fresh: that starts from 0 whatever is in it."""
    hierarchy.v_cycle(ops, levels, fresh=fresh)
