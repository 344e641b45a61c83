"""One command for a machine with a card: `python tests/gpu/report.py` tries everything and prints a report to post.

Operators against their array forms, halls and networks against the processor, the same run twice, graphs against
launches; then times by events on the stream and memory. It takes some minutes; with `--slow` hall-A as well.
"""

from __future__ import annotations

import platform
import subprocess
import sys
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HALLS = ("smoke", "hall_a_quarter", "hall_a")
FLOWS = 1 << 14  # power flows of a batch; sixteen times as many with --slow


def suite(*arguments: str) -> str:
    """The last line of a run of pytest."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    failed = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
    return "\n".join([*failed, lines[-1] if lines else f"exit {done.returncode}"])


def machine() -> list[str]:
    """The card, its driver, the libraries."""
    import kernels

    home = kernels.on("cuda").home
    runtime = home.arrays.cuda.runtime
    free, total = runtime.memGetInfo()
    versions = ", ".join(f"{name} {installed(name)}" for name in ("numpy", "numba", "numba-cuda"))
    return [
        f"card: {home.name}, {total / 1e9:.1f} GB, {free / 1e9:.1f} free",
        f"driver knows CUDA {runtime.driverGetVersion()}, runtime {runtime.runtimeGetVersion()}",
        f"{versions}, cupy {home.arrays.__version__}, Python {platform.python_version()}, {platform.machine()}",
    ]


def installed(name: str) -> str:
    """Version of a distribution."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "absent"


def times(name: str) -> list[str]:
    """A hall's iteration and memory."""
    import halls
    import timing

    solver = halls.solver(name, "cuda")
    found, held = timing.iteration(solver), timing.memory(solver)
    rows = [
        f"{name}: {solver.scene.fluid_cells} cells, {held['used_bytes_per_cell']:.0f} bytes a cell on the card"
    ]
    for way, figures in found.items():
        rows.append(
            f"  {way}: least {figures['least_ms']:.3f} ms, median {figures['median_ms']:.3f} ms an iteration"
        )
    return rows


def flows(count: int) -> str:
    """Power flows a second."""
    import timing

    found = timing.power(count)
    return (
        f"power: {found['nodes']} nodes, batches of {found['scenarios']}, copies included: "
        f"{found['voltages']:.4g} a second with all voltages, {found['reduced']:.4g} reduced"
    )


def main() -> int:
    """Print the report; 6 without a card."""
    sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "gpu")]
    import kernels

    missing = kernels.without_card()
    if missing:
        print(f"no card here: {missing}", file=sys.stderr)
        return 6
    slow = ["--slow"] if "--slow" in sys.argv[1:] else []
    print("\n".join(machine()))
    print("operators:", suite("--card", *slow, "tests/kernels"))
    print("halls and networks:", suite(*slow, "tests/gpu"))
    for name in HALLS if slow else HALLS[:2]:
        print("\n".join(times(name)), flush=True)
    print(flows(16 * FLOWS if slow else FLOWS))
    return 0


if __name__ == "__main__":
    sys.exit(main())
