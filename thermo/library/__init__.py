"""The equipment library: named kinds, each with the source of its figures, in one YAML file a family."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import TypeAdapter

from ..case.equipment import FAMILIES, Kind

if TYPE_CHECKING:
    from ..case import Case


class UnknownKind(KeyError):
    """No equipment of that name: the message lists what there is and what may have been meant."""

    def __str__(self) -> str:
        return str(self.args[0])


@cache
def family(name: str) -> Mapping[str, Kind]:
    """All kinds of one family of the library, by name.

    Raises UnknownKind for a family that does not exist, pydantic.ValidationError for a bad file.
    """
    if name not in FAMILIES:
        raise UnknownKind(f"there is no equipment family '{name}'; there are {', '.join(FAMILIES)}")
    file = resources.files(__package__) / f"{name}.yaml"
    entries: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    return TypeAdapter(dict[str, FAMILIES[name]]).validate_python(entries)  # type: ignore[valid-type]


def own(case: Case | None, name: str) -> Mapping[str, Kind]:
    """The kinds of one family that a case writes out itself."""
    return getattr(case.equipment, name, {}) if case is not None else {}


def names(name: str, case: Case | None = None) -> tuple[str, ...]:
    """Names of a family's kinds: the case's own, then the library's."""
    return tuple(dict.fromkeys([*own(case, name), *family(name)]))


def find(case: Case | None, name: str, kind: str) -> Any:
    """The kind called `kind` of family `name`: the case's own before the library's.

    Raises UnknownKind with a suggestion.
    """
    found = own(case, name).get(kind) or family(name).get(kind)
    if found is not None:
        return found
    known = names(name, case)
    close = get_close_matches(kind, known, 1, 0.5)
    hint = f"did you mean '{close[0]}'?" if close else f"there are {', '.join(known)}"
    raise UnknownKind(f"no {_one_of(name)} is called '{kind}'; {hint}")


def _one_of(name: str) -> str:
    """Singular of a family's name, for messages."""
    singular = {"shelves": "shelf", "busways": "busway", "psus": "power supply class", "ups": "UPS"}
    singular |= {
        "transfer_switches": "transfer switch",
        "batteries": "battery",
        "power_shelves": "power shelf",
    }
    return singular.get(name, name.removesuffix("s"))
