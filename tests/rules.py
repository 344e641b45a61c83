"""The repository's own rules, each a function from sources to complaints.

Sources are a mapping path -> text, paths from the repository's root with forward slashes; `test_rules.py`
gives every rule the real tree and a small bad one. A complaint names the file, the line where there is one,
and what to do instead.
"""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterator
from configparser import ConfigParser
from fnmatch import fnmatch
from functools import cache
from typing import NamedTuple

Sources = dict[str, str]

# Data's way: a module of thermo imports only itself and those before it.
ORDER = [
    "units",
    "marked",
    "moist_air",
    "case",
    "casefile",
    "netfile",
    "library",
    "plan",
    "layout",
    "grid",
    "scene",
    "device",
    "doctor",
    "air",
    "liquid",
    "power",
    "imports",
    "check",
    "coupling",
    "rescue",
    "couple",
    "together",
    "result",
    "metrics",
    "uncertainty",
    "assembly",
    "gci",
    "bench",
    "ladder",
    "climbing",
    "verify",
    "views",
    "cli",
]

VIEWS_SEE = {"units", "result", "metrics", "views", "doctor"}
HEAVY = {"numba", "pyvista", "vtk", "vtkmodules", "matplotlib", "scipy", "trame", "cupy"}
KERNELS_SEE = {"numpy", "cupy", "numba"}
PHYSICS = {
    "units",
    "moist_air",
    "plan",
    "layout",
    "grid",
    "scene",
    "air",
    "liquid",
    "power",
    "coupling",
    "rescue",
    "couple",
    "metrics",
}
TALKERS = {"typer", "rich", "argparse", "sys", "logging", "click"}
FILE_CALLS = {"open", "read_text", "write_text", "read_bytes", "write_bytes", "print", "input"}

TOP_LEVEL = {
    "thermo",
    "kernels",
    "tests",
    "cases",
    "docs",
    ".ci",
    "pyproject.toml",
    "setup.cfg",
    "Makefile",
    "LICENSE",
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    ".gitignore",
}

FILE_LINES = 400
BODY_LINES = 60
ARGUMENTS = 6
# "path:function" -> why it may be longer than BODY_LINES. Kernel loops only.
LONG_BODIES: dict[str, str] = {}

# Written so that this file does not contain what it forbids.
FORBIDDEN_TEXT = {
    r"(?<![\w.])/(?:work|opt|home|tmp/bash_jobs)/": "a path of one machine",
    r"\.\./(?:shared)\b": "a folder outside the repository",
    r"(?:index|find)-(?:url|links)|trusted-(?:host)|PIP_(?:INDEX|FIND|EXTRA)": "a package index or mirror",
    r"\b(?:[\w-]+\.)*(?:pypi|pythonhosted|anaconda|debian|npmjs)\.(?:org|com)\b": "a package host",
    r"\b(?:mirror|artifactory|nexus|devpi)[\w-]*\.[\w.-]+\.\w{2,}/": "a mirror host",
}
POOR_NAMES = {"data", "info", "tmp", "manager", "utils"}


class Import(NamedTuple):
    line: int
    module: str  # absolute: "thermo.case.hall"
    relative: bool
    lazy: bool  # inside a function


@cache
def parsed(text: str) -> ast.Module:
    return ast.parse(text)


def python(sources: Sources, *folders: str) -> Iterator[tuple[str, ast.Module]]:
    """The parsed Python files under the folders, all of them when none is named."""
    for path, text in sorted(sources.items()):
        if path.endswith(".py") and (not folders or path.split("/")[0] in folders):
            yield path, parsed(text)


def imports(path: str, tree: ast.Module) -> Iterator[Import]:
    """Every import of the file, those for type checkers only left out."""
    package = path.split("/")[:-1]
    yield from _imports_in(tree, package, lazy=False)


def _imports_in(node: ast.AST, package: list[str], lazy: bool) -> Iterator[Import]:
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
        return
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield Import(node.lineno, alias.name, False, lazy)
    elif isinstance(node, ast.ImportFrom):
        base = package[: len(package) - node.level + 1] if node.level else []
        stem = ".".join([*base, *([node.module] if node.module else [])])
        for alias in node.names:
            yield Import(node.lineno, f"{stem}.{alias.name}", node.level > 0, lazy)
    inside = lazy or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
    for child in ast.iter_child_nodes(node):
        yield from _imports_in(child, package, inside)


def station(path_or_module: str) -> str:
    """Its place on data's way: "thermo/air/flow.py" and "thermo.air.flow" -> "air", cli_run -> "cli"."""
    parts = re.split(r"[/.]", path_or_module.removesuffix(".py"))
    name = parts[1] if len(parts) > 1 else "__init__"
    return "cli" if name.startswith("cli_") or name == "__main__" else name


# --- imports ------------------------------------------------------------------------------------------------


