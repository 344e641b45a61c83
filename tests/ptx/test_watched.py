"""Launches that are not watched compute what watched ones do, and still leave no array."""

from __future__ import annotations

import numpy as np
import pytest
from interpreter.errors import PtxError
from interpreter.machine import launch
from interpreter.memory import Memory
from interpreter.program import parse
from test_machine import ADDRESS, HEAD, OTHER, PLACE, SHARED

SWAP = (
    ADDRESS + PLACE + "ld.global.f32 %f0, [%a2]; st.shared.f32 [%s1], %f0; bar.sync 0;"
    + OTHER + "ld.shared.f32 %f1, [%s2]; st.global.f32 [%a2], %f1;"
)  # fmt: skip


def run(body, x, watched):
    program = parse(f"{SHARED}.visible .entry k(.param .u64 k_x)\n{{ {HEAD} {body} ret; }}")
    memory = Memory(x, watched=watched)
    launch(program, (1, 1, 1), (x.size, 1, 1), [memory.add(x)], memory)
    return x


def test_neighbours_swap_through_shared_memory_either_way():
    for watched in (True, False):
        got = run(SWAP, np.arange(8, dtype=np.float32), watched)
        np.testing.assert_array_equal(got, [1, 0, 3, 2, 5, 4, 7, 6])


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (ADDRESS + "ld.global.f32 %f0, [%a2+32];", "out of bounds"),
        (ADDRESS + "st.global.f32 [%a2+2], 0f3F800000;", "not aligned"),
        (PLACE + "st.shared.f32 [%s1+64], 0f3F800000;", "out of bounds in shared memory"),
        (PLACE + "st.shared.f32 [%s1+2], 0f3F800000;", "not aligned"),
    ],
)
def test_bounds_are_kept_by_what_is_not_watched(body, message):
    with pytest.raises(PtxError, match=message):
        run(body, np.ones(8, np.float32), watched=False)


def test_a_race_is_seen_only_where_it_is_looked_for():
    race = SWAP.replace("bar.sync 0;", "")
    with pytest.raises(PtxError, match="no barrier between"):
        run(race, np.ones(8, np.float32), watched=True)
    run(race, np.ones(8, np.float32), watched=False)
