"""The OpenAPI of operations, as the framework of the real server writes it."""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, TypeAdapter
from starlette.requests import Request
from starlette.responses import Response

from sandbox.state import SandboxState

JsonObject = dict[str, Any]
Answer = Callable[[SandboxState, Request], Awaitable[Response]]

_REFERENCE = "#/components/schemas/{model}"
_PARAMETER = re.compile(r"{(\w+)}")


@dataclass(frozen=True)
class Operation:
    """One method of one path: what answers it, and what the document says of it."""

    method: str
    path: str
    answer: Answer
    takes: type[BaseModel] | None = None
    """Model of the JSON body."""
    returns: Any = None
    """Type of the answer, None where the document leaves it open."""
    others: Mapping[int, str] = field(default_factory=dict)
    """Description of each other status."""


def described(operations: Sequence[Operation], prefix: str) -> JsonObject:
    """The document of what is served below `prefix`."""
    schemas, definitions = _schemas([kind for each in operations for kind in _types(each)])
    paths: JsonObject = {}
    for each in operations:
        paths.setdefault(each.path, {})[each.method.lower()] = _shown(each, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Focus Server", "version": "sandbox"},
        "servers": [{"url": prefix}],
        "paths": paths,
        "components": {"schemas": definitions},
    }


def _types(operation: Operation) -> list[Any]:
    return [kind for kind in (operation.takes, operation.returns) if kind is not None]


def _schemas(types: Iterable[Any]) -> tuple[dict[Any, JsonObject], JsonObject]:
    """The schema of each type, and the definitions that these refer to."""
    known, shared = TypeAdapter.json_schemas(
        [(kind, "validation", TypeAdapter(kind)) for kind in dict.fromkeys(types)],
        ref_template=_REFERENCE,
    )
    return {kind: schema for (kind, _), schema in known.items()}, dict(shared["$defs"])


def _shown(operation: Operation, schemas: Mapping[Any, JsonObject]) -> JsonObject:
    shown: JsonObject = {"summary": operation.path.strip("/").replace("_", " ").title()}
    parameters = _PARAMETER.findall(operation.path)
    if parameters:
        shown["parameters"] = [_parameter(name) for name in parameters]
    if operation.takes is not None:
        shown["requestBody"] = {"required": True, "content": _json(schemas[operation.takes])}
    told = {} if operation.returns is None else schemas[operation.returns]
    shown["responses"] = {
        "200": {"description": "Successful Response", "content": _json(told)},
        **{str(status): {"description": text} for status, text in operation.others.items()},
    }
    return shown


def _parameter(name: str) -> JsonObject:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _json(schema: JsonObject) -> JsonObject:
    return {"application/json": {"schema": schema}}
