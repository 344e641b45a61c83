"""Every opcode of the interpreter against numpy or a table worked out by hand, through a kernel of its own."""

import numpy as np
import pytest
from interpreter.alu import UnknownOpcode
from interpreter.errors import PtxError
from interpreter.machine import launch
from interpreter.memory import Memory
from interpreter.program import parse

REGISTER = {
    "f32": "f32", "f64": "f64", "s32": "b32", "u32": "b32", "b32": "b32", "s64": "b64", "u64": "b64", "b64": "b64",
    "s16": "b16", "u16": "b16", "b16": "b16", "s8": "b16", "u8": "b16", "pred": "pred",
}  # fmt: skip
NUMPY = {
    "f32": np.float32, "f64": np.float64, "s32": np.int32, "u32": np.uint32, "b32": np.uint32,
    "s64": np.int64, "u64": np.uint64, "b64": np.uint64, "s16": np.int16, "u16": np.uint16, "b16": np.uint16,
    "s8": np.int8, "u8": np.uint8,
}  # fmt: skip


def compute(op, sources, result, *columns):
    """The opcode applied to columns of values, one thread a row."""
    arrays = [np.array(column, NUMPY[kind]) for column, kind in zip(columns, sources, strict=True)]
    out = np.zeros(arrays[0].size, NUMPY[result])
    names = [f"%v{n}_" for n in range(len(arrays))]
    lines = [f".reg .{REGISTER[kind]} {name};" for name, kind in zip(names, sources, strict=True)]
    lines += [f".reg .{REGISTER[result]} %out;", ".reg .b64 %a<2>;", ".reg .b32 %t;", "mov.u32 %t, %tid.x;"]
    for n, (name, kind) in enumerate(zip(names, sources, strict=True)):
        width = np.dtype(NUMPY[kind]).itemsize
        lines += [f"ld.param.u64 %a0, [k_{n}];", f"mul.wide.u32 %a1, %t, {width};", "add.s64 %a0, %a0, %a1;"]
        lines.append(f"ld.global.{kind} {name}, [%a0];")
    width = out.itemsize
    lines += [
        f"{op} %out, {', '.join(names)};",
        "ld.param.u64 %a0, [k_out];",
        f"mul.wide.u32 %a1, %t, {width};",
    ]
    lines += ["add.s64 %a0, %a0, %a1;", f"st.global.{result} [%a0], %out;", "ret;"]
    memory = Memory(*arrays, out)
    launch(
        kernel(lines, len(arrays)),
        (1, 1, 1),
        (out.size, 1, 1),
        [memory.add(a) for a in (*arrays, out)],
        memory,
    )
    return out


def kernel(lines, inputs):
    parameters = ", ".join([*(f".param .u64 k_{n}" for n in range(inputs)), ".param .u64 k_out"])
    return parse(f".visible .entry k({parameters})\n{{\n" + "\n".join(lines) + "\n}")


FLOATS = [0.0, -0.0, 1.5, -2.25, 3e7, -1e-3, 7.0]
OTHERS = [1.0, 2.0, -0.5, 4.0, 1e-7, 3.0, 7.0]


@pytest.mark.parametrize("kind", ["f32", "f64"])
@pytest.mark.parametrize(
    ("op", "expected"),
    [
        ("add", lambda a, b: a + b),
        ("sub", lambda a, b: a - b),
        ("mul", lambda a, b: a * b),
        ("div.rn", lambda a, b: a / b),
        ("min", lambda a, b: np.where(a < b, a, b)),
        ("max", lambda a, b: np.where(a > b, a, b)),
    ],
)
def test_float_pairs_are_numpy_s_own(op, expected, kind):
    a, b = (np.array(each, NUMPY[kind]) for each in (FLOATS, OTHERS))
    got = compute(f"{op}.{kind}", (kind, kind), kind, a, b)
    np.testing.assert_array_equal(got, expected(a, b))


@pytest.mark.parametrize("kind", ["f32", "f64"])
@pytest.mark.parametrize(
    ("op", "expected"),
    [
        ("neg", lambda a: -a),
        ("abs", np.abs),
        ("sqrt.rn", np.sqrt),
        ("rsqrt.approx", lambda a: 1 / np.sqrt(a)),
        ("rcp.rn", lambda a: 1 / a),
        ("ex2.approx", np.exp2),
        ("lg2.approx", np.log2),
        ("sin.approx", np.sin),
        ("cos.approx", np.cos),
        ("tanh.approx", np.tanh),
        ("mov", lambda a: a),
    ],
)
def test_float_singles_are_numpy_s_own(op, expected, kind):
    a = np.array([0.25, 1.0, 2.0, 3.5], NUMPY[kind])
    np.testing.assert_array_equal(compute(f"{op}.{kind}", (kind,), kind, a), expected(a).astype(NUMPY[kind]))