def data_flows_one_way(sources: Sources) -> Iterator[str]:
    rank = {name: place for place, name in enumerate(ORDER)}
    for path, tree in python(sources, "thermo"):
        here = station(path)
        if here == "__init__":
            continue
        if here not in rank:
            yield f"{path}: '{here}' has no place in ORDER (tests/rules.py); give it one on data's way"
            continue
        for found in imports(path, tree):
            there = station(found.module) if found.module.startswith("thermo.") else here
            if there in rank and rank[there] > rank[here]:
                yield f"{path}:{found.line}: {here} imports {there}, which comes later on data's way"


def kernels_stand_alone(sources: Sources) -> Iterator[str]:
    import sys

    for path, tree in python(sources, "kernels"):
        for found in imports(path, tree):
            root = found.module.split(".")[0]
            if root not in KERNELS_SEE | {"kernels"} and root not in sys.stdlib_module_names:
                yield f"{path}:{found.line}: kernels imports {root}; it may import numpy and no model"


def one_door_to_kernels(sources: Sources) -> Iterator[str]:
    for path, tree in python(sources, "thermo"):
        for found in imports(path, tree):
            if found.module.split(".")[0] == "kernels" and path != "thermo/device.py":
                yield f"{path}:{found.line}: only thermo/device.py imports kernels"


def one_door_to_numba(sources: Sources) -> Iterator[str]:
    for path, tree in python(sources, "thermo", "kernels"):
        for found in imports(path, tree):
            if found.module.split(".")[0] == "numba" and path != "kernels/jit.py":
                yield f"{path}:{found.line}: only kernels/jit.py imports numba"


def views_see_results_only(sources: Sources) -> Iterator[str]:
    for path, tree in python(sources, "thermo"):
        if station(path) not in {"views", "metrics"}:
            continue
        for found in imports(path, tree):
            there = station(found.module)
            if found.module.startswith("thermo.") and there in ORDER and there not in VIEWS_SEE:
                yield f"{path}:{found.line}: {station(path)} imports {there}; it may see a Result only"


def heavy_imports_wait(sources: Sources) -> Iterator[str]:
    for path, tree in python(sources, "thermo", "kernels"):
        for found in imports(path, tree):
            root = found.module.split(".")[0]
            if root in HEAVY and not found.lazy and path != "kernels/jit.py":
                yield f"{path}:{found.line}: import {root} inside the function that needs it"


def packages_import_themselves_relatively(sources: Sources) -> Iterator[str]:
    for path, tree in python(sources, "thermo", "kernels"):
        own = path.split("/")[0]
        for found in imports(path, tree):
            if found.module.split(".")[0] == own and not found.relative:
                yield f"{path}:{found.line}: import {found.module} relatively"


# --- what modules do ----------------------------------------------------------------------------------------


def physics_is_quiet(sources: Sources) -> Iterator[str]:
    for path, tree in python(sources, "thermo", "kernels"):
        if path == "kernels/jit.py" or (path.startswith("thermo/") and station(path) not in PHYSICS):
            continue
        for found in imports(path, tree):
            if found.module.split(".")[0] in TALKERS:
                yield f"{path}:{found.line}: physics imports {found.module}; report through a watcher"
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            if name in FILE_CALLS:
                yield f"{path}:{call.lineno}: physics calls {name}(); it neither prints nor touches files"


def files_and_functions_are_small(sources: Sources) -> Iterator[str]:
    needed = set()
    for path, tree in python(sources):
        lines = len(sources[path].splitlines())
        if lines > FILE_LINES:
            yield f"{path}: {lines} lines; above {FILE_LINES} it is two things in one"
        for function in functions(tree):
            label, length = f"{path}:{function.name}", body_lines(function)
            if length > BODY_LINES:
                needed.add(label)
                if label not in LONG_BODIES:
                    yield f"{label} (line {function.lineno}): a body of {length} lines; at most {BODY_LINES}"
    here = {label for label in LONG_BODIES if label.split(":")[0] in sources}
    yield from (f"{label}: no longer needs its exception in LONG_BODIES" for label in sorted(here - needed))


def functions_take_few_arguments(sources: Sources) -> Iterator[str]:
    """Counted are those given by position; a constructor takes what it holds, as a dataclass does."""
    for path, tree in python(sources, "thermo"):
        if station(path) == "cli":  # a command has an argument for each of its options
            continue
        for function in (one for one in functions(tree) if one.name != "__init__"):
            ordered = [*function.args.posonlyargs, *function.args.args]
            count = sum(argument.arg not in {"self", "cls"} for argument in ordered)
            if count > ARGUMENTS:
                yield f"{path}:{function.lineno}: {function.name} takes {count} arguments, not {ARGUMENTS}"


def modules_say_what_they_are(sources: Sources) -> Iterator[str]:
    for path, tree in python(sources, "thermo", "kernels"):
        if tree.body and not ast.get_docstring(tree):
            yield f"{path}: starts without a docstring"


