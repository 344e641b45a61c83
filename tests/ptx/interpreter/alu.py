"""What each arithmetic opcode computes, on numpy arrays (PTX ISA, chapter 9.7).

Differences from hardware, all far below what the comparisons ask for: `.approx` operations are computed
exactly, `.ftz` keeps denormals, a float32 `fma` is rounded through float64, a float64 one through long double.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

TYPES = {
    "f32": np.float32, "f64": np.float64, "pred": np.bool_,
    "s8": np.int8, "s16": np.int16, "s32": np.int32, "s64": np.int64,
    "u8": np.uint8, "u16": np.uint16, "u32": np.uint32, "u64": np.uint64,
    "b8": np.uint8, "b16": np.uint16, "b32": np.uint32, "b64": np.uint64,
}  # fmt: skip
WIDER = {"s16": "s32", "u16": "u32", "s32": "s64", "u32": "u64"}
QUIET = {"rn", "ftz", "approx", "full"}  # modifiers of float arithmetic that change no more than rounding


class UnknownOpcode(Exception):
    """The interpreter does not have this instruction; it never guesses."""


class Operation(NamedTuple):
    """sources: type of each operand; result: type of the destination."""

    sources: tuple[str, ...]
    result: str
    apply: Callable[..., np.ndarray]


def resolve(op: tuple[str, ...]) -> Operation:
    """The operation of an opcode split at its dots; raises UnknownOpcode."""
    find = _RESOLVERS.get(op[0])
    found = find(op[1:-1], op[-1], op) if find and len(op) > 1 else None
    if found is None:
        raise UnknownOpcode(".".join(op))
    return found


def _is_float(kind: str) -> bool:
    return kind in ("f32", "f64")


def _same(count: int, apply: Callable, *, floats: Callable | None = None, ints: bool = True) -> Callable:
    """Resolver of an opcode whose operands and result have one type."""

    def find(mods, kind, op):
        if kind not in TYPES or (_is_float(kind) and set(mods) - QUIET) or (not _is_float(kind) and mods):
            return None
        if not _is_float(kind) and not ints:
            return None
        return Operation((kind,) * count, kind, floats if floats and _is_float(kind) else apply)

    return find


def _multiply(mods, kind, op):
    if _is_float(kind):
        return None if set(mods) - QUIET else Operation((kind, kind), kind, np.multiply)
    if mods == ("lo",):
        return Operation((kind, kind), kind, np.multiply)
    if mods == ("wide",):
        wide = TYPES[WIDER[kind]]
        return Operation((kind, kind), WIDER[kind], lambda a, b: a.astype(wide) * b.astype(wide))
    if mods == ("hi",):
        return Operation((kind, kind), kind, _high_part)
    return None


def _high_part(a, b):
    bits = 8 * a.dtype.itemsize
    exact = a.astype(object) * b.astype(object)
    return np.array([int(x) >> bits for x in exact.ravel()], object).reshape(exact.shape).astype(a.dtype)


def _multiply_add(mods, kind, op):
    product = _multiply(mods, kind, op)
    if product is None or _is_float(kind):
        return None
    out = product.result
    return Operation((kind, kind, out), out, lambda a, b, c: product.apply(a, b) + c)


def _fused(mods, kind, op):
    if not _is_float(kind) or set(mods) - QUIET:
        return None
    wide = np.float64 if kind == "f32" else np.longdouble
    real = TYPES[kind]
    return Operation((kind,) * 3, kind, lambda a, b, c: (a.astype(wide) * b + c).astype(real))


def _divide_ints(a, b):
    down = a // np.where(b == 0, 1, b)  # numpy rounds down, the machine towards zero
    return (down + ((down * b != a) & ((a < 0) != (b < 0)))).astype(a.dtype)


def _shift(left: bool) -> Callable:
    def find(mods, kind, op):
        if mods or _is_float(kind):
            return None
        bits = 8 * np.dtype(TYPES[kind]).itemsize

        def apply(a, b):
            few = np.minimum(b, bits - 1).astype(a.dtype)
            if left:
                return np.where(b < bits, np.left_shift(a, few), 0).astype(a.dtype)
            beyond = np.where(a < 0, -1, 0) if kind[0] == "s" else 0
            return np.where(b < bits, np.right_shift(a, few), beyond).astype(a.dtype)

        return Operation((kind, "u32"), kind, apply)

    return find


_COMPARE = {
    "eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal, "gt": np.greater,
    "ge": np.greater_equal, "lo": np.less, "ls": np.less_equal, "hi": np.greater, "hs": np.greater_equal,
}  # fmt: skip
_COMBINE = {"and": np.logical_and, "or": np.logical_or, "xor": np.logical_xor}


def _compare(mods, kind, op):
    words = [m for m in mods if m != "ftz"]
    test = _comparison(words[0], kind) if words else None
    if test is None or len(words) > 2:
        return None
    if len(words) == 1:
        return Operation((kind, kind), "pred", test)
    combine = _COMBINE.get(words[1])
    return combine and Operation((kind, kind, "pred"), "pred", lambda a, b, p: combine(test(a, b), p))


def _comparison(word: str, kind: str) -> Callable | None:
    """Unordered forms (a `u` after the word) are true where either side is NaN."""
    if word == "nan":
        return lambda a, b: np.isnan(a) | np.isnan(b)
    if word == "num":
        return lambda a, b: ~(np.isnan(a) | np.isnan(b))
    if word == "ne" and _is_float(kind):  # ordered: false with a NaN, unlike numpy's
        return lambda a, b: (a != b) & ~(np.isnan(a) | np.isnan(b))
    if _is_float(kind) and word.endswith("u") and word[:-1] in _COMPARE:
        test = _COMPARE[word[:-1]]
        return lambda a, b: test(a, b) | np.isnan(a) | np.isnan(b)
    return _COMPARE.get(word)


def _select(mods, kind, op):
    return None if mods else Operation((kind, kind, "pred"), kind, lambda a, b, p: np.where(p, a, b))


_ROUND = {"rni": np.rint, "rzi": np.trunc, "rmi": np.floor, "rpi": np.ceil}


def _convert(mods, source, op):
    mods = [m for m in mods if m != "ftz"]
    if not mods or mods[-1] not in TYPES or source not in TYPES or "pred" in (mods[-1], source):
        return None
    result, modes = mods[-1], mods[:-1]
    real = TYPES[result]
    rounding = _ROUND.get(modes[0]) if len(modes) == 1 else None
    if _is_float(source) and (not _is_float(result) or rounding):
        return rounding and Operation((source,), result, _to_integral(rounding, result))
    if modes not in ([], ["rn"]):
        return None
    return Operation((source,), result, lambda a: a.astype(real))


def _to_integral(rounding: Callable, result: str) -> Callable:
    """Round, then clamp to the integer's range with NaN as 0, as the hardware does."""
    if _is_float(result):
        return lambda a: rounding(a).astype(TYPES[result])
    limits = np.iinfo(TYPES[result])

    def apply(a):
        whole = np.nan_to_num(rounding(a).astype(np.float64), nan=0.0, posinf=np.inf, neginf=-np.inf)
        inside = (whole > float(limits.min)) & (whole < float(limits.max))
        clamped = np.where(whole <= float(limits.min), limits.min, limits.max)
        return np.where(inside, np.where(inside, whole, 0).astype(TYPES[result]), clamped).astype(
            TYPES[result]
        )

    return apply


