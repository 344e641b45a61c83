"""What all commands share: exit codes, the options of every command with a case, and printing."""

from __future__ import annotations

import json
import sys
from enum import IntEnum
from pathlib import Path
from typing import Annotated, Any

import typer


class ExitCode(IntEnum):
    """Exit codes of every command."""

    OK = 0
    INTERNAL = 1
    BAD_INPUT = 2  # command line or case
    NOT_CONVERGED = 3  # results written and marked
    DIVERGED = 4
    LIMIT_BROKEN = 5  # a limit given with --fail-on
    NO_DEVICE = 6  # or no GL
    INTERRUPTED = 130


class CommandError(Exception):
    """Ends a command with a message for its user and an exit code; no traceback."""

    def __init__(self, message: str, code: ExitCode = ExitCode.BAD_INPUT) -> None:
        super().__init__(message)
        self.code = code


CasePath = Annotated[Path, typer.Argument(metavar="CASE", help="Case file, or a folder with case.yaml.")]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help='Override, like racks.row_a.power="40 kW". Repeatable.'),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


def print_json(document: Any) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def complain(message: str) -> None:
    """A line for the user, on stderr."""
    print(message, file=sys.stderr)
