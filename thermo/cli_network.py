"""Commands about networks without a hall: `minehall import` writes a network file, `minehall flow` solves one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .cli_contingency import factors, kelvin
from .cli_options import AsJson, CommandError, ExitCode, print_json
from .cli_run import Device

if TYPE_CHECKING:
    from .power.overview import State

Source = Annotated[
    Path,
    typer.Argument(
        metavar="SOURCE", help="pandapower's JSON file, or a folder of NetBox tables (CSV, JSON)."
    ),
]
NetworkPath = Annotated[Path, typer.Argument(metavar="NETWORK", help="Network file (JSON).")]
Case = Annotated[
    Path | None,
    typer.Option("--case", metavar="FILE", help="Write the power section of a case instead (NetBox)."),
]
Out = Annotated[Path, typer.Option("--out", metavar="FILE", help="File to write.")]
Loads = Annotated[
    str, typer.Option("--loads", metavar="F,F,...", help="Factors on all loads; FIRST:LAST:COUNT for many.")
]
Warm = Annotated[
    str | None,
    typer.Option(
        "--air", metavar="TEMP", help="Conductors as warm as their current keeps them in air of TEMP."
    ),
]
FULLEST = 8  # branches shown


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command(name="import")(import_)
    app.command()(flow)


def import_(
    source: Source, out: Out = Path("network.json"), case: Case = None, as_json: AsJson = False
) -> int:
    """Write another program's network as a network file, and say what was taken for granted."""
    from .imports import ImportRefused

    if not source.exists():
        raise CommandError(f"{source}: is not there")
    if case is not None and not source.is_dir():
        raise CommandError(f"--case: {source} is no folder of NetBox tables; leave --case away")
    try:
        text, counts, assumptions = _network(source) if case is None else _fragment(source)
    except ImportRefused as error:
        raise CommandError(str(error)) from None
    path = case or out
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{path}: cannot be written: {error.strerror}") from None
    if as_json:
        print_json({"written": str(path), "counts": counts, "assumptions": list(assumptions)})
        return ExitCode.OK
    typer.echo(f"{path}: " + (", ".join(f"{count} {name}" for name, count in counts.items()) or "written"))
    typer.echo("\n".join(["Taken for granted:", *(f"  - {sentence}" for sentence in assumptions)]))
    if case is None:
        typer.echo(f"Next: minehall flow {path}")
    return ExitCode.OK


def _network(source: Path) -> tuple[str, dict[str, int], tuple[str, ...]]:
    """The network file's text, its tables' lengths, what was taken for granted. NetBox exports table by table."""
    import json

    from .imports import netbox, pandapower

    found = (netbox if source.is_dir() else pandapower).read(source)
    counts = {name: len(rows) for name, rows in found.document.items() if isinstance(rows, list)}
    return json.dumps(found.document, indent=1) + "\n", counts, found.assumptions


def _fragment(source: Path) -> tuple[str, dict[str, int], tuple[str, ...]]:
    from .imports.netbox.fragment import read

    text, assumptions = read(source)
    return text, {}, assumptions


def flow(
    network: NetworkPath,
    loads: Loads = "1",
    air: Warm = None,
    device: Device = "auto",
    as_json: AsJson = False,
) -> int:
    """Solve a network file: voltages, loadings, losses by place, and whether its energy closes."""
    from . import netfile
    from .device import DeviceError
    from .power.overview import states
    from .power.warm import NotSettled

    try:
        found = states(netfile.read(network), factors(loads), device, None if air is None else kelvin(air))
    except netfile.NetworkError as error:
        raise CommandError(str(error)) from None
    except DeviceError as error:
        raise CommandError(str(error), ExitCode.NO_DEVICE) from None
    except NotSettled as error:
        raise CommandError(
            f"{network}: {error}; give it less load, or leave --air away", ExitCode.NOT_CONVERGED
        ) from None
    if as_json:
        print_json({"states": [document(state) for state in found]})
    else:
        typer.echo("\n".join(line for state in found for line in lines(state)))
    return ExitCode.OK if all(state.solution.solved[0] for state in found) else ExitCode.NOT_CONVERGED


def document(state: State) -> dict[str, Any]:
    """One state as JSON holds it."""
    from .power.overview import branches, energy
    from .result import plain

    table = branches(state)
    rows = [
        dict(zip(table, row, strict=True)) for row in zip(*(c.tolist() for c in table.values()), strict=True)
    ]
    solved = bool(state.solution.solved[0])
    return {
        "load": state.factor,
        "solved": solved,
        "sweeps": int(state.solution.passes[0]),
        "first_trip": plain(_tripping(state)),
        "energy": plain(energy(state)),
        "energy_closes": solved and state.balance.closes,
        "branches": plain(rows),
    }


def _tripping(state: State) -> dict[str, Any] | None:
    """The breaker that trips first under this load, from cold."""
    found = state.solution.tripped
    if found is None or found.first[0] < 0:
        return None
    node = state.solution.network.names[int(state.breakers.row[found.first[0]])]
    return {"node": node, "after_s": float(found.after[0]), "before_s": float(found.before[0])}


def lines(state: State) -> list[str]:
    """The state for a reader: totals, then the fullest branches."""
    found = document(state)
    if not found["solved"]:
        return [f"load {state.factor:g}: NO SOLUTION; more is asked of a branch than it can carry"]
    held, rows = found["energy"], found["branches"]
    lost = "".join(f", {name[5:-3]} {kw:.3f}" for name, kw in held.items() if name.startswith("loss_"))
    voltages = [(row["voltage_min_pu"], row["node"]) for row in rows if row["voltage_min_pu"] is not None]
    size, node = min(voltages)
    closes = "" if found["energy_closes"] else "  DOES NOT CLOSE"
    said = [
        f"load {state.factor:g}: source {held['source_kW']:.3f} kW = loads {held['loads_kW']:.3f} kW + losses [kW]"
        f"{lost or ' none'}; open {held['open']:+.1e}{closes}",
        f"  lowest voltage {size:.4f} pu at {node}",
    ]
    full = sorted(
        (row for row in rows if row["loading_percent"] is not None), key=lambda row: -row["loading_percent"]
    )
    return said + [_branch(row) for row in full[:FULLEST]] + _first_trip(found)


def _first_trip(found: dict[str, Any]) -> list[str]:
    trip = found["first_trip"]
    if trip is None:
        return []
    late = "it may hold" if trip["before_s"] is None else f"{trip['before_s']:.3g} s at the latest"
    return [
        f"  trips first: the breaker into {trip['node']}, {trip['after_s']:.3g} s at the earliest, {late}"
    ]


def _branch(row: dict[str, Any]) -> str:
    warm = "" if row["conductor_degC"] is None else f", {row['conductor_degC']:.0f} degC"
    return (
        f"  {row['from']} -> {row['node']}: {row['current_A']:.1f} of {row['rating_A']:.0f} A, "
        f"{row['loading_percent']:.0f} %, {row['loss_kW']:.3f} kW{warm}"
    )
