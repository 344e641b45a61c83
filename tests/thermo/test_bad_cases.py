"""Bad case files, one fault each: every one gets its own message, located, with exit code 2 and no traceback.

The first line of each file in tests/cases/bad says what is expected: `# expect: fragment of the message`.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from thermo.cli import run

BAD = sorted((Path(__file__).parents[1] / "cases" / "bad").glob("*.yaml"))
LOCATED = re.compile(r"(?P<file>[^\n]+\.yaml):(?P<line>\d+):(?P<column>\d+): (?P<message>.+)")


def expected(file: Path) -> str:
    first = file.read_bytes().splitlines()[0].decode()
    assert first.startswith("# expect: ")
    return first.removeprefix("# expect: ")


def complaint(file: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """What `minehall check` says on stderr about a bad file."""
    code = run(["check", str(file)])
    captured = capsys.readouterr()
    assert code == 2
    assert captured.out == ""
    assert "Traceback" not in captured.err
    return captured.err


@pytest.mark.parametrize("file", BAD, ids=lambda file: file.stem)
def test_a_bad_case_is_told_what_where_and_how_to_mend_it(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = complaint(file, capsys)
    problems = [
        line for line in said.splitlines() if not line.startswith("    ")
    ]  # source lines are indented
    assert any(expected(file) in problem for problem in problems), said
    for problem in problems:
        match = LOCATED.fullmatch(problem)
        assert match, problem
        assert Path(match["file"]) == file, "the fault is in the bad file, not in its base"
        written = file.read_bytes().splitlines()
        assert 1 <= int(match["line"]) <= max(len(written), 1)
        assert 1 <= int(match["column"]) <= len(written[int(match["line"]) - 1]) + 1


def test_there_are_fifty_different_messages(capsys: pytest.CaptureFixture[str]) -> None:
    shapes = set()
    for file in BAD:
        problem = next(line for line in complaint(file, capsys).splitlines() if expected(file) in line)
        message = re.sub(r"^.*?:\d+:\d+: ([\w.]+: )?", "", problem)
        shapes.add(re.sub(r"'[^']*'|[-\d.]+", "#", message))  # what is left is the wording
    assert len(shapes) >= 50
    assert len(shapes) == len(BAD), "two files show the same fault"


def test_the_good_case_they_start_from_is_good(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(BAD[0].parents[1] / "good.yaml")]) == 0
    assert "A hall in order" in capsys.readouterr().out


def test_a_process_ends_with_code_2_and_nothing_on_stdout() -> None:
    command = [sys.executable, "-m", "thermo", "check", str(BAD[0]), "--json"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "Traceback" not in ended.stderr
