"""`minehall bench`: what the solver costs here."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from .cli_options import AsJson, CommandError, ExitCode, Overrides, complain, print_json

QUARTER = Path("cases/hall_a_quarter")
FULL = Path("cases/hall_a")  # swings: followed through time


class Peer(StrEnum):
    """Other codes to run beside ours."""

    OPENFOAM = "openfoam"


class PowerPeer(StrEnum):
    """Other codes for power flow."""

    POWER_GRID_MODEL = "power-grid-model"


BenchCase = Annotated[
    Path | None, typer.Option("--case", metavar="CASE", help="Case to solve (default: cases/hall_a_quarter).")
]
Devices = Annotated[list[str] | None, typer.Option("--device", help="auto, cpu or numpy. Repeatable.")]
OnePeer = Annotated[Peer | None, typer.Option("--peer", help="Solve the same hall with this code too.")]
OnePowerPeer = Annotated[
    PowerPeer | None, typer.Option("--peer", help="Solve the same scenarios with this code too.")
]
NetworkFile = Annotated[
    str | None, typer.Option("--network", metavar="FILE", help="Network file (default: a hall of 495 nodes).")
]
Scenarios = Annotated[int, typer.Option("--scenarios", min=64, help="Unbalanced scenarios in a batch.")]
OneDevice = Annotated[str, typer.Option("--device", help="auto, cpu or numpy.")]
Repeat = Annotated[int, typer.Option("--repeat", min=1, help="Timed runs of each kind.")]
Model = Annotated[bool, typer.Option("--model", help="Estimate from bytes and launches; needs no card.")]
Cells = Annotated[
    int, typer.Option("--cells", min=0, help="Size the grid for so many cells; 0: as the case says.")
]
Threads = Annotated[int, typer.Option("--threads", min=1, help="Threads of the compiled loops.")]
Whole = Annotated[bool, typer.Option("--whole/--no-whole", help="Solve the hall to its end, both orders.")]
PeerIterations = Annotated[int, typer.Option("--peer-iterations", min=20, help="Iterations of the peer.")]
Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Also write the document here.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    bench = typer.Typer(no_args_is_help=True, help="Measure what the solver costs on this machine.")
    bench.callback()(_nothing)
    bench.command()(air)
    bench.command()(power)
    bench.command()(gpu)
    app.add_typer(bench, name="bench")


def _nothing() -> None:
    """Measure what the solver costs on this machine."""


def air(
    case: BenchCase = None,
    device: Devices = None,
    peer: OnePeer = None,
    repeat: Repeat = 3,
    threads: Threads = 1,
    whole: Whole = True,
    peer_iterations: PeerIterations = 1000,
    overrides: Overrides = None,
    out: Out = None,
    as_json: AsJson = False,
) -> int:
    """Time and bytes of every operator of the air, whole halls, and OpenFOAM beside them."""
    use_threads(threads)
    from .bench.air import Wanted, file_name
    from .bench.tables import lines

    wanted = Wanted(tuple(device or ["auto"]), repeat, threads, whole, peer is not None, peer_iterations)
    found = _measured(case, overrides, wanted)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        path = out / file_name(found)
        path.write_text(_text(found), encoding="utf-8")
        complain(f"written: {path}")
    if as_json:
        print_json(found)
    else:
        typer.echo("\n".join(lines(found)))
    return ExitCode.OK


def power(
    network: NetworkFile = None,
    device: OneDevice = "auto",
    peer: OnePowerPeer = None,
    scenarios: Scenarios = 4096,
    repeat: Repeat = 3,
    out: Out = None,
    as_json: AsJson = False,
) -> int:
    """Unbalanced power flows per core-second, and power-grid-model beside them."""
    from .bench.peer_power import NoPeer, require

    try:
        if peer is not None:
            require()
    except NoPeer as error:
        raise CommandError(str(error)) from None
    use_threads(1)
    from .bench.power import document, lines
    from .device import DeviceError
    from .netfile import NetworkError

    try:
        found = document(network, device, scenarios, repeat, peer is not None)
    except DeviceError as error:
        raise CommandError(str(error), ExitCode.NO_DEVICE) from None
    except NetworkError as error:
        raise CommandError(str(error)) from None
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        path = out / "bench_power.json"
        path.write_text(_text(found), encoding="utf-8")
        complain(f"written: {path}")
    if as_json:
        print_json(found)
    else:
        typer.echo("\n".join(lines(found)))
    return ExitCode.OK


def gpu(
    case: BenchCase = None,
    model: Model = False,
    cells: Cells = 1_000_000,
    overrides: Overrides = None,
    out: Out = None,
    as_json: AsJson = False,
) -> int:
    """What a card should take, as a model; with a card, its own time beside it."""
    from .bench.gpu import cell_for, document, lines
    from .casefile import load
    from .check import examine
    from .device import DeviceError, found, without_card

    if not model and "cuda" not in found():
        raise CommandError(f"{without_card()}; --model estimates without one", ExitCode.NO_DEVICE)
    if case is None and not QUARTER.exists():
        raise CommandError(f"{QUARTER} is not here: run this in a checkout of minehall, or give --case")
    loaded = load(case or QUARTER, overrides or ())
    plan = examine(loaded)
    if cells:
        sized = f'grid.cell="{cell_for(loaded.case, plan, cells):.6f} m"'
        loaded = load(case or QUARTER, (*(overrides or ()), sized))
        plan = examine(loaded)
    try:
        estimate = document(loaded.case, plan, complain)
    except DeviceError as error:
        raise CommandError(str(error), ExitCode.NO_DEVICE) from None
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / "bench_gpu.json").write_text(_text(estimate), encoding="utf-8")
        complain(f"written: {out / 'bench_gpu.json'}")
    if as_json:
        print_json(estimate)
    else:
        typer.echo("\n".join(lines(estimate)))
    return ExitCode.OK


def _measured(case: Path | None, overrides: list[str] | None, wanted: Any) -> dict[str, Any]:
    from .bench.air import document
    from .bench.peer_case import NoPeer
    from .casefile import load
    from .check import examine
    from .device import DeviceError

    if case is None and not QUARTER.exists():
        raise CommandError(f"{QUARTER} is not here: run this in a checkout of minehall, or give --case")
    loaded = load(case or QUARTER, overrides or ())
    swinging = None
    if case is None and wanted.peer:
        full = load(FULL, overrides or ())
        swinging = full.case, examine(full)
    try:
        return document(loaded.case, examine(loaded), wanted, complain, swinging)
    except DeviceError as error:
        raise CommandError(str(error), ExitCode.NO_DEVICE) from None
    except NoPeer as error:
        raise CommandError(str(error)) from None


def _text(found: dict[str, Any]) -> str:
    import json

    return json.dumps(found, indent=2, allow_nan=False) + "\n"


def use_threads(count: int) -> None:
    """So many threads for the compiled loops: numba reads this once, when it is first imported."""
    numba = sys.modules.get("numba")
    if numba is None:
        os.environ["NUMBA_NUM_THREADS"] = str(count)
    elif count != numba.config.NUMBA_NUM_THREADS:
        raise CommandError(
            "--threads must be given before the compiled loops are loaded; start a new process"
        )
