"""pods/log: the server's log, and what ephemeral containers wrote."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sandbox.kubernetes.api.request_info import is_true
from sandbox.kubernetes.api.responses import bad_request
from sandbox.kubernetes.controllers.pods import PodController, container_of
from sandbox.kubernetes.objects.store import Object
from sandbox.kubernetes.workloads.server_log import Line
from sandbox.kubernetes.workloads.server_objects import ServerWorkload

_SERVED = frozenset(
    {
        "container",
        "timestamps",
        "previous",
        "sinceTime",
        "sinceSeconds",
        "tailLines",
        "limitBytes",
        "pretty",
    }
)


class Logs:
    """Answers what was written in a pod."""

    def __init__(self, server: ServerWorkload, pods: PodController) -> None:
        self._server = server
        self._pods = pods

    def read(self, pod: Object, query: Mapping[str, str]) -> bytes:
        """The lines that are asked for. Raises ApiError 400."""
        if unknown := set(query) - _SERVED:
            raise bad_request(f"the sandbox does not serve: {', '.join(sorted(unknown))}")
        container = container_of(pod, query.get("container", ""))
        metadata, name = pod["metadata"], container["name"]
        if container in pod["spec"].get("ephemeralContainers", []):
            return self._pods.log(pod, name)
        if not self._server.owns(metadata["namespace"], metadata["name"], name):
            return _of_a_silent(pod, name)
        lines = self._server.log(previous=is_true(query, "previous"))
        if lines is None:
            raise bad_request(
                f'previous terminated container "{name}" in pod "{metadata["name"]}" not found'
            )
        try:
            chosen = _chosen(lines, query, self._server.process.now)
            limit = int(query["limitBytes"]) if "limitBytes" in query else None
        except ValueError as error:
            raise bad_request(f"a parameter of the log is malformed: {error}") from error
        stamped = is_true(query, "timestamps")
        return "".join(_text(line, stamped=stamped) for line in chosen).encode()[:limit]


def _of_a_silent(pod: Object, container: str) -> bytes:
    """Nothing: what stands for others writes no log. Raises ApiError 400 before they start."""
    told = pod.get("status", {}).get("containerStatuses", [])
    states = {one["name"]: one["state"] for one in told}
    waiting = states.get(container, {"waiting": {"reason": "ContainerCreating"}}).get("waiting")
    if waiting:
        where = f'container "{container}" in pod "{pod["metadata"]["name"]}"'
        raise bad_request(f"{where} is waiting to start: {waiting['reason']}")
    return b""


def _chosen(lines: list[Line], parameters: Mapping[str, str], now: datetime) -> list[Line]:
    """The lines that are asked for. Raises ValueError for what is no time or number."""
    since = [datetime.fromisoformat(parameters["sinceTime"])] if "sinceTime" in parameters else []
    if "sinceSeconds" in parameters:
        since.append(now - timedelta(seconds=int(parameters["sinceSeconds"])))
    kept = [line for line in lines if all(line[0] >= instant for instant in since)]
    tail = int(parameters.get("tailLines", len(kept)))
    return kept[max(0, len(kept) - tail) :]


def _text(line: Line, stamped: bool) -> str:
    stamp, text = line
    nanoseconds = f"{stamp:%Y-%m-%dT%H:%M:%S}.{stamp.microsecond:06d}000Z "
    return f"{nanoseconds if stamped else ''}{text}\n"
