"""Runs a parsed kernel, all threads of a wave of blocks at once, each register one numpy array.

Threads that part at a branch go on as groups; the group furthest behind runs first and joins the next one when
it reaches it. So barriers, unset registers and races are seen whatever order hardware would have chosen.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from .alu import TYPES, UnknownOpcode, resolve
from .counts import Counts
from .errors import PtxError
from .memory import Lanes, Memory, PlainShared, Shared
from .program import Instruction, Program

WAVE = 1 << 16  # threads run at once
_ADDRESS = re.compile(r"\[([%$\w]+)(?:\+(-?\d+))?\]")
_SECTOR_BITS = 46  # of an address without its last five; a wave has fewer than 2^17 warps
_SPECIAL = re.compile(r"%(tid|ntid|ctaid|nctaid)\.([xyz])|%laneid")


def launch(
    program: Program,
    grid: tuple[int, int, int],
    block: tuple[int, int, int],
    values: list,
    memory: Memory,
    *,
    dynamic_shared: int = 0,
    counts: Counts | None = None,
) -> None:
    """Run `program`; values: its flat parameters in order. Raises PtxError, UnknownOpcode."""
    if len(values) != len(program.parameters):
        raise PtxError(f"{program.name} takes {len(program.parameters)} parameters, not {len(values)}")
    steps = _decoded(program)
    memory.begin()
    blocks, threads = int(np.prod(grid)), int(np.prod(block))
    at_once = max(1, WAVE // threads)
    with np.errstate(all="ignore"):
        for first in range(0, blocks, at_once):
            which = np.arange(first, min(blocks, first + at_once))
            wave = _Wave(program, which, grid, block, values, memory, dynamic_shared, counts)
            wave.run(steps)
    if counts is not None:
        for buffer in memory.buffers:
            counts.once["ld"] += int(buffer.loaded.sum()) * buffer.flat.itemsize
            counts.once["st"] += int(buffer.stored.sum()) * buffer.flat.itemsize


class _Wave:
    """Registers and shared memory of some blocks."""

    def __init__(self, program, blocks, grid, block, values, memory, dynamic_shared, counts):
        threads = int(np.prod(block))
        self.program, self.memory, self.counts = program, memory, counts
        self.row = np.repeat(np.arange(blocks.size), threads)
        self.block = blocks[self.row]
        self.tid = np.tile(np.arange(threads), blocks.size)
        self.thread = self.block * threads + self.tid
        self.size = self.row.size
        self.epoch = np.zeros(blocks.size, np.int64)
        self.live = np.ones(self.size, bool)
        shared = Shared if memory.watched else PlainShared
        self.shared = shared(blocks.size, program.shared_bytes + dynamic_shared)
        self.parameters = {
            name: np.array([value]).astype(TYPES[kind])
            for (name, kind), value in zip(program.parameters, values, strict=True)
        }
        self.special = _special(self.tid, self.block, grid, block)
        self.warp = self.row * -(-threads // 32) + self.tid // 32
        self.constants: dict[tuple[str, str], np.ndarray] = {}
        self.everyone = True  # the threads that execute now are all there are
        self.registers: dict[str, np.ndarray] = {}
        self.unset: dict[str, np.ndarray] = {}

    def run(self, steps: list) -> None:
        groups = {0: np.ones(self.size, bool)}
        while groups:
            at = min(groups)
            self._follow(steps, at, groups.pop(at), groups)

    def _follow(self, steps: list, at: int, group: np.ndarray, groups: dict) -> None:
        """Run one group until it ends, parts or reaches another."""
        many = int(group.sum())
        while at < len(steps) and many:
            if at in groups:
                groups[at] |= group
                return
            instruction, execute = steps[at]
            active, count = group, many
            if instruction.guard:
                active = self._guarded(instruction, group)
                count = int(active.sum())
            self.everyone = count == self.size
            if self.counts is not None:
                self.counts.instructions += count
                self.counts.reached.add(at)
            kind = instruction.op[0]
            if kind == "bra":
                if count and self.counts is not None:
                    self.counts.taken.add(at)
                self._part(group, active, at, self.program.labels[instruction.operands[0]], groups)
                return
            if kind in ("ret", "exit"):
                self.live &= ~active
                group, many = group & ~active, many - count
            elif kind in ("bar", "barrier"):
                self._meet(active, instruction)
            elif count:
                execute(self, active)
            at += 1
        self.live &= ~group

    def _guarded(self, instruction: Instruction, group: np.ndarray) -> np.ndarray:
        truth = self.read(instruction.guard, "pred", group, instruction.text)
        return group & (~truth if instruction.negated else truth)

    def _part(self, group, active, at, target, groups) -> None:
        for place, who in ((target, active), (at + 1, group & ~active)):
            if who.any():
                groups[place] = groups[place] | who if place in groups else who

    def _meet(self, active: np.ndarray, instruction: Instruction) -> None:
        here = np.bincount(self.row[active], minlength=self.epoch.size)
        all_ = np.bincount(self.row[self.live], minlength=self.epoch.size)
        if ((here > 0) & (here != all_)).any():
            raise PtxError(f"some threads of a block miss the barrier: {instruction.text}")
        self.epoch[here > 0] += 1

    # --- operands ---------------------------------------------------------------------------------

    def read(self, operand: str, kind: str, active: np.ndarray, text: str) -> np.ndarray:
        """The operand as `kind`, for all threads; raises where an active thread never set it."""
        if not operand.startswith("%") or operand in self.special:
            if (operand, kind) not in self.constants:
                self.constants[operand, kind] = self._constant(operand, kind)
            return self.constants[operand, kind]
        if operand not in self.registers:
            raise PtxError(f"{operand} is used before it is set in: {text}")
        unset = self.unset.get(operand)
        if unset is not None and (unset & active).any():
            raise PtxError(f"{operand} is used before it is set on some paths in: {text}")
        return _as_kind(self.registers[operand], kind)

    def _constant(self, operand: str, kind: str) -> np.ndarray:
        """A number of the program, or a special register, for all threads."""
        if operand in self.special:
            return self.special[operand].astype(TYPES[kind])
        return np.broadcast_to(self._number(operand, kind), (self.size,))

    def _number(self, operand: str, kind: str) -> np.ndarray:
        if operand.startswith(("0f", "0F")):
            return np.array([int(operand[2:], 16)], np.uint32).view(np.float32)
        if operand.startswith(("0d", "0D")):
            return np.array([int(operand[2:], 16)], np.uint64).view(np.float64)
        if operand in self.program.shared:
            return np.array([self.program.shared[operand]], TYPES[kind])
        if kind == "pred":
            return np.array([int(operand, 0) != 0])
        bits = np.dtype(TYPES[kind]).itemsize * 8
        return (
            np.array([int(operand.rstrip("U"), 0) % (1 << bits)], np.uint64)
            .astype(f"u{bits // 8}")
            .view(TYPES[kind])
        )

    def write(self, register: str, values: np.ndarray, active: np.ndarray) -> None:
        """Set a register in the active threads; narrower values are extended by their sign or by zeros."""
        if register == "_":
            return
        values = _to_register(values, TYPES[self.program.register_type(register)])
        old = self.registers.get(register)
        if self.everyone or old is None:
            self.unset.pop(register, None)
            if not self.everyone:
                self.unset[register] = ~active
            self.registers[register] = values
            return
        self.registers[register] = np.where(active, values, old)
        if register in self.unset:
            self.unset[register] = self.unset[register] & ~active

    def picked(self, values: np.ndarray, active: np.ndarray) -> np.ndarray:
        """Values of the active threads."""
        return np.ascontiguousarray(values) if self.everyone else values[active]

    def lanes(self, active: np.ndarray) -> Lanes:
        if self.everyone:
            return Lanes(self.thread, self.block, self.epoch[self.row])
        return Lanes(self.thread[active], self.block[active], self.epoch[self.row[active]])

    def addresses(self, operand: str, active: np.ndarray, text: str) -> np.ndarray:
        """Byte addresses of `[register+offset]` in the active threads."""
        found = _ADDRESS.fullmatch(operand)
        if not found:
            raise PtxError(f"cannot read the address {operand} in: {text}")
        base, offset = found.groups()
        return self.picked(self.read(base, "s64", active, text), active) + int(offset or 0)

    def count(self, kind: str, address: np.ndarray, width: int, active: np.ndarray) -> None:
        if self.counts is None:
            return
        touched = (self.picked(self.warp, active) << _SECTOR_BITS) | (address >> 5)
        if not (touched[1:] >= touched[:-1]).all():
            touched.sort()
        self.counts.bytes[kind] += address.size * width
        if address.size > 1 and (address != address[0]).any():
            self.counts.own[kind] += address.size * width
        self.counts.sectors[kind] += 1 + int(np.count_nonzero(touched[1:] != touched[:-1]))


def _special(tid: np.ndarray, block_index: np.ndarray, grid: tuple, block: tuple) -> dict[str, np.ndarray]:
    """Values of the special registers, one a thread."""
    found = {"%laneid": tid % 32}
    inner, outer = 1, 1
    for axis, wide, count in zip("xyz", block, grid, strict=True):
        found[f"%tid.{axis}"] = tid // inner % wide
        found[f"%ctaid.{axis}"] = block_index // outer % count
        found[f"%ntid.{axis}"] = np.full(tid.size, wide)
        found[f"%nctaid.{axis}"] = np.full(tid.size, count)
        inner, outer = inner * wide, outer * count
    return found


def _as_kind(values: np.ndarray, kind: str) -> np.ndarray:
    wanted = np.dtype(TYPES[kind])
    if values.dtype == wanted:
        return values
    if values.dtype.itemsize == wanted.itemsize:
        return values.view(wanted)
    narrower = values.view(f"u{values.dtype.itemsize}").astype(f"u{wanted.itemsize}")
    return narrower.view(wanted)


def _to_register(values: np.ndarray, wanted: type) -> np.ndarray:
    width = np.dtype(wanted).itemsize
    if values.dtype == wanted:
        return values
    if values.dtype.itemsize < width:
        values = values.astype(f"{values.dtype.kind if values.dtype.kind in 'iu' else 'u'}{width}")
    return np.ascontiguousarray(values).view(wanted)


# --- instructions ---------------------------------------------------------------------------------


def _decode(instruction: Instruction, program: Program) -> tuple[Instruction, Callable | None]:
    """(instruction, what executes it) ; control flow is the scheduler's. Raises UnknownOpcode."""
    kind = instruction.op[0]
    if kind in ("bra", "ret", "exit"):
        return instruction, None
    if kind in ("bar", "barrier"):
        if "sync" not in instruction.op:
            raise UnknownOpcode(instruction.text)
        return instruction, None
    if kind in ("ld", "st"):
        return instruction, _memory_step(instruction)
    if kind == "mov" and any(operand.startswith("{") for operand in instruction.operands):
        return instruction, _halves_step(instruction)
    return instruction, _alu_step(instruction)


