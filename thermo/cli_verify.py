"""The command that holds the air solver to exact solutions and benchmarks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .cli_options import AsJson, ExitCode, complain, print_json

Quick = Annotated[bool, typer.Option("--quick", help="Only the cases that take seconds.")]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Write verification.md and .png there.")
]


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(verify)


def verify(quick: Quick = False, as_json: AsJson = False, out: Out = None) -> None:
    """Run the verification cases: reference, measured, difference and tolerance of each figure."""
    from . import verify as cases
    from .verify import figure, page

    found = cases.run(quick, lambda name, seconds: complain(f"{name}: {seconds:.1f} s"))
    document = cases.document(found)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / "verification.md").write_text(page.markdown(found), "utf-8")
        figure.draw(out / "verification.png")
    if as_json:
        print_json(document)
    else:
        typer.echo("\n".join(page.lines(found)))
        typer.echo(f"{document['figures']} figures, {document['missed']} missed")
    if not document["ok"]:
        raise typer.Exit(ExitCode.LIMIT_BROKEN)
