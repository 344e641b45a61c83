"""What every kernel of the air moves, counted on `every_operator`'s hall in float32.

`PYTHONPATH=tests:. python tests/ptx/traffic.py` prints the table of docs/gpu.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import every_operator
import launcher
import numpy as np
from interpreter.machine import Counts
from padded import PAD

import kernels
from kernels.gpu import launch
from thermo.bench.compulsory import Extents, card_cost, parameters

INNER = (slice(PAD, -PAD),) * 3


@dataclass
class Found:
    """calls: operator, bytes moved, bytes declared, its kernels; of each kernel its counts and first launch's bytes."""

    calls: list[tuple[str, int, int, set[str]]] = field(default_factory=list)
    counts: dict[str, Counts] = field(default_factory=dict)
    first: dict[str, int] = field(default_factory=dict)


def measure() -> Found:
    """Run every operator; of fields the cells without ghosts are counted, each element once a launch."""
    found, shapes = Found(), {int(np.prod(s)): s for s in every_operator.shapes(np.float32)}
    extents, run, ran = Extents(list(shapes.values())), launcher.Interpreted(), []
    memories: list[launcher.Memory] = []

    class Kept(launcher.Memory):
        def __init__(self, *arrays, **options):
            super().__init__(*arrays, **options)
            memories.append(self)

    def start(kernel, blocks, threads, arguments):
        run(kernel, blocks, threads, arguments)
        size = moved(memories.pop(), shapes)
        ran.append((kernel.name, size))
        found.first.setdefault(kernel.name, size)

    plain, launcher.Memory = launcher.Memory, Kept
    try:
        with launch.use(start):
            ops = kernels.on("cuda")
            for name, given in every_operator.calls(np.float32):
                ran.clear()
                getattr(ops, name)(*given)
                named = dict(zip(parameters(getattr(ops, name)), given, strict=True))
                declared = card_cost(name, named, extents)[0]
                found.calls.append(
                    (name, sum(size for _, size in ran), declared, {kernel for kernel, _ in ran})
                )
    finally:
        launcher.Memory = plain
    found.counts = run.counts
    return found


def moved(memory: launcher.Memory, shapes: dict[int, tuple[int, int, int]]) -> int:
    """Bytes that a launch loaded and stored."""
    total = 0
    for buffer in memory.buffers:
        for touched in (buffer.loaded, buffer.stored):
            shape = shapes.get(touched.size)
            inner = touched.reshape(shape)[INNER] if shape else touched
            total += int(inner.sum()) * buffer.flat.itemsize
    return total


def table() -> str:
    """Markdown: of each kernel registers on sm_80, sm_90, sm_100, shared memory, bytes a cell, coalescing."""
    import resources

    found, kept = measure(), resources.table()
    lines = [
        "| kernel | registers sm_80 / 90 / 100 | shared [B] | bytes/cell | loads | stores |",
        "|---|---|---|---|---|---|",
    ]
    cells = int(np.prod(every_operator.CELLS))
    for name, counts in sorted(found.counts.items()):
        rows = kept[f"{name} float32"]
        registers = " / ".join(str(rows[arch]["registers"]) for arch in resources.ARCHITECTURES)
        per_cell = found.first[name] / cells
        share = [f"{counts.efficiency(kind):.2f}" if counts.bytes[kind] else "" for kind in ("ld", "st")]
        lines.append(
            f"| {name} | {registers} | {rows['90']['shared_bytes'] or ''} | {per_cell:.1f} | {share[0]} | {share[1]} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