def _move(mods, kind, op):
    if op[0] == "cvta":
        return Operation((kind,), kind, np.array) if set(mods) <= {"to", "global"} else None
    return None if mods else Operation((kind,), kind, np.array)


def _logic(word: Callable) -> Callable:
    return lambda mods, kind, op: None if mods or _is_float(kind) else Operation((kind,) * 2, kind, word)


def _float(apply: Callable) -> Callable:
    return _same(1, lambda a: apply(a).astype(a.dtype), ints=False)


_RESOLVERS: dict[str, Callable] = {
    "add": _same(2, np.add),
    "sub": _same(2, np.subtract),
    "mul": _multiply,
    "mad": _multiply_add,
    "fma": _fused,
    "div": _same(2, _divide_ints, floats=np.divide),
    "rem": _same(2, lambda a, b: a - _divide_ints(a, b) * b),
    "min": _same(2, np.minimum, floats=np.fmin),
    "max": _same(2, np.maximum, floats=np.fmax),
    "neg": _same(1, np.negative),
    "abs": _same(1, np.abs),
    "sqrt": _float(np.sqrt),
    "rsqrt": _float(lambda a: 1 / np.sqrt(a)),
    "rcp": _float(lambda a: 1 / a),
    "ex2": _float(np.exp2),
    "lg2": _float(np.log2),
    "sin": _float(np.sin),
    "cos": _float(np.cos),
    "tanh": _float(np.tanh),
    "and": _logic(np.bitwise_and),
    "or": _logic(np.bitwise_or),
    "xor": _logic(np.bitwise_xor),
    "not": lambda mods, kind, op: None if mods else Operation((kind,), kind, np.invert),
    "shl": _shift(left=True),
    "shr": _shift(left=False),
    "setp": _compare,
    "selp": _select,
    "cvt": _convert,
    "mov": _move,
    "cvta": _move,
}
