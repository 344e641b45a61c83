"""`minehall run`: solve a case and write its result."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from .cli_options import AsJson, CasePath, CommandError, ExitCode, Overrides, complain, print_json

Device = Annotated[str, typer.Option("--device", help="auto, cuda (cuda:1), cpu or numpy.")]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Folder for the result (default: out).")
]
From = Annotated[
    Path | None,
    typer.Option("--from", metavar="RESULT", help="Start from this result's fields, on any grid."),
]
Gci = Annotated[
    bool, typer.Option("--gci", help="Solve three grids; give each inlet its grid convergence band.")
]
Prove = Annotated[
    bool,
    typer.Option(
        "--prove-steady", help="Prove a steady answer on the case's own grid, not on a coarser one."
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Solve again although an unchanged result is there.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress on stderr.")]
ENDED = {
    "diverged": ExitCode.DIVERGED,
    "interrupted": ExitCode.INTERRUPTED,
    "failed": ExitCode.NO_DEVICE,
}
OTHER_LINES_EVERY = 3.0  # [s] between progress lines
COMPILING_LINES_EVERY = 10.0  # [s]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(run)
    app.command()(resume)


def run(
    case: CasePath,
    device: Device = "auto",
    out: Out = None,
    overrides: Overrides = None,
    start: From = None,
    gci: Gci = False,
    prove_steady: Prove = False,
    force: Force = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> int:
    """Solve a case: air, power and what they do to each other; write DIR/<case>.vtkhdf."""
    from .casefile import load
    from .result import open_result

    loaded = load(case, [*(overrides or ()), *(["numerics.prove_steady=fine"] if prove_steady else ())])
    path = (out or Path("out")) / f"{loaded.case.name}.vtkhdf"
    if gci:
        return _finish(path, _with_bands(loaded, device, Progress(quiet, as_json)), as_json)
    if not force and _unchanged(path, loaded.text):
        complain(f"{path}: this case is solved already; --force solves it again")
        with open_result(path) as found:
            return show(found.summary, path, as_json)
    return _solve_into(path, loaded, (device, quiet, as_json), start)


def resume(
    result: Annotated[Path, typer.Argument(metavar="RESULT", help="File of a run that did not end.")],
    device: Device = "auto",
    overrides: Overrides = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> int:
    """Go on exactly where a run was interrupted, else from a result's fields; its file is replaced when done."""
    import tempfile

    from .casefile import load

    with opened(result) as found:
        text = found.case_text
    with tempfile.TemporaryDirectory() as folder:
        case = Path(folder) / f"{result.stem}.yaml"
        case.write_text(text, encoding="utf-8")
        loaded = load(case, overrides or ())
    return _solve_into(result, loaded, (device, quiet, as_json), result, exact=loaded.text == text)


def opened(path: Path) -> Any:
    """A result file, or a CommandError that says what is wrong with it."""
    from .result import open_result

    try:
        return open_result(path)
    except (OSError, ValueError, KeyError) as error:
        raise CommandError(f"{path}: cannot be read as a result: {error}") from None


def _solve_into(
    path: Path, loaded: Any, how: tuple[str, bool, bool], start: Path | None, *, exact: bool = False
) -> int:
    """Solve, write, show; how = device, quiet, as_json. exact: go on with the run in `start` if it was interrupted."""
    from .assembly.restart import held_from, snapshot_from

    device, quiet, as_json = how
    begun: Any = None
    if start is not None:
        with opened(start) as found:
            begun = (held_from(found) if exact else None) or snapshot_from(found)
    return _finish(path, solve_case(loaded, device, Progress(quiet, as_json), begun), as_json)


def _finish(path: Path, result: Any, as_json: bool) -> int:
    """Write and show."""
    from .result import write

    write(path, result)
    code = show(result.summary, path, as_json)
    if result.summary["ended"] == "failed":
        complain(f"{result.summary['reason']}: {path}")
    return ENDED.get(result.summary["ended"], code)


