"""A card that is none: the part of CuPy and numba.cuda that `kernels.gpu.card` uses, on memory of the host.

It is stricter than a real one. Memory is reached by address, so what was freed is gone; a launch refuses arrays of
the host; while a stream is captured nothing may be allocated, copied, waited for or compiled; what a captured graph
replays must still be where it was; nothing is done in a thread whose stream is another, nor by a kernel of CuPy's own.
`events` says what happened in order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from threading import get_ident
from time import perf_counter
from types import SimpleNamespace
from typing import Any

import numpy as np

SPAN = 40  # bits of address space of one allocation
CUDA_ERRORS = "cupy_backends.cuda.api.runtime"


class CUDARuntimeError(RuntimeError):
    """As CuPy's: `status` is the runtime's code."""

    __module__ = CUDA_ERRORS

    def __init__(self, status: int, text: str):
        super().__init__(text)
        self.status = status


class OutOfMemoryError(MemoryError):
    """As that of CuPy's pool."""

    __module__ = "cupy.cuda.memory"

    def __init__(self, size: int, total: int):
        super().__init__(f"Out of memory allocating {size:,} bytes (allocated so far: {total:,} bytes).")
        self._size, self._total, self._limit = size, total, 0


class Misuse(AssertionError):
    """What a card would not do, or would do wrong without a word."""


class Block:
    """One allocation; its memory goes back with the last array on it."""

    def __init__(self, card: FakeCard, bytes_: np.ndarray):
        self.card, self.bytes, self.ptr = card, bytes_[:0], 0
        card.allocated(bytes_.nbytes)
        self.bytes = bytes_
        card.last += 1
        self.ptr = card.last << SPAN
        card.blocks[self.ptr] = bytes_

    def __del__(self) -> None:
        self.card.blocks.pop(self.ptr, None)
        self.card.used -= self.bytes.nbytes


class FakeArray:
    """A contiguous array on the card; the host sees it by `get` and `set` alone."""

    def __init__(self, block: Block, offset: int, shape: tuple[int, ...], dtype: Any):
        self.block, self.shape, self.dtype = block, shape, np.dtype(dtype)
        self.data = SimpleNamespace(ptr=block.ptr + offset)
        self.offset = offset

    @property
    def size(self) -> int:
        return int(np.prod(self.shape, dtype=np.int64))

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def itemsize(self) -> int:
        return self.dtype.itemsize

    @property
    def nbytes(self) -> int:
        return self.size * self.itemsize

    @property
    def __cuda_array_interface__(self) -> dict[str, Any]:
        return {
            "shape": self.shape, "typestr": self.dtype.str, "data": (self.data.ptr, False),
            "version": 3, "strides": None, "stream": 7,
        }  # fmt: skip

    def host(self) -> np.ndarray:
        """The memory itself, for the fake's own use."""
        return self.block.card.at(self.data.ptr, self.shape, self.dtype)

    def get(self, stream: Any = None, out: np.ndarray | None = None, blocking: bool = True) -> np.ndarray:
        card = self.block.card
        card.forbidden("a copy to the host")
        card.events["copy to host"] += 1
        out = np.empty(self.shape, self.dtype) if out is None else out
        if out.shape != self.shape or out.dtype != self.dtype or not out.flags.c_contiguous:
            raise Misuse(f"{self.shape} {self.dtype} copied into {out.shape} {out.dtype} {out.strides}")
        out[...] = self.host()
        if not blocking:
            card.pending += 1
        return out

    def set(self, array: np.ndarray, stream: Any = None) -> None:
        card = self.block.card
        card.forbidden("a copy from the host")
        card.events["copy from host"] += 1
        if not isinstance(array, np.ndarray) or array.shape != self.shape or array.dtype != self.dtype:
            raise Misuse(f"{getattr(array, 'shape', array)} copied into {self.shape} {self.dtype}")
        self.host()[...] = array

    def copy(self) -> FakeArray:
        self.block.card.forbidden("an allocation")
        made = self.block.card.asarray(self.host())
        self.block.card.events["copy on card"] += 1
        return made

    def __getitem__(self, key: Any) -> FakeArray:
        if not isinstance(key, int | slice) or (isinstance(key, slice) and key.step not in (None, 1)):
            raise Misuse(f"indexed by {key!r}: only a row or a stretch is a view of the same memory")
        start, stop = (key, key + 1) if isinstance(key, int) else key.indices(self.shape[0])[:2]
        shape = self.shape[1:] if isinstance(key, int) else (max(0, stop - start), *self.shape[1:])
        row = int(np.prod(self.shape[1:], dtype=np.int64)) * self.itemsize
        if not shape:
            raise Misuse("a single number of an array on the card: that waits for it and reads it")
        return FakeArray(self.block, self.offset + start * row, shape, self.dtype)

    def __setitem__(self, key: Any, value: Any) -> None:
        self.block.card.forbidden("a copy outside kernels")
        if key != slice(None) or not isinstance(value, FakeArray) or value.shape != self.shape:
            raise Misuse("only a whole array on the card is copied to another")
        if value.dtype != self.dtype:
            raise Misuse(f"{value.dtype} copied to {self.dtype}: a kernel of CuPy's own")
        self.block.card.events["copy on card"] += 1
        self.host()[...] = value.host()

    def reshape(self, *shape: int) -> FakeArray:
        return FakeArray(self.block, self.offset, self.host().reshape(*shape).shape, self.dtype)

    def _no(self, *_: Any) -> Any:
        raise Misuse("arithmetic or a host's view of an array on the card, outside kernels")

    __array__ = __bool__ = __float__ = __int__ = __iter__ = __len__ = _no
    __add__ = __radd__ = __sub__ = __mul__ = __rmul__ = __truediv__ = __neg__ = __matmul__ = __lt__ = (
        __gt__
    ) = _no