def test_smaller_and_larger_ignore_one_nan():
    a, b = [np.nan, 1.0, np.nan], [2.0, np.nan, np.nan]
    np.testing.assert_array_equal(
        compute("max.f32", ("f32", "f32"), "f32", a, b), np.float32([2.0, 1.0, np.nan])
    )
    np.testing.assert_array_equal(
        compute("min.f32", ("f32", "f32"), "f32", a, b), np.float32([2.0, 1.0, np.nan])
    )


def test_a_fused_multiply_add_rounds_once():
    a = np.float32(1 + 2**-12)
    exact = np.float32(2**-24)  # a*a = 1 + 2^-11 + 2^-24; the last part is lost if the product is rounded
    got = compute("fma.rn.f32", ("f32",) * 3, "f32", [a], [a], [-np.float32(1 + 2**-11)])
    assert got[0] == exact


INTS = [0, 1, -1, 7, -7, 2**31 - 1, -(2**31), 12]
DIVISORS = [1, 3, 2, -2, 2, 5, 3, -5]


@pytest.mark.parametrize(
    ("op", "expected"),
    [
        ("add.s32", [1, 4, 1, 5, -5, -(2**31) + 4, -(2**31) + 3, 7]),
        ("sub.s32", [-1, -2, -3, 9, -9, 2**31 - 6, 2**31 - 3, 17]),
        ("mul.lo.s32", [0, 3, -2, -14, -14, 2147483643, -(2**31), -60]),
        ("mul.hi.s32", [0, 0, -1, -1, -1, 2, -2, -1]),
        ("div.s32", [0, 0, 0, -3, -3, 429496729, -715827882, -2]),
        ("rem.s32", [0, 1, -1, 1, -1, 2, -2, 2]),
        ("min.s32", [0, 1, -1, -2, -7, 5, -(2**31), -5]),
        ("max.s32", [1, 3, 2, 7, 2, 2**31 - 1, 3, 12]),
        ("and.b32", [0, 1, 2, 6, 0, 5, 0, 8]),
        ("or.b32", [1, 3, -1, -1, -5, 2**31 - 1, -(2**31) + 3, -1]),
        ("xor.b32", [1, 2, -3, -7, -5, 2**31 - 6, -(2**31) + 3, -9]),
    ],
)
def test_whole_number_pairs(op, expected):
    kind = op.split(".")[-1]
    a, b = np.array(INTS, np.int32), np.array(DIVISORS, np.int32)
    got = compute(op, (kind, kind), kind, a.view(NUMPY[kind]), b.view(NUMPY[kind]))
    np.testing.assert_array_equal(got.view(np.int32), np.array(expected, np.int64).astype(np.int32))


def test_a_wide_product_keeps_all_bits():
    a, b = [2**31 - 1, -(2**31), -3], [2**31 - 1, 2**31 - 1, 5]
    expected = [x * y for x, y in zip(a, b, strict=True)]
    np.testing.assert_array_equal(compute("mul.wide.s32", ("s32", "s32"), "s64", a, b), expected)
    got = compute("mad.wide.s32", ("s32", "s32", "s64"), "s64", a, b, [1, 2, 3])
    np.testing.assert_array_equal(got, np.add(expected, [1, 2, 3]))
    np.testing.assert_array_equal(
        compute("mul.wide.u32", ("u32", "u32"), "u64", [2**32 - 1], [2**32 - 1]), [(2**32 - 1) ** 2]
    )
    np.testing.assert_array_equal(compute("mad.lo.s32", ("s32",) * 3, "s32", [7], [-6], [2]), [-40])


def test_shifts_beyond_the_width_leave_the_sign():
    many = np.array([0, 1, 31, 32, 200], np.uint32)
    np.testing.assert_array_equal(
        compute("shl.b32", ("b32", "u32"), "b32", [5] * 5, many), [5, 10, 2**31, 0, 0]
    )
    np.testing.assert_array_equal(
        compute("shr.u32", ("u32", "u32"), "u32", [2**31] * 5, many), [2**31, 2**30, 1, 0, 0]
    )
    np.testing.assert_array_equal(
        compute("shr.s32", ("s32", "u32"), "s32", [-8] * 5, many), [-8, -4, -1, -1, -1]
    )
    np.testing.assert_array_equal(compute("shl.b64", ("b64", "u32"), "b64", [3], [40]), [3 << 40])


