"""Programs in containers by pods/exec, over a WebSocket."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from focus_engine.kubernetes.client import Cluster
from focus_engine.kubernetes.connection import TIMEOUT
from focus_engine.kubernetes.errors import refused, unanswered
from focus_engine.verdict import ToolError

T = TypeVar("T")
RUN_SECONDS = 30.0  # a program that takes longer is given up


def open_program(
    cluster: Cluster, pod: str, container: str, command: Sequence[str], *, stdin: bool = False
) -> Any:
    """A running program: the WSClient of the `kubernetes` package. Raises KubernetesError.

    What is read from or written to it goes through `spoken` as well.
    """
    from kubernetes import client  # noqa: PLC0415 - a heavy import, and most runs need none
    from kubernetes.stream import stream  # noqa: PLC0415
    from websocket import setdefaulttimeout  # noqa: PLC0415

    setdefaulttimeout(sum(TIMEOUT))  # the client opens WebSockets without a limit of its own
    # A client of its own: opening a WebSocket changes the client while it does.
    core = client.CoreV1Api(client.ApiClient(cluster.connection.api.configuration))
    return spoken(
        f"exec in {pod}/{container}",
        cluster.namespace,
        lambda: stream(
            core.connect_get_namespaced_pod_exec,
            pod,
            cluster.namespace,
            container=container,
            command=list(command),
            stdin=stdin,
            stdout=True,
            stderr=True,
            tty=False,
            _preload_content=False,
        ),
    )


def run_program(
    cluster: Cluster, pod: str, container: str, command: Sequence[str]
) -> tuple[int, str]:
    """Exit code and output of a program that ends by itself, within half a minute."""
    session = open_program(cluster, pod, container, command)

    def run() -> tuple[int, str]:
        session.run_forever(timeout=RUN_SECONDS)
        if session.is_open():
            session.close()
            raise ToolError(f"{' '.join(command)} in pod {pod} took over {RUN_SECONDS:g} s.")
        return int(session.returncode), session.read_stdout() + session.read_stderr()

    return spoken(f"exec in {pod}/{container}", cluster.namespace, run)


def spoken(what: str, namespace: str, call: Callable[[], T]) -> T:
    """Call; what goes wrong on the WebSocket is raised as KubernetesError."""
    from kubernetes.client.exceptions import ApiException  # noqa: PLC0415
    from urllib3.exceptions import HTTPError  # noqa: PLC0415
    from websocket import WebSocketException  # noqa: PLC0415

    try:
        return call()
    except ApiException as error:
        # A WebSocket that was refused has status 0; the true one stands in the words.
        status = int(error.status or 0) or _status_in(str(error.reason))
        if status is None:
            raise unanswered(what, error.reason) from error
        raise refused(what, namespace, status, str(error.reason)) from error
    except (HTTPError, WebSocketException, OSError) as error:
        raise unanswered(what, error) from error


def _status_in(reason: str) -> int | None:
    """The HTTP status in the words of the WebSocket client: 'Handshake status 403 Forbidden'."""
    words = reason.split()
    at = words.index("status") + 1 if "status" in words else len(words)
    return int(words[at]) if at < len(words) and words[at].isdecimal() else None
