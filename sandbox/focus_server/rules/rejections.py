"""How a bad request is refused, and the faults of refusing."""

import re
from dataclasses import dataclass
from typing import Any

from pydantic_core import to_json
from starlette.responses import HTMLResponse, JSONResponse, Response

from sandbox.faults import ActiveFaults, Fault, Unit, Value, declared

REJECTS_WITH_500 = Fault("rejects-with-500", "bad input is answered with status 500")
REJECTS_WITH_200 = Fault("rejects-with-200", "bad input is answered with its error but status 200")
REJECTS_WITH_HTML = Fault("rejects-with-html-body", "a rejection's body is HTML instead of JSON")
REJECTS_WITHOUT_BODY = Fault("rejects-without-body", "a rejection has an empty body")
REJECTION_WITHOUT_FIELD = Fault(
    "rejection-without-field", "a rejection names neither the field nor the limit"
)
SEVERAL_UNTOLD = Fault(
    "rejection-of-several-untold", "a rejection of several fields of wrong types tells none"
)
REJECTION_POINTS_ELSEWHERE = Fault(
    "rejection-points-elsewhere", "the key 'field' of a rejection is view_type, whatever was wrong"
)
REJECTION_OF_OTHER_BOUND = Fault(
    "rejection-points-at-other-bound", "a rejection points at min where max was wrong, and back"
)
REJECTION_LIMIT_WRONG = Fault(
    "rejection-limit-wrong", "a rejection tells twice the limit that it enforces"
)
REJECTION_LIMIT_LOW = Fault(
    "rejection-limit-too-low", "a rejection tells half the limit that it enforces"
)
REJECTION_WITH_JOB = Fault(
    "rejection-carries-job-id", "a rejection's body carries a job_id and a stream_port"
)
REJECTION_AS_TEXT = Fault("rejection-declared-as-text", "a rejection is declared as text/plain")
LEAKS_TRACE = Fault("leaks-trace", "a rejection's body carries the server's own trace")
JOB_LEFT = Fault("job-left-after-rejection", "a rejected configuration leaves a running job behind")
JOB_LEFT_LATE = Fault(
    "job-left-late-after-rejection",
    "a rejected configuration leaves a job behind that comes after this time",
    Value(Unit.SECONDS, 1.5),
)
CONFIG_MAP_LEFT = Fault(
    "config-map-left-after-rejection", "a rejected configuration leaves a ConfigMap behind"
)
VOLUME_CLAIM_LEFT = Fault(
    "volume-claim-left-after-rejection",
    "a rejected configuration leaves a PersistentVolumeClaim behind",
)
OBJECTS_LEFT = {
    CONFIG_MAP_LEFT: ("configmaps", "ConfigMap"),
    VOLUME_CLAIM_LEFT: ("persistentvolumeclaims", "PersistentVolumeClaim"),
}
"""Plural and kind of what is left."""

FAULTS, _ = declared(vars())

TRACE = (
    'Traceback (most recent call last):\n  File "/app/focus_server/configure.py", line 88, '
    "in configure\nValueError: refused"
)
_AT_MOST = re.compile(r"at most (\d+)")
PARSE_FAILURE = "Error parsing configuration"


@dataclass(frozen=True)
class Rejection:
    """A refusal of bad input: 400 with a sentence, or 422 with a list of details."""

    status: int
    body: dict[str, Any]


def broken_rule(message: str, field: str, status: int = 400) -> Rejection:
    """The refusal of a domain rule."""
    return Rejection(status, {"error": message, "field": field})


def wrong_shape(details: list[dict[str, Any]]) -> Rejection:
    """The refusal of a body that does not match the model, in FastAPI's form."""
    return Rejection(422, {"detail": details})


def error(status: int, message: str) -> Response:
    """An application error that is no refusal of bad input."""
    return JSONResponse({"error": message}, status)


def reject(rejection: Rejection, faults: ActiveFaults) -> Response:
    """The answer to bad input, as the active faults have it."""
    if faults.on(REJECTS_WITH_500):
        return error(500, PARSE_FAILURE)
    if faults.on(REJECTS_WITHOUT_BODY):
        return Response(status_code=rejection.status)
    if faults.on(REJECTS_WITH_HTML):
        return HTMLResponse(f"<html><h1>{rejection.status}</h1></html>", rejection.status)
    body = _falsified(rejection.body, faults)
    status = 200 if faults.on(REJECTS_WITH_200) else rejection.status
    return _json(body, status, "text/plain" if faults.on(REJECTION_AS_TEXT) else "application/json")


def _falsified(body: dict[str, Any], faults: ActiveFaults) -> dict[str, Any]:
    if faults.on(REJECTION_WITHOUT_FIELD):
        body = {"error": "Invalid request"}
    if faults.on(REJECTION_POINTS_ELSEWHERE) and "field" in body:
        body = {**body, "field": "view_type"}
    if faults.on(REJECTION_OF_OTHER_BOUND):
        body = _of_other_bound(body)
    if faults.on(REJECTION_LIMIT_WRONG) and "error" in body:
        body = {**body, "error": _AT_MOST.sub(_doubled, body["error"])}
    if faults.on(REJECTION_LIMIT_LOW) and "error" in body:
        body = {**body, "error": _AT_MOST.sub(_halved, body["error"])}
    if faults.on(REJECTION_WITH_JOB):
        body = {**body, "job_id": "1-1", "stream_port": 12301}
    if faults.on(LEAKS_TRACE):
        body = {**body, "trace": TRACE}
    return body


def _of_other_bound(body: dict[str, Any]) -> dict[str, Any]:
    other = {"min": "max", "max": "min"}
    if "field" in body:
        parts = body["field"].split(".")
        body = {**body, "field": ".".join(other.get(part, part) for part in parts)}
    if "detail" in body:
        body = {
            "detail": [
                {**detail, "loc": [other.get(part, part) for part in detail["loc"]]}
                for detail in body["detail"]
            ]
        }
    return body


def _doubled(limit: re.Match[str]) -> str:
    return f"at most {2 * int(limit[1])}"


def _halved(limit: re.Match[str]) -> str:
    return f"at most {int(limit[1]) // 2}"


def _json(body: dict[str, Any], status: int, kind: str) -> Response:
    """Serialise with pydantic's encoder: an echoed input may hold an infinity."""
    return Response(to_json(body, inf_nan_mode="null"), status, media_type=kind)
