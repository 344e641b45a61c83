"""Every kernel in numba's CUDA simulator, on a tiny odd hall, against the array form; in a process of its own:

    NUMBA_ENABLE_CUDASIM=1 NUMBA_DISABLE_JIT=1 python -m pytest tests/simulator

The simulator knows indices, guards and barriers, and neither types nor races: see tests/ptx for those. Every thread is
one of the system's, so the hall is small; cells are plain Python.
"""

from __future__ import annotations

import importlib
import pkgutil

import every_operator
import numpy as np
import pytest
import test_sweep_devices as power

import kernels
from kernels.gpu import launch
from kernels.gpu.launch import Kernel

CELLS = (7, 5, 6)  # no whole block along any axis
# of the largest value: the simulator rounds as Python does, and some constants are float32 in double too
ROUNDING = {np.float32: 2e-5, np.float64: 1e-6}
SUMS = {"imbalance": 1, "strays": 1, "part_sums": 2}  # what they leave; behind it is room to work in
# fields that equations work in: coefficients and the rest, before them what else is lost
ROOM = {
    "momentum_sweeps": tuple(range(12, 20)),
    "scalar_sweeps": (1, *range(12, 19)),
    "turbulent_energy_sweeps": tuple(range(12, 21)),
    "epsilon_sweeps": (11, *range(13, 20)),
}
launched: set[str] = set()


def simulated(kernel, blocks, threads, arguments):
    """A `Start` for `kernels.gpu.launch.use`; an array that is given twice is one there too."""
    launched.add(kernel.name)
    arrays = {id(one): one for one in arguments if isinstance(one, np.ndarray) and one.size}
    there = {at: kernels.jit.cuda.to_device(one) for at, one in arrays.items()}
    kernels.jit.cuda.jit(kernel.function)[blocks, threads](*(there.get(id(one), one) for one in arguments))
    for at, one in arrays.items():
        there[at].copy_to_host(one)


@pytest.fixture(autouse=True)
def card(monkeypatch):
    monkeypatch.setattr(every_operator, "CELLS", CELLS)
    monkeypatch.setattr(every_operator, "LISTED", 128)
    for module in ("kernels.sums", "kernels.gpu.sums"):
        monkeypatch.setattr(f"{module}.PARTIAL", 2)  # blocks that share a sum
    with launch.use(simulated):
        yield


@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["single", "double"])
def test_every_operator_agrees_with_its_array_form(dtype):
    compare(every_operator.calls(dtype), every_operator.calls(dtype), ROUNDING[dtype])


def test_the_legs_of_a_cycle_agree_by_many_blocks_too(monkeypatch):
    monkeypatch.setattr("kernels.gpu.legs.ALONE", 0)
    given, other = (
        [call for call in every_operator.calls(np.float32) if call[0] in ("descend", "ascend")]
        for _ in range(2)
    )
    compare(given, other, ROUNDING[np.float32])


def compare(given_calls, other_calls, rounding):
    """Each call by the array form and by the kernels, and what they leave."""
    arrays, card = kernels.on("numpy"), kernels.on("cuda")
    for (name, given), (_, other) in zip(given_calls, other_calls, strict=True):
        getattr(arrays, name)(*given)
        getattr(card, name)(*other)
        for at, (one, two) in enumerate(zip(given, other, strict=True)):
            if isinstance(one, np.ndarray) and at not in spare(name):
                filled = slice(SUMS.get(name) if at == 0 else None)
                assert close(two[filled], one[filled], rounding), f"{name}, argument {at}"


def test_the_sweeps_of_every_number_agree():
    """Sweeps are taken together, several a launch, as many as there are."""
    for sweeps in (2, 4, 8):  # by one, two and four a launch
        given, other = (
            next(arguments for name, arguments in every_operator.calls(np.float32) if name == "jacobi")
            for _ in range(2)
        )
        kernels.on("numpy").jacobi(*given[:-1], sweeps)
        kernels.on("cuda").jacobi(*other[:-1], sweeps)
        assert close(other[0], given[0], ROUNDING[np.float32])


def spare(name: str) -> tuple[int, ...]:
    """Arguments that hold nothing afterwards."""
    if name in ROOM:
        return ROOM[name]
    spared = ("jacobi", "relax", "descend", "ascend", "descend_finest", "ascend_finest", "part_levels")
    return (1,) if name in spared else ()


def close(found, wanted, rounding):
    there = np.isfinite(wanted)
    if not np.array_equal(there, np.isfinite(found)) or not there.any():
        return np.array_equal(there, np.isfinite(found))
    return np.abs(found - wanted)[there].max() <= rounding * np.abs(wanted[there]).max()


def test_the_sweep_agrees_with_its_array_form():
    from kernels.gpu.sweep import sweep_on_cuda

    net, load = power.network(), power.powers(np.linspace(0, 1, 5))
    found, wanted = (power.solve(form, net, load) for form in (sweep_on_cuda, power.sweep_in_numpy))
    power.agree(found, wanted)


def test_every_kernel_was_launched():
    """By the tests above: a kernel that none launches is one that nothing is known of."""
    from kernels import gpu

    modules = [
        importlib.import_module(f"kernels.gpu.{one.name}") for one in pkgutil.iter_modules(gpu.__path__)
    ]
    there = {thing.name for module in modules for thing in vars(module).values() if isinstance(thing, Kernel)}
    assert there == launched
