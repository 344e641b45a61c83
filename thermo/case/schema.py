"""The JSON Schema of a case file, for editors."""

from __future__ import annotations

from typing import Any

from . import Case


def case_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12). Quantities are texts with a unit: pattern, examples and description say which."""
    schema = Case.model_json_schema()
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **_as_written(schema)}
    schema["properties"]["base"] = {
        "type": "string",
        "description": "Another case to start from: a path from this file's folder. Null removes an entry.",
    }
    schema["title"] = "Minehall case"
    return schema


def _as_written(node: Any) -> Any:
    """A schema without the defaults that are SI numbers where the file wants a text with a unit."""
    if isinstance(node, list):
        return [_as_written(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _as_written(value) for key, value in node.items()}
    if not isinstance(node.get("default", ""), str | bool | int):
        kept.pop("default")
    if isinstance(node.get("default"), int | float) and node.get("type") == "string":
        kept.pop("default", None)
    return kept
