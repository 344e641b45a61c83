"""What each kernel of the air takes of a card: registers, spill, stack, shared memory, float64 instructions.

`python tests/ptx/resources.py` writes the table tests/ptx/resources.json anew; `test_resources.py` holds every
build against it. One process an architecture: numba keeps cell functions as compiled for the first.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
TABLE = HERE / "resources.json"
ARCHITECTURES = ("80", "90", "100")
PRECISIONS = ("float32", "float64")

Row = dict[str, int]


def measure(architecture: str) -> dict[str, Row]:
    """Rows "kernel precision" of one architecture, in a process of its own."""
    root = HERE.parents[1]
    command = [sys.executable, str(Path(__file__)), architecture]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: dict[str, Row] = json.loads(done.stdout)
    return found


def _measure_here(architecture: str) -> dict[str, Row]:
    import every_operator
    import launcher
    import numpy as np
    import toolchain

    capability = (int(architecture[:-1]), int(architecture[-1]))
    rows = {}
    for precision in PRECISIONS:
        for name, (kernel, given) in sorted(every_operator.record(np.dtype(precision).type).items()):
            signature = tuple(map(launcher.kind, given))
            ptx = toolchain.to_ptx(kernel.function, signature, capability, fastmath=kernel.fastmath)
            rows[f"{name} {precision}"] = _row(ptx, toolchain.to_machine_code(ptx, capability))
    return rows


def _row(ptx: str, machine: Row) -> Row:
    from toolchain import float64_count

    return machine | {"float64": float64_count(ptx), "calls": len(re.findall(r"^\s+call", ptx, re.M))}


def table() -> dict[str, dict[str, Row]]:
    """As kept: "kernel precision" -> architecture -> row."""
    kept: dict[str, dict[str, Row]] = json.loads(TABLE.read_text())
    return kept


def write() -> None:
    """Measure all and keep them, a line a build so that a change is a line of a diff."""
    found: dict[str, dict[str, Any]] = {}
    for architecture in ARCHITECTURES:
        for name, row in measure(architecture).items():
            found.setdefault(name, {})[architecture] = row
    lines = []
    for name, rows in sorted(found.items()):
        builds = ",\n".join(f"  {json.dumps(arch)}: {json.dumps(row)}" for arch, row in rows.items())
        lines.append(f" {json.dumps(name)}: {{\n{builds}\n }}")
    TABLE.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    sys.path[:0] = [str(HERE.parent), str(HERE.parents[1])]
    if sys.argv[1:]:
        print(json.dumps(_measure_here(sys.argv[1])))
    else:
        write()
