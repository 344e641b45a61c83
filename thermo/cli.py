"""The command line: parse, call, print, exit code. No physics; everything heavy is imported inside commands.

To add a command, put it in a module `thermo/cli_<subject>.py` with a function `register(app)` and name the
module in COMMAND_MODULES. These modules are imported for `--help`: they import numba, pyvista, scipy and
matplotlib inside functions only.
"""

from __future__ import annotations

import os
import platform
import sys
import traceback
from importlib import import_module
from importlib.util import find_spec
from typing import Annotated, Any

import typer

from . import __version__
from .cli_options import CommandError, ExitCode, complain

COMMAND_MODULES = (
    "cli_case", "cli_run", "cli_ladder", "cli_contingency", "cli_network", "cli_views", "cli_verify",
    "cli_bench", "cli_doctor",
)  # fmt: skip


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"minehall {__version__}")
        raise typer.Exit


def _top(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show it.")
    ] = False,
) -> None:
    """Thermal and power modeler for mining halls that become AI data centers."""


def build_app() -> typer.Typer:
    """The application with every command of COMMAND_MODULES."""
    app = typer.Typer(
        no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None
    )
    app.callback()(_top)
    for name in COMMAND_MODULES:
        if find_spec(f"{__package__}.{name}") is not None:
            import_module(f"{__package__}.{name}").register(app)
    return app


def main(arguments: list[str] | None = None) -> None:
    """Run one command and end the process with its exit code."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: list[str]) -> int:
    """Run one command; every failure becomes a message on stderr and an exit code."""
    from .casefile import CaseError

    try:
        code = build_app()(arguments, prog_name="minehall", standalone_mode=False)
    except CaseError as error:
        complain("\n".join(error.problems))
        return ExitCode.BAD_INPUT
    except CommandError as error:
        complain(str(error))
        return error.code
    except (KeyboardInterrupt, typer.Abort):
        complain("interrupted")
        return ExitCode.INTERRUPTED
    except Exception as error:
        return _usage_or_bug(error)
    return int(code) if isinstance(code, int) else ExitCode.OK


def _usage_or_bug(error: Any) -> int:
    """A wrong command line explains itself; anything else is ours, and says how to report it."""
    if hasattr(error, "show") and hasattr(error, "exit_code"):
        error.show()
        return int(error.exit_code)
    if os.environ.get("MINEHALL_DEBUG") == "1":
        traceback.print_exception(error)
    complain(f"internal error: {type(error).__name__}: {error}")
    complain(
        "This is a mistake in minehall, not in your case. Run it again with MINEHALL_DEBUG=1 and report the\n"
        f"output, your case file and these versions: minehall {__version__}, "
        f"Python {platform.python_version()}, {platform.platform()}."
    )
    return ExitCode.INTERNAL
