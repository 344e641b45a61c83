"""The command that holds the air solver to exact solutions and benchmarks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from .cli_options import AsJson, CommandError, ExitCode, complain, print_json

Names = Annotated[list[str] | None, typer.Argument(metavar="[CASE]...", help="Only these cases.")]
Quick = Annotated[bool, typer.Option("--quick", help="Only the cases that take seconds.")]
Rooms = Annotated[bool, typer.Option("--rooms", help="The rooms that were measured; takes minutes.")]
Halls = Annotated[
    bool, typer.Option("--halls", help="The data centres that were measured; takes many minutes.")
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="DIR",
        help="Write verification.md and .png there; of rooms validation.md, of halls validation-halls.md.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(verify)


def verify(
    names: Names = None,
    quick: Quick = False,
    rooms: Rooms = False,
    halls: Halls = False,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """Run the verification cases: reference, measured, difference and tolerance of each figure."""
    from . import verify as cases
    from .verify import page

    try:
        chosen = cases.choose(names or (), quick=quick, rooms=rooms, halls=halls)
    except KeyError as error:
        there = ", ".join(case.name for case in cases.CASES)
        raise CommandError(f"there is no verification case {error}; there are {there}") from None
    found = cases.run(chosen, lambda name, seconds: complain(f"{name}: {seconds:.1f} s"))
    document = cases.document(found)
    if out is not None:
        _write(out, found, "halls" if halls else "rooms" if rooms else "")
    if as_json:
        print_json(document)
    else:
        typer.echo("\n".join(page.lines(found)))
        known = f", {document['known_misses']} of them known" if document["known_misses"] else ""
        typer.echo(f"{document['figures']} figures, {document['missed']} missed{known}")
    if not document["ok"]:
        raise typer.Exit(ExitCode.LIMIT_BROKEN)


def _write(out: Path, found: list[Any], what: str) -> None:
    """The page of the documentation and its picture."""
    from .verify import figure, halls_page, page, rooms_page

    out.mkdir(parents=True, exist_ok=True)
    if what == "halls":
        (out / "validation-halls.md").write_text(halls_page.markdown(found), "utf-8")
        halls_page.draw(out / "validation-halls.png")
    elif what == "rooms":
        (out / "validation.md").write_text(rooms_page.markdown(found), "utf-8")
        rooms_page.draw(out / "validation.png")
    else:
        (out / "verification.md").write_text(page.markdown(found), "utf-8")
        figure.draw(out / "verification.png")
