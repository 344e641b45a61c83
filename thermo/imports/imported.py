"""What an import yields, and how one is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True)
class Imported:
    """`document`: tables of a network file (docs/network-file.md). `assumptions`: what the source did not say."""

    document: dict[str, Any]
    assumptions: tuple[str, ...]


class ImportRefused(Exception):
    """A file that cannot be imported. `problems`: one line each, "file: table[index] 'name': message; cure"."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Notes:
    """Complaints and assumptions while a source is read; `finish` raises when there were complaints."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.problems: list[str] = []
        self.said: dict[str, list[str]] = {}

    def refuse(self, where: str, message: str) -> None:
        """A reason not to import."""
        self.problems.append(f"{self.source}: {where}: {message}")

    def assume(self, sentence: str, where: str = "") -> None:
        """Something taken for granted; `where` is gathered behind the sentence."""
        self.said.setdefault(sentence, [])
        if where and where not in self.said[sentence]:
            self.said[sentence].append(where)

    def finish(self, document: dict[str, Any]) -> Imported:
        """The import. Raises ImportRefused."""
        if self.problems:
            raise ImportRefused(list(dict.fromkeys(self.problems)))
        return Imported(document, tuple(_sentence(said, where) for said, where in self.said.items()))


NAMED = 6


def _sentence(said: str, where: list[str]) -> str:
    if not where:
        return f"{said}."
    more = f" and {len(where) - NAMED} more" if len(where) > NAMED else ""
    return f"{said}: {', '.join(where[:NAMED])}{more}."
