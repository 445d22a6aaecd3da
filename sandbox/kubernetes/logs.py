"""pods/log of the Focus Server's pod."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sandbox.kubernetes.responses import bad_request
from sandbox.kubernetes.server_log import Line
from sandbox.kubernetes.server_objects import ServerWorkload

PATH = "/api/v1/namespaces/{namespace}/pods/{name}/log"
_SERVED = frozenset(
    {"container", "timestamps", "previous", "sinceTime", "sinceSeconds", "tailLines", "pretty"}
)


def log_route(server: ServerWorkload) -> Route:
    """Return the route; only the server's container keeps a log."""

    async def read_log(request: Request) -> Response:
        parameters, pod = request.query_params, request.path_params["name"]
        if unknown := set(parameters) - _SERVED:
            return bad_request(f"the sandbox does not serve: {', '.join(sorted(unknown))}")
        container = parameters.get("container")
        if not server.owns(request.path_params["namespace"], pod, container):
            return bad_request(f"the sandbox keeps no log of {pod}/{container or ''}")
        lines = server.log(previous=_is_true(parameters, "previous"))
        if lines is None:
            return bad_request(
                f'previous terminated container "{container}" in pod "{pod}" not found'
            )
        try:
            chosen = _chosen(lines, parameters, server.process.now)
        except ValueError as error:
            return bad_request(f"a parameter of the log is malformed: {error}")
        stamped = _is_true(parameters, "timestamps")
        return PlainTextResponse("".join(_text(line, stamped=stamped) for line in chosen))

    return Route(PATH, read_log, methods=["GET"])


def _chosen(lines: list[Line], parameters: Mapping[str, str], now: datetime) -> list[Line]:
    """Return the lines that are asked for. Raises ValueError for what is no time or number."""
    since = [datetime.fromisoformat(parameters["sinceTime"])] if "sinceTime" in parameters else []
    if "sinceSeconds" in parameters:
        since.append(now - timedelta(seconds=int(parameters["sinceSeconds"])))
    kept = [line for line in lines if all(line[0] >= instant for instant in since)]
    tail = int(parameters.get("tailLines", len(kept)))
    return kept[max(0, len(kept) - tail) :]


def _is_true(parameters: Mapping[str, str], name: str) -> bool:
    return parameters.get(name, "false").lower() in ("true", "1")


def _text(line: Line, stamped: bool) -> str:
    stamp, text = line
    nanoseconds = f"{stamp:%Y-%m-%dT%H:%M:%S}.{stamp.microsecond:06d}000Z "
    return f"{nanoseconds if stamped else ''}{text}\n"
