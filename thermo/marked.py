"""YAML text -> plain values, with the place of every key and value in its file.

Scalars follow YAML 1.2: `no` is a word and not false, `12:30` a word and not 750, `010` ten and not eight.
Keys are words always. A key given twice, a merge key and a tag are problems, found all at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

Path = tuple[str, ...]
MOST_VALUES = 200_000  # aliases of aliases can describe far more than memory holds

_INTEGER = re.compile(r"[-+]?[0-9]+")
_REAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_PLAIN_TAGS = {
    "tag:yaml.org,2002:" + kind
    for kind in ("null", "bool", "int", "float", "str", "timestamp", "value", "merge", "map", "seq")
}


@dataclass(frozen=True, order=True)
class Mark:
    """A place in a file, lines and columns from 1; a line of 0 is no file but the command line."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass
class Marked:
    """Values of one or several merged files; `keys` and `values` mark each path's key and value."""

    root: Any = None
    keys: dict[Path, Mark] = field(default_factory=dict)
    values: dict[Path, Mark] = field(default_factory=dict)
    problems: list[tuple[Mark, str]] = field(default_factory=list)

    def forget(self, path: Path) -> None:
        """Drop the marks of a path and of all below it."""
        for marks in (self.keys, self.values):
            for other in [p for p in marks if p[: len(path)] == path]:
                del marks[other]

    def adopt(self, path: Path, other: Marked, origin: Path | None = None) -> None:
        """Take another document's marks of `origin` (default: the same path) and all below it."""
        origin = path if origin is None else origin
        for mine, theirs in ((self.keys, other.keys), (self.values, other.values)):
            below = {path + p[len(origin) :]: m for p, m in theirs.items() if p[: len(origin)] == origin}
            mine.update(below)


def read(text: str, file: str, on_command_line: bool = False) -> Marked:
    """Parse one document. `problems` holds what is wrong; `root` is None then or when the text is empty."""
    walk = _Walk(file, on_command_line)
    try:
        node = _compose(text)
        if node is not None:
            walk.found.root = walk.visit(node, (), ())
    except yaml.MarkedYAMLError as error:
        mark = walk.mark(error.problem_mark or error.context_mark)
        walk.found.problems.append((mark, _syntax(error, text)))
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        walk.found.problems.append((walk.mark(None), f"cannot be read as YAML: {reason}"))
    except RecursionError:
        walk.found.problems.append((walk.mark(None), "is nested too deeply to be a case"))
    return walk.found


def _compose(text: str) -> yaml.Node | None:
    """The node tree; libyaml is quick, but the Python parser words its complaints better."""
    fast = getattr(yaml, "CSafeLoader", None)
    if fast is not None:
        try:
            return yaml.compose(text, Loader=fast)
        except yaml.YAMLError:
            pass
    return yaml.compose(text, Loader=yaml.SafeLoader)


def _syntax(error: yaml.MarkedYAMLError, text: str) -> str:
    """What the parser says, the cure where the cause is common, and the two source lines with a caret."""
    problem = error.problem or error.context or "not YAML"
    cure = ""
    if "'\\t'" in problem:
        cure = "; indent with blanks, not with tabs"
    elif "mapping values are not allowed" in problem:
        cure = "; one `key: value` a line, and quote a text that holds a colon"
    elif "single document" in (error.context or ""):
        problem, cure = "a case file holds one document", "; remove the line `---`"
    elif "expected the node content" in problem:
        problem, cure = "something is missing here", "; write the value, or close the bracket or brace"
    elif "expected ',' or" in problem:
        cure = "; a bracket or brace is not closed, or a comma is missing"
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return problem + cure
    lines = [line.replace("\t", " ") for line in text.splitlines()[max(mark.line - 1, 0) : mark.line + 1]]
    return "\n".join([f"{problem}{cure}", *(f"    {line}" for line in lines), f"    {' ' * mark.column}^"])


class _Walk:
    """One pass over a node tree; collects values, marks and problems."""

    def __init__(self, file: str, on_command_line: bool) -> None:
        self.file, self.on_command_line = file, on_command_line
        self.found = Marked()
        self.count = 0

    def mark(self, mark: Any) -> Mark:
        if self.on_command_line:
            return Mark(self.file, 0, 0)
        return Mark(self.file) if mark is None else Mark(self.file, mark.line + 1, mark.column + 1)

    def problem(self, node: yaml.Node, message: str) -> None:
        self.found.problems.append((self.mark(node.start_mark), message))

    def visit(self, node: yaml.Node, path: Path, above: tuple[int, ...]) -> Any:
        """Value of a node; `above` holds the nodes it lies in, to notice an alias inside itself."""
        self.found.values[path] = self.mark(node.start_mark)
        self.count += 1
        if id(node) in above:
            return self.problem(node, "an alias refers to what contains it; write the values out")
        if self.count == MOST_VALUES:
            self.problem(node, "holds too many values; aliases of aliases multiply")
        if self.count >= MOST_VALUES:
            return None
        if node.tag not in _PLAIN_TAGS:
            return self.problem(
                node,
                f"the tag {node.tag.replace('tag:yaml.org,2002:', '!!')} has no meaning in a case; remove it",
            )
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path, (*above, id(node)))
        if isinstance(node, yaml.SequenceNode):
            inner = (*above, id(node))
            return [self.visit(item, (*path, str(i)), inner) for i, item in enumerate(node.value)]
        plain = isinstance(node, yaml.ScalarNode) and not node.style  # None or "", by parser
        return scalar(node.value) if plain else node.value

    def mapping(self, node: yaml.MappingNode, path: Path, above: tuple[int, ...]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key, value in node.value:
            name = self.key(key)
            inner = (*path, name)
            if name in values:
                first = self.found.keys[inner].line
                self.problem(key, f"{'.'.join(inner)}: is given twice, first in line {first}; keep one")
            elif name:
                self.found.keys[inner] = self.mark(key.start_mark)
                values[name] = self.visit(value, inner, above)
                if isinstance(value, yaml.CollectionNode) and not value.flow_style:
                    self.found.values[inner] = self.found.keys[inner]  # a block is best found by its key
        return values

    def key(self, key: yaml.Node) -> str:
        """A key as text, or "" when it cannot be one."""
        if not isinstance(key, yaml.ScalarNode):
            self.problem(key, "a key must be a word; quote it, or check the braces and brackets")
            return ""
        if not key.style and key.value == "<<":
            self.problem(key, "merge keys (<<) are not read; use `base:`, or write the values out")
            return ""
        if not key.value:
            self.problem(key, "a key is missing before the colon")
        return str(key.value)


def scalar(text: str) -> Any:
    """A plain scalar by the YAML 1.2 core rules; infinities and NaN stay words."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text) and len(text) < 300:
        return int(text)
    return float(text) if _REAL.fullmatch(text) else text
