"""Where the numbers are crunched: the only module that imports `kernels`."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import kernels
from kernels import multigrid
from kernels.limiter import momentum_stencil as momentum_stencil
from kernels.limiter import scalar_stencil as scalar_stencil

if not hasattr(kernels, "OPERATORS"):
    raise ImportError(
        f"the package `kernels` found at {kernels.__file__} is not Minehall's; "
        "install minehall into an environment of its own (python3 -m venv)"
    )


class DeviceError(RuntimeError):
    """The device asked for is not here; the message lists those that are."""


def found() -> list[str]:
    """Devices that work on this machine, slowest first."""
    return kernels.devices()


def on(name: str) -> SimpleNamespace:
    """The operators on device `name` ("numpy", "cpu", "auto").

    Raises DeviceError when it is not here.
    """
    try:
        return kernels.on(name)
    except LookupError as error:
        raise DeviceError(str(error)) from None


def must_compile(ops: SimpleNamespace) -> bool:
    """True when numba has nothing in its cache yet and will spend a minute on compiling."""
    folder = os.environ.get("NUMBA_CACHE_DIR", "")
    return ops.device == "cpu" and not any(Path(folder).glob("*/*.nbc"))


def pressure_levels(
    faces: list[Any], widths: list[Any], dtype: Any, plain: list[multigrid.Level] | None = None
) -> list[multigrid.Level]:
    """The multigrid hierarchy of the pressure operator; see `kernels.multigrid.hierarchy`.

    plain: the hierarchy of the same grid without the resistance of screens, where there are some.
    """
    levels = multigrid.hierarchy(faces, widths, dtype)
    if plain:
        multigrid.weaken(levels, plain)
    return levels


def v_cycle(ops: SimpleNamespace, levels: list[multigrid.Level]) -> None:
    """One V-cycle, in place on `levels[0].phi`."""
    multigrid.v_cycle(ops, levels)