def test_a_complement_flips_every_bit():
    np.testing.assert_array_equal(compute("not.b32", ("b32",), "b32", [0, 5]), [2**32 - 1, 2**32 - 6])


@pytest.mark.parametrize(
    ("op", "expected"),
    [
        ("cvt.rn.f32.s32", [-3.0, 16777216.0]),
        ("cvt.rn.f64.s32", [-3.0, 16777217.0]),
        ("cvt.s64.s32", [-3, 16777217]),
        ("cvt.u16.s32", [65533, 1]),
    ],
)
def test_whole_numbers_convert(op, expected):
    result = op.split(".")[-2]
    np.testing.assert_array_equal(compute(op, ("s32",), result, [-3, 16777217]), expected)


@pytest.mark.parametrize(
    ("op", "expected"),
    [
        ("cvt.rzi.s32.f32", [2, -2, 2**31 - 1, -(2**31), 0]),
        ("cvt.rni.s32.f32", [2, -2, 2**31 - 1, -(2**31), 0]),
        ("cvt.rmi.s32.f32", [2, -3, 2**31 - 1, -(2**31), 0]),
        ("cvt.rpi.s32.f32", [3, -2, 2**31 - 1, -(2**31), 0]),
        ("cvt.rzi.u32.f32", [2, 0, 2**32 - 1, 0, 0]),
    ],
)
def test_floats_become_whole_numbers_clamped_and_nan_becomes_0(op, expected):
    got = compute(op, ("f32",), op.split(".")[-2], [2.5, -2.5, 1e20, -1e20, np.nan])
    np.testing.assert_array_equal(got, expected)


def test_floats_convert():
    a = [0.1, 2.5, -1.5]
    np.testing.assert_array_equal(compute("cvt.rn.f32.f64", ("f64",), "f32", a), np.float32(a))
    np.testing.assert_array_equal(
        compute("cvt.f64.f32", ("f32",), "f64", a), np.float32(a).astype(np.float64)
    )
    np.testing.assert_array_equal(compute("cvt.rmi.f32.f32", ("f32",), "f32", a), np.float32([0, 2, -2]))


@pytest.mark.parametrize(
    "word", ["eq", "ne", "lt", "le", "gt", "ge", "equ", "neu", "ltu", "leu", "gtu", "geu", "nan", "num"]
)
def test_float_comparisons_know_nan(word):
    a, b = np.float32([1, 1, 2, np.nan]), np.float32([1, 2, 1, 0])
    truth = {
        "eq": "1000", "ne": "0110", "lt": "0100", "le": "1100", "gt": "0010", "ge": "1010",
        "equ": "1001", "neu": "0111", "ltu": "0101", "leu": "1101", "gtu": "0011", "geu": "1011",
        "nan": "0001", "num": "1110",
    }[word]  # fmt: skip
    assert chosen(f"setp.{word}.f32", "f32", a, b) == truth


@pytest.mark.parametrize(
    ("op", "kind", "truth"),
    [("setp.lt.s32", "s32", "0101"), ("setp.lt.u32", "u32", "0110"), ("setp.lo.u32", "u32", "0110"),
     ("setp.hs.u32", "u32", "1001"), ("setp.hi.u32", "u32", "0001"), ("setp.ls.u32", "u32", "1110"),
     ("setp.eq.s32", "s32", "1000")],
)  # fmt: skip
def test_comparisons_know_the_sign(op, kind, truth):
    a, b = np.array([3, 2, 1, -1], np.int32), np.array([3, 5, -1, 1], np.int32)
    assert chosen(op, kind, a.view(NUMPY[kind]), b.view(NUMPY[kind])) == truth


