"""What the OpenAPI document that the server serves says about a field of a request body."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from focus_engine.contract.json_types import is_int, is_number, is_text

METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})

# OpenAPI's type names; a boolean is no integer in JSON.
TYPES: dict[str, Callable[[Any], bool]] = {
    "string": is_text,
    "integer": is_int,
    "number": is_number,
    "boolean": lambda value: isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "null": lambda value: value is None,
}


@dataclass(frozen=True)
class FieldSchema:
    """The schema of one field, with what is needed to follow its references."""

    document: Mapping[str, Any]
    schema: Mapping[str, Any]

    def allows(self, value: Any) -> bool:
        """Whether `value` matches type, enum and const of the schema (other rules are not read)."""
        return _allows(self.document, self.schema, value)

    def enum_values(self) -> list[Any]:
        """The values that the schema lists, its alternatives' included."""
        return _enum_values(self.document, self.schema)


def request_field(
    document: Mapping[str, Any], path: str, method: str, field: str
) -> FieldSchema | None:
    """The schema of `field` in the JSON body of `method path`; None where nothing is said.

    `path` may be served with or without the server's prefix.
    """
    operation = _operation(document, path, method.lower())
    body = _resolved(document, operation.get("requestBody", {}))
    media = body.get("content", {}).get("application/json", {})
    model = _resolved(document, media.get("schema", {}))
    schema = model.get("properties", {}).get(field)
    return FieldSchema(document, schema) if isinstance(schema, dict) else None


def served_endpoints(document: Mapping[str, Any], prefix: str) -> list[str]:
    """Every `METHOD /path` that the document lists, in its order, without the server's prefix."""
    return [
        f"{method.upper()} {path.removeprefix(prefix)}"
        for path, operations in document.get("paths", {}).items()
        for method in operations
        if method.lower() in METHODS
    ]


def shape_of(endpoint: str) -> str:
    """`METHOD /path` without the names of its parameters, which are the server's own choice."""
    return re.sub(r"\{[^}]*\}", "{}", endpoint)


def _operation(document: Mapping[str, Any], path: str, method: str) -> Mapping[str, Any]:
    for served, operations in document.get("paths", {}).items():
        if served == path or served.endswith(path):
            found = operations.get(method, {})
            return found if isinstance(found, dict) else {}
    return {}


def _resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in schema:
        target: Any = document
        for part in str(schema["$ref"]).removeprefix("#/").split("/"):
            target = target.get(part, {}) if isinstance(target, dict) else {}
        schema = target
    return schema


def _allows(document: Mapping[str, Any], schema: Mapping[str, Any], value: Any) -> bool:
    schema = _resolved(document, schema)
    alternatives = schema.get("anyOf") or schema.get("oneOf")
    if alternatives and not any(_allows(document, item, value) for item in alternatives):
        return False
    if not all(_allows(document, item, value) for item in schema.get("allOf", [])):
        return False
    if "enum" in schema and not any(_same(item, value) for item in schema["enum"]):
        return False
    if "const" in schema and not _same(schema["const"], value):
        return False
    return _has_type(schema.get("type"), value)


def _has_type(declared: Any, value: Any) -> bool:
    if declared is None:
        return True
    names = declared if isinstance(declared, list) else [declared]
    return any(TYPES[name](value) for name in names if name in TYPES)


def _same(left: Any, right: Any) -> bool:
    return type(left) is type(right) and bool(left == right)


def _enum_values(document: Mapping[str, Any], schema: Mapping[str, Any]) -> list[Any]:
    schema = _resolved(document, schema)
    values = list(schema.get("enum", []))
    if "const" in schema:
        values.append(schema["const"])
    for word in ("anyOf", "oneOf", "allOf"):
        for item in schema.get(word, []):
            values.extend(_enum_values(document, item))
    return values
