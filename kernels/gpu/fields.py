"""Plain work on whole fields and on lists of places, a thread an entry; see `kernels.fields`."""

from __future__ import annotations

from ..jit import cuda
from .launch import kernel, launch


@kernel
def fill_entries(out, value):
    """out = value."""
    c = cuda.grid(1)
    if 0 <= c < out.size:
        out[c] = value


@kernel
def copy_entries(out, field):
    """out = field."""
    c = cuda.grid(1)
    if 0 <= c < out.size:
        out[c] = field[c]


@kernel
def add_entries(out, field):
    """out += field."""
    c = cuda.grid(1)
    if 0 <= c < out.size:
        out[c] += field[c]


@kernel
def carry_entries(out, to, field, at, step):
    """out[to + step] = field[at + step]."""
    n = cuda.grid(1)
    if 0 <= n < to.size:
        out[to[n] + step] = field[at[n] + step]


@kernel
def note_level(level, p, cell):
    """level = p[cell], by one thread."""
    if cuda.grid(1) == 0:
        level[0] = p[cell]


@kernel
def lower_entries(p, level):
    """p -= level."""
    c = cuda.grid(1)
    if 0 <= c < p.size:
        p[c] -= level[0]


def fill_on_cuda(out, value):
    """See `fill_in_numpy`."""
    launch(fill_entries, (out.size,), out, out.dtype.type(value))


def copy_on_cuda(out, field):
    """See `copy_in_numpy`."""
    launch(copy_entries, (out.size,), out, field)


def add_on_cuda(out, field):
    """See `add_in_numpy`."""
    launch(add_entries, (out.size,), out, field)


def carry_on_cuda(out, to, field, at, step):
    """See `carry_in_numpy`."""
    launch(carry_entries, (to.size,), out, to, field, at, step)


def pin_on_cuda(p, level, cell):
    """See `pin_in_numpy`."""
    launch(note_level, (1,), level, p, cell)
    launch(lower_entries, (p.size,), p, level)
