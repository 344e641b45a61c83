"""PTX text -> parameters, shared memory and instructions of its one kernel (PTX ISA, chapters 4 and 5)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from .errors import PtxError


class Instruction(NamedTuple):
    """guard: predicate register or "", negated: `@!`; op: ("add", "ftz", "f32"); text: as written."""

    guard: str
    negated: bool
    op: tuple[str, ...]
    operands: tuple[str, ...]
    text: str


@dataclass(frozen=True, eq=False)
class Program:
    """parameters: (name, type) in order; shared: symbol -> byte address; labels: name -> index into code."""

    name: str
    parameters: tuple[tuple[str, str], ...]
    shared: dict[str, int]
    shared_bytes: int
    registers: dict[str, str]
    code: tuple[Instruction, ...]
    labels: dict[str, int]

    def register_type(self, name: str) -> str:
        """Declared type of a register, by its name or by its prefix (`%r<10>` declares %r0 to %r9)."""
        prefix = name.rstrip("0123456789")
        found = self.registers.get(name) or self.registers.get(prefix)
        if found is None:
            raise PtxError(f"{name} is not declared in {self.name}")
        return found


_KERNEL = re.compile(r"\.visible\s+\.entry\s+(\w+)\s*\((.*?)\)[^{]*\{(.*)\}", re.S)
_SHARED = re.compile(r"\.shared\s+\.align\s+(\d+)\s+\.(\w+)\s+(\w+)\[(\d+)\]")
_REGISTER = re.compile(r"\.reg\s+\.(\w+)\s+(%\w+?)(?:<\d+>)?\s*$")
_LABEL = re.compile(r"^\s*([$\w]+):")
_STATEMENT = re.compile(r"^(?:@(!?)(%\w+)\s+)?([\w.:]+)\s*(.*)$", re.S)
_OPERAND = re.compile(r"\{[^}]*\}|\[[^\]]*\]|[^,\s][^,]*")


def parse(ptx: str) -> Program:
    """The one kernel in `ptx`; raises PtxError for what the machine does not have (local memory, calls)."""
    text = re.sub(r"//[^\n]*|/\*.*?\*/", "", ptx, flags=re.S)
    found = _KERNEL.search(text)
    if text.count(".entry") != 1 or not found:
        raise PtxError(f"{text.count('.entry')} kernels in one PTX text; give exactly one")
    name, parameters, body = found.groups()
    if ".local" in body:
        raise PtxError(f"{name} uses local memory (a stack): remove indexed local arrays")
    shared, size = _lay_out(text)
    registers: dict[str, str] = {}
    code: list[Instruction] = []
    labels: dict[str, int] = {}
    for statement in body.replace("\n", " ").split(";"):
        _read(statement, registers, code, labels)
    return Program(name, _parameters(parameters), shared, size, registers, tuple(code), labels)


def _lay_out(text: str) -> tuple[dict[str, int], int]:
    """Byte addresses of the shared arrays in declared order, and their end."""
    places, end = {}, 0
    width = {"b8": 1, "u8": 1, "b16": 2, "b32": 4, "f32": 4, "u32": 4, "b64": 8, "f64": 8, "u64": 8}
    for align, kind, name, count in _SHARED.findall(text):
        end = -(-end // int(align)) * int(align)
        places[name] = end
        end += int(count) * width[kind]
    return places, end


def _parameters(text: str) -> tuple[tuple[str, str], ...]:
    pairs = (
        re.match(r"\.param\s+(?:\.align\s+\d+\s+)?\.(\w+)\s+(\w+)", part.strip()) for part in text.split(",")
    )
    return tuple((found.group(2), found.group(1)) for found in pairs if found)


def _read(statement: str, registers: dict, code: list, labels: dict) -> None:
    """One statement up to its semicolon, with any labels and scope braces before it."""
    text = statement.strip().lstrip("{} \t")
    while found := _LABEL.match(text):
        labels[found.group(1)] = len(code)
        text = text[found.end() :].strip().lstrip("{} \t")
    if found := _REGISTER.match(text):
        registers[found.group(2)] = found.group(1)
        return
    if not text or text.startswith((".pragma", ".loc", ".shared", ".branchtargets")):
        return
    found = _STATEMENT.match(text)
    if found is None:
        raise PtxError(f"cannot read: {text}")
    negated, guard, op, operands = found.groups()
    pieces = tuple(piece.strip() for piece in _OPERAND.findall(operands))
    code.append(Instruction(guard or "", negated == "!", tuple(op.split(".")), pieces, text))
