"""What the documents show is so: the case file's reference, README's example and its two commands."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def test_the_case_files_reference_is_that_of_the_models() -> None:
    spec = importlib.util.spec_from_file_location("case_file", ROOT / "docs" / "case_file.py")
    assert spec is not None
    assert spec.loader is not None
    writer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(writer)
    written = (ROOT / "docs" / "case-file.md").read_text("utf-8")
    assert written == writer.page(), "run `make docs` (python docs/case_file.py) and commit the page"


def test_readmes_example_has_nothing_wrong(tmp_path: Path) -> None:
    from thermo.casefile import CaseError, load
    from thermo.check import examine

    example = re.search(r"```yaml\n(.*?)```", README, re.DOTALL)
    assert example
    file = tmp_path / "example.yaml"
    file.write_text(example.group(1), encoding="utf-8")
    try:
        plan = examine(load(file))
    except CaseError as error:
        pytest.fail("\n".join(error.problems))
    assert len(plan.units) == 8  # the example's one row


@pytest.mark.parametrize("words", ["run cases/retrofit_hall", "test"])
def test_readme_has_both_commands_for_a_fresh_machine(words: str) -> None:
    assert re.search(rf"^bash \.ci/setup {words}$", README, re.MULTILINE)
