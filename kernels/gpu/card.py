"""A card: where arrays of device "cuda" live and kernels run, by CuPy (memory, streams, graphs) and numba (kernels).

One stream of its own, current from `opened` on: copies and kernels follow one another on it and wait for nothing else.
What is done again and again is captured as a CUDA graph the second time and replayed from then on; the first time
compiles its kernels, which may not happen while a stream is captured.
"""

from __future__ import annotations

import gc
import os
import weakref
from collections.abc import Callable, Hashable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np

from .. import home, jit
from ..home import DeviceError, OutOfMemory
from . import launch
from .launch import Kernel, Three

DIRECT = "MINEHALL_CUDA_DIRECT"  # environment: set to launch every kernel by itself, without graphs
EXTRA = "pip install 'minehall[gpu]'"
ABSENT, OLD_DRIVER, NO_DEVICE, NO_MEMORY = 3, 35, 100, 2  # codes of the CUDA runtime
# of the driver's codes and of what libraries raise: kernels cannot be made, or the driver does not take them
NOT_TAKEN = ("UNSUPPORTED_PTX_VERSION", "NO_BINARY_FOR_GPU", "INVALID_PTX")
NOT_MADE = ("Linker", "Nvvm", "Nvrtc", "CudaSupport", "nvJitLink", "nvvm")


def libraries() -> tuple[Any, Any]:
    """(CuPy, numba.cuda); raises DeviceError that says how to install them."""
    for package, module in (("cupy-cuda13x", "cupy"), ("numba-cuda[cu13]", "numba_cuda")):
        if find_spec(module) is None:
            raise DeviceError(f"device cuda needs {package}, which is not installed: {EXTRA}")
    try:
        import cupy

        return cupy, jit.cuda
    except Exception as error:  # a broken library raises what it likes
        raise DeviceError(f"device cuda: its libraries do not load ({_first_line(error)}): {EXTRA}") from None


@cache
def opened(number: int = 0) -> Card:
    """The card of that number among those that CUDA_VISIBLE_DEVICES leaves; kernels run on it from now on.

    Raises DeviceError that says what is missing.
    """
    cupy, cuda = libraries()
    count = _count(cupy)
    if not 0 <= number < count:
        raise DeviceError(
            f"no device cuda:{number} here: {count} found, cuda:0 to cuda:{count - 1}{_visible()}"
        )
    with _told("cannot be used"):
        card = Card(cupy, cuda, number)
    launch.hold(card)
    return card


def _count(cupy: Any) -> int:
    try:
        return int(cupy.cuda.runtime.getDeviceCount())
    except cupy.cuda.runtime.CUDARuntimeError as error:
        if error.status in (ABSENT, OLD_DRIVER) and not cupy.cuda.runtime.driverGetVersion():
            raise DeviceError("no NVIDIA driver here: device cuda needs one, and a card") from None
        if error.status == OLD_DRIVER:
            there, needed = cupy.cuda.runtime.driverGetVersion(), cupy.cuda.runtime.runtimeGetVersion()
            raise DeviceError(
                f"the NVIDIA driver is too old: it knows CUDA {_release(there)}, {_release(needed)} is needed; "
                "install a newer driver"
            ) from None
        if error.status == NO_DEVICE:
            raise DeviceError(f"the NVIDIA driver finds no card{_visible()}") from None
        raise DeviceError(f"device cuda: {_first_line(error)}") from None


def _release(version: int) -> str:
    return f"{version // 1000}.{version % 1000 // 10}"


def _visible() -> str:
    chosen = os.environ.get("CUDA_VISIBLE_DEVICES")
    return "" if chosen is None else f" (CUDA_VISIBLE_DEVICES is '{chosen}')"


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0].rstrip(".") if lines else type(error).__name__


@contextmanager
def _told(what: str, room: Callable[[], tuple[int, int]] = lambda: (0, 0)) -> Iterator[None]:
    """Errors of the runtime and the driver as one of ours; all others are left alone.

    room: bytes held on the card, and those that can be had besides.
    """
    try:
        yield
    except Exception as error:
        kind, line = type(error), _first_line(error)
        if not (kind.__module__.startswith(("cupy", "cuda")) or "cudadrv" in kind.__module__):
            raise  # also what numba says of a kernel that does not compile
        if _full(error):
            held, free = room()
            needed = held + int(getattr(error, "_size", 0))
            raise OutOfMemory(needed, held + free, line) from None
        if any(name in str(error) for name in NOT_TAKEN):
            raise DeviceError(
                f"the NVIDIA driver does not take what numba-cuda compiles ({line}): install a newer driver"
            ) from None
        if kind.__name__.startswith(NOT_MADE):
            raise DeviceError(f"device cuda: kernels cannot be compiled ({line}): {EXTRA}") from None
        raise DeviceError(f"the card {what}: {line}; `nvidia-smi` tells its state") from error


def _full(error: Exception) -> bool:
    """True when memory was asked for that is not there: CuPy's pool, the runtime or the driver say so."""
    codes = getattr(error, "status", None), getattr(error, "code", None)
    return isinstance(error, MemoryError) or NO_MEMORY in codes or "OUT_OF_MEMORY" in str(error)


class _Pointer:
    """An array as numba takes it, without a hold on its memory: the card lets go of it with the array."""

    def __init__(self, array: Any):
        desc = dict(array.__cuda_array_interface__)
        self.__cuda_array_interface__ = desc | {"stream": None}  # one stream for all: nothing to wait for