def _with_bands(loaded: Any, device: str, progress: Progress) -> Any:
    """Result of the case's own grid, with bands from two coarser ones."""
    from dataclasses import replace

    from .assembly import assemble
    from .gci import study, with_bands

    def solve(ratio: float, start: Any) -> Any:
        cells = loaded.case.grid.model_copy(update={"cell": ratio * loaded.case.grid.cell})
        if not progress.quiet:
            complain(f"grid of {cells.cell:.3g} m")
        coarser = replace(loaded, case=loaded.case.model_copy(update={"grid": cells}))
        found = solve_to_solution(coarser, device, progress, start)
        if ratio > 1 and found.outcome.ended == "interrupted":
            raise KeyboardInterrupt
        if ratio > 1 and found.outcome.ended == "failed":
            raise CommandError(found.outcome.reason, ExitCode.NO_DEVICE)
        return found

    found = study(solve)
    whole = assemble(found[-1], loaded.text)
    return whole if found[-1].outcome.ended else with_bands(whole, found)


def solve_case(loaded: Any, device: str, progress: Progress, start: Any = None) -> Any:
    """Result of a loaded case; every foreseeable failure becomes a CommandError."""
    from .assembly import assemble

    return assemble(solve_to_solution(loaded, device, progress, start), loaded.text)


def solve_to_solution(loaded: Any, device: str, progress: Progress, start: Any = None) -> Any:
    """Solution of a loaded case, with progress on stderr."""
    from . import couple
    from .air.record import NoSuchRun
    from .air.ventilation import NoOperatingPoint
    from .check import examine
    from .device import DeviceError, compiling
    from .scene import SceneError

    plan = examine(loaded)
    try:
        with compiling(progress.compiling):
            return couple.solve(loaded.case, plan, device, progress, start)
    except DeviceError as error:
        raise CommandError(str(error), ExitCode.NO_DEVICE) from None
    except SceneError as error:
        raise CommandError(f"{loaded.locate(error.path)}: {error}") from None
    except NoSuchRun as error:
        raise CommandError(f"{error}; `minehall run CASE --from RESULT` starts from its fields") from None
    except NoOperatingPoint as error:
        raise CommandError(f"{loaded.locate(('openings',))}: openings: {error}") from None


class Progress:
    """Lines on stderr: what is being solved, and how far it has settled."""

    def __init__(self, quiet: bool = False, as_json: bool = False) -> None:
        self.quiet, self.as_json = quiet, as_json
        self.begun = self.last = time.monotonic()

    def __call__(self, news: dict[str, Any]) -> None:
        if self.quiet:
            return
        now = time.monotonic()
        of = f"{news['of']}: " if "of" in news else ""
        if "phase" in news:
            complain(f"{self._clock(now)} {of}{self._phase(news)}")
        elif now - self.last >= OTHER_LINES_EVERY:
            self.last = now
            complain(f"{self._clock(now)} {of}{self._line(news)}")

    def compiling(self, before: int) -> None:
        """A loop is being compiled, after so many."""
        now = time.monotonic()
        if self.quiet or self.as_json or (before and now - self.last < COMPILING_LINES_EVERY):
            return
        self.last = now
        so_far = f"{before} so far" if before else "a minute or two, the first time on this machine"
        complain(f"{self._clock(now)} compiling loops: {so_far}")

    def _clock(self, now: float) -> str:
        return f"{now - self.begun:6.1f} s"

    @staticmethod
    def _phase(news: dict[str, Any]) -> str:
        cells = f", {news['cells']:,} cells" if "cells" in news else ""
        step = f", steps of {news['time_step_s']:.3g} s" if "time_step_s" in news else ""
        return f"{news['phase']}{cells}{step}"

    @staticmethod
    def _line(news: dict[str, Any]) -> str:
        moving = f"inlets move {news['change_K']:.2f} K" if news["change_K"] < 900 else "filling"
        return (
            f"iteration {news['iteration']:5d}: {moving}, mass error {100 * news['mass']:.2f} %, "
            f"heat stored {100 * news['heat']:+.2f} %"
        )


def show(summary: dict[str, Any], path: Path, as_json: bool) -> int:
    """Print the document or its table; the exit code says whether it converged."""
    if as_json:
        print_json(summary)
    else:
        typer.echo("\n".join(_table(summary)))
        typer.echo(f"result: {path}")
    return ExitCode.NOT_CONVERGED if summary["converged"] is False else ExitCode.OK


def _unchanged(path: Path, text: str) -> bool:
    if not path.exists():
        return False
    from .result import open_result

    try:
        with open_result(path) as found:
            return bool(found.case_text == text and found.summary.get("converged") is not False)
    except Exception:  # a damaged or foreign file: solve again
        return False


