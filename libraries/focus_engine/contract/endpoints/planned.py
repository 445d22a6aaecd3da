"""Endpoints that are specified but may not be deployed: probed, never assumed."""

from collections.abc import Mapping
from typing import Any

from focus_engine.contract.configure.configuration import View
from focus_engine.contract.endpoints.openapi import served_endpoints, shape_of
from focus_engine.settings import ClientSettings
from focus_engine.transport.reply import Reply
from focus_engine.verdict import NotDeployed, ProductFailure, Undetermined

NO_ROUTE = {"detail": "Not Found"}
NOT_FOUND = 404


def require_deployed(reply: Reply, endpoint: str, openapi: Reply, prefix: str) -> None:
    """Where `endpoint` (`METHOD /path/{name}`) exists on the server.

    Raises NotDeployed only when the answer is that of a server without such a route and the served
    OpenAPI (`openapi`, the reply to GET /openapi.json) does not list it; ProductFailure when it is
    listed all the same, and Undetermined when there is no document to look into.
    """
    if not is_unrouted(reply):
        return
    document = openapi.json_or_none() if openapi.is_ok else None
    if not isinstance(document, dict):
        raise Undetermined(
            f"{reply.request} answers 404 as for an unknown path, but GET /openapi.json answers "
            f"{openapi.status}, so whether {endpoint} is deployed is unknown."
        )
    listed = {shape_of(served) for served in served_endpoints(document, prefix)}
    if shape_of(endpoint) in listed:
        raise ProductFailure(
            f"{endpoint} is listed in the served OpenAPI, but the server answered {reply.answer}"
        )
    raise NotDeployed(
        f"{endpoint} does not exist on this server: it answers 404 as for any unknown path, and "
        "the served OpenAPI does not list it."
    )


def is_unrouted(reply: Reply) -> bool:
    """Whether nothing is served at that path: exactly the framework's own 404."""
    return reply.status == NOT_FOUND and reply.json_or_none() == NO_ROUTE


def task_configuration(client: ClientSettings) -> Mapping[str, Any]:
    """The client's default live configuration in the words of POST /config/{task_id}."""
    defaults = client.Defaults
    return {
        "displayTimeAxisDuration": defaults.DisplayTimeAxisDuration,
        "nfftSelection": defaults.Nfft,
        "canvasInfo": {"height": defaults.NumLinesToDisplay},
        "sensors": {"min": defaults.StartChannel, "max": defaults.EndChannel},
        "frequencyRange": {"min": defaults.StartFrequency_hz, "max": defaults.EndFrequency_hz},
        "start_time": None,
        "end_time": None,
        "view_type": View.MULTICHANNEL.value,
    }