@lru_cache(256)
def _decoded(program: Program) -> list:
    return [_decode(each, program) for each in program.code]


def _alu_step(instruction: Instruction) -> Callable:
    operation = resolve(instruction.op)
    target, *operands = instruction.operands
    if len(operands) != len(operation.sources):
        raise UnknownOpcode(instruction.text)
    pairs, text = list(zip(operands, operation.sources, strict=True)), instruction.text
    wanted = TYPES[operation.result]

    def execute(wave: _Wave, active: np.ndarray) -> None:
        values = operation.apply(*(wave.read(operand, kind, active, text) for operand, kind in pairs))
        wave.write(target, values if values.dtype == wanted else values.astype(wanted), active)

    return execute


def _halves_step(instruction: Instruction) -> Callable:
    """`mov.b64` between a register and the pair of its low and its high 32 bits, either way."""
    target, source = instruction.operands
    if instruction.op != ("mov", "b64") or (target.startswith("{") and source.startswith("{")):
        raise UnknownOpcode(instruction.text)
    pair, text = target if target.startswith("{") else source, instruction.text
    low, high = (name.strip() for name in pair.strip("{}").split(","))

    def part(wave: _Wave, active: np.ndarray) -> None:
        whole = wave.read(source, "b64", active, text)
        wave.write(low, whole.astype(np.uint32), active)
        wave.write(high, (whole >> np.uint64(32)).astype(np.uint32), active)

    def join(wave: _Wave, active: np.ndarray) -> None:
        below, above = (wave.read(name, "b32", active, text).astype(np.uint64) for name in (low, high))
        wave.write(target, below | above << np.uint64(32), active)

    return part if target.startswith("{") else join


