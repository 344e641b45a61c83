"""Faults in every kernel that the operators' tests launched; run with --ptx after tests/kernels."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

import pytest

pytest.importorskip("cuda.bindings", reason="needs numba-cuda[cu13]")

import mutations
from mutations import FAULTS, Mutant, Sample

TABLE = Path(__file__).parents[2] / "docs" / "gpu-mutations.md"
HEAD = """# Mutations

Faults put into each kernel's PTX or into its launch, and what caught them: run on a launch that the operators' tests
made, three places of a kind at most. Made by `MINEHALL_WRITE=1 pytest --ptx tests/kernels tests/ptx/test_mutations.py`,
which fails when one goes free.

*values*: the result differs from the sound kernel's by more than the operators' tests allow. *bounds*, *race*,
*barrier*, *unset*, *width*: the interpreter stopped it. *coalescing*: neighbours no longer read neighbours. *harmless*:
see below. A number: so many places; a dash: the kernel has nothing of the kind.

"""
LAST_STEP = "only the first thread reads the last sum, which it wrote itself"
HARMLESS = {  # faults that change nothing, each in one place
    ("flux_faces", "arguments exchanged"): "the two are factors of a product",
    ("ascend_alone", "barrier dropped"): "nothing follows the last one",
    ("absolute_parts", "barrier dropped"): LAST_STEP,
    ("cell_parts", "barrier dropped"): LAST_STEP,
    ("stray_parts", "barrier dropped"): LAST_STEP,
    ("whole_sums", "barrier dropped"): LAST_STEP,
}


@pytest.fixture(scope="module")
def samples(request: pytest.FixtureRequest) -> dict[str, list[Sample]]:
    """Launches of every kernel, as the tests that ran before this one made them."""
    if not request.config.getoption("--ptx"):
        pytest.skip("needs --ptx")
    from kernels.gpu import launch

    found = launch._start[-1].samples  # type: ignore[attr-defined]
    if not found:
        pytest.skip("needs the launches of tests/kernels: name that folder first")
    return found


def verdicts(samples: list[Sample]) -> dict[str, list[tuple[str, str]]]:
    """Fault -> (place, what caught it), each tried on one sample after the other."""
    found: dict[str, list[tuple[str, str]]] = {fault: [] for fault in FAULTS}
    for mutant in mutations.mutants(samples[0]):
        verdict = mutations.caught(mutant, samples[0]) or _caught_later(mutant, samples[1:])
        found[mutant.fault].append((mutant.place, verdict))
    return found


def _excused(name: str, fault: str, tried: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """One place of a fault that is known to change nothing."""
    free = [n for n, (_, verdict) in enumerate(tried) if not verdict]
    if (name, fault) in HARMLESS and len(free) == 1:
        tried[free[0]] = (tried[free[0]][0], "harmless")
    return tried


def _caught_later(mutant: Mutant, samples: list[Sample]) -> str:
    """The same fault in another launch; "" when nothing catches it there."""
    for sample in samples:
        same = (m for m in mutations.mutants(sample) if (m.fault, m.place) == (mutant.fault, mutant.place))
        if verdict := next(filter(None, (mutations.caught(again, sample) for again in same)), ""):
            return verdict
    return ""


def test_every_fault_in_every_kernel_is_caught(samples: dict[str, list[Sample]]) -> None:
    table = {
        name: {fault: _excused(name, fault, tried) for fault, tried in verdicts(few).items()}
        for name, few in sorted(samples.items())
    }
    free = [
        f"{name}: {fault} ({place})"
        for name, row in table.items()
        for fault, tried in row.items()
        for place, verdict in tried
        if not verdict
    ]
    assert not free, f"{len(free)} went free:\n" + "\n".join(free)
    if os.environ.get("MINEHALL_WRITE"):
        TABLE.write_text(HEAD + "\n".join(_lines(table)) + "\n", encoding="utf-8")
    listed = set(re.findall(r"^\| `(\w+)`", TABLE.read_text(encoding="utf-8"), re.M))
    assert listed == set(table), f"{TABLE.name} is not of these kernels: write it again"


def _lines(table: dict) -> list[str]:
    rows = [_row("kernel", *FAULTS), "|---" * (1 + len(FAULTS)) + "|"]
    rows += [_row(f"`{name}`", *(_cell(row[fault]) for fault in FAULTS)) for name, row in table.items()]
    tried = [verdict for row in table.values() for found in row.values() for _, verdict in found]
    harmless = tried.count("harmless")
    rows += [
        "",
        f"{len(tried)} faults in {len(table)} kernels: {len(tried) - harmless} caught, {harmless} harmless:",
        "",
    ]
    return rows + [f"- `{name}`, {fault}: {reason}" for (name, fault), reason in HARMLESS.items()]


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def _cell(tried: list[tuple[str, str]]) -> str:
    counts = Counter(verdict for _, verdict in tried)
    return ", ".join(f"{word} {n}" if n > 1 else word for word, n in sorted(counts.items())) or "-"


def test_every_kernel_there_is_was_launched(samples: dict[str, list[Sample]]) -> None:
    """A kernel that no operator's test launches would have no mutants."""
    import importlib
    import pkgutil

    from kernels import gpu
    from kernels.gpu.launch import Kernel

    modules = [
        importlib.import_module(f"kernels.gpu.{module.name}") for module in pkgutil.iter_modules(gpu.__path__)
    ]
    names = {thing.name for module in modules for thing in vars(module).values() if isinstance(thing, Kernel)}
    assert names == set(samples)
