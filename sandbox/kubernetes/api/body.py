"""Bodies of requests: JSON, duplicate fields found, unknown ones refused or dropped."""

import json
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from sandbox.kubernetes.api.responses import ApiError, bad_request, unsupported_media_type
from sandbox.kubernetes.objects import schema
from sandbox.kubernetes.objects.discovery import ServedResource, resource_of_kind

Object = dict[str, Any]

JSON = "application/json"
_ACCEPTED = (JSON, "application/yaml", "application/vnd.kubernetes.protobuf")
"""What a real server names in its 415; served is JSON alone."""
_SHOWN = 30
_SCHEME = "pkg/api/legacyscheme/scheme.go:30"


class FieldValidation(Enum):
    """What is done about fields that nobody knows, or that are there twice."""

    IGNORE = "Ignore"
    WARN = "Warn"
    STRICT = "Strict"


@dataclass
class Read:
    """An object as the server understands it, and what it warns of."""

    item: Object
    warnings: list[str] = field(default_factory=list)


class _Pairs:
    """An object of JSON before duplicates are dropped."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        self.pairs = pairs


def parse(body: bytes) -> tuple[Any, list[str]]:
    """The value of a body and the paths of its duplicate fields. Raises ValueError."""
    return _without_duplicates(json.loads(body, object_pairs_hook=_Pairs))


def _without_duplicates(value: Any) -> tuple[Any, list[str]]:
    duplicates: list[str] = []

    def plain(value: Any, path: str) -> Any:
        if isinstance(value, list):
            return [plain(one, f"{path}[{index}]") for index, one in enumerate(value)]
        if not isinstance(value, _Pairs):
            return value
        found: Object = {}
        for key, one in value.pairs:
            here = f"{path}.{key}" if path else key
            if key in found:
                duplicates.append(here)
            found[key] = plain(one, here)
        return found

    return plain(value, ""), duplicates


def read_object(
    resource: ServedResource, body: bytes, content_type: str, validation: FieldValidation
) -> Read:
    """Read a whole object as POST and PUT carry it. Raises ApiError 400 and 415."""
    if content_type != JSON:
        raise unsupported_media_type(_ACCEPTED)
    try:
        value, duplicates = parse(body)
    except ValueError as error:
        raise _unrecognized(resource, str(error), body) from error
    if not isinstance(value, dict):
        raise _unrecognized(resource, "the body is no object", body)
    check_kind(resource, value)
    return conform(resource, value, duplicates, validation)


def conform(
    resource: ServedResource, value: Object, duplicates: list[str], validation: FieldValidation
) -> Read:
    """`value` as its kind has it; raises ApiError 400 for what cannot be read."""
    item, findings = schema.conform(resource.kind, value)
    if findings.mismatch:
        raise _unreadable(resource, findings.mismatch)
    complaints = strict_complaints(findings.unknown, duplicates)
    if validation is FieldValidation.STRICT and complaints:
        raise _unreadable(resource, f"strict decoding error: {', '.join(complaints)}")
    item = {**item, "apiVersion": resource.api_version, "kind": resource.kind}
    item.setdefault("metadata", {})
    return Read(item, complaints if validation is FieldValidation.WARN else [])


def strict_complaints(unknown: list[str], duplicates: list[str]) -> list[str]:
    """The sentences about fields that nobody knows or that are there twice."""
    return [
        *(f'duplicate field "{path}"' for path in duplicates),
        *(f'unknown field "{path}"' for path in unknown),
    ]


def check_kind(resource: ServedResource, value: Object) -> None:
    """Raise ApiError 400 for an object of another kind or version."""
    kind = str(value.get("kind") or resource.kind)
    version = str(value.get("apiVersion") or resource.api_version)
    if (kind, version) == (resource.kind, resource.api_version):
        return
    why = f'no kind "{kind}" is registered for version "{version}" in scheme "{_SCHEME}"'
    if resource_of_kind(version, kind) is not None:
        package = resource.group.partition(".")[0] or "core"
        why = f"converting (v1.{kind}) to ({package}.{resource.kind}): unknown conversion"
    short = version.rpartition("/")[2]
    raise bad_request(f'{kind} in version "{short}" cannot be handled as a {resource.kind}: {why}')


def _unreadable(resource: ServedResource, why: str) -> ApiError:
    return bad_request(
        f'{resource.kind} in version "v1" cannot be handled as a {resource.kind}: {why}'
    )


def _unrecognized(resource: ServedResource, why: str, body: bytes) -> ApiError:
    start = body[:_SHOWN]
    shown = (start.decode(errors="replace") if start.startswith(b"{") else start.hex()) or "<empty>"
    more = " ..." if len(body) > _SHOWN else ""
    return bad_request(
        f"the object provided is unrecognized (must be of type {resource.kind}): "
        f"couldn't get version/kind; json parse error: {why} ({shown}{more})"
    )
