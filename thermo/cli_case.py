"""Commands about the case file alone: new, check, schema."""

from __future__ import annotations

import typer

from .cli_options import AsJson, CasePath, Overrides, print_json


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(check)
    app.command()(schema)


def check(case: CasePath, overrides: Overrides = None, as_json: AsJson = False) -> None:
    """Validate a case and print what decides the answer."""
    from .casefile import load

    loaded = load(case, overrides or ())
    print_json({"case": loaded.case.name}) if as_json else typer.echo(loaded.case.name)


def schema() -> None:
    """Print the JSON Schema of case files, for editors."""
    from .case import Case

    print_json(Case.model_json_schema())
