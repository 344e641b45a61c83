"""Which fields the case's models have along a path: for "did you mean", and to find an error's place."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from ..units import DIMENSIONS, Quantity


def members(annotation: Any) -> list[Any]:
    """The types an annotation allows, without Annotated, None and Union around them."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return members(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return [m for part in get_args(annotation) if part is not NoneType for m in members(part)]
    return [annotation]


def is_model(kind: Any) -> bool:
    """Whether a type is one of the case's models."""
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def names(kinds: list[Any]) -> list[str]:
    """Keys that the models among the types know."""
    models = [kind for kind in kinds if is_model(kind)]
    found = {field.alias or name: None for model in models for name, field in model.model_fields.items()}
    return list(found)


def below(kinds: list[Any], key: str) -> list[Any]:
    """Types allowed one step down: a model's field, a mapping's values, a sequence's items."""
    return [inner for kind in kinds for inner in _step(kind, key)]


def _step(kind: Any, key: str) -> list[Any]:
    if is_model(kind):
        fields = kind.model_fields
        return [m for n, f in fields.items() if (f.alias or n) == key for m in members(f.annotation)]
    arguments = get_args(kind)
    if get_origin(kind) is dict:
        return members(arguments[1])
    if get_origin(kind) is tuple and arguments[-1] is not Ellipsis:
        return members(arguments[int(key)]) if key.isdigit() and int(key) < len(arguments) else []
    return members(arguments[0]) if get_origin(kind) in (tuple, list) else []


def has_parts(kinds: list[Any]) -> bool:
    """Whether anything can be below: a model's fields, a mapping's or a sequence's values."""
    return any(is_model(kind) or get_origin(kind) in (dict, tuple, list) for kind in kinds)


def is_collection(kinds: list[Any]) -> bool:
    """Whether names are free one step down, as in `racks`."""
    return any(get_origin(kind) is dict for kind in kinds)


def narrowed(kinds: list[Any], written: Any) -> list[Any]:
    """The models of a union that what is written selects by its `kind` or `type`; all when none does."""
    if not isinstance(written, dict):
        return kinds
    chosen = [kind for kind in kinds if is_model(kind) and _selects(kind, written)]
    return chosen or kinds


def _selects(model: type[BaseModel], written: dict[str, Any]) -> bool:
    tags = {
        name: get_args(field.annotation)
        for name, field in model.model_fields.items()
        if field.is_required() and get_origin(field.annotation) is Literal and name in ("kind", "type")
    }
    return bool(tags) and all(written.get(name) in words for name, words in tags.items())


def is_union(kinds: list[Any]) -> bool:
    """Whether pydantic names the member of the union in an error's place."""
    return len(kinds) > 1


def did_you_mean(complaint: str, word: str, known: Iterable[str]) -> str:
    """The complaint with the closest known word, or with all of them when none is close."""
    words = list(known)
    folded = {name.casefold(): name for name in reversed(words)}
    close = [folded[match] for match in get_close_matches(word.casefold(), folded, 1, 0.6)]
    if close:
        return f"{complaint}; did you mean '{close[0]}'?"
    return f"{complaint}; known here: {', '.join(words)}" if words else complaint


def example(annotation: Any) -> str:
    """A value a field could have, as text; "" when there is nothing short to show."""
    if get_origin(annotation) is Annotated:
        shown = [example(get_args(annotation)[0]), *(_quantity_example(m) for m in get_args(annotation)[1:])]
        return next((text for text in reversed(shown) if text), "")
    if get_origin(annotation) is Literal:
        return " | ".join(str(word) for word in get_args(annotation))
    if get_origin(annotation) is tuple and Ellipsis not in get_args(annotation):
        parts = [example(part) for part in get_args(annotation)]
        return f"[{', '.join(parts)}]" if all(parts) else ""
    return ""


def field_example(model: type[BaseModel], key: str) -> str:
    """The example of a model's field, wherever pydantic keeps its annotation."""
    field = next((f for n, f in model.model_fields.items() if (f.alias or n) == key), None)
    if field is None:
        return ""
    shown = (_quantity_example(mark) for mark in field.metadata)
    return next((text for text in shown if text), example(field.annotation))


def _quantity_example(mark: Any) -> str:
    return DIMENSIONS[mark.dimensions[0]].example if isinstance(mark, Quantity) else ""
