"""Commands about the case file alone: new, check, schema."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

import typer

from .cli_options import AsJson, CasePath, CommandError, Overrides, complain, print_json

Template = Annotated[str, typer.Option("--template", help="What to start from: smoke or retrofit.")]
PlanFile = Annotated[Path | None, typer.Option("--plan", metavar="FILE.png", help="Draw the plan into FILE.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for command in (new, check, schema):
        app.command()(command)


def new(
    name: Annotated[Path, typer.Argument(metavar="NAME", help="Folder to make.")],
    template: Template = "smoke",
) -> None:
    """Write a starting case into a new folder, ready to run."""
    folder = resources.files(__package__) / "templates"
    known = sorted(
        file.name.removesuffix(".yaml") for file in folder.iterdir() if file.name.endswith(".yaml")
    )
    if template not in known:
        raise CommandError(f"--template: there is no '{template}'; use one of {', '.join(known)}")
    target = name / "case.yaml"
    if target.exists():
        raise CommandError(f"{target}: is there already; choose another name")
    try:
        name.mkdir(parents=True, exist_ok=True)
        target.write_text((folder / f"{template}.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{target}: cannot be written: {error.strerror}") from None
    typer.echo(f"{target} written. Next: minehall check {name}")


def check(
    case: CasePath, overrides: Overrides = None, plan: PlanFile = None, as_json: AsJson = False
) -> None:
    """Validate a case; print what it adds up to and what decides the answer."""
    from .casefile import load
    from .check import examine, warnings
    from .check.totals import totals

    loaded = load(case, overrides or ())
    hall = examine(loaded)
    document = totals(loaded.case, hall)
    document |= {"assumptions": list(hall.assumptions), "warnings": warnings(loaded, hall)}
    if plan is not None:
        _draw(hall, plan, loaded.case.title or loaded.case.name)
    if as_json:
        print_json(document)
    else:
        typer.echo("\n".join(_lines(document)))


def schema() -> None:
    """Print the JSON Schema of case files, for editors."""
    from .case.schema import case_schema

    print_json(case_schema())


def _draw(hall: Any, file: Path, title: str) -> None:
    from .views.plan import draw_plan

    try:
        complain(f"plan drawn: {draw_plan(hall, file, title)}")
    except (OSError, ValueError) as error:
        raise CommandError(f"--plan {file}: cannot be drawn: {error}") from None


def _lines(document: dict[str, Any]) -> Iterator[str]:
    """The document for a reader."""
    title = document["title"]
    yield f"{document['case']}: {title}" if title else document["case"]
    size = " x ".join(f"{length:g}" for length in document["hall"]["size_m"])
    grid = document["grid"]
    yield f"  hall      {size} m, about {grid['cells_about']:,} cells of {grid['cell_m']:g} m"
    yield from (
        f"  {section:9} {_units(units)}" for section, units in document["units"].items() if units["count"]
    )
    yield from (f"  {group['name']:9} {_group(group)}" for group in document["openings"])
    if document["power"]:
        yield f"  power     {_power(document['power'])}"
    yield "What decides the answer:"
    yield from (f"  - {sentence}" for sentence in document["assumptions"])
    if document["warnings"]:
        yield "Look at:"
        yield from (f"  - {sentence}" for sentence in document["warnings"])


def _units(units: dict[str, Any]) -> str:
    flow = f"{units['airflow_m3_s']:.4g} m3/s of air"
    if units["cooling_capacity_kW"]:
        return f"{units['count']}, up to {units['cooling_capacity_kW']:.4g} kW of heat taken up, {flow}"
    inside = f" with {units['machines']} machines" if units["machines"] > units["count"] else ""
    air, liquid = f"{units['air_heat_kW']:.4g} kW to the air", f"{units['liquid_kW']:.4g} kW to liquid"
    heat = f"{air}, {liquid}" if units["liquid_kW"] else air
    return f"{units['count']}{inside}, {units['power_kW']:.4g} kW, {heat}, {flow}"


def _group(group: dict[str, Any]) -> str:
    flow = f", {group['flow_m3_s']:.4g} m3/s" if group["flow_m3_s"] else ""
    return f"{group['count']} {group['kind']} in {group['wall']}, {group['area_m2']:.3g} m2{flow}"


def _power(power: dict[str, Any]) -> str:
    plurals = {"ups": "UPS", "transfer_switch": "transfer switches", "battery": "batteries"}
    counts = [
        f"{n} {kind.replace('_', ' ') if n == 1 else plurals.get(kind, f'{kind}s')}"
        for kind, n in power["elements"].items()
        if n
    ]
    rating = f"{power['transformers_kVA']:,.0f} kVA of transformers for {power['load_kVA']:,.0f} kVA"
    return f"{power['source_kV']:g} kV source, {', '.join(counts)}; {rating}"