class Stream:
    """The one stream; launches are recorded while it is captured."""

    ptr = 7

    def __init__(self, card: FakeCard, non_blocking: bool):
        self.card = card
        if not non_blocking:
            raise Misuse("a stream that waits for the null stream")

    def use(self) -> Stream:
        self.card.joined.add(get_ident())
        return self

    def synchronize(self) -> None:
        self.card.forbidden("a wait")
        self.card.events["wait"] += 1
        self.card.pending = 0

    def begin_capture(self) -> None:
        if self.card.recording is not None:
            raise Misuse("a capture within a capture")
        self.card.recording = []

    def end_capture(self) -> Graph:
        recorded, self.card.recording = self.card.recording, None
        assert recorded is not None
        self.card.events["capture"] += 1
        return Graph(self.card, recorded)


class Event:
    """A moment on the stream; here the host's."""

    def __init__(self, card: FakeCard):
        self.card, self.time = card, 0.0

    def record(self, stream: Stream) -> None:
        self.time = perf_counter()

    def synchronize(self) -> None:
        self.card.forbidden("a wait")


class Graph:
    """Launches to be replayed."""

    def __init__(self, card: FakeCard, recorded: list[Callable[[], None]]):
        self.card, self.recorded = card, recorded

    def launch(self, stream: Stream) -> None:
        if self.card.recording is not None:
            raise Misuse("a graph launched while a stream is captured")
        self.card.events["replay"] += 1
        for start in self.recorded:
            start()


