"""The interpreter's own checks: each fault, written by hand in PTX, must be caught; the sound twin must run."""

import numpy as np
import pytest
from interpreter.errors import PtxError
from interpreter.machine import Counts, launch
from interpreter.memory import Memory
from interpreter.program import parse

HEAD = ".reg .b32 %t; .reg .b32 %n; .reg .b32 %b; .reg .b64 %a<4>; .reg .f32 %f<4>; .reg .pred %p<3>;"
HEAD += "mov.u32 %t, %tid.x;"
ADDRESS = "ld.param.u64 %a0, [k_x]; mul.wide.u32 %a1, %t, 4; add.s64 %a2, %a0, %a1;"
SHARED = ".shared .align 4 .b8 tile[64];\n"
PLACE = ".reg .b32 %s<3>; mov.u32 %s0, tile; shl.b32 %s1, %t, 2; add.s32 %s1, %s0, %s1;"
OTHER = "xor.b32 %s2, %t, 1; shl.b32 %s2, %s2, 2; add.s32 %s2, %s0, %s2;"


def run(body, x, *, grid=1, block=None, blank=False, counts=None):
    text = f"{SHARED}.visible .entry k(.param .u64 k_x)\n{{ {HEAD} {body} ret; }}"
    memory = Memory(blank=(x,)) if blank else Memory(x)
    launch(parse(text), (grid, 1, 1), (block or x.size, 1, 1), [memory.add(x)], memory, counts=counts)
    return x


def ones(n):
    return np.ones(n, np.float32)


def test_a_plain_kernel_runs_on_every_thread_of_every_block():
    body = "mov.u32 %n, %ntid.x; mov.u32 %b, %ctaid.x; mad.lo.s32 %t, %n, %b, %t;"
    body += ADDRESS + "ld.global.f32 %f0, [%a2]; add.f32 %f1, %f0, 0f40000000; st.global.f32 [%a2], %f1;"
    np.testing.assert_array_equal(
        run(body, np.arange(12, dtype=np.float32), grid=3, block=4), np.arange(12) + 2
    )


@pytest.mark.parametrize("offset", ["+32", "-4"])
def test_a_step_outside_its_array_is_caught(offset):
    with pytest.raises(PtxError, match=r"out of bounds|outside all buffers|another buffer"):
        run(ADDRESS + f"ld.global.f32 %f0, [%a2{offset.replace('-', '+-')}];", ones(8))


def test_a_step_into_the_neighbouring_array_is_caught():
    x, y = ones(8), ones(8)
    text = f".visible .entry k(.param .u64 k_x)\n{{ {HEAD} {ADDRESS} ld.global.f32 %f0, [%a2+4]; ret; }}"
    memory = Memory(x, y)
    with pytest.raises(PtxError, match="out of bounds"):
        launch(parse(text), (1, 1, 1), (8, 1, 1), [memory.add(x)], memory)


def test_an_unaligned_access_is_caught():
    with pytest.raises(PtxError, match="not aligned"):
        run(ADDRESS + "ld.global.f32 %f0, [%a2+2];", ones(8), block=1)


def test_reading_what_nothing_has_written_is_caught():
    with pytest.raises(PtxError, match="nothing has written"):
        run(ADDRESS + "ld.global.f32 %f0, [%a2];", ones(8), blank=True)


def test_a_register_never_set_is_caught():
    with pytest.raises(PtxError, match="%f3 is used before it is set"):
        run("add.f32 %f0, %f3, %f3;", ones(4))


def test_a_register_set_on_one_path_only_is_caught():
    body = "setp.lt.s32 %p0, %t, 2; @%p0 mov.f32 %f0, 0f3F800000;"
    with pytest.raises(PtxError, match="on some paths"):
        run(body + "add.f32 %f1, %f0, %f0;", ones(4))
    run(body + "@%p0 add.f32 %f1, %f0, %f0;", ones(4))


def test_two_threads_that_write_one_element_are_caught():
    with pytest.raises(PtxError, match="written by two threads at once"):
        run("ld.param.u64 %a0, [k_x]; st.global.f32 [%a0], 0f3F800000;", ones(4))


