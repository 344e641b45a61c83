"""Write docs/case-file.md from the models that read a case file: `python docs/case_file.py`.

One section a model, found by walking from `Case`; the words are the models' docstrings and the comments
behind their fields, so the page cannot say what the program does not do.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from thermo.case import Case
from thermo.units import DIMENSIONS, Quantity

HEAD = """# Case file

Written by `docs/case_file.py` from the models; change those, then run it again.

A quantity is a number with a unit; the examples show one that fits. NAME is a name of your choice, N a number.
Where the default is empty, what is left out follows from the rest: the library's kind, the site, or nothing.
"""
Section = tuple[str, type[BaseModel]]


def page() -> str:
    """The whole page."""
    seen: dict[type[BaseModel], str] = {}
    queue: list[Section] = [("", Case)]
    parts = [HEAD]
    while queue:
        path, model = queue.pop(0)
        if model in seen:
            continue
        seen[model] = path
        parts.append(section(path, model))
        queue[:0] = [
            found for name, field in model.model_fields.items() for found in below(path, name, field)
        ]
    return "\n".join(parts)


def section(path: str, model: type[BaseModel]) -> str:
    """Heading, what it is, and a table of its keys."""
    kind = next((f"kind: {get_args(f.annotation)[0]}" for f in tags(model)), "")
    title = f"{path or 'The file'}{f' ({kind})' if kind else ''}"
    remarks = comments(model)
    rows = [row(name, field, remarks.get(name, "")) for name, field in model.model_fields.items()]
    return "\n".join(
        [f"## {title}", "", prose(model), "", "| key | write | default |", "|---|---|---|", *rows, ""]
    )


def tags(model: type[BaseModel]) -> list[FieldInfo]:
    """The field whose one allowed word selects this model."""
    fields = model.model_fields.values()
    return [f for f in fields if get_origin(f.annotation) is Literal and len(get_args(f.annotation)) == 1]


def row(name: str, field: FieldInfo, remark: str) -> str:
    what = form(Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation)
    words = f"{what}; {remark}" if remark else what
    return f"| `{field.alias or name}` | {words.replace('|', 'or')} | {default(field)} |"


def prose(model: type[BaseModel]) -> str:
    return inspect.cleandoc(model.__doc__ or "")


def comments(model: type[BaseModel]) -> dict[str, str]:
    """Comments behind fields, of the model and of those it extends."""
    models = reversed(
        [kind for kind in model.__mro__ if issubclass(kind, BaseModel) and kind is not BaseModel]
    )
    lines = "".join(inspect.getsource(kind) for kind in models)
    return dict(re.findall(r"^    (\w+): .*?  # (.+)$", lines, re.MULTILINE))


def below(path: str, name: str, field: FieldInfo) -> Iterator[Section]:
    """The models that a field holds, with the path by which a case file reaches them."""
    for step, model in models(field.annotation):
        yield f"{path}.{field.alias or name}{step}".lstrip("."), model


def models(annotation: Any) -> Iterator[tuple[str, type[BaseModel]]]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield "", annotation
    elif origin is dict:
        mark = ".N" if arguments[0] is int else ".NAME"
        yield from ((mark + step, model) for step, model in models(arguments[1]))
    elif origin is Annotated:
        yield from models(arguments[0])
    else:
        yield from (found for argument in arguments for found in models(argument))


def form(annotation: Any) -> str:
    """What to write for a value of this type, as an example or in words."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        marks = [mark for mark in arguments[1:] if isinstance(mark, Quantity)]
        shown = [f"`{DIMENSIONS[name].example}`" for mark in marks for name in mark.dimensions]
        return " or ".join(shown) or form(arguments[0])
    if origin is Literal:
        return " or ".join(f"`{word}`" for word in arguments)
    if origin in (Union, UnionType):
        return " or ".join(dict.fromkeys(form(a) for a in arguments if a is not type(None)))
    if origin in (tuple, list):
        return _sequence(arguments)
    if origin is dict:
        return f"{'N' if arguments[0] is int else 'NAME'}: {form(arguments[1])}"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "keys below"
    return {str: "text", int: "whole number", bool: "`true` or `false`", float: "number"}.get(
        annotation, "text"
    )


def _sequence(arguments: tuple[Any, ...]) -> str:
    if arguments and arguments[-1] is Ellipsis:
        return f"[{form(arguments[0])}, ...]"
    return f"[{', '.join(form(a) for a in arguments)}]".replace("`", "")


def default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True)
    marks = [mark for mark in field.metadata if isinstance(mark, Quantity)]
    if value is PydanticUndefined:
        return "must be given"
    if isinstance(value, BaseModel):
        return "as below"
    if value in (None, "", (), {}):
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, int | float) and marks:
        usual = DIMENSIONS[marks[0].dimensions[0]]
        return f"`{value / usual.factors[usual.usual] - usual.offsets.get(usual.usual, 0):g} {usual.usual}`"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


if __name__ == "__main__":
    Path(__file__).with_name("case-file.md").write_text(page(), encoding="utf-8")
