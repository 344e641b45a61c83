"""Faults put into a kernel's PTX or into its launch, each of which must be caught.

A sample is one launch as the operators' tests made it, with what it gave. A mutant is run on copies of what went
in; it is caught when the interpreter stops it, or when what comes out is not what the sound kernel gave. Only
what the sound kernel reached is struck; a fault that changes nothing in one sample is tried on the next.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
from interpreter.alu import UnknownOpcode
from interpreter.errors import PtxError
from interpreter.machine import Counts, launch
from interpreter.memory import Memory
from interpreter.program import Instruction, Program

Three = tuple[int, int, int]
FAULTS = (
    "guard dropped", "barrier dropped", "axes swapped", "index off by one", "blocks dropped", "arguments exchanged",
)  # fmt: skip
PLACES = 3  # of one fault in one kernel: the first, the last, one between
TOLERANCE = {
    np.dtype(np.float32): 1e-5,
    np.dtype(np.float64): 1e-10,
}  # of the range: what the operators' tests see
COALESCING = 0.8  # of the sound kernel's; below, the order of the threads does not follow memory


@dataclass(frozen=True)
class Sample:
    """A launch of a kernel: threads, arguments before and after, and what it did."""

    program: Program
    blocks: Three
    threads: Three
    before: tuple[Any, ...]
    after: tuple[Any, ...]
    counts: Counts


@dataclass(frozen=True)
class Mutant:
    """A fault at a place: another program, another grid or another order of arguments."""

    fault: str
    place: str
    program: Program
    blocks: Three
    order: tuple[int, ...]


def copied(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """Arrays of their own; one that comes twice still does."""
    own: dict[int, Any] = {}
    return tuple(
        own.setdefault(id(each), each.copy()) if isinstance(each, np.ndarray) else each for each in arguments
    )


def mutants(sample: Sample) -> Iterator[Mutant]:
    """Every fault that this kernel can have."""
    order, program = tuple(range(len(sample.before))), sample.program
    for fault, struck in (
        ("guard dropped", _without(sample, _returns, sample.counts.taken)),
        ("barrier dropped", _without(sample, _is_barrier, sample.counts.reached)),
        ("axes swapped", _swapped(program)),
        ("index off by one", _shifted(sample)),
    ):
        for place, other in _few(list(struck)):
            yield Mutant(fault, place, other, sample.blocks, order)
    longest = int(np.argmax(sample.blocks))
    if sample.blocks[longest] > 1:  # half: the last ones may hold no more than ghosts
        fewer = tuple(n // 2 if axis == longest else n for axis, n in enumerate(sample.blocks))
        yield Mutant("blocks dropped", "xyz"[longest], program, fewer, order)  # type: ignore[arg-type]
    for one, two in _few(_alike(sample)):
        exchanged = list(order)
        exchanged[one], exchanged[two] = two, one
        yield Mutant("arguments exchanged", f"{one} and {two}", program, sample.blocks, tuple(exchanged))


def _few(found: list) -> list:
    """The first, the last and one between."""
    picked = sorted({0, len(found) // 2, len(found) - 1}) if found else []
    return [found[n] for n in picked[:PLACES]]


def _returns(instruction: Instruction, program: Program) -> bool:
    """True of a conditional branch to where the kernel ends."""
    if instruction.op[0] != "bra" or not instruction.guard:
        return False
    return program.code[program.labels[instruction.operands[0]]].op[0] in ("ret", "exit")


def _is_barrier(instruction: Instruction, program: Program) -> bool:
    return instruction.op[0] in ("bar", "barrier")


def _without(sample: Sample, strikes: Callable, places: set[int]) -> Iterator[tuple[str, Program]]:
    """The program less one instruction of those at `places`."""
    program = sample.program
    for n in sorted(places):
        each = program.code[n]
        if strikes(each, program):
            labels = {name: at - (at > n) for name, at in program.labels.items()}
            code = program.code[:n] + program.code[n + 1 :]
            yield f"{n}: {each.text}", replace(program, code=code, labels=labels)


def _swapped(program: Program) -> Iterator[tuple[str, Program]]:
    """x for the slowest axis that the kernel knows."""
    used = {operand for each in program.code for operand in each.operands}
    other = next((axis for axis in "zy" if f"%tid.{axis}" in used), "")
    turned = {"x": other, other: "x"}

    def turn(operand: str) -> str:
        return re.sub(r"(?<=%tid\.|taid\.|ntid\.)[xyz]", lambda axis: turned.get(axis[0], axis[0]), operand)

    if other:
        code = tuple(each._replace(operands=tuple(map(turn, each.operands))) for each in program.code)
        yield f"x and {other}", replace(program, code=code)


def _shifted(sample: Sample) -> Iterator[tuple[str, Program]]:
    """An access to memory, one element further."""
    program = sample.program
    for n in sorted(sample.counts.reached):
        each = program.code[n]
        if each.op[0] in ("ld", "st") and "global" in each.op:
            operands = tuple(_further(operand, int(each.op[-1][1:]) // 8) for operand in each.operands)
            code = (*program.code[:n], each._replace(operands=operands), *program.code[n + 1 :])
            yield f"{n}: {each.text}", replace(program, code=code)


def _further(operand: str, width: int) -> str:
    """An address so many bytes further; other operands as they are."""
    found = re.fullmatch(r"\[(%\w+)(?:\+(-?\d+))?\]", operand)
    return f"[{found[1]}+{int(found[2] or 0) + width}]" if found else operand


def _alike(sample: Sample) -> list[tuple[int, int]]:
    """Pairs of arguments that could be taken for each other and are not the same."""
    return [
        (one, two)
        for one, two in combinations(range(len(sample.before)), 2)
        if _kind(sample.before[one]) == _kind(sample.before[two])
        and not (
            np.array_equal(sample.before[one], sample.before[two], equal_nan=True)
            and np.array_equal(sample.after[one], sample.after[two], equal_nan=True)
        )
    ]


def _kind(argument: Any) -> tuple:
    if isinstance(argument, np.ndarray):
        return argument.dtype, argument.shape
    return (type(argument),)


def caught(mutant: Mutant, sample: Sample) -> str:
    """What caught it: a word, or "" when nothing did."""
    given = copied(sample.before)
    try:
        counts = run(mutant, sample, given)
    except (PtxError, UnknownOpcode) as error:
        return _word(str(error))
    if any(_differ(one, two) for one, two in zip(given, sample.after, strict=True)):
        return "values"
    kept = (counts.efficiency(each) / sample.counts.efficiency(each) for each in ("ld", "st"))
    return "coalescing" if mutant.fault == "axes swapped" and min(kept) < COALESCING else ""


def run(mutant: Mutant, sample: Sample, given: tuple[Any, ...]) -> Counts:
    """Execute a mutant on `given`."""
    from launcher import words

    memory, counts = Memory(), Counts()
    for each in given:
        if isinstance(each, np.ndarray):
            memory.add(each)
    values = [word for n in mutant.order for word in words(given[n], memory)]
    launch(mutant.program, mutant.blocks, sample.threads, values, memory, counts=counts)
    return counts


def _differ(found: Any, sound: Any) -> bool:
    if not isinstance(found, np.ndarray) or not found.size:
        return False
    if found.dtype.kind not in "fc":
        return not np.array_equal(found, sound)
    if not np.array_equal(np.isfinite(found), np.isfinite(sound)):
        return True
    finite = np.isfinite(sound)
    if not finite.any():
        return False
    span = float(np.abs(sound[finite]).max())
    return float(np.abs(found[finite] - sound[finite]).max()) > TOLERANCE[found.real.dtype] * max(
        span, 1e-300
    )


WORDS = {
    "out of bounds": "bounds", "outside all buffers": "bounds", "another buffer": "bounds", "not aligned": "bounds",
    "two threads at once": "race", "no barrier between": "race", "miss the barrier": "barrier",
    "nothing has written": "unset", "before it is set": "unset", "bytes at once": "width",
}  # fmt: skip


def _word(message: str) -> str:
    return next((word for text, word in WORDS.items() if text in message), message)
