"""The numerics of Minehall: operators on arrays, the same set on every device.

`on("numpy")` gives the whole-array forms (numpy alone, the oracle the others are tested against),
`on("cpu")` the loops compiled by numba. An operator takes its outputs first, then arrays, then numbers.
"""

from __future__ import annotations

import importlib
from functools import cache
from types import SimpleNamespace

from . import jit
from .gpu.launch import array_home, ready
from .home import DeviceError, Host

# operator name -> module that holds `<name>_on_cpu` and `<name>_in_numpy`
OPERATORS = {
    "jacobi": "jacobi",
    "momentum": "momentum",
    "momentum_sweeps": "implicit",
    "scalar_sweeps": "implicit",
    "turbulent_energy_sweeps": "implicit",
    "epsilon_sweeps": "implicit",
    "limited_scalar": "limiter",
    "limited_momentum": "limiter",
    "central_scalar": "central",
    "central_momentum": "central",
    "scalar": "scalar",
    "buoyancy": "scalar",
    "velocity": "density",
    "mass_flux": "density",
    "inertia": "density",
    "divergence": "pressure",
    "correct": "pressure",
    "production": "turbulence",
    "epsilon": "turbulence",
    "turbulent_energy": "turbulence",
    "viscosity": "turbulence",
    "wall_conductance": "wall",
    "wall_shear": "wall",
    "wall_turbulence": "wall",
    "wall_dissipation": "wall",
    "mixing_length": "zero_equation",
    "wall_energy": "zero_equation",
    "wall_heat": "wall_heat",
    "scalar_beside_walls": "wall_heat",
    "screen_drag": "screen",
    "screen_jets": "screen",
    "screen_turn": "screen",
    "relax": "multigrid",
    "residual": "multigrid",
    "restrict": "multigrid",
    "prolong": "multigrid",
    "descend": "legs",
    "ascend": "legs",
    "descend_finest": "finest",
    "ascend_finest": "finest",
    "tier_inlets": "equipment",
    "place": "equipment",
    "fill": "fields",
    "copy": "fields",
    "add": "fields",
    "carry": "fields",
    "pin": "fields",
    "imbalance": "sums",
    "strays": "sums",
    "part_sums": "sums",
    "part_levels": "sums",
    "solve_directly": "direct",
    "exhaust": "exhaust",
    "sweep": "sweep",
}
SERIAL_BELOW = 40_000  # cells; a second thread costs more than it brings on less (measured on 2 cores)


def devices() -> list[str]:
    """Devices that work here, slowest first."""
    return [*_on_host(), "cuda"] if ready() or not without_card() else _on_host()


def _on_host() -> list[str]:
    return ["numpy", "cpu"] if jit.HAVE_NUMBA else ["numpy"]


@cache
def without_card() -> str:
    """Why device "cuda" does not work here; "" when it does."""
    from .gpu import card

    try:
        card.opened()
    except DeviceError as error:
        return str(error)
    return ""


def on(device: str) -> SimpleNamespace:
    """The operators for `device`, and `home`, where its arrays live; "auto" takes the best there is.

    "cuda:1" is the second card of those visible. Raises DeviceError when `device` is not here.
    """
    if device == "auto":
        device = devices()[-1]
    kind, _, number = device.partition(":")
    if kind == "cuda" and not (ready() and not number):
        _open(number)
    elif kind != "cuda" and device not in _on_host():
        raise DeviceError(f"no device {device!r} here; found: {', '.join(devices())}")
    suffix = {"numpy": "_in_numpy", "cpu": "_on_cpu", "cuda": "_on_cuda"}[kind]
    folder = f"{__name__}.gpu" if kind == "cuda" else __name__
    table = {
        name: getattr(importlib.import_module(f"{folder}.{module}"), name + suffix)
        for name, module in OPERATORS.items()
    }
    where = array_home() if kind == "cuda" else Host()
    return SimpleNamespace(device=device, concurrency=_concurrency(device), home=where, **table)


def _open(number: str) -> None:
    from .gpu import card

    if number and not number.isdecimal():
        raise DeviceError(f"no device 'cuda:{number}': write cuda:0, cuda:1 and so on")
    try:
        card.opened(int(number or 0))
    except DeviceError as error:
        raise DeviceError(f"{error}; found: {', '.join(devices())}") from None


def _concurrency(device: str):
    """A function that picks the thread count for loops over so many cells."""
    if device != "cpu":
        return lambda cells: None
    limit = jit.thread_limit()
    return lambda cells: jit.threads(limit if cells > SERIAL_BELOW else 1)