def _table(summary: dict[str, Any]) -> list[str]:
    """The run for a reader."""
    head = f"{'rack':10} {'kind':18} {'kW':>7} {'m3/s':>6} {'inlet':>7} {'worst':>7} {'highest':>7}"
    open_by = f"{'+-num K':>7} {'+-model':>7}"
    rows = map(_row, summary["racks"])
    return [f"{head} {open_by} {'limit':>6} {'outlet':>7} {'used':>6}", *rows, *_closing(summary)]


def _row(r: dict[str, Any]) -> str:
    def kelvin(value: float | None) -> str:
        return "      ?" if value is None else f"{value:7.2f}"

    limit = f"{r['limit_degC']:6.1f}" if r["limit_degC"] is not None else "     -"
    used = f"{100 * r['utilisation']:5.0f}%" if r["utilisation"] is not None else "     -"
    open_by = f"{kelvin(r['inlet_numerical_K'])} {kelvin(r['inlet_model_K'])}"
    unsure = f"  {r['judged']}" if r["judged"] == "within uncertainty" else ""
    return (
        f"{r['name']:10} {r['kind']:18} {r['power_kW']:7.1f} {r['airflow_m3_s']:6.2f} {r['inlet_degC']:7.2f} "
        f"{r['inlet_worst_tier_degC']:7.2f} {r['inlet_max_degC']:7.2f} {open_by} {limit} {r['outlet_degC']:7.2f} "
        f"{used}{unsure}"
    )


def _steadiness(found: dict[str, Any]) -> str:
    """How a steady answer took its disturbance; "" where none was made."""
    if found["proven"] is None:
        return "not proven steady (--prove-steady)"
    where = "the case's own grid" if found["whole_grid"] else f"a coarser grid of {found['cells']:,} cells"
    word = "proven steady" if found["proven"] else "found unsteady"
    way = "falling" if found["growth_per_s"] < 0 else "growing"
    e_fold = f", {way} by e in {found['fold_s']:.0f} s" if found["fold_s"] else ""
    if found["fold_s"] and found["fold_s"] > found["followed_s"]:  # it has the size of the hall's own swing
        e_fold = ", neither falling nor growing"
    return f"{word} on {where}: {found['apart_K']:.2f} K after {found['followed_s']:.0f} s of a kick of 0.5 K{e_fold}"


def _closing(summary: dict[str, Any]) -> list[str]:
    state = {True: "converged", False: "NOT CONVERGED"}.get(summary["converged"], "unsteady: mean values")
    reason = f" ({summary['reason']})" if summary["reason"] else ""
    seconds, balance, bound = summary["time_s"]["total"], summary["balance"], summary["binding"]
    lines = [
        f"{state}{reason}, {summary['iterations']} iterations, {seconds:.1f} s on {summary['device']}",
        *([_steadiness(summary["steadiness"])] if summary["converged"] is True else []),
        f"uncertainty, {summary['uncertainty']['said']}",
        f"balance: mass {balance['mass_percent']:+.3f} %, heat {balance['heat_percent']:+.3f} %",
        *map(_hot_spot, summary["hotspots"]),
    ]
    if summary["power"]:
        lines.append(_power(summary["power"]))
    if bound["limit"]:
        unsure = ", within uncertainty" if bound["judged"] == "within uncertainty" else ""
        used = f"{100 * bound['utilisation']:.0f} % used{unsure}"
        lines.append(f"binding limit: {bound['limit']} at {bound['where']}, {used}")
    return lines


def _hot_spot(spot: dict[str, Any]) -> str:
    return f"hot spot: {spot['peak_degC']:.1f} degC, {spot['volume_m3']:.2f} m3, feeds {', '.join(spot['racks'])}"


def _power(power: dict[str, Any]) -> str:
    voltage, loss = power["voltage_min_pu"], power["loss_kW"]
    if voltage is None or loss is None:
        return "power: NO SOLUTION; more is asked of a feeder than it can carry"
    return f"power: lowest voltage {voltage:.3f} pu, losses {loss:.1f} kW{_energy(power['closure'])}"


def _energy(closure: dict[str, Any] | None) -> str:
    """What the energy balance leaves open of what the site was given."""
    if closure is None:
        return ""
    courses = [closure["open"], *([] if closure["course_open"] is None else [closure["course_open"]])]
    worst = max(courses, key=abs)
    word = "closes to" if closure["closes"] else f"DOES NOT CLOSE to {closure['bound']:g}:"
    return f", energy {word} {worst:+.1e}"
