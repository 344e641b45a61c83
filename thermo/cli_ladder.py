"""`minehall ladder`: the same hall at rising density, and the limit that binds on every rung."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .cli_options import AsJson, CasePath, CommandError, ExitCode, Overrides, complain, print_json
from .cli_run import Device, Force, Progress, Quiet

if TYPE_CHECKING:
    from .ladder import Rung
    from .result import Result

DEFAULT_RUNGS = "3.5,10,20,40,80,132"
Rungs = Annotated[str, typer.Option("--rungs", metavar="KW,KW,...", help="Densities in kW a rack.")]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="Folder for the rungs (default: out/<case>_ladder)."),
]
Together = Annotated[
    int,
    typer.Option(
        "--together", metavar="N", min=0, help="Rungs solved at once; 0: small halls as many as fill a card."
    ),
]
STATES = {True: "yes", False: "NO"}


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(ladder)


def ladder(
    case: CasePath,
    rungs: Rungs = DEFAULT_RUNGS,
    device: Device = "auto",
    out: Out = None,
    together: Together = 0,
    overrides: Overrides = None,
    force: Force = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> int:
    """Solve a case at rising density of its AI racks; name the limit that binds on every rung.

    Writes DIR/rung_<density>kW/<case>.vtkhdf and DIR/ladder.json as it goes; rungs that lie there unchanged are
    not solved again. `minehall report DIR` makes the page.
    """
    from . import ladder as rising
    from .casefile import load

    densities = _densities(rungs)
    loaded = load(case, overrides or ())
    steps = rising.rungs(loaded, densities)
    folder = out or Path("out") / f"{loaded.case.name}_ladder"
    entries: list[dict[str, Any]] = []
    with ExitStack() as opened:
        store = _Store(folder, force, opened)
        for found in _climb(loaded, steps, (device, together), Progress(quiet, as_json), store):
            if found.result is not None and not found.kept:
                store.write(found.rung, found.result)
            entries.append(rising.entry(found))
            entries.sort(key=lambda one: one["density_kW"])  # those solved together end as they please
            complete = len(entries) == len(steps)
            document = rising.document(loaded.case, entries, complete)
            _write_text(folder / "ladder.json", json.dumps(document, indent=2, allow_nan=False) + "\n")
            if not quiet:
                complain(_news(rising.entry(found)))
    _show(document, folder, as_json)
    failed = any(one["converged"] is False for one in entries)
    return ExitCode.NOT_CONVERGED if failed else ExitCode.OK


def _densities(text: str) -> list[float]:
    """[kW] of "3.5,10,20"; a unit may stand behind each number."""
    from .units import to_si

    found = []
    for part in text.split(","):
        word = part.strip()
        try:
            density = float(word) if _is_number(word) else to_si(word, "power").value / 1e3
        except ValueError as error:
            raise CommandError(
                f"--rungs {text}: '{word}': {error}; write kW a rack, like {DEFAULT_RUNGS}"
            ) from None
        if not (isfinite(density) and density > 0):
            raise CommandError(
                f"--rungs {text}: '{word}' is no density; write kW a rack, like {DEFAULT_RUNGS}"
            )
        found.append(density)
    return found


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _climb(
    loaded: Any, steps: list[Rung], how: tuple[str, int], watch: Progress, store: _Store
) -> Iterator[Any]:
    """The rungs; what no density can mend ends the command. how = device, rungs at once."""
    from . import climbing
    from .air.ventilation import NoOperatingPoint
    from .device import DeviceError, compiling
    from .scene import SceneError

    try:
        device, together = how
        together = together or climbing.at_once(steps, device)
        with compiling(watch.compiling):
            yield from climbing.climb(steps, device, watch, store.unchanged, together)
    except DeviceError as error:
        raise CommandError(str(error), ExitCode.NO_DEVICE) from None
    except SceneError as error:
        raise CommandError(f"{loaded.locate(error.path)}: {error}") from None
    except NoOperatingPoint as error:
        raise CommandError(f"{loaded.locate(('openings',))}: openings: {error}") from None


class _Store:
    """The rungs' files below the ladder's folder."""

    def __init__(self, folder: Path, force: bool, opened: ExitStack) -> None:
        self.folder, self.force, self.opened = folder, force, opened

    def path(self, rung: Rung) -> Path:
        return self.folder / rung.folder / f"{rung.loaded.case.name}.vtkhdf"

    def unchanged(self, rung: Rung) -> Result | None:
        """The stored result of this rung's very case; None when there is none, or a damaged one."""
        from .result import open_result

        if self.force or not self.path(rung).exists():
            return None
        try:
            found = self.opened.enter_context(open_result(self.path(rung)))
            return found if found.case_text == rung.loaded.text else None
        except Exception:  # a damaged or foreign file: solve again
            return None

    def write(self, rung: Rung, result: Result) -> None:
        from .result import write

        write(self.path(rung), result)


