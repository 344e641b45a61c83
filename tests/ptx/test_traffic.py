"""Bytes that each operator's kernels move, as their PTX asks for them, against those that are declared.

Counted is each element of an array once a launch, however many threads read it, and of fields the cells without
ghosts: what a card's memory has to deliver where its cache keeps what neighbours share.
"""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("numba_cuda", reason="needs numba-cuda: pip install minehall[gpu]")

import every_operator
import traffic

from thermo.bench.compulsory import TRAFFIC

# Their rows and parents lie apart: no neighbours to read together.
SCATTERED = {
    "restrict_cells",
    "restrict_residuals",
    "gather_finest",
    "descend_alone",
    "ascend_alone",
    "cell_parts",
    "note_level",
    "whole_sums",
}
# Tiles of 28 or 24 columns begin within a sector, and so does their last, narrower one.
TILED = {
    "jacobi_two_sweeps", "jacobi_four_sweeps", "momentum_six", "scalar_six", "scalar_six_more", "scalar_four_more",
    "energy_four", "epsilon_four",
}  # fmt: skip
ALONE = {"descend_alone", "ascend_alone"}  # what they read again is in their multiprocessor's cache
ON_LISTS = {name for name, traffic in TRAFFIC.items() if traffic.at} | {"exhaust", "wall_heat", "tier_inlets"}


@pytest.fixture(scope="module")
def ran():
    """All operators in float32."""
    return traffic.measure()


def test_fields_are_moved_as_often_as_declared(ran):
    """Lists are left out: theirs are declared by their places, of which a cell beside two walls is one."""
    over_fields = [call for call in ran.calls if call[0] not in ON_LISTS and not call[3] & ALONE]
    assert len({name for name, *_ in over_fields}) > 20
    for name, counted, declared, _ in over_fields:
        assert counted == pytest.approx(declared, rel=0.1), name


@pytest.mark.parametrize("kind", ["ld", "st"])
def test_neighbours_read_neighbours(ran, kind):
    """Bytes asked for over bytes of the 32-byte sectors they lie in; where all read one number it counts for each."""
    of_lists = {kernel for name, _, _, started in ran.calls if name in ON_LISTS for kernel in started}
    of_fields = {
        name: counts.efficiency(kind)
        for name, counts in ran.counts.items()
        if name not in of_lists | SCATTERED and counts.bytes[kind] > 4 * np.prod(every_operator.CELLS)
    }
    assert len(of_fields) > 15
    poor = {name: share for name, share in of_fields.items() if share < (0.75 if name in TILED else 0.8)}
    assert not poor
