"""The tree keeps the rules of `rules.py`, and every rule can fail."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import pytest

import rules
from rules import Sources

ROOT = Path(__file__).resolve().parents[1]
BINARY = {".png", ".vtkhdf", ".npz", ".gif", ".mp4"}

# rule, a small tree that breaks it, words of the complaint
BROKEN: list[tuple[Callable[[Sources], Iterator[str]], Sources, str]] = [
    (rules.data_flows_one_way, {"thermo/grid.py": "from .air import flow"}, "later on data's way"),
    (
        rules.data_flows_one_way,
        {"thermo/air/flow.py": "def f():\n    from ..power import sweep"},
        "imports power",
    ),
    (rules.data_flows_one_way, {"thermo/helpers.py": ""}, "no place in ORDER"),
    (rules.kernels_stand_alone, {"kernels/heat.py": "from thermo.plan import Plan"}, "imports thermo"),
    (rules.kernels_stand_alone, {"kernels/heat.py": "import pydantic"}, "imports pydantic"),
    (rules.one_door_to_kernels, {"thermo/air/flow.py": "import kernels"}, "only thermo/device.py"),
    (
        rules.one_door_to_numba,
        {"kernels/heat.py": "def f():\n    from numba import njit"},
        "only kernels/jit.py",
    ),
    (rules.views_see_results_only, {"thermo/views/plan.py": "from ..air import flow"}, "imports air"),
    (rules.views_see_results_only, {"thermo/metrics.py": "from .scene import Scene"}, "imports scene"),
    (
        rules.heavy_imports_wait,
        {"thermo/views/plan.py": "import matplotlib.pyplot as plt"},
        "inside the function",
    ),
    (
        rules.packages_import_themselves_relatively,
        {"thermo/grid.py": "from thermo.plan import Plan"},
        "relatively",
    ),
    (rules.physics_is_quiet, {"thermo/air/flow.py": "def f(t):\n    print(t)"}, "calls print()"),
    (
        rules.physics_is_quiet,
        {"thermo/power/flow.py": "def f(p):\n    return p.read_text()"},
        "calls read_text()",
    ),
    (rules.physics_is_quiet, {"kernels/heat.py": "import rich"}, "imports rich"),
    (rules.files_and_functions_are_small, {"kernels/heat.py": "x = 1\n" * 401}, "401 lines"),
    (rules.files_and_functions_are_small, {"kernels/heat.py": "def f():\n" + "    x = 1\n" * 61}, "61 lines"),
    (rules.functions_take_few_arguments, {"thermo/grid.py": "def f(a, b, c, d, e, f, g): ..."}, "takes 7"),
    (rules.modules_say_what_they_are, {"thermo/grid.py": "x = 1"}, "without a docstring"),
    (rules.operators_have_both_forms, {"kernels/heat.py": "def heat_on_cpu(out): ..."}, "no heat_in_numpy"),
    (
        rules.operators_have_both_forms,
        {"kernels/heat.py": "def heat_on_cpu(out): ...", "kernels/a.py": "def heat_in_numpy(t): ..."},
        "different arguments",
    ),
    (rules.kernels_are_explained, {"kernels/heat.py": "def heat(out): ..."}, "says not what it writes"),
    (rules.names_say_something, {"thermo/grid.py": "def f(data): ..."}, "'data' says nothing"),
    (rules.names_say_something, {"kernels/utils.py": ""}, "says nothing"),
    (rules.documents_name_real_paths, {"README.md": "see `thermo/gone.py`"}, "names thermo/gone.py"),
    (rules.documents_name_real_paths, {"docs/index.md": "[more](gone.md)"}, "names docs/gone.md"),
    (rules.documents_name_real_paths, {"README.md": "`thermo/g*.txt`", "thermo/grid.py": ""}, "not there"),
    (rules.nothing_names_a_machine, {"README.md": "cd /wo" + "rk/main"}, "a path of one machine"),
    (rules.nothing_names_a_machine, {"uv.lock": 'url = "https://py' + 'pi.org/simple"'}, "a package host"),
    (rules.nothing_names_a_machine, {"setup.cfg": "extra-index" + "-url = x"}, "index or mirror"),
    (rules.nothing_names_a_machine, {"tests/a.py": 'open("../sha' + 'red/x")'}, "outside the repository"),
    (rules.tests_are_no_packages, {"tests/kernels/__init__.py": ""}, "remove it"),
    (
        rules.tests_have_names_of_their_own,
        {"tests/kernels/test_density.py": "", "tests/thermo/test_density.py": ""},
        "tests/kernels/test_density.py has that name",
    ),
    (rules.top_level_is_tidy, {"notes.txt": ""}, "not among"),
    (rules.wheel_carries_every_file, {"thermo/library/fans.yaml": ""}, "in no pattern"),
    (rules.changelog_has_unreleased, {"CHANGELOG.md": "## Unreleased\n\n## 0.1\n- first"}, "Unreleased"),
]
RULES = list(dict.fromkeys(rule for rule, _, _ in BROKEN))


@lru_cache(maxsize=1)
def tree() -> Sources:
    """The text of every file that git knows or would take; some bad cases are not UTF-8 on purpose."""
    listing = [
        "git",
        "-c",
        f"safe.directory={ROOT}",
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split("\0")
    paths = {name: ROOT / name for name in names if name and (ROOT / name).is_file()}
    return {
        name: "" if path.suffix in BINARY else path.read_text("utf-8", "replace")
        for name, path in paths.items()
    }


def name_of(rule: object) -> str:
    return getattr(rule, "__name__", "")


@pytest.mark.parametrize("rule", RULES, ids=name_of)
def test_the_tree_keeps(rule: Callable[[Sources], Iterator[str]]) -> None:
    complaints = list(rule(tree()))
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize(("rule", "broken", "words"), BROKEN, ids=name_of)
def test_rule_can_fail(rule: Callable[[Sources], Iterator[str]], broken: Sources, words: str) -> None:
    assert words in "\n".join(rule(broken))


def test_every_rule_is_tried() -> None:
    """A rule is a public generator of `rules` over sources; each stands in BROKEN."""
    hints = {name: getattr(value, "__annotations__", {}) for name, value in vars(rules).items()}
    named = {
        name for name, hint in hints.items() if hint == {"sources": "Sources", "return": "Iterator[str]"}
    }
    assert named == {name_of(rule) for rule in RULES}


def test_the_tree_is_seen() -> None:
    assert {"pyproject.toml", "thermo/plan.py", ".ci/run"} <= set(tree())
