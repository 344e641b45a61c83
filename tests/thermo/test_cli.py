"""The command line: exit codes, one JSON document, quick help without heavy imports, new and schema."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import jsonschema
import pytest
import yaml

from thermo import __version__, cli
from thermo.case.schema import case_schema
from thermo.cli import run
from thermo.cli_options import CommandError, ExitCode
from thermo.cli_run import COMPILING_LINES_EVERY, Progress
from thermo.marked import read

GOOD = Path(__file__).parents[1] / "cases" / "good.yaml"
ROOT = Path(__file__).parents[2]
FILES = [
    GOOD,
    *sorted((ROOT / "thermo" / "templates").glob("*.yaml")),
    ROOT / "cases" / "retrofit_hall" / "case.yaml",
]
HEAVY = ("numba", "pyvista", "vtk", "vtkmodules", "matplotlib", "scipy", "cupy")


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["check", str(GOOD)], ["schema"], ["new", "--help"]],
    ids=lambda arguments: arguments[0],
)
def test_quick_commands_import_nothing_heavy(arguments: list[str]) -> None:
    program = (
        "import sys; from thermo.cli import run; code = run(sys.argv[1:]); "
        f"print([m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr); sys.exit(code)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr.splitlines()[-1] == "[]"


def test_check_prints_for_readers_and_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(GOOD)]) == 0
    text = capsys.readouterr()
    assert text.err == ""
    assert "racks     4 with 8 machines, 80 kW" in text.out
    assert run(["check", str(GOOD), "--json", "--set", "racks.row_a.count=2"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["case"] == "good"
    assert document["units"]["racks"]["power_kW"] == pytest.approx(40)
    assert document["assumptions"]
    assert document["warnings"] == []


def test_check_draws_the_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "plan.png"
    assert run(["check", str(GOOD), "--plan", str(picture)]) == 0
    assert picture.read_bytes().startswith(b"\x89PNG")
    capsys.readouterr()
    assert run(["check", str(GOOD), "--plan", str(picture / "plan.png")]) == 2, "a file is no folder"
    assert "cannot be drawn" in capsys.readouterr().err


@pytest.mark.parametrize("template", ["smoke", "retrofit"])
def test_new_writes_a_case_that_checks(
    tmp_path: Path, template: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "hall"
    assert run(["new", str(folder), "--template", template]) == 0
    assert run(["check", str(folder), "--json"]) == 0
    out = capsys.readouterr().out
    assert json.loads(out[out.index("{") :])["case"] == "hall"
    assert run(["new", str(folder)]) == 2, "it never writes over a case"
    assert "is there already" in capsys.readouterr().err
    assert run(["new", str(tmp_path / "other"), "--template", "farm"]) == 2
    assert "use one of retrofit, smoke" in capsys.readouterr().err


def test_schema_knows_every_section(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    written = yaml.safe_load(GOOD.read_text())
    assert set(written) <= set(schema["properties"])
    assert schema["additionalProperties"] is False
    power = schema["$defs"]["RackRow"]["properties"]["power"]["anyOf"][0]
    assert power["examples"] == ["132 kW"]
    assert "base" in schema["properties"]


@pytest.mark.parametrize("file", FILES, ids=str)
def test_the_schema_accepts_what_check_accepts(file: Path) -> None:
    validator = jsonschema.Draft202012Validator(case_schema())
    written = read(file.read_text(), "f").root
    assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(written)] == []


def test_the_schema_refuses_a_number_without_a_unit() -> None:
    validator = jsonschema.Draft202012Validator(case_schema())
    written = read(GOOD.read_text().replace("cell: 0.25 m", "cell: 0.25"), "f").root
    assert [error.json_path for error in validator.iter_errors(written)] == ["$.grid.cell"]


def test_a_wrong_command_line_is_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["chek"]) == 2
    assert "check" in capsys.readouterr().err
    assert run(["check"]) == 2
    assert run(["check", str(GOOD), "--nonsense"]) == 2
    assert capsys.readouterr().out == ""


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"minehall {__version__}\n"


def _raising(error: BaseException) -> object:
    def app(*_arguments: object, **_options: object) -> None:
        raise error

    return lambda: app


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (KeyboardInterrupt(), ExitCode.INTERRUPTED, "interrupted"),
        (CommandError("no device 'cuda'", ExitCode.NO_DEVICE), ExitCode.NO_DEVICE, "no device 'cuda'"),
        (ZeroDivisionError("by zero"), ExitCode.INTERNAL, "internal error: ZeroDivisionError: by zero"),
    ],
)
def test_failures_become_codes(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    code: ExitCode,
    said: str,
) -> None:
    monkeypatch.delenv("MINEHALL_DEBUG", raising=False)
    monkeypatch.setattr(cli, "build_app", _raising(error))
    assert run([]) == code
    err = capsys.readouterr().err
    assert said in err
    assert "Traceback" not in err


def test_a_traceback_is_shown_on_request(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MINEHALL_DEBUG", "1")
    monkeypatch.setattr(cli, "build_app", _raising(ZeroDivisionError("by zero")))
    assert run([]) == ExitCode.INTERNAL
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(("more", "told"), [([], True), (["--quiet"], False), (["--json"], False)])
def test_what_is_compiled_is_told_on_stderr(more, told, tmp_path, monkeypatch, capsys):
    from thermo import device

    @contextmanager
    def cold(tell):
        tell(0)
        tell(1)  # at once: not worth another line
        yield

    monkeypatch.setattr(device, "compiling", cold)
    changes = [f"numerics.{change}" for change in ("iterations=20", "prove_steady=no")]
    words = [word for change in changes for word in ("--set", change)]
    run(["run", str(ROOT / "cases" / "smoke"), "--out", str(tmp_path), *words, *more])
    lines = [line for line in capsys.readouterr().err.splitlines() if "compiling loops" in line]
    assert len(lines) == told
    assert all("the first time on this machine" in line for line in lines)


def test_compiling_is_told_again_after_a_while(capsys):
    progress = Progress()
    progress.compiling(0)
    progress.last -= COMPILING_LINES_EVERY
    progress.compiling(7)
    assert capsys.readouterr().err.splitlines()[-1].endswith("compiling loops: 7 so far")
