"""Device memory as numpy arrays, with a shadow of who touched each element and when.

A buffer begins at an address of its own, far from the others', so that any step outside it is seen. Within
one launch, two threads may touch the same element only if neither writes, or if a barrier of their own
block lies between; threads of different blocks never meet.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .errors import PtxError

SPAN = 40  # bits of address space given to each buffer
NOBODY, SEVERAL, BLOCKS = -1, -2, -3  # last reader: none, several threads of one block, of several blocks


class Lanes(NamedTuple):
    """The threads that execute one instruction: index in the launch, block, barriers passed by the block."""

    thread: np.ndarray
    block: np.ndarray
    epoch: np.ndarray


class Buffer:
    """One array and its shadow. `known` is False where nothing has been put yet."""

    def __init__(self, array: np.ndarray, known: bool = True):
        if not array.flags.c_contiguous:
            raise ValueError("a device buffer must be contiguous")
        parts = np.empty(0, array.dtype).real.dtype  # a complex number is two of them
        self.flat = array.reshape(-1).view(parts)
        self.known = np.full(self.flat.size, known)
        self.loaded = np.zeros(self.flat.size, bool)
        self.stored = np.zeros(self.flat.size, bool)
        self.begin()

    def begin(self) -> None:
        """Forget who touched what: a new launch."""
        n = self.flat.size
        self.writer = np.full(n, NOBODY, np.int64)
        self.writer_block = np.full(n, NOBODY, np.int64)
        self.writer_epoch = np.full(n, NOBODY, np.int64)
        self.reader = np.full(n, NOBODY, np.int64)
        self.reader_block = np.full(n, NOBODY, np.int64)
        self.reader_epoch = np.full(n, NOBODY, np.int64)

    def load(self, at: np.ndarray, lanes: Lanes, text: str) -> np.ndarray:
        """Values of elements `at`; raises PtxError on an unset element or a race."""
        _forbid(~self.known[at], "reads memory that nothing has written", lanes, text)
        _forbid(
            self._met_writer(at, lanes),
            "reads what another thread writes, with no barrier between",
            lanes,
            text,
        )
        self._note_readers(at, lanes)
        self.loaded[at] = True
        return self.flat[at]

    def store(self, at: np.ndarray, values: np.ndarray, lanes: Lanes, text: str) -> None:
        """Put `values`; raises PtxError on a race."""
        if not _rising(at):
            first = np.zeros(at.size, bool)
            first[np.unique(at, return_index=True)[1]] = True
            _forbid(~first, "is written by two threads at once", lanes, text)
        met = self._met_writer(at, lanes) | self._met_reader(at, lanes)
        _forbid(met, "writes what another thread reads or writes, with no barrier between", lanes, text)
        self.flat[at] = values
        self.writer[at], self.writer_block[at], self.writer_epoch[at] = lanes
        self.known[at] = self.stored[at] = True

    def _met_writer(self, at: np.ndarray, lanes: Lanes) -> np.ndarray:
        other = (self.writer[at] != NOBODY) & (self.writer[at] != lanes.thread)
        return other & ((self.writer_block[at] != lanes.block) | (self.writer_epoch[at] == lanes.epoch))

    def _met_reader(self, at: np.ndarray, lanes: Lanes) -> np.ndarray:
        other = (self.reader[at] != NOBODY) & (self.reader[at] != lanes.thread)
        return other & (
            (self.reader[at] == BLOCKS)
            | (self.reader_block[at] != lanes.block)
            | (self.reader_epoch[at] == lanes.epoch)
        )

    def _note_readers(self, at: np.ndarray, lanes: Lanes) -> None:
        thread = lanes.thread.copy()
        if at.size > 1 and (at == at[0]).all():  # a table that all read alike
            one_block = (lanes.block == lanes.block[0]).all()
            at, thread = at[:1], np.array([SEVERAL if one_block else BLOCKS])
            lanes = Lanes(thread, lanes.block[:1], lanes.epoch[:1])
        elif not _rising(at):
            unique, inverse, counts = np.unique(at, return_inverse=True, return_counts=True)
            thread[counts[inverse] > 1] = SEVERAL
            blocks = np.full(unique.size, -1)
            blocks[inverse] = lanes.block
            thread[np.isin(inverse, inverse[blocks[inverse] != lanes.block])] = BLOCKS
        old, same_block = self.reader[at], self.reader_block[at] == lanes.block
        again = same_block & (self.reader_epoch[at] == lanes.epoch) & (old != lanes.thread)
        thread[again] = SEVERAL
        thread[(old == BLOCKS) | ((old != NOBODY) & ~same_block)] = BLOCKS
        self.reader[at], self.reader_block[at], self.reader_epoch[at] = thread, lanes.block, lanes.epoch


class Plain(Buffer):
    """One array without a shadow: for launches of a kernel whose first ones were watched. Bounds are checked still."""

    def __init__(self, array: np.ndarray, known: bool = True):
        if not array.flags.c_contiguous:
            raise ValueError("a device buffer must be contiguous")
        self.flat = array.reshape(-1).view(np.empty(0, array.dtype).real.dtype)

    def begin(self) -> None:
        """Nothing is remembered."""

    def load(self, at: np.ndarray, lanes: Lanes, text: str) -> np.ndarray:
        """Values of elements `at`."""
        return self.flat[at]

    def store(self, at: np.ndarray, values: np.ndarray, lanes: Lanes, text: str) -> None:
        """Put `values`."""
        self.flat[at] = values


class Memory:
    """The buffers of a launch, at the addresses `address(array)`; watched: with a shadow each."""

    def __init__(self, *arrays: np.ndarray, blank: tuple[np.ndarray, ...] = (), watched: bool = True):
        self.watched, self.kind = watched, Buffer if watched else Plain
        self.buffers: list[Buffer] = []
        self.places: dict[int, int] = {}
        for array in arrays:
            self.add(array)
        for array in blank:
            self.add(array, known=False)

    def add(self, array: np.ndarray, known: bool = True) -> int:
        """Address of the array's first byte; an array already here keeps its own."""
        place = self.places.get(_where(array))
        if place is None:
            place = self.places[_where(array)] = len(self.buffers)
            self.buffers.append(self.kind(array, known))
        return (place + 1) << SPAN

    def begin(self) -> None:
        """A new launch: all that was written before is settled."""
        for buffer in self.buffers:
            buffer.begin()

    def load(self, address: np.ndarray, width: int, lanes: Lanes, text: str) -> np.ndarray:
        """Bits at byte addresses."""
        buffer, at = self._locate(address, width, lanes, text)
        return buffer.load(at, lanes, text)

    def store(self, address: np.ndarray, values: np.ndarray, lanes: Lanes, text: str) -> None:
        """Put values at byte addresses."""
        buffer, at = self._locate(address, values.dtype.itemsize, lanes, text)
        buffer.store(at, values.view(buffer.flat.dtype), lanes, text)

    def _locate(self, address: np.ndarray, width: int, lanes: Lanes, text: str) -> tuple[Buffer, np.ndarray]:
        place = (address >> SPAN) - 1
        home = int(place[0])
        _forbid(place != home, "reaches another buffer than its neighbours", lanes, text)
        if not 0 <= home < len(self.buffers):
            raise PtxError(f"an address outside all buffers in: {text}")
        buffer = self.buffers[home]
        if buffer.flat.itemsize != width:
            raise PtxError(f"{width} bytes at once from elements of {buffer.flat.itemsize} in: {text}")
        offset = address & ((1 << SPAN) - 1)
        _forbid(offset % width != 0, "is not aligned", lanes, text)
        _forbid(offset + width > buffer.flat.nbytes, "is out of bounds", lanes, text)
        return buffer, offset // width


