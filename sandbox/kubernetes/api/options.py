"""Options of writing requests, from the query, and of deletions from the body too."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from starlette.datastructures import QueryParams

from sandbox.kubernetes.api.body import FieldValidation
from sandbox.kubernetes.api.responses import StatusCause, bad_request, invalid
from sandbox.kubernetes.objects import schema
from sandbox.kubernetes.validation.causes import forbidden, too_long, unsupported
from sandbox.kubernetes.validation.causes import invalid as invalid_value

_LONGEST_MANAGER = 128
_VALIDATIONS = [mode.value for mode in FieldValidation]
_TRUE = ("true", "1")


class Propagation(Enum):
    """What becomes of the dependents of a deleted object."""

    BACKGROUND = "Background"
    FOREGROUND = "Foreground"
    ORPHAN = "Orphan"


@dataclass(frozen=True)
class WriteOptions:
    """How a new or changed object is taken."""

    manager: str
    dry_run: bool = False
    validation: FieldValidation = FieldValidation.WARN


@dataclass(frozen=True)
class DeleteOptions:
    """What is deleted, and how. Empty preconditions hold always."""

    propagation: Propagation | None = None
    uid: str = ""
    resource_version: str = ""
    dry_run: bool = False
    grace_period_s: int | None = None


def write_options(query: QueryParams, user_agent: str, kind: str) -> WriteOptions:
    """Read the options; `kind` is `CreateOptions` and the like. Raises ApiError 422."""
    manager = query.get("fieldManager", "")
    validation = query.get("fieldValidation", "")
    causes: list[StatusCause] = []
    if kind == "PatchOptions" and "force" in query:
        causes.append(forbidden("force", "may not be specified for non-apply patch"))
    if len(manager) > _LONGEST_MANAGER:
        causes.append(too_long("fieldManager", _LONGEST_MANAGER))
    causes += _dry_run_causes(query.getlist("dryRun"))
    if validation not in ("", *_VALIDATIONS):
        known = ("", "Ignore", "Strict", "Warn")
        causes.append(unsupported("fieldValidation", validation, known))
    _refuse(kind, causes)
    return WriteOptions(
        manager or user_agent.partition("/")[0][:_LONGEST_MANAGER] or "unknown",
        bool(query.getlist("dryRun")),
        FieldValidation(validation) if validation else FieldValidation.WARN,
    )


def delete_options(query: QueryParams, body: bytes) -> DeleteOptions:
    """Read the options from the body, or without one from the query. Raises ApiError."""
    given = _from_body(body) if body.strip() else _from_query(query)
    propagation = given.get("propagationPolicy")
    if given.get("orphanDependents") is not None:
        if propagation is not None:
            why = "orphanDependents and deletionPropagation cannot be both set"
            _refuse("DeleteOptions", [invalid_value("propagationPolicy", propagation, why)])
        propagation = "Orphan" if given["orphanDependents"] else "Background"
    causes = _dry_run_causes(given.get("dryRun", []))
    known = [policy.value for policy in Propagation]
    if propagation is not None and propagation not in known:
        order = ("Foreground", "Background", "Orphan", "nil")
        causes.insert(0, unsupported("propagationPolicy", propagation, order))
    _refuse("DeleteOptions", causes)
    preconditions = given.get("preconditions", {})
    return DeleteOptions(
        Propagation(propagation) if propagation else None,
        preconditions.get("uid", ""),
        preconditions.get("resourceVersion", ""),
        bool(given.get("dryRun")),
        given.get("gracePeriodSeconds"),
    )


def _from_body(body: bytes) -> Mapping[str, Any]:
    try:
        given = json.loads(body)
    except ValueError as error:
        raise bad_request(f"couldn't get version/kind; json parse error: {error}") from error
    if not isinstance(given, dict):
        raise bad_request("couldn't get version/kind; json parse error")
    item, findings = schema.conform("DeleteOptions", given)
    if findings.mismatch:
        raise bad_request(findings.mismatch)
    return item


def _from_query(query: QueryParams) -> Mapping[str, Any]:
    given: dict[str, Any] = {}
    if "propagationPolicy" in query:
        given["propagationPolicy"] = query["propagationPolicy"]
    if "orphanDependents" in query:
        given["orphanDependents"] = query["orphanDependents"].lower() in _TRUE
    if "dryRun" in query:
        given["dryRun"] = query.getlist("dryRun")
    if "gracePeriodSeconds" in query:
        given["gracePeriodSeconds"] = whole_number(query, "gracePeriodSeconds")
    return given


def whole_number(query: Mapping[str, str], name: str) -> int:
    """A number of the query, 0 when it is not there. Raises ApiError 400."""
    text = query.get(name, "") or "0"
    try:
        return int(text)
    except ValueError as error:
        why = f'strconv.ParseInt: parsing "{text}": invalid syntax'
        raise bad_request(why) from error


def _dry_run_causes(given: Iterable[str]) -> list[StatusCause]:
    wrong = [value for value in given if value != "All"]
    return [unsupported("dryRun", list(given), ["All"])] if wrong else []


def _refuse(kind: str, causes: list[StatusCause]) -> None:
    if causes:
        raise invalid(f"{kind}.meta.k8s.io", "", causes)