def _memory_step(instruction: Instruction) -> Callable:
    kind, *where, ty = instruction.op
    vector = 1
    if where and re.fullmatch(r"v[24]", where[-1]):
        vector = int(where.pop()[1])
    space = next((w for w in where if w in ("global", "shared", "param")), "global")
    if ty not in TYPES or set(where) - {"global", "shared", "param", "nc", "relaxed", "gpu", "weak"}:
        raise UnknownOpcode(instruction.text)
    registers, address = instruction.operands if kind == "ld" else instruction.operands[::-1]
    names = [name.strip() for name in registers.strip("{}").split(",")]
    if len(names) != vector:
        raise UnknownOpcode(instruction.text)
    if space == "param":
        return _parameter_step(address, names[0], ty)
    reach = {
        ("ld", "global"): _load,
        ("st", "global"): _store,
        ("ld", "shared"): _load_shared,
        ("st", "shared"): _store_shared,
    }
    act, wanted, text = reach[kind, space], np.dtype(TYPES[ty]), instruction.text

    def execute(wave: _Wave, active: np.ndarray) -> None:
        first = wave.addresses(address, active, text)
        for n, name in enumerate(names):
            act(wave, active, first + n * wanted.itemsize, name, ty, text)

    return execute


def _parameter_step(address: str, register: str, ty: str) -> Callable:
    name = address.strip("[]").split("+")[0]

    def execute(wave: _Wave, active: np.ndarray) -> None:
        value = wave.parameters[name]
        wanted = np.dtype(TYPES[ty])
        exact = value.view(wanted) if value.dtype.itemsize == wanted.itemsize else value.astype(wanted)
        wave.write(register, np.broadcast_to(exact, (wave.size,)), active)

    return execute