class Card:
    """A `Start` of kernels and a home of arrays; see `kernels.gpu.launch` and `kernels.home`."""

    replays = True

    def __init__(self, cupy: Any, cuda: Any, number: int):
        self.arrays, self.cuda, self.number = cupy, cuda, number
        cupy.cuda.Device(number).use()
        self.stream = cupy.cuda.Stream(non_blocking=True)
        self.join()
        self.numba_stream = cuda.external_stream(self.stream.ptr)
        self.graphs = not os.environ.get(DIRECT)
        self.compiled: dict[Kernel, Any] = {}
        self.wrapped: dict[int, tuple[Any, Any]] = {}  # (the array, weakly; numba's view of it) by identity

    def join(self) -> None:
        """Let the thread that calls work on this card, on its stream: both libraries keep these thread by thread."""
        self.arrays.cuda.Device(self.number).use()
        self.cuda.select_device(self.number)
        self.stream.use()

    @property
    def name(self) -> str:
        """As the driver calls it."""
        found = self.arrays.cuda.runtime.getDeviceProperties(self.number)["name"]
        return found.decode() if isinstance(found, bytes) else str(found)

    def told(self) -> AbstractContextManager[None]:
        """What the libraries raise inside is raised as a DeviceError that says what it means."""
        return _told("was lost", self._room)

    def _room(self) -> tuple[int, int]:
        try:
            return int(self.arrays.get_default_memory_pool().used_bytes()), self.free()
        except Exception:  # a card that is lost as well
            return 0, 0

    # --- kernels --------------------------------------------------------------------------------------

    def __call__(self, kernel: Kernel, blocks: Three, threads: Three, arguments: tuple[Any, ...]) -> None:
        """Start a kernel on the card's stream."""
        with self.told():
            if kernel not in self.compiled:
                self.compiled[kernel] = self.cuda.jit(fastmath=kernel.fastmath)(kernel.function)
            start = self.compiled[kernel][blocks, threads, self.numba_stream]
            start(*[self._wrap(kernel, argument) for argument in arguments])

    def _wrap(self, kernel: Kernel, argument: Any) -> Any:
        """numba's view of an array on the card, made once; numbers as they are."""
        if isinstance(argument, np.ndarray):
            raise TypeError(f"{kernel.name} was given an array of the host")
        if not isinstance(argument, self.arrays.ndarray):
            return argument
        place = id(argument)
        if place not in self.wrapped:
            held = weakref.ref(argument, lambda _: self.wrapped.pop(place, None))
            self.wrapped[place] = held, self.cuda.as_cuda_array(_Pointer(argument), sync=False)
        return self.wrapped[place][1]

    def repeat(self, recorded: dict[Hashable, Any], key: tuple[Any, ...], work: Callable[[], None]) -> None:
        """Do `work`, launches and nothing else: by itself the first time, then as a graph.

        key: what it is, and the arrays it works on; a graph holds for others at the same places.
        """
        place = tuple(one.data.ptr if isinstance(one, self.arrays.ndarray) else one for one in key)
        if place not in recorded or not self.graphs:
            recorded.setdefault(place, None)
            work()
            return
        with self.told():
            if recorded[place] is None:
                recorded[place] = self._captured(work)
            recorded[place].launch(self.stream)

    def _captured(self, work: Callable[[], None]) -> Any:
        self.stream.begin_capture()
        try:
            work()
        except BaseException:
            with suppress(Exception):  # a capture that was spoilt says so; what spoilt it matters
                self.stream.end_capture()
            raise
        return self.stream.end_capture()

    # --- memory ---------------------------------------------------------------------------------------

    def free(self) -> int:
        """Bytes that can still be taken."""
        pool = self.arrays.get_default_memory_pool()
        return int(self.arrays.cuda.runtime.memGetInfo()[0]) + int(pool.free_bytes())

    def reserve(self, needed: int, cells: int) -> None:
        """Raise DeviceError when a hall of so many cells, which needs so many bytes, does not fit."""
        if needed > self.free():
            gc.collect()  # a solver that is gone holds its arrays until then
        if needed > (free := self.free()):
            raise OutOfMemory.of_hall(cells, needed, free)

    def moved(self, thing: Any) -> Any:
        """The object with its arrays on the card; what it holds twice is there once."""
        with self.told():
            return home.moved(thing, self._placed, {})

    def _placed(self, array: np.ndarray) -> Any:
        return self.arrays.asarray(array, order="C")  # as kernels have it; CuPy would keep another order

    def landing(self, thing: Any) -> Any:
        """The object with page-locked arrays of the host in place of its arrays, to copy to and from the card."""

        def locked(array: np.ndarray) -> np.ndarray:
            memory = self.arrays.cuda.alloc_pinned_memory(max(array.nbytes, 1))
            return np.frombuffer(memory, array.dtype, array.size).reshape(array.shape)

        with self.told():
            return home.moved(thing, locked, {})

    def update(self, there: Any, host: Any) -> None:
        """Copy the host's arrays to the card, and wait: the host may change them again at once."""
        with self.told():
            for on_card, array in home.pairs(there, host):
                if array.size:
                    on_card.set(np.ascontiguousarray(array), stream=self.stream)
            self.stream.synchronize()

    def fetch(self, host: Any, there: Any) -> None:
        """Copy arrays of the card to the host's, and wait until they are there."""
        with self.told():
            for on_card, array in home.pairs(there, host):
                if array.size:
                    on_card.get(stream=self.stream, out=array, blocking=False)
            self.stream.synchronize()

    def get(self, array: Any) -> np.ndarray:
        """An array's values for the host."""
        with self.told():
            return np.asarray(array.get(stream=self.stream))