def test_two_blocks_that_write_one_element_are_caught(monkeypatch):
    body = ADDRESS + "st.global.f32 [%a2], 0f3F800000;"
    with pytest.raises(PtxError, match="written by two threads at once"):
        run(body, ones(4), grid=2, block=4)
    monkeypatch.setattr("interpreter.machine.WAVE", 4)  # one block at a time
    with pytest.raises(PtxError, match="no barrier between"):
        run(body, ones(4), grid=2, block=4)


def test_a_block_that_reads_what_another_writes_is_caught():
    body = ADDRESS + "mov.u32 %b, %ctaid.x; setp.eq.s32 %p0, %b, 0;"
    body += "@%p0 ld.global.f32 %f0, [%a2]; setp.ne.s32 %p1, %b, 0; @%p1 st.global.f32 [%a2], 0f00000000;"
    with pytest.raises(PtxError, match="no barrier between"):
        run(body, ones(4), grid=2, block=4)


def test_a_neighbour_in_place_is_caught_and_by_a_second_array_is_not():
    with pytest.raises(PtxError, match="no barrier between"):
        run(
            ADDRESS
            + "setp.lt.s32 %p0, %t, 3; @%p0 ld.global.f32 %f0, [%a2+4]; st.global.f32 [%a2], 0f00000000;",
            ones(4),
        )


EXCHANGE = (
    PLACE
    + OTHER
    + ADDRESS
    + "ld.global.f32 %f0, [%a2]; st.shared.f32 [%s1], %f0; {bar} ld.shared.f32 %f1, [%s2];"
)


def test_threads_exchange_through_shared_memory_behind_a_barrier():
    body = EXCHANGE.replace("{bar}", "bar.sync 0;") + "st.global.f32 [%a2], %f1;"
    np.testing.assert_array_equal(run(body, np.arange(4, dtype=np.float32)), [1, 0, 3, 2])


def test_a_missing_barrier_is_caught():
    with pytest.raises(PtxError, match="no barrier between"):
        run(EXCHANGE.replace("{bar}", ""), ones(4))


def test_shared_memory_is_bounded_and_begins_unset():
    with pytest.raises(PtxError, match="out of bounds in shared memory"):
        run(PLACE + "st.shared.f32 [%s1+64], 0f00000000;", ones(4))
    with pytest.raises(PtxError, match="nothing has written"):
        run(PLACE + "ld.shared.f32 %f0, [%s1];", ones(4))


def test_a_barrier_that_some_threads_miss_is_caught():
    body = "setp.lt.s32 %p0, %t, 2; @%p0 bra SKIP; bar.sync 0; SKIP: mov.f32 %f0, 0f00000000;"
    with pytest.raises(PtxError, match="miss the barrier"):
        run(body, ones(4))


def test_threads_that_have_left_do_not_hold_up_a_barrier():
    run("setp.lt.s32 %p0, %t, 2; @%p0 ret; bar.sync 0;", ones(4))


def test_threads_loop_each_their_own_number_of_times_and_meet_again():
    body = (
        ADDRESS
        + "mov.f32 %f0, 0f00000000; mov.u32 %n, 0; LOOP: add.f32 %f0, %f0, 0f3F800000; add.s32 %n, %n, 1;"
    )
    body += "setp.le.u32 %p0, %n, %t; @%p0 bra LOOP; bar.sync 0; st.global.f32 [%a2], %f0;"
    np.testing.assert_array_equal(run(body, ones(6)), [1, 2, 3, 4, 5, 6])


def test_local_memory_and_two_kernels_are_refused():
    with pytest.raises(PtxError, match="local memory"):
        parse(".visible .entry k()\n{ .local .align 8 .b8 depot[64]; ret; }")
    with pytest.raises(PtxError, match="2 kernels"):
        parse(".visible .entry k()\n{ ret; }\n.visible .entry l()\n{ ret; }")


def test_neighbours_that_read_neighbours_use_whole_sectors():
    near, far = Counts(), Counts()
    run(ADDRESS + "ld.global.f32 %f0, [%a2];", ones(32), counts=near)
    spread = (
        "ld.param.u64 %a0, [k_x]; mul.wide.u32 %a1, %t, 32; add.s64 %a2, %a0, %a1; ld.global.f32 %f0, [%a2];"
    )
    run(spread, ones(256), block=32, counts=far)
    assert near.efficiency() == 1.0
    assert far.efficiency() == 1 / 8