def _load(wave, active, address, register, ty, text):
    width = np.dtype(TYPES[ty]).itemsize
    wave.count("ld", address, width, active)
    _put(wave, active, register, wave.memory.load(address, width, wave.lanes(active), text).view(TYPES[ty]))


def _store(wave, active, address, register, ty, text):
    values = np.ascontiguousarray(wave.picked(wave.read(register, ty, active, text), active))
    wave.count("st", address, values.dtype.itemsize, active)
    wave.memory.store(address, values, wave.lanes(active), text)


def _load_shared(wave, active, address, register, ty, text):
    width = np.dtype(TYPES[ty]).itemsize
    raw = wave.shared.load(address, width, wave.picked(wave.row, active), wave.lanes(active), text)
    _put(wave, active, register, np.ascontiguousarray(raw).view(TYPES[ty])[:, 0])


def _store_shared(wave, active, address, register, ty, text):
    values = np.ascontiguousarray(wave.picked(wave.read(register, ty, active, text), active))
    wave.shared.store(address, values, wave.picked(wave.row, active), wave.lanes(active), text)


def _put(wave, active, register, values):
    """Set a register from the values of the active threads only."""
    if not wave.everyone:
        spread = np.zeros(wave.size, values.dtype)
        spread[active] = values
        values = spread
    wave.write(register, values, active)