def _write_text(path: Path, text: str) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


# ------------------------------------------------------------------------------------------ printing


def _show(document: dict[str, Any], folder: Path, as_json: bool) -> None:
    if as_json:
        print_json(document)
        return
    typer.echo("\n".join([*_table(document), "", *_bindings(document), *_limit(document)]))
    typer.echo(f"rungs: {folder}    page: minehall report {folder} --out {folder}.html")


def _table(document: dict[str, Any]) -> Iterator[str]:
    """Utilisation of every limit on every rung, the highest first."""
    rungs = document["rungs"]
    names = dict.fromkeys(name for one in rungs for name in one["utilisations"])
    ranked = sorted(names, key=lambda name: -max(_used(one, name) for one in rungs))
    yield f"{'used, %':14}" + "".join(f"{one['density_kW']:>8.4g}" for one in rungs) + "  kW a rack"
    for name in ranked:
        reached = document["reached"].get(name)
        note = f"  100 % at {reached['density_kW']:.4g} kW" if reached else ""
        yield f"{name:14}" + "".join(f"{_percent(one, name):>8}" for one in rungs) + note
    yield (
        f"{'converged':14}"
        + "".join(f"{STATES.get(one['converged'], one['converged']):>9}" for one in rungs)[1:]
    )


def _used(one: dict[str, Any], name: str) -> float:
    value = one["utilisations"].get(name)
    return -1.0 if value is None else value


def _percent(one: dict[str, Any], name: str) -> str:
    used = _used(one, name)
    return f"{100 * used:.0f}" if used >= 0 else "-"


def _bindings(document: dict[str, Any]) -> Iterator[str]:
    for one in document["rungs"]:
        yield f"{one['density_kW']:>8.4g} kW  {one['kind']:18} {_binding(one)}"


def _binding(one: dict[str, Any]) -> str:
    bound = one["binding"]
    if bound["limit"] is None:
        return f"no answer: {one['reason']}"
    reason = f" ({one['reason']})" if one["converged"] is not True and one["reason"] else ""
    unsure = ", within uncertainty" if bound.get("judged") == "within uncertainty" else ""
    return f"{bound['limit']} at {bound['where']}, {100 * bound['utilisation']:.0f} % used{unsure}{reason}"


def _limit(document: dict[str, Any]) -> Iterator[str]:
    first = document["limit"]
    if first is None:
        yield "limit: none is reached on these rungs"
        return
    low, high = first["between_kW"]
    where = f" at {first['where']}" if first["where"] else ""
    between = (
        f"interpolated between {low:g} and {high:g} kW"
        if high > low
        else "reached on the lowest rung already"
    )
    yield f"limit: {document['limit_kW']:.4g} kW a rack, {first['limit']}{where} ({between})"
    if "note" in first:
        yield f"  {first['note']}"


def _news(one: dict[str, Any]) -> str:
    return f"         {one['density_kW']:g} kW: {_binding(one)}"
