"""The OpenAPI document that the server serves: is it one, and what does it say of a field."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from focus_engine.checks.report import shorten
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

NAMED_BY = ("title", "version")
MOST_STEPS = 20  # from reference to reference
WITHIN = re.compile(r"#/[^~%]*")  # a reference into the document itself, nothing in it escaped
VERSION = re.compile(r"3\.\d+\.\d+")


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
    schema = _properties(_body(document, path, method)).get(field)
    return FieldSchema(document, schema) if isinstance(schema, dict) else None


def undescribed_fields(
    document: Mapping[str, Any], path: str, method: str, fields: Collection[str]
) -> list[str]:
    """Which of `fields` the JSON body of `method path` lacks; none where nothing is said of it."""
    properties = _properties(_body(document, path, method))
    return [field for field in fields if properties and field not in properties]


def optional_fields(
    document: Mapping[str, Any], path: str, method: str, fields: Collection[str]
) -> list[str]:
    """Which of `fields` (dotted paths) the JSON body of `method path` describes and does not demand
    of each object that holds them."""
    body = _body(document, path, method)
    return [field for field in fields if _is_optional(document, body, field.split("."))]


def misdescribed(
    document: Mapping[str, Any], path: str, method: str, answer: Mapping[str, Any]
) -> list[str] | None:
    """What of the JSON `answer` (200) of `method path` is not as described, as parts of sentences.

    None where nothing is said of it.
    """
    described = _within(_operation(document, path, method.lower()), "responses", "200")
    schema = _within(_resolved(document, described), "content", "application/json", "schema")
    model = _resolved(document, schema)
    fields = _properties(model)
    if not fields:
        return None
    required = model.get("required")
    demanded = required if isinstance(required, list) else []
    missing = [each for each in demanded if is_text(each) and each not in answer]
    wrong = [
        f"{name} is {shorten(answer[name])}, which that does not allow"
        for name, schema in fields.items()
        if name in answer and isinstance(schema, dict)
        if not _allows(document, schema, answer[name])
    ]
    return [*(f"{name} is missing" for name in missing), *wrong]


def _within(value: Any, *keys: str) -> Mapping[str, Any]:
    """What stands at `keys` below `value`; nothing where that is no object."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def strange_servers(document: Mapping[str, Any], prefix: str) -> list[str]:
    """The addresses that the document gives of its server, where none of them is at `prefix`."""
    servers = document.get("servers")
    told = servers if isinstance(servers, list) else []
    urls = [str(each.get("url")) for each in told if isinstance(each, dict)]
    return [] if any(_path_of(url).rstrip("/") == prefix for url in urls) else urls


def _path_of(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:  # a host that is none
        return ""


def _is_optional(
    document: Mapping[str, Any], model: Mapping[str, Any], names: Sequence[str]
) -> bool:
    head, *rest = names
    described = _properties(model).get(head)
    if not isinstance(described, dict):
        return False
    if rest:
        return _is_optional(document, _resolved(document, described), rest)
    demanded = model.get("required")
    return not isinstance(demanded, list) or head not in demanded


def _body(document: Mapping[str, Any], path: str, method: str) -> Mapping[str, Any]:
    operation = _operation(document, path, method.lower())
    body = _resolved(document, operation.get("requestBody", {}))
    media = body.get("content", {}).get("application/json", {})
    return _resolved(document, media.get("schema", {}))


def _properties(model: Mapping[str, Any]) -> Mapping[str, Any]:
    properties = model.get("properties", {})
    return properties if isinstance(properties, Mapping) else {}


def served_endpoints(document: Mapping[str, Any], prefix: str) -> list[str]:
    """Every `METHOD /path` that the document lists, in its order, without the server's prefix."""
    return [
        f"{method.upper()} {path.removeprefix(prefix)}"
        for path, operations in _paths(document).items()
        for method in operations
        if method.lower() in METHODS
    ]


def document_defects(document: Any) -> list[str]:
    """What is not as OpenAPI 3 demands of any document; other rules than these are not read."""
    if not isinstance(document, dict):
        return ["it is no object"]
    info, paths = document.get("info"), document.get("paths")
    found = []
    if not (is_text(document.get("openapi")) and VERSION.fullmatch(document["openapi"])):
        found.append(f"openapi is {document.get('openapi')!r}, no version 3")
    named = info if isinstance(info, dict) else {}
    found += [f"info has no {key}" for key in NAMED_BY if not _is_filled(named.get(key))]
    if not isinstance(paths, dict) or not paths:
        return [*found, "it has no paths"]
    found += [
        f"{path} has no operation"
        for path, item in paths.items()
        if not path.startswith("x-") and not _operates(item)
    ]
    return found + [f"{name} leads nowhere" for name in sorted(set(_lost(document, document)))]


def _is_filled(value: Any) -> bool:
    return is_text(value) and bool(value.strip())


def _operates(item: Any) -> bool:
    return isinstance(item, dict) and any(
        name.lower() in {*METHODS, "$ref"} and bool(what) for name, what in item.items()
    )


def _lost(document: Mapping[str, Any], part: Any) -> Iterator[str]:
    """The references below `part` that lead nowhere in the document."""
    if isinstance(part, Mapping):
        reference: Any = part.get("$ref")
        within = is_text(reference) and WITHIN.fullmatch(reference)
        if within and _target(document, reference) is None:
            yield reference
        part = list(part.values())
    if isinstance(part, list):
        for inner in part:
            yield from _lost(document, inner)


def shape_of(endpoint: str) -> str:
    """`METHOD /path` without the names of its parameters, which are the server's own choice."""
    return re.sub(r"\{[^}]*\}", "{}", endpoint)


def _paths(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The paths whose operations are told; whatever else stands there is `document_defects`'."""
    paths = document.get("paths")
    told = paths if isinstance(paths, dict) else {}
    return {path: item for path, item in told.items() if isinstance(item, dict)}


def _operation(document: Mapping[str, Any], path: str, method: str) -> Mapping[str, Any]:
    for served, operations in _paths(document).items():
        if served == path or served.endswith(path):
            found = operations.get(method, {})
            return found if isinstance(found, dict) else {}
    return {}


def _resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    for _ in range(MOST_STEPS):
        if "$ref" not in schema:
            return schema
        target = _target(document, str(schema["$ref"]))
        schema = target if isinstance(target, dict) else {}
    return {}  # it leads back to itself


def _target(document: Mapping[str, Any], reference: str) -> Any:
    """What stands there; None where nothing does."""
    target: Any = document
    for part in reference.removeprefix("#/").split("/"):
        target = target.get(part) if isinstance(target, dict) else None
    return target


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
