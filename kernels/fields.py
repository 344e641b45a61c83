"""Plain work on whole fields and on lists of places: fill, copy, add, carry values, hold a level.

What the iteration does between its larger operators; operators too, so that an iteration is nothing but operators
on every device and can be recorded on a card.
"""

from __future__ import annotations

from .jit import cpu_loop, prange


@cpu_loop
def fill_on_cpu(out, value):
    """out = value everywhere, in ghosts too."""
    for c in prange(out.size):
        out[c] = value


@cpu_loop
def copy_on_cpu(out, field):
    """out = field everywhere, in ghosts too."""
    for c in prange(out.size):
        out[c] = field[c]


def fill_in_numpy(out, value):
    """See `fill_on_cpu`."""
    out[:] = value


def copy_in_numpy(out, field):
    """See `copy_on_cpu`."""
    out[:] = field


def take(fields, solved):
    """Each of `fields` becomes the one of `solved` that stands in its place, which may be itself."""
    for field, one in zip(fields, solved, strict=True):
        if one is not field:
            field[:] = one


def add_in_numpy(out, field):
    """out += field everywhere; `out` may be of a wider type."""
    out += field


def carry_in_numpy(out, to, field, at, step):
    """out[to[n] + step] = field[at[n] + step]; no place to write to twice, none of them read."""
    out[to + step] = field[at + step]


def pin_in_numpy(p, level, cell):
    """p -= p[cell] everywhere; level: a field of one entry, left with what p[cell] was."""
    level[0] = p[cell]
    p -= level[0]


# seldom used on whole fields, or on short lists: numpy does it as fast as one thread
add_on_cpu, carry_on_cpu, pin_on_cpu = add_in_numpy, carry_in_numpy, pin_in_numpy