def operators_have_both_forms(sources: Sources) -> Iterator[str]:
    """`<name>_on_cpu` is tested against `<name>_in_numpy`: both there, with the same arguments."""
    forms = {f.name: (path, f) for path, tree in python(sources, "kernels") for f in functions(tree)}
    for name, (path, function) in forms.items():
        stem, _, device = name.rpartition("_on_cpu")
        oracle = forms.get(f"{stem}_in_numpy")
        if not stem or device:
            continue
        if oracle is None:
            yield f"{path}:{function.lineno}: {name} has no {stem}_in_numpy to be tested against"
        elif [a.arg for a in oracle[1].args.args] != [a.arg for a in function.args.args]:
            yield f"{path}:{function.lineno}: {name} and {stem}_in_numpy take different arguments"


def kernels_are_explained(sources: Sources) -> Iterator[str]:
    for path, tree in python(sources, "kernels"):
        for function in tree.body:
            if (
                isinstance(function, ast.FunctionDef)
                and function.name[0] != "_"
                and not ast.get_docstring(function)
            ):
                yield f"{path}:{function.lineno}: {function.name} says not what it writes, in which shapes and units"


def names_say_something(sources: Sources) -> Iterator[str]:
    for path, tree in python(sources, "thermo", "kernels"):
        if path.split("/")[-1].removesuffix(".py") in POOR_NAMES:
            yield f"{path}: a name that says nothing"
        for node in ast.walk(tree):
            stored = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
            name = node.id if stored else getattr(node, "arg", getattr(node, "name", ""))
            if isinstance(node, ast.Name | ast.arg | ast.FunctionDef | ast.ClassDef) and name in POOR_NAMES:
                yield f"{path}:{node.lineno}: '{name}' says nothing; name the thing"


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def body_lines(function: ast.FunctionDef) -> int:
    """Lines from the first statement after the docstring to the last."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


# --- the rest of the tree -----------------------------------------------------------------------------------

NAMED_PATH = re.compile(
    r"(?<![\w./-])((?:thermo|kernels|tests|cases|docs|\.ci)/[\w./*<>{}-]*[\w*>}/]|[A-Z]{4,}\.md)"
)
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")


def documents(sources: Sources) -> Iterator[tuple[str, str]]:
    yield from ((path, text) for path, text in sorted(sources.items()) if path.endswith(".md"))


def documents_name_real_paths(sources: Sources) -> Iterator[str]:
    for path, text in documents(sources):
        links = {m for m in LINK.findall(text) if "://" not in m and not m.startswith("mailto:")}
        linked = {posixpath.normpath(posixpath.join(posixpath.dirname(path), link)) for link in links}
        for name in sorted(set(NAMED_PATH.findall(text)) | linked):
            if not any(mark in name for mark in "<>{}") and not exists(name, sources):
                yield f"{path}: names {name}, which is not there"


def exists(name: str, sources: Sources) -> bool:
    """Is it a file, a folder, or a pattern that fits one?"""
    pattern = re.escape(name.rstrip("/")).replace(r"\*", "[^/]*")
    return any(re.match(pattern + "(/|$)", path) for path in sources)


def nothing_names_a_machine(sources: Sources) -> Iterator[str]:
    for path, text in sorted(sources.items()):
        for pattern, what in FORBIDDEN_TEXT.items():
            for match in re.finditer(pattern, text):
                line = text.count("\n", 0, match.start()) + 1
                yield f"{path}:{line}: names {what}: {match.group()}"


def top_level_is_tidy(sources: Sources) -> Iterator[str]:
    for name in sorted({path.split("/")[0] for path in sources} - TOP_LEVEL):
        yield f"{name}: not among the top level's names (TOP_LEVEL in tests/rules.py)"


def tests_are_no_packages(sources: Sources) -> Iterator[str]:
    """As packages, tests/kernels and tests/thermo would stand before the real ones on the path."""
    yield from (
        f"{path}: remove it"
        for path in sources
        if path.startswith("tests/") and path.endswith("/__init__.py")
    )


def tests_have_names_of_their_own(sources: Sources) -> Iterator[str]:
    """Without packages pytest knows a test file by its name alone, and collects no second one of that name."""
    first: dict[str, str] = {}
    for path in sorted(sources):
        name = path.split("/")[-1]
        if path.startswith("tests/") and fnmatch(name, "test_*.py") and first.setdefault(name, path) != path:
            yield f"{path}: {first[name]} has that name; give it another"


def wheel_carries_every_file(sources: Sources) -> Iterator[str]:
    """What is not Python goes into the wheel only when setup.cfg says so."""
    config = ConfigParser()
    config.read_string(sources.get("setup.cfg", ""))
    section = config["options.package_data"] if config.has_section("options.package_data") else {}
    patterns = [f"{package}/{pattern}" for package, lines in section.items() for pattern in lines.split()]
    for path in sources:
        inside = path.startswith(("thermo/", "kernels/")) and not path.endswith(".py")
        if inside and not any(fnmatch(path, pattern) for pattern in patterns):
            yield f"{path}: in no pattern of setup.cfg's package_data"


def changelog_has_unreleased(sources: Sources) -> Iterator[str]:
    found = re.search(r"^## Unreleased\n+(.*?)(?=^## |\Z)", sources.get("CHANGELOG.md", ""), re.M | re.S)
    if not found or not found.group(1).strip():
        yield "CHANGELOG.md: has no '## Unreleased' with something under it"
