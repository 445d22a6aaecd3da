"""The OpenAPI document that the server serves: is it one, and what does it say of a field."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from focus_engine.contract.endpoints.described import Described, resolved, schema_defect, target
from focus_engine.contract.json_types import is_text

METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})

NAMED_BY = ("title", "version")
WITHIN = re.compile(r"#/[^~%]*")  # a reference into the document itself, nothing in it escaped
VERSION = re.compile(r"3\.\d+\.\d+")


def request_field(
    document: Mapping[str, Any], path: str, method: str, field: str
) -> Described | None:
    """The schema of `field` in the JSON body of `method path`; None where nothing is said.

    `path` may be served with or without the server's prefix.
    """
    schema = _properties(_body(document, path, method)).get(field)
    return Described(document, schema) if isinstance(schema, dict) else None


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


def described_request(document: Mapping[str, Any], path: str, method: str) -> Described | None:
    """The schema of the JSON body of `method path`; None where nothing is said of it."""
    return _described(document, _body(document, path, method))


def described_answer(document: Mapping[str, Any], path: str, method: str) -> Described | None:
    """The schema of the JSON answer (200) of `method path`; None where nothing is said of it."""
    told = _within(_operation(document, path, method.lower()), "responses", "200")
    told = resolved(document, told)
    return _described(document, _within(told, "content", "application/json", "schema"))


def described_parameter(document: Mapping[str, Any], path: str, method: str) -> Described | None:
    """The schema of the last parameter in a path such as `/metadata/{}`; None where there is none.

    How the document calls the parameter is its own choice.
    """
    for served, operations in _paths(document).items():
        if shape_of(served).endswith(path):
            operation = _within(operations, method.lower())
            both = [*_listed(operations), *_listed(operation)]
            told = [resolved(document, each) for each in both if isinstance(each, Mapping)]
            schemas = [_within(each, "schema") for each in told if each.get("in") == "path"]
            return _described(document, schemas[-1]) if schemas else None
    return None


def _listed(operations: Mapping[str, Any]) -> list[Any]:
    told = operations.get("parameters")
    return told if isinstance(told, list) else []


def _described(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Described | None:
    return Described(document, schema) if schema else None


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
        return _is_optional(document, resolved(document, described), rest)
    demanded = model.get("required")
    return not isinstance(demanded, list) or head not in demanded


def _body(document: Mapping[str, Any], path: str, method: str) -> Mapping[str, Any]:
    operation = _operation(document, path, method.lower())
    body = resolved(document, _within(operation, "requestBody"))
    return resolved(document, _within(body, "content", "application/json", "schema"))


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
    found += [f"{name} leads nowhere" for name in sorted(set(_lost(document, document)))]
    models = _within(document, "components", "schemas")
    defects = {name: schema_defect(document, schema) for name, schema in models.items()}
    return found + [f"{name} is no schema: {why}" for name, why in defects.items() if why]


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
        if within and target(document, reference) is None:
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
