"""Faults of what GET /openapi.json says, each with what it makes of a true document."""

from collections.abc import Callable
from typing import Any

from sandbox.faults import ActiveFaults, Fault

JsonObject = dict[str, Any]


def _unlisted(document: JsonObject) -> None:
    told = {"get": {"responses": {"200": {"description": "Nobody knows"}}}}
    document["paths"]["/unlisted"] = told


def _lacks(document: JsonObject) -> None:
    del document["paths"]["/ack"]


def _elsewhere(document: JsonObject) -> None:
    document["servers"] = [{"url": "/"}]


def _answer(document: JsonObject) -> None:
    _fields(document, "ConfigureResponse")["lines_dt"]["type"] = "integer"


def _field(document: JsonObject) -> None:
    del _fields(document, "ConfigureRequest")["end_time"]


def _optional(document: JsonObject) -> None:
    del document["components"]["schemas"]["DisplayInfo"]["required"]


def _bound(document: JsonObject) -> None:
    _fields(document, "Channels")["max"]["maximum"] = 2000


def _loose_bound(document: JsonObject) -> None:
    _fields(document, "Channels")["max"]["maximum"] = 2500


def _type(document: JsonObject) -> None:
    _fields(document, "DisplayInfo")["height"]["type"] = "pixels"


def _parameter(document: JsonObject) -> None:
    [parameter] = document["paths"]["/metadata/{job_id}"]["get"]["parameters"]
    parameter["schema"]["type"] = "integer"


def _fields(document: JsonObject, model: str) -> JsonObject:
    fields: JsonObject = document["components"]["schemas"][model]["properties"]
    return fields


_FALSIFICATIONS: dict[Fault, Callable[[JsonObject], None]] = {
    Fault(
        "openapi-lists-unknown-endpoint", "the OpenAPI lists an endpoint that nobody knows"
    ): _unlisted,
    Fault("openapi-lacks-endpoint", "the OpenAPI does not list GET /ack"): _lacks,
    Fault(
        "openapi-answer-misdescribed", "the OpenAPI says that lines_dt of an answer is an integer"
    ): _answer,
    Fault(
        "openapi-elsewhere", "the OpenAPI says that the paths begin at the root of the host"
    ): _elsewhere,
    Fault(
        "openapi-lacks-field", "the OpenAPI does not describe end_time of POST /configure"
    ): _field,
    Fault(
        "openapi-field-optional", "the OpenAPI says that a configuration may lack its height"
    ): _optional,
    Fault("openapi-bound-too-low", "the OpenAPI says that channels end at 2000 at most"): _bound,
    Fault(
        "openapi-bound-too-high", "the OpenAPI says that channels end at 2500 at most"
    ): _loose_bound,
    Fault(
        "openapi-parameter-misdescribed", "the OpenAPI says that the id of a job is an integer"
    ): _parameter,
    Fault("openapi-type-unknown", "the OpenAPI gives a height a type that there is not"): _type,
}

FAULTS = tuple(_FALSIFICATIONS)


def falsify(document: JsonObject, faults: ActiveFaults) -> None:
    """Make of a true `document` what the active faults say."""
    for fault, falsified in _FALSIFICATIONS.items():
        if faults.on(fault):
            falsified(document)