def chosen(op, kind, a, b):
    """The predicate's truth as a string of 0 and 1, through selp."""
    out = np.zeros(a.size, np.uint32)
    register = REGISTER[kind]
    lines = [
        f".reg .{register} %x; .reg .{register} %y; .reg .pred %p; .reg .b32 %t; .reg .b32 %r; .reg .b64 %a<3>"
    ]
    lines += ["mov.u32 %t, %tid.x", "mul.wide.u32 %a2, %t, 4"]
    for n, name in enumerate(("%x", "%y")):
        lines += [f"ld.param.u64 %a0, [k_{n}]", "add.s64 %a1, %a0, %a2", f"ld.global.{kind} {name}, [%a1]"]
    lines += [
        f"{op} %p, %x, %y",
        "selp.b32 %r, 1, 0, %p",
        "ld.param.u64 %a0, [k_out]",
        "add.s64 %a1, %a0, %a2",
    ]
    lines += ["st.global.u32 [%a1], %r", "ret"]
    memory = Memory(a, b, out)
    program = kernel([line + ";" for line in lines], 2)
    launch(program, (1, 1, 1), (a.size, 1, 1), [memory.add(each) for each in (a, b, out)], memory)
    return "".join(str(each) for each in out)


def test_a_comparison_may_be_joined_to_a_predicate():
    out = np.zeros(4, np.uint32)
    lines = [
        ".reg .pred %p<3>; .reg .b32 %t; .reg .b32 %r; .reg .b64 %a<2>",
        "mov.u32 %t, %tid.x", "setp.lt.s32 %p0, %t, 3", "setp.gt.and.s32 %p1, %t, 0, %p0", "xor.pred %p2, %p1, %p0",
        "selp.b32 %r, 7, 9, %p2", "ld.param.u64 %a0, [k_out]", "mul.wide.u32 %a1, %t, 4", "add.s64 %a0, %a0, %a1",
        "st.global.u32 [%a0], %r", "ret",
    ]  # fmt: skip
    memory = Memory(out)
    launch(kernel([line + ";" for line in lines], 0), (1, 1, 1), (4, 1, 1), [memory.add(out)], memory)
    np.testing.assert_array_equal(out, [7, 9, 9, 9])


def test_pairs_and_quadruples_are_loaded_in_order():
    a, out = np.arange(8, dtype=np.float32), np.zeros(4, np.float32)
    lines = [
        ".reg .f32 %f<4>; .reg .b64 %a<2>", "ld.param.u64 %a0, [k_0]", "ld.param.u64 %a1, [k_out]",
        "ld.global.v4.f32 {%f0, %f1, %f2, %f3}, [%a0+16]", "st.global.v2.f32 [%a1], {%f3, %f2}",
        "st.global.v2.f32 [%a1+8], {%f1, %f0}", "ret",
    ]  # fmt: skip
    memory = Memory(a, out)
    launch(
        kernel([line + ";" for line in lines], 1),
        (1, 1, 1),
        (1, 1, 1),
        [memory.add(a), memory.add(out)],
        memory,
    )
    np.testing.assert_array_equal(out, [7, 6, 5, 4])


def test_a_register_is_parted_into_its_halves_and_joined_again():
    """Low half first; here joined the other way round, in a scope with a register of its own."""
    a, out = np.array([0x1122334455667788, 7], np.uint64), np.zeros(2, np.uint64)
    lines = [
        ".reg .b64 %v; .reg .b64 %a<3>; .reg .b32 %t; .reg .b32 %r", "mov.u32 %t, %tid.x", "mul.wide.u32 %a2, %t, 8",
        "ld.param.u64 %a0, [k_0]", "add.s64 %a0, %a0, %a2", "ld.global.u64 %v, [%a0]",
        "{\n\t.reg .b32 %half; mov.b64 {%r, %half}, %v; mov.b64 %v, {%half, %r}; }",
        "ld.param.u64 %a1, [k_out]", "add.s64 %a1, %a1, %a2", "st.global.u64 [%a1], %v", "ret",
    ]  # fmt: skip
    memory = Memory(a, out)
    program = kernel([line + ";" for line in lines], 1)
    launch(program, (1, 1, 1), (2, 1, 1), [memory.add(a), memory.add(out)], memory)
    assert [hex(each) for each in out] == ["0x5566778811223344", "0x700000000"]


@pytest.mark.parametrize(
    "op",
    [
        "add.sat.f32",
        "atom.global.add.f32",
        "prmt.b32",
        "shfl.sync.idx.b32",
        "min.NaN.f32",
        "bar.red.popc.u32",
    ],
)
def test_what_is_not_known_is_not_guessed(op):
    with pytest.raises(UnknownOpcode, match=op.split(".")[0]):
        compute(op, ("f32", "f32"), "f32", [1.0], [2.0])


def test_parameters_are_counted():
    with pytest.raises(PtxError, match="takes 1 parameters, not 0"):
        launch(kernel(["ret;"], 0), (1, 1, 1), (1, 1, 1), [], Memory())