class FakeCard:
    """One card: `cupy` and `cuda` (numba's) to give to `kernels.gpu.card.Card`.

    run: called with a kernel's function, whether arithmetic is fast, blocks, threads and arguments, arrays as numpy's.
    """

    def __init__(self, run: Callable[..., None], total: int = 1 << 34):
        self.run, self.total = run, total
        self.blocks: dict[int, np.ndarray] = {}
        self.used, self.most, self.last, self.pending = 0, 0, 0, 0
        self.room_for = self.alive_for = np.inf  # allocations, and launches, until it is full or lost
        self.recording: list[Callable[[], None]] | None = None
        self.events: Counter[str] = Counter()
        self.launches: Counter[str] = Counter()  # of each kernel, replayed ones too
        self.started = 0  # kernels started or recorded
        self.lost = False
        self.joined: set[int] = set()  # threads whose current stream is the card's
        self.compiled: set[tuple] = set()
        self.cupy, self.cuda = self._cupy(), self._numba()

    # --- what is checked --------------------------------------------------------------------------------

    def forbidden(self, what: str) -> None:
        if self.recording is not None:
            raise Misuse(f"{what} while the stream is captured")
        self._alive()

    def _alive(self) -> None:
        if get_ident() not in self.joined:
            raise Misuse("work from a thread whose current stream is not the card's")
        if self.lost:
            raise CUDARuntimeError(719, "cudaErrorLaunchFailure: unspecified launch failure")

    def allocated(self, count: int) -> None:
        self.forbidden("an allocation")
        self.room_for -= 1
        if self.used + count > self.total or self.room_for < 0:
            raise OutOfMemoryError(count, self.used)
        self.events["allocation"] += 1
        self.used += count
        self.most = max(self.most, self.used)

    def at(self, ptr: int, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
        """The memory at an address."""
        home, offset = (ptr >> SPAN) << SPAN, ptr & ((1 << SPAN) - 1)
        count = int(np.prod(shape, dtype=np.int64))
        if home not in self.blocks:
            raise Misuse("memory used after it was given back")
        stretch = self.blocks[home][offset : offset + count * dtype.itemsize]
        return stretch.view(dtype).reshape(shape)

    def asarray(self, array: np.ndarray, order: str = "K") -> FakeArray:
        if isinstance(array, FakeArray):
            return array
        whole = np.ascontiguousarray(array)
        if order != "C" and not array.flags.c_contiguous:
            raise Misuse("an array whose order CuPy would keep")
        if array.ndim == 0:
            raise Misuse("an array without dimensions, which copies to and fro take for one of one")
        block = Block(self, whole.reshape(-1).view(np.uint8).copy())
        return FakeArray(block, 0, array.shape, array.dtype)

    def struck(self) -> None:
        """A kernel starts: the card may be lost at it."""
        self.alive_for -= 1
        self.lost = self.lost or self.alive_for < 0
        self._alive()

    # --- the libraries ----------------------------------------------------------------------------------

    def _cupy(self) -> SimpleNamespace:
        runtime = SimpleNamespace(
            CUDARuntimeError=CUDARuntimeError,
            getDeviceCount=lambda: 1,
            driverGetVersion=lambda: 13020,
            runtimeGetVersion=lambda: 13020,
            memGetInfo=lambda: (self.total - self.used, self.total),
            getDeviceProperties=lambda number: {"name": b"a card that is none"},
        )
        cuda = SimpleNamespace(
            runtime=runtime,
            Device=lambda number: SimpleNamespace(use=lambda: None),
            Stream=lambda non_blocking=False: Stream(self, non_blocking),
            alloc_pinned_memory=self._pinned,
            Event=lambda: Event(self),
            get_elapsed_time=lambda first, last: 1e3 * (last.time - first.time),
        )

        def empty(shape: Any, dtype: Any = np.float64) -> FakeArray:
            whole = np.zeros(shape, dtype)
            whole.reshape(-1).view(np.uint8)[:] = 0xFF  # NaN, so that what is read before it is written shows
            return self.asarray(whole, order="C")

        return SimpleNamespace(
            ndarray=FakeArray,
            asarray=self.asarray,
            empty=empty,
            zeros=lambda shape, dtype=np.float64: self.asarray(np.zeros(shape, dtype)),
            asnumpy=lambda array: array.get(),
            cuda=cuda,
            get_default_memory_pool=lambda: SimpleNamespace(
                free_bytes=lambda: 0, used_bytes=lambda: self.used, total_bytes=lambda: self.used
            ),
            __version__="0",
        )

    def _pinned(self, count: int) -> bytearray:
        self.forbidden("an allocation")
        return bytearray(count)

    def _numba(self) -> SimpleNamespace:
        def as_cuda_array(thing: Any, sync: bool = True) -> SimpleNamespace:
            desc = thing.__cuda_array_interface__
            if sync or desc["stream"] is not None:
                raise Misuse("an array that numba would wait for at every launch")
            ptr, shape = desc["data"][0], desc["shape"]
            return SimpleNamespace(ptr=ptr, shape=shape, dtype=np.dtype(desc["typestr"]))

        def jit(fastmath: bool) -> Callable:
            return lambda function: Dispatcher(self, function, fastmath)

        return SimpleNamespace(
            jit=jit,
            as_cuda_array=as_cuda_array,
            select_device=lambda number: None,
            external_stream=lambda ptr: ("stream", ptr),
        )


class Dispatcher:
    """A compiled kernel as numba has it: `kernel[blocks, threads, stream](*arguments)`."""

    def __init__(self, card: FakeCard, function: Any, fastmath: bool):
        self.card, self.function, self.fastmath = card, function, fastmath

    def __getitem__(self, how: tuple) -> Callable[..., None]:
        blocks, threads, stream = how
        if stream != ("stream", Stream.ptr):
            raise Misuse("a kernel beside the card's stream")
        if 0 in blocks or np.prod(threads) > 1024:
            raise Misuse(f"{blocks} blocks of {threads} threads")
        return lambda *arguments: self._start(blocks, threads, arguments)

    def _start(self, blocks: tuple, threads: tuple, arguments: tuple) -> None:
        card = self.card
        card._alive()
        for argument in arguments:
            if isinstance(argument, np.ndarray | FakeArray):
                raise Misuse(f"{self.function.__name__} was given an array that is not numba's")
        key = (self.function, *((a.dtype, len(a.shape)) if hasattr(a, "ptr") else type(a) for a in arguments))
        if key not in card.compiled and card.recording is not None:
            raise Misuse(f"{self.function.__name__} compiled while the stream is captured")
        card.compiled.add(key)
        card.started += 1

        def launch() -> None:
            card.struck()
            card.launches[self.function.__name__] += 1
            held = [card.at(a.ptr, a.shape, a.dtype) if hasattr(a, "ptr") else a for a in arguments]
            card.run(self.function, self.fastmath, blocks, threads, held)

        if card.recording is None:
            launch()
        else:
            card.recording.append(launch)
