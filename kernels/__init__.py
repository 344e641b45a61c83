"""The numerics of Minehall: operators on arrays, the same set on every device.

`on("numpy")` gives the whole-array forms (numpy alone, the oracle the others are tested against),
`on("cpu")` the loops compiled by numba. An operator takes its outputs first, then arrays, then numbers.
"""

from __future__ import annotations

import importlib
from types import SimpleNamespace

from . import jit
from .gpu.launch import ready

# operator name -> module that holds `<name>_on_cpu` and `<name>_in_numpy`
OPERATORS = {
    "jacobi": "jacobi",
    "momentum": "momentum",
    "limited_scalar": "limiter",
    "limited_momentum": "limiter",
    "central_scalar": "central",
    "central_momentum": "central",
    "scalar": "scalar",
    "buoyancy": "scalar",
    "face_density": "density",
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
    "relax": "multigrid",
    "residual": "multigrid",
    "restrict": "multigrid",
    "prolong": "multigrid",
    "tier_inlets": "equipment",
    "place": "equipment",
    "sweep": "sweep",
}
SERIAL_BELOW = 40_000  # cells; a second thread costs more than it brings on less (measured on 2 cores)


def devices() -> list[str]:
    """Devices that work here, slowest first."""
    found = ["numpy", "cpu"] if jit.HAVE_NUMBA else ["numpy"]
    return [*found, "cuda"] if ready() else found


def on(device: str) -> SimpleNamespace:
    """The operators for `device`; "auto" takes the best there is.

    Raises LookupError, naming the devices found, when `device` is not among them.
    """
    found = devices()
    if device == "auto":
        device = found[-1]
    if device not in found:
        raise LookupError(f"no device {device!r} here; found: {', '.join(found)}")
    suffix = {"numpy": "_in_numpy", "cpu": "_on_cpu", "cuda": "_on_cuda"}[device]
    folder = f"{__name__}.gpu" if device == "cuda" else __name__
    table = {
        name: getattr(importlib.import_module(f"{folder}.{module}"), name + suffix)
        for name, module in OPERATORS.items()
    }
    return SimpleNamespace(device=device, concurrency=_concurrency(device), **table)


def _concurrency(device: str):
    """A function that picks the thread count for loops over so many cells."""
    if device != "cpu":
        return lambda cells: None
    limit = jit.thread_limit()
    return lambda cells: jit.threads(limit if cells > SERIAL_BELOW else 1)
