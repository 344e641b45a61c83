"""pydantic's complaints in the words of a case file: which key, what is wrong, what to write instead."""

from __future__ import annotations

from typing import Any

from . import Case, fields

Located = tuple[tuple[str, ...], str, bool]  # path of keys, message, whether the key itself is meant


def describe(error: Any, root: Any) -> Located:
    """One entry of `ValidationError.errors()` as (path, "field: message", key meant)."""
    path, kinds, written = _follow(error["loc"], root)
    if path[-1:] == ("[key]",):
        return path[:-1], _named(path[:-1], "the key must be a whole number, such as 3"), True
    key, known = (path[-1] if path else ""), fields.names(kinds)
    kind = error["type"]
    if kind == "extra_forbidden":
        return path, _named(path, fields.did_you_mean("unknown key", key, known)), True
    if kind == "missing":
        return path[:-1], _named(path, _missing(path, kinds, written)), False
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return _union(error, path, written)
    return path, _named(path, _MESSAGES.get(kind, _plain)(error)), False


def is_echo(error: Any) -> bool:
    """Whether an error only follows from another: a list counts as too short when its values are wrong."""
    written = error["input"]
    return error["type"] == "too_short" and len(written) >= error["ctx"]["min_length"]


def _named(path: tuple[str, ...], message: str) -> str:
    return f"{'.'.join(path)}: {message}" if path else message


def _follow(loc: tuple[Any, ...], root: Any) -> tuple[tuple[str, ...], list[Any], Any]:
    """The file's path of an error's place, the types of its last but one step, and what is written there.

    pydantic puts the name of a union's member between the keys: those are stepped over.
    """
    path: tuple[str, ...] = ()
    kinds: list[Any] = [Case]
    parents, here, above = kinds, root, root
    steps = [str(step) for step in loc]
    while steps:
        if fields.is_union(kinds) and len(steps) > 1:
            kinds = fields.narrowed(kinds, here)
            steps.pop(0)
        step = steps.pop(0)
        path, parents, above = (*path, step), kinds, here
        kinds = fields.below(kinds, step)
        here = _below(here, step)
    return path, parents, above


def _below(written: Any, step: str) -> Any:
    if isinstance(written, dict):
        return written.get(step)
    if isinstance(written, list) and step.isdigit() and int(step) < len(written):
        return written[int(step)]
    return None


def _missing(path: tuple[str, ...], kinds: list[Any], written: Any) -> str:
    key = path[-1]
    if isinstance(written, list):
        return f"has {len(written)} of the values it needs; add the missing ones"
    model = next((kind for kind in kinds if fields.is_model(kind)), None)
    example = fields.field_example(model, key) if model else ""
    return f"is missing; add `{key}: {example}`" if example else f"is missing; add `{key}: ...`"


def _union(error: Any, path: tuple[str, ...], written: Any) -> Located:
    """The `kind` or `type` that chooses among several models is absent or unknown."""
    here = _below(written, path[-1]) if path else written
    key = error["ctx"]["discriminator"].strip("'")
    if error["type"] == "union_tag_not_found":
        if not isinstance(here, dict):
            return path, _named(path, f"a mapping is needed here, not {_shown(here)}"), False
        return path, _named((*path, key), "is missing; it says what the entry is"), False
    expected = [word.strip(" '") for word in error["ctx"]["expected_tags"].split(",")]
    tag = error["ctx"]["tag"]
    message = fields.did_you_mean(f"'{tag}' is not a known {key}", tag, expected)
    return (*path, key), _named((*path, key), message), False


def _shown(written: Any) -> str:
    if isinstance(written, bool):
        return str(written).lower()
    if isinstance(written, dict | list):
        return "a mapping" if isinstance(written, dict) else "a list"
    return "nothing" if written is None else f"'{written}'"


def _choice(error: Any) -> str:
    words = [word.strip(" '") for word in error["ctx"]["expected"].replace(" or ", ", ").split(",")]
    given = str(error["input"])
    if isinstance(error["input"], dict | list):
        return f"one of {', '.join(words)} is needed, not {_shown(error['input'])}"
    close = fields.did_you_mean("", given, words).partition("did you mean")
    hint = f"; did you mean{close[2]}" if close[2] else ""
    return f"'{given}' is not one of {', '.join(words)}{hint}"


def _length(error: Any) -> str:
    limits = error.get("ctx", {})
    most, actual = limits.get("max_length"), limits.get("actual_length")
    return f"has {actual} values where {most} belong; remove the rest"


def _fewest(error: Any) -> str:
    limits = error["ctx"]
    return f"has {limits['actual_length']} values and needs {limits['min_length']} or more"


def _characters(error: Any) -> str:
    return f"'{error['input']}' is too short; write {error['ctx']['min_length']} letters or more"


def _whole(error: Any) -> str:
    return f"a whole number is needed, for example 8, not {_shown(error['input'])}"


def _at_least(error: Any) -> str:
    return f"must be at least {error['ctx']['ge']}, not {error['input']}"


def _at_most(error: Any) -> str:
    return f"must be at most {error['ctx']['le']}, not {error['input']}"


def _mapping(error: Any) -> str:
    return f"a mapping of `key: value` lines is needed, not {_shown(error['input'])}"


def _sequence(error: Any) -> str:
    return f"a list in brackets is needed, not {_shown(error['input'])}"


def _text(error: Any) -> str:
    cure = "" if isinstance(error["input"], dict | list) else "; put quotes round it"
    return f"a text is needed, not {_shown(error['input'])}{cure}"


def _truth(error: Any) -> str:
    return f"true or false is needed, not {_shown(error['input'])}"


def _pattern(error: Any) -> str:
    return f"'{error['input']}' may hold letters, digits, '_', '-' and '.', and begins with a letter or digit"


def _plain(error: Any) -> str:
    return str(error["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")


_MESSAGES = {
    "literal_error": _choice,
    "too_long": _length,
    "too_short": _fewest,
    "string_too_short": _characters,
    "int_type": _whole,
    "int_parsing": _whole,
    "int_from_float": _whole,
    "greater_than_equal": _at_least,
    "less_than_equal": _at_most,
    "model_type": _mapping,
    "model_attributes_type": _mapping,
    "dict_type": _mapping,
    "list_type": _sequence,
    "tuple_type": _sequence,
    "string_type": _text,
    "bool_type": _truth,
    "bool_parsing": _truth,
    "string_pattern_mismatch": _pattern,
}
