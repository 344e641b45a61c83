"""The command that says what this machine has and lacks."""

from __future__ import annotations

import typer

from .cli_options import AsJson, ExitCode, print_json

MARKS = {True: "ok  ", None: "-   ", False: "BAD "}


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(doctor)


def doctor(as_json: AsJson = False) -> None:
    """Look at devices, versions and OpenGL; each problem comes with the command that cures it."""
    from . import doctor as machine

    findings = machine.examine()
    document = machine.document(findings)
    if as_json:
        print_json(document)
    else:
        for finding in findings:
            typer.echo(f"{MARKS[finding.ok]}{finding.name:<14} {finding.says}")
            if finding.cure:
                typer.echo(f"{'':18} cure: {finding.cure}")
    if not document["ok"]:
        raise typer.Exit(ExitCode.NO_DEVICE)