class Shared:
    """Shared memory of a wave of blocks, byte by byte, with the same shadow."""

    def __init__(self, blocks: int, size: int):
        self.size = size
        self.bytes = Buffer(np.zeros(blocks * size, np.uint8), known=False)

    def load(self, address: np.ndarray, width: int, row: np.ndarray, lanes: Lanes, text: str) -> np.ndarray:
        """Raw bytes (lane, width) at byte addresses in the shared memory of block `row`."""
        at, many = self._spread(address, width, row, lanes, text)
        return self.bytes.load(at, many, text).reshape(-1, width)

    def store(
        self, address: np.ndarray, values: np.ndarray, row: np.ndarray, lanes: Lanes, text: str
    ) -> None:
        """Put values at byte addresses in the shared memory of block `row`."""
        width = values.dtype.itemsize
        at, many = self._spread(address, width, row, lanes, text)
        self.bytes.store(at, np.ascontiguousarray(values).view(np.uint8), many, text)

    def _spread(self, address, width, row, lanes, text):
        _forbid(
            (address < 0) | (address + width > self.size), "is out of bounds in shared memory", lanes, text
        )
        at = (row * self.size + address)[:, None] + np.arange(width)
        return at.ravel(), Lanes(*(np.repeat(each, width) for each in lanes))


def _rising(at: np.ndarray) -> bool:
    """True when no element comes twice, as in neighbours that touch neighbours."""
    return bool((at[1:] > at[:-1]).all())


class PlainShared:
    """Shared memory of a wave of blocks without a shadow; bounds are checked still."""

    def __init__(self, blocks: int, size: int):
        self.size, self.row = size, -(-size // 8) * 8
        self.flat = np.zeros(blocks * self.row, np.uint8)

    def load(self, address: np.ndarray, width: int, row: np.ndarray, lanes: Lanes, text: str) -> np.ndarray:
        """Raw bytes (lane, width) at byte addresses in the shared memory of block `row`."""
        at = self._places(address, width, row, lanes, text)
        return self.flat.view(f"u{width}")[at].view(np.uint8).reshape(-1, width)

    def store(
        self, address: np.ndarray, values: np.ndarray, row: np.ndarray, lanes: Lanes, text: str
    ) -> None:
        """Put values at byte addresses in the shared memory of block `row`."""
        at = self._places(address, values.dtype.itemsize, row, lanes, text)
        self.flat.view(values.dtype)[at] = values

    def _places(self, address, width, row, lanes, text):
        _forbid(
            (address < 0) | (address + width > self.size), "is out of bounds in shared memory", lanes, text
        )
        _forbid(address % width != 0, "is not aligned", lanes, text)
        return (row * self.row + address) // width


def _where(array: np.ndarray) -> int:
    return array.__array_interface__["data"][0]


def _forbid(wrong: np.ndarray, what: str, lanes: Lanes, text: str) -> None:
    if wrong.any():
        first = int(np.argmax(wrong))
        raise PtxError(f"thread {lanes.thread[first]} of block {lanes.block[first]}: {what} in: {text}")
