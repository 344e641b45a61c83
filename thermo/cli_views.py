"""Commands that look at results: render, view, report, export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .cli_options import CommandError, ExitCode, complain

if TYPE_CHECKING:
    from .result import Result
    from .views.ladder import Ladder

ResultPath = Annotated[Path, typer.Argument(metavar="RESULT", help="Result file, `<case>.vtkhdf`.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for command in (render, view, report, export):
        app.command()(command)


def render(
    result: ResultPath,
    out: Annotated[Path, typer.Option("--out", metavar="FILE.png", help="Picture to write.")],
) -> None:
    """Draw the hall in 3D: racks by margin to their limit, hot spots, temperatures."""
    from .doctor.gl import NoGL
    from .views import scene3d

    _must_end(out, ".png")
    with opened(result) as solved:
        try:
            scene3d.draw(solved, out)
        except NoGL as reason:
            raise CommandError(str(reason), ExitCode.NO_DEVICE) from None
    typer.echo(out)


def view(
    result: ResultPath,
    close_after: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="Close the window by itself after so long.")
    ] = None,
    screenshot: Annotated[
        Path | None,
        typer.Option(metavar="FILE.png", help="With --close-after: keep a picture of the window."),
    ] = None,
) -> None:
    """Open the hall in a window to turn and zoom."""
    from .doctor.gl import NoGL
    from .views import window

    with opened(result) as solved:
        try:
            window.show(solved, close_after, screenshot)
        except NoGL as reason:
            raise CommandError(str(reason), ExitCode.NO_DEVICE) from None


def report(
    result: Annotated[Path, typer.Argument(metavar="RESULT", help="Result file, or the folder of a ladder.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE.html", help="Page to write.")],
) -> None:
    """Write one self-contained HTML page about a result or a ladder."""
    from .views import ladder
    from .views import report as page

    _must_end(out, ".html")
    if result.is_dir() and (result / "ladder.json").is_file():
        warnings = ladder.write(_ladder(result), out)
    else:
        with opened(result) as solved:
            warnings = page.write(solved, out)
    for warning in warnings:
        complain(f"warning: {warning}")
    typer.echo(out)


def export(
    result: ResultPath,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder to write into.")],
    form: Annotated[str, typer.Option("--format", metavar="vtr|csv|json", help="What to write.")] = "vtr",
) -> None:
    """Write a result for other programs: .vtr for older ParaView, CSV tables, one JSON document."""
    from .views import export as exporting

    with opened(result) as solved:
        try:
            paths = exporting.export(solved, form, out)
        except ValueError as error:
            raise CommandError(str(error)) from None
    for path in paths:
        typer.echo(path)


def opened(path: Path) -> Result:
    """The result at that path, or the only one in that folder. Raises CommandError when there is none."""
    from .result import open_result

    if path.is_dir():
        files = sorted(path.glob("*.vtkhdf"))
        if len(files) != 1:
            named = ", ".join(f.name for f in files) or "none"
            raise CommandError(f"{path} holds {len(files)} results ({named}); name one")
        path = files[0]
    try:
        return open_result(path)
    except (FileNotFoundError, ValueError) as error:
        raise CommandError(f"{error}; make one with `minehall run CASE`") from None


def _ladder(folder: Path) -> Ladder:
    from .views.ladder import NotALadder, open_ladder

    try:
        return open_ladder(folder)
    except NotALadder as error:
        raise CommandError(str(error)) from None


def _must_end(path: Path, ending: str) -> None:
    if path.suffix.lower() != ending:
        raise CommandError(f"--out {path}: give a name that ends in {ending}")
