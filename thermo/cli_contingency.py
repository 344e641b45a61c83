"""`minehall contingency`: every element of the network lost, one at a time, under several loads."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .cli_options import AsJson, CasePath, CommandError, ExitCode, Overrides, print_json
from .cli_run import Device

if TYPE_CHECKING:
    from .power.outage.study import Study

Loads = Annotated[
    str,
    typer.Option(
        "--loads", metavar="F,F,...", help="Factors on every unit's stated power; FIRST:LAST:COUNT for many."
    ),
]
Air = Annotated[str, typer.Option("--air", metavar="TEMP", help="Air everywhere in the hall.")]
SHOWN = 12  # loads, above which a line sums an element's up
MOST_LOADS = 1_000_000
MANY = f"{'lost':<14}{'too full':>14}{'a trip':>14}{'collapse':>14}{'most dark kW':>16}"
HEAD = f"{'lost':<14}{'load':>6}{'dark kW':>9}  {'takes over most':<22}{'fullest then':<16}{'used':>6}{'V pu':>7}  then"


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(contingency)


def contingency(
    case: CasePath,
    loads: Loads = "1",
    air: Air = "40 degC",
    device: Device = "auto",
    overrides: Overrides = None,
    as_json: AsJson = False,
) -> int:
    """Lose every element of a case's network, one at a time: who goes dark, what the rest carries, what trips next.

    The air is not solved: ratings are those in air of one temperature. `minehall run` judges the same in its own air.
    """
    from .casefile import load
    from .check import examine
    from .power.outage.study import study

    loaded = load(case, overrides or ())
    plan = examine(loaded)
    try:
        found = study(loaded.case, plan, factors(loads), kelvin(air), _sweep(device))
    except ValueError as error:
        raise CommandError(f"{loaded.locate(('power',))}: {error}") from None
    if as_json:
        print_json(document(found))
    else:
        typer.echo("\n".join(lines(found)))
    return ExitCode.OK


def _sweep(device: str) -> Any:
    from . import device as devices

    try:
        return devices.on(device).sweep
    except devices.DeviceError as error:
        raise CommandError(str(error), ExitCode.NO_DEVICE) from None


def factors(text: str) -> list[float]:
    """Factors on loads, as `--loads` has them. Raises CommandError."""
    try:
        found = [factor for word in text.split(",") for factor in _spread(word)]
    except ValueError:
        found = []
    if not found or not all(isfinite(factor) and factor > 0 for factor in found):
        raise CommandError(f"--loads {text}: write factors above 0, like 0.8,1,1.2 or 0.5:1.3:1000")
    return found


def _spread(word: str) -> list[float]:
    """One factor, or FIRST:LAST:COUNT of them evenly spaced. Raises ValueError."""
    if ":" not in word:
        return [float(word)]
    first, last, count = word.split(":")
    steps = int(count) - 1
    if not 0 < steps < MOST_LOADS:
        raise ValueError(word)
    return [float(first) + (float(last) - float(first)) * k / steps for k in range(steps + 1)]


def kelvin(text: str) -> float:
    """A temperature as `--air` has it. Raises CommandError."""
    from .units import to_si

    try:
        return float(to_si(text, "temperature").value)
    except ValueError as error:
        raise CommandError(f"--air {text}: {error}") from None


def document(found: Study) -> dict[str, Any]:
    """The study as one JSON document."""
    from .result import plain

    rows = [
        {"load": factor} | dict(zip(table, values, strict=True))
        for factor, table in zip(found.factors, found.tables, strict=True)
        for values in zip(*(column.tolist() for column in table.values()), strict=True)
    ]
    return {"contingencies": plain(rows), "single_cord": list(found.single_cord)}


def lines(found: Study) -> list[str]:
    """The elements' losses as a table; of cords only those that leave somebody dark or too full, counted."""
    said, cords, rows = [HEAD], set(), document(found)["contingencies"]
    if len(found.factors) > SHOWN:
        return _over_loads(rows, found.factors)
    for row in rows:
        if row["type"] == "whip":
            if row["dark_units"] or (row["worst_percent"] or 0) > 100:
                cords.add(row["lost"])
            continue
        said.append(_line(row))
    said.append(f"cords whose loss leaves a unit dark or something too full: {len(cords)}")
    if found.single_cord:
        names = ", ".join(found.single_cord[:24])
        more = len(found.single_cord) - 24
        said.append(f"units with one cord: {names}" + (f" and {more} more" if more > 0 else ""))
    return said


def _over_loads(rows: list[dict[str, Any]], loads: tuple[float, ...]) -> list[str]:
    """Many loads: a line an element but cords, the lowest load at which its loss overloads, trips or collapses."""
    by_element: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if row["type"] != "whip":
            by_element.setdefault(row["lost"], []).append(row)
    said = [
        f"{len(loads)} loads from {min(loads):g} to {max(loads):g}, {len(rows)} outages; from which load on:",
        MANY,
    ]
    for lost, own in by_element.items():
        over, trips, gone = (
            min((row["load"] for row in own if broken(row)), default=None)
            for broken in (
                lambda row: (row["worst_percent"] or 0) > 100,
                lambda row: bool(row["trips_first"]),
                lambda row: row["collapsed"],
            )
        )
        dark = max(row["dark_after_kW"] for row in own)
        said.append(
            f"{lost:<14}" + "".join(f"{_load(at):>14}" for at in (over, trips, gone)) + f"{dark:>16.0f}"
        )
    return said


def _load(at: float | None) -> str:
    return "none" if at is None else f"{at:.3f}"


def _line(row: dict[str, Any]) -> str:
    used = "-" if row["worst_percent"] is None else f"{row['worst_percent']:.0f} %"
    volts = "-" if row["voltage_min_pu"] is None else f"{row['voltage_min_pu']:.3f}"
    acts = row.get("events") or row["cascade"] or "holds"
    then = "no solution: the voltage collapses" if row["collapsed"] else acts
    if (row["trips_first"] or row["dark_after_kW"] != row["dark_kW"]) and not row["collapsed"]:
        late = "" if row["cap_in_time"] or not row["trips_first"] else ", before the power cap"
        then += f"{late}: {row['dark_after_kW']:.0f} kW dark"
    head = f"{row['lost']:<14}{row['load']:>6g}{row['dark_kW']:>9.0f}"
    more = (
        f"{row['takes_over']} {row['takes_over_from_percent']:.0f} > {row['takes_over_to_percent']:.0f} %"
        if row["takes_over"]
        else "-"
    )
    return f"{head}  {more:<22}{row['worst']:<16}{used:>6}{volts:>7}  {then}"
