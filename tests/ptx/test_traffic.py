"""Bytes that each operator's kernels move, as their PTX asks for them, against those that are declared.

Counted is each element of an array once a launch, however many threads read it, and of fields the cells without
ghosts: what a card's memory has to deliver where its cache keeps what neighbours share.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("numba_cuda", reason="needs numba-cuda: pip install minehall[gpu]")

import every_operator
import launcher
from padded import PAD

import kernels
from kernels.gpu import launch
from thermo.bench.compulsory import TRAFFIC, Extents, card_cost, parameters

INNER = (slice(PAD, -PAD),) * 3
# Their rows and parents lie apart: no neighbours to read together.
SCATTERED = {
    "restrict_cells",
    "restrict_residuals",
    "descend_alone",
    "ascend_alone",
    "cell_parts",
    "note_level",
    "whole_sums",
}
# Tiles of 28 or 24 columns begin within a sector, and so does their last, narrower one.
TILED = {"jacobi_two_sweeps", "jacobi_four_sweeps"}
ALONE = {"descend_alone", "ascend_alone"}  # what they read again is in their multiprocessor's cache
ON_LISTS = {name for name, traffic in TRAFFIC.items() if traffic.at} | {"exhaust", "wall_heat", "tier_inlets"}


def moved(memory, shapes):
    """Bytes that a launch loaded and stored, each element once."""
    total = 0
    for buffer in memory.buffers:
        for touched in (buffer.loaded, buffer.stored):
            shape = shapes.get(touched.size)
            inner = touched.reshape(shape)[INNER] if shape else touched
            total += int(inner.sum()) * buffer.flat.itemsize
    return total


@pytest.fixture(scope="module")
def ran():
    """All operators in float32: calls (name, bytes, declared bytes), and of each kernel what it counted."""
    run, memories = launcher.Interpreted(), []

    class Kept(launcher.Memory):
        def __init__(self, *arrays, **options):
            super().__init__(*arrays, **options)
            memories.append(self)

    calls, listed = [], set()
    with pytest.MonkeyPatch.context() as patch, launch.use(run):
        patch.setattr(launcher, "Memory", Kept)
        ops = kernels.on("cuda")
        shapes = {int(np.prod(shape)): shape for shape in every_operator.shapes(np.float32)}
        extents = Extents(list(shapes.values()))
        for name, given in every_operator.calls(np.float32):
            memories.clear()
            known = set(run.counts)
            getattr(ops, name)(*given)
            if name in ON_LISTS:
                listed |= set(run.counts) - known
            named = dict(zip(parameters(getattr(ops, name)), given, strict=True))
            if ALONE & (set(run.counts) - known):
                continue
            calls.append(
                (name, sum(moved(each, shapes) for each in memories), card_cost(name, named, extents)[0])
            )
    return SimpleNamespace(calls=calls, counts=run.counts, listed=listed)


def test_fields_are_moved_as_often_as_declared(ran):
    """Lists are left out: theirs are declared by their places, of which a cell beside two walls is one."""
    over_fields = [call for call in ran.calls if call[0] not in ON_LISTS]
    assert len({name for name, _, _ in over_fields}) > 20
    for name, counted, declared in over_fields:
        assert counted == pytest.approx(declared, rel=0.1), name


@pytest.mark.parametrize("kind", ["ld", "st"])
def test_neighbours_read_neighbours(ran, kind):
    """Bytes asked for over bytes of the 32-byte sectors they lie in; where all read one number it counts for each."""
    of_fields = {
        name: counts.efficiency(kind)
        for name, counts in ran.counts.items()
        if name not in ran.listed | SCATTERED and counts.bytes[kind] > 4 * np.prod(every_operator.CELLS)
    }
    assert len(of_fields) > 15
    poor = {name: share for name, share in of_fields.items() if share < (0.75 if name in TILED else 0.8)}
    assert not poor
