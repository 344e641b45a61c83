"""YAML case file -> Case: every error at once, each with file:line:column, the field and the cure."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from .case import Case
from .case import fields as case_fields
from .case.fields import did_you_mean
from .case.messages import describe, is_echo
from .marked import Mark, Marked, read

LARGEST = 16 * 2**20  # bytes; a case of ten thousand racks takes a tenth
CASE_FILE = "case.yaml"
Keys = tuple[str, ...]


class CaseError(Exception):
    """A case that cannot be used. `problems`: one line each, "file:line:col: field: message"."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Loaded:
    """A case and where it came from."""

    case: Case
    text: str  # complete: bases merged, overrides applied
    folder: Path
    marks: Marked

    def locate(self, path: Iterable[Any]) -> str:
        """ "file:line:col" of a path of keys, or of the nearest thing above it that was written."""
        return str(_nearest(self.marks, tuple(str(key) for key in path)))

    def place(self, path: Iterable[Any]) -> Mark:
        """The same as a Mark, which sorts by file and line."""
        return _nearest(self.marks, tuple(str(key) for key in path))


def load(path: str | Path, overrides: Iterable[str] = ()) -> Loaded:
    """Read a case file, or the `case.yaml` of a folder; `overrides` are "racks.row_a.power=40 kW".

    Raises CaseError with everything that is wrong.
    """
    file = case_path(Path(path))
    document = _with_bases(file, ())
    problems = list(document.problems)
    if isinstance(document.root, dict):
        for override in overrides:
            problems += _override(document, override)
        _drop_nulls(document.root)
        document.root.setdefault("name", _default_name(file))
        case, invalid = _validate(document)
        problems += invalid
        if case is not None and not problems:
            text = yaml.safe_dump(document.root, sort_keys=False, allow_unicode=True)
            return Loaded(case, text, file.parent, document)
    raise CaseError([f"{mark}: {message}" for mark, message in sorted(problems, key=lambda p: p[0])])


def case_path(path: Path) -> Path:
    """The case file meant by a file or a folder."""
    return path / CASE_FILE if _is_a(path, Path.is_dir) else path


def _is_a(path: Path, what: Callable[[Path], bool]) -> bool:
    """Path.is_dir or Path.is_file, also of names that no system takes."""
    try:
        return what(path)
    except (OSError, ValueError):
        return False


def _default_name(file: Path) -> str:
    stem = file.resolve().parent.name if file.name == CASE_FILE else file.stem
    return re.sub(r"[^A-Za-z0-9_.-]", "_", stem).lstrip("_.-") or "case"


def _read_text(file: Path) -> str:
    """The file's text. Raises CaseError when it is missing, no text, or no case file at all."""
    try:
        with file.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except FileNotFoundError:
        folder = file.parent.is_dir() and file.name == CASE_FILE
        cure = "; the folder holds no case.yaml" if folder else "; `minehall new NAME` writes a starting case"
        raise CaseError([f"{Mark(str(file))}: no such file{cure}"]) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CaseError([f"{Mark(str(file))}: cannot be opened: {reason}"]) from None
    if content.startswith(b"\x89HDF"):
        raise CaseError([f"{Mark(str(file))}: is a result file; use it with render, report, view or export"])
    if len(content) > LARGEST:
        raise CaseError([f"{Mark(str(file))}: is larger than {LARGEST >> 20} MiB; that is no case file"])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise CaseError([f"{Mark(str(file), line)}: is not UTF-8 text; save it as UTF-8"]) from None


def _with_bases(file: Path, above: tuple[Path, ...]) -> Marked:
    """A file merged over its `base:`, and that over its own."""
    text = _read_text(file)
    document = read(text, os.path.normpath(file))
    if document.root is None and document.problems:
        return document
    if document.root is None:
        document.problems.append(
            (Mark(os.path.normpath(file)), "is empty; `minehall new NAME` writes a starting case")
        )
    elif not isinstance(document.root, dict):
        document.problems.append((Mark(os.path.normpath(file)), "a case is a mapping of `key: value` lines"))
    elif "base" in document.root:
        return _over_base(document, file, (*above, file.resolve()))
    return document


def _over_base(document: Marked, file: Path, above: tuple[Path, ...]) -> Marked:
    """The document merged over the file that its `base:` names."""
    named = document.root.pop("base")
    mark = document.values[("base",)]
    if not isinstance(named, str):
        document.problems.append((mark, "base: write the path of another case, like ../hall/case.yaml"))
        return document
    base_file = case_path(file.parent / named)
    if not _is_a(base_file, Path.is_file):
        cure = "the path starts at this file's folder"
        document.problems.append((mark, f"base: no such file: {base_file}; {cure}"))
        return document
    if base_file.resolve() in above:
        loop = " -> ".join(p.name for p in (*above, base_file))
        document.problems.append((mark, f"base: goes in a circle: {loop}; remove one of the `base:` lines"))
        return document
    base = _with_bases(base_file, above)
    if isinstance(base.root, dict):
        base.root.pop("name", None)
        _merge(base, document, ())
    base.problems += document.problems
    return base


