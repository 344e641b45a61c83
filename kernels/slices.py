"""Whole-array views of flat padded fields, for the array forms of the operators."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

PAD = 2


class Region(NamedTuple):
    """The cells of padded fields, seen from one axis: views of them, moved by whole cells.

    shape: padded (nz, ny, nx). axis: 0 x, 1 y, 2 z; "along" is that axis, "first" and "second" are the
    other two in cyclic order. more: how many faces beyond the last cell belong to it, in the same order.
    """

    shape: tuple[int, int, int]
    axis: int = 0
    more: tuple[int, int, int] = (0, 0, 0)

    def at(self, a: np.ndarray, along: int = 0, first: int = 0, second: int = 0) -> np.ndarray:
        """View of the flat field `a`, its value at (0, 0, 0) being that of the cell so many steps away."""
        window = [slice(None)] * 3
        for n, step in enumerate((along, first, second)):
            window[self.place(n)] = self._stretch(n, step)
        return a.reshape(self.shape)[tuple(window)]

    def line(self, sizes: np.ndarray, n: int = 0, step: int = 0) -> np.ndarray:
        """Sizes [m] in direction n (0 along, 1 first, 2 second), shaped so that they spread over the view."""
        shape = [1, 1, 1]
        shape[self.place(n)] = -1
        return sizes[self._stretch(n, step)].reshape(shape)

    def planes(self, values: np.ndarray) -> np.ndarray:
        """One value for each z plane, shaped so that it spreads over the view."""
        return self.line(values, (2 - self.axis) % 3)

    def place(self, n: int = 0) -> int:
        """Where direction n stands among the axes (z, y, x) of a view."""
        return 2 - (self.axis + n) % 3

    def halves(self, a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """A field on faces along the axis -> its values on the low and on the high face of every cell."""
        window: list[slice] = [slice(None)] * 3
        low, high = window.copy(), window.copy()
        low[self.place()], high[self.place()] = slice(None, -1), slice(1, None)
        return a[tuple(low)], a[tuple(high)]

    def _stretch(self, n: int, step: int) -> slice:
        return slice(PAD + step, self.shape[self.place(n)] - PAD + self.more[n] + step)


def cyclic(axis: int, *triple):
    """(x, y, z) things in cyclic order from `axis`."""
    return triple[axis:] + triple[:axis]


def row_sums(values: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Sum of `values` over each compressed row, in float64; 0 for an empty row."""
    out = np.zeros(start.size - 1)
    filled = start[1:] > start[:-1]
    if filled.any():
        out[filled] = np.add.reduceat(values, start[:-1][filled], dtype=np.float64)
    return out
