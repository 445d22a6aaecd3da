"""The one way to the Kubernetes API: no retries, bounded in time, refusals as sentences."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import urlsplit

from focus_engine.causes import KUBERNETES, cause_in, told_by
from focus_engine.decoding.bounded_json import decode_json
from focus_engine.decoding.undecodable import UndecodableError
from focus_engine.environment import SANDBOX, Environment
from focus_engine.evidence import head_of
from focus_engine.verdict import PreconditionUnmet, ToolError

T = TypeVar("T")
TIMEOUT = (5.0, 15.0)  # seconds to connect, and to read
LONGEST_MESSAGE = 300  # characters of an answer's own words


class KubernetesError(ToolError):
    """What the API said no to; `status` None when it did not answer at all."""

    def __init__(self, sentence: str, status: int | None) -> None:
        super().__init__(sentence)
        self.status = status


def api_client(kubeconfig: str, *, loopback_only: bool = False) -> Any:
    """A client of its own: nothing is shared, and no request is sent twice.

    Raises ToolError when the kubeconfig cannot be used, or leads where it must not.
    """
    # Imported here: the client costs half a second, and most runs of one case need none.
    from kubernetes import client, config  # noqa: PLC0415

    settings = client.Configuration()
    settings.retries = False  # a repeated request would hide an unreachable cluster
    try:
        config.load_kube_config(kubeconfig, client_configuration=settings)
    except (config.ConfigException, OSError) as error:
        raise ToolError(
            f"the kubeconfig {kubeconfig} cannot be used: {error}. Set FOCUS_KUBECONFIG."
        ) from error
    if loopback_only:
        _require_loopback(str(settings.host))
    return client.ApiClient(settings)


def client_of(environment: Environment, purpose: str) -> Any:
    """The client of an environment. Raises PreconditionUnmet where it gives no access."""
    if environment.kubeconfig is None or not environment.file.capabilities.kubernetes:
        raise PreconditionUnmet(
            f"environment '{environment.name}' gives no Kubernetes access; "
            f"set FOCUS_KUBECONFIG to {purpose}."
        )
    return api_client(environment.kubeconfig, loopback_only=environment.name == SANDBOX)


def ask(what: str, namespace: str, call: Callable[[], T]) -> T:
    """Call; what goes wrong is raised as KubernetesError, never with a token in it."""
    from kubernetes.client.exceptions import ApiException  # noqa: PLC0415
    from urllib3.exceptions import HTTPError  # noqa: PLC0415
    from websocket import WebSocketException  # noqa: PLC0415

    try:
        return call()
    except ApiException as error:
        status = int(error.status or 0) or _status_in(str(error.reason))
        raise KubernetesError(_refused(what, namespace, status, error), status) from error
    except (HTTPError, WebSocketException, OSError) as error:
        cause = cause_in(KUBERNETES, told_by(error))
        raise KubernetesError(
            f"Kubernetes did not answer for {what}: {cause.what}. {cause.advice}", None
        ) from error


def _refused(what: str, namespace: str, status: int | None, error: Any) -> str:
    """`status` is None where the API said none, as for a WebSocket that was not opened."""
    told = _message_in(error.body)
    reason = str(error.reason if status is None or error.status else "").strip()
    said = " ".join(filter(None, [str(status or ""), reason, told]))
    cause = cause_in(KUBERNETES, f"status {said}")
    broken = status is not None and status >= HTTPStatus.INTERNAL_SERVER_ERROR
    verb = "failed at" if broken else "refused"
    where = f"{what} in namespace {namespace}"
    return f"Kubernetes {verb} {where}: {said}: {cause.what}. {cause.advice}"


def _message_in(body: Any) -> str:
    """What the API says in its own words, where the body is a Status; never anything else."""
    try:
        status = decode_json(body or b"")
    except UndecodableError:
        return ""
    told = status.get("message") if isinstance(status, dict) else None
    return f"({head_of(told, LONGEST_MESSAGE)})" if isinstance(told, str) and told else ""


def _status_in(reason: str) -> int | None:
    """The HTTP status in the words of the WebSocket client: 'Handshake status 403 Forbidden'."""
    words = reason.split()
    at = words.index("status") + 1 if "status" in words else len(words)
    return int(words[at]) if at < len(words) and words[at].isdigit() else None


def _require_loopback(address: str) -> None:
    """A kubeconfig of the sandbox that leads to another machine is a dangerous mistake."""
    host = urlsplit(address).hostname or ""
    if host != "localhost" and not host.startswith("127."):
        raise ToolError(
            f"FOCUS_KUBECONFIG leads to '{host}', but environment 'sandbox' accepts loopback "
            "addresses only. Choose another environment by name (--environment)."
        )