def _merge(base: Marked, over: Marked, path: Keys) -> None:
    """Lay the mapping at `path` of `over` upon that of `base`, marks included; a null removes."""
    target, source = _at(base.root, path), _at(over.root, path)
    for key, value in source.items():
        inner = (*path, key)
        if isinstance(value, dict) and isinstance(target.get(key), dict):
            base.keys[inner], base.values[inner] = over.keys[inner], over.values[inner]
            _merge(base, over, inner)
            continue
        base.forget(inner)
        target.pop(key, None)
        base.adopt(inner, over)  # of a null too: what misses the entry points to where it was removed
        if value is not None:
            target[key] = value


def _at(root: Any, path: Keys) -> Any:
    for key in path:
        root = root[int(key)] if isinstance(root, list) else root[key]
    return root


def _drop_nulls(mapping: dict[str, Any]) -> None:
    """An entry without a value counts as not written."""
    for key in [key for key, value in mapping.items() if value is None]:
        del mapping[key]
    for value in mapping.values():
        if isinstance(value, dict):
            _drop_nulls(value)


def _override(document: Marked, override: str) -> list[tuple[Mark, str]]:
    """Apply one `--set path=value`; returns what is wrong with it."""
    mark = Mark(f"--set {override}", 0, 0)
    dotted, equals, text = override.partition("=")
    keys = tuple(re.sub(r"\[(\d+)\]", r".\1", dotted.strip()).split("."))
    if not equals or not all(keys):
        return [(mark, 'write path=value, for example racks.row_a.power="40 kW"')]
    wrong = _unknown(document.root, keys)
    if wrong:
        return [(mark, wrong)]
    value = read(text, mark.file, on_command_line=True)
    if value.problems:
        return value.problems
    parent = _open(document.root, keys[:-1])
    if isinstance(parent, list):
        parent[int(keys[-1])] = value.root
    elif value.root is None:
        parent.pop(keys[-1], None)
    else:
        parent[keys[-1]] = value.root
    document.forget(keys)
    document.adopt(keys, value, ())
    document.keys[keys] = mark
    return []


def _open(root: Any, path: Keys) -> Any:
    """The container at a path, made where it is not yet written."""
    for key in path:
        root = root[int(key)] if isinstance(root, list) else root.setdefault(key, {})
    return root


def _unknown(root: Any, keys: Keys) -> str:
    """Why a path cannot be set, or ""."""
    kinds: list[Any] = [Case]
    here: Any = root
    for depth, key in enumerate(keys):
        kinds = case_fields.narrowed(kinds, here)
        known = list(here) if isinstance(here, dict) and case_fields.is_collection(kinds) else []
        fields = case_fields.names(kinds)
        where, last = ".".join(keys[:depth]) or "the case", depth == len(keys) - 1
        if isinstance(here, list):
            if not key.isdigit() or int(key) >= len(here):
                return f"{where} has {len(here)} values; use 0 to {len(here) - 1}, not '{key}'"
        elif fields and key not in fields:
            return did_you_mean(f"{where} has no '{key}'", key, fields)
        elif known and key not in known and not last:
            return did_you_mean(f"{where} has no '{key}'", key, known)
        elif not case_fields.has_parts(kinds) or not isinstance(here, dict | None):
            return f"{where} is a single value; nothing is below it"
        here = here[int(key)] if isinstance(here, list) else (here or {}).get(key)
        kinds = case_fields.below(kinds, key)
    return ""


def _validate(document: Marked) -> tuple[Case | None, list[tuple[Mark, str]]]:
    try:
        return Case.model_validate(document.root), []
    except ValidationError as error:
        errors = [entry for entry in error.errors(include_url=False) if not is_echo(entry)]
        found = [describe(entry, document.root) for entry in errors]
    located = [(_nearest(document, path, key), message) for path, message, key in found]
    return None, list(dict.fromkeys(located))


def _nearest(marks: Marked, path: Keys, key: bool = False) -> Mark:
    """The mark of a path's value (or key), or of the nearest entry above that was written."""
    if key and path in marks.keys:
        return marks.keys[path]
    while path and path not in marks.values:
        path = path[:-1]
    return marks.values[path]
