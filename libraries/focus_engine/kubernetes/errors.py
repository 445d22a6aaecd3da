"""Why the Kubernetes API did not do what it was asked for, one cause and one advice each."""

import re
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus

from focus_engine.verdict import ToolError

NOT_FOUND, CONFLICT, GONE = HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.GONE
SHOWN_CHARACTERS = 300


@dataclass(frozen=True)
class _Advice:
    id: str
    advice: str


class Cause(Enum):
    """What kept the API from answering as asked; `advice` is what to do about it."""

    UNAUTHENTICATED = _Advice(
        "unauthenticated", "Check the token of the kubeconfig; it may have expired."
    )
    FORBIDDEN = _Advice("forbidden", "Check the role of the account (deploy/rbac).")
    NOT_FOUND = _Advice(
        "not found", "Check the namespace (FOCUS_NAMESPACE) and that the cluster serves this kind."
    )
    CONFLICT = _Advice("conflict", "Somebody else changes the same object; repeat the run.")
    GONE = _Advice("gone", "The version that was asked for is too old; list anew.")
    INVALID = _Advice("invalid", "The object breaks a rule of this cluster; see what it names.")
    TOO_MANY = _Advice(
        "too many requests", "The API server sheds load; repeat the run when it is less busy."
    )
    SERVER_ERROR = _Advice("server error", "The API server is not well; ask who runs the cluster.")
    UNREACHABLE = _Advice("unreachable", "Check the address in FOCUS_KUBECONFIG and the network.")
    TIMED_OUT = _Advice("timed out", "The API server is too slow or the network drops packets.")
    UNTRUSTED = _Advice("untrusted", "Check the certificate authority in the kubeconfig.")
    NOT_KUBERNETES = _Advice(
        "not Kubernetes", "Something in between answers; check the address in FOCUS_KUBECONFIG."
    )
    TOO_LARGE = _Advice("too large", "Narrow the namespace or the selector.")
    OTHER = _Advice("other", "Check the address and the role of the account.")

    @property
    def advice(self) -> str:
        return self.value.advice

    @classmethod
    def of_status(cls, status: int) -> "Cause":
        """The cause behind an HTTP status of 300 or more."""
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return cls.SERVER_ERROR
        if status < HTTPStatus.BAD_REQUEST:
            return cls.NOT_KUBERNETES  # the API redirects nobody
        return _BY_STATUS.get(status, cls.OTHER)


_BY_STATUS: dict[int, Cause] = {
    HTTPStatus.BAD_REQUEST: Cause.INVALID,
    HTTPStatus.UNAUTHORIZED: Cause.UNAUTHENTICATED,
    HTTPStatus.FORBIDDEN: Cause.FORBIDDEN,
    HTTPStatus.NOT_FOUND: Cause.NOT_FOUND,
    HTTPStatus.CONFLICT: Cause.CONFLICT,
    HTTPStatus.GONE: Cause.GONE,
    HTTPStatus.UNPROCESSABLE_ENTITY: Cause.INVALID,
    HTTPStatus.TOO_MANY_REQUESTS: Cause.TOO_MANY,
}


class KubernetesError(ToolError):
    """The API said no, or did not answer: `status` is None then.

    `retry_after` are the seconds that the API asked to wait for, None where it named none.
    """

    def __init__(
        self,
        sentence: str,
        status: int | None,
        cause: Cause = Cause.OTHER,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.cause = cause
        self.retry_after = retry_after


def refused(
    what: str, namespace: str, status: int, reason: str, retry_after: float | None = None
) -> KubernetesError:
    """The API answered with a status that is no success."""
    cause = Cause.of_status(status)
    return KubernetesError(
        f"Kubernetes refused {what} in namespace {namespace}: {status} {brief(reason)}. "
        f"{cause.advice}",
        status,
        cause,
        retry_after,
    )


def unanswered(what: str, why: object, cause: Cause = Cause.UNREACHABLE) -> KubernetesError:
    """No answer came, or none that could be read to its end."""
    return KubernetesError(
        f"Kubernetes did not answer for {what}: {brief(str(why))}. {cause.advice}", None, cause
    )


def not_kubernetes(what: str, seen: str, cause: Cause = Cause.NOT_KUBERNETES) -> KubernetesError:
    """An answer came, but not what the API promises for such a request."""
    return KubernetesError(
        f"what answered {what} is not what Kubernetes answers: {brief(seen)}. {cause.advice}",
        None,
        cause,
    )


def brief(text: str) -> str:
    """One line of foreign text, cut where it is long."""
    line = " ".join(re.sub(r"[^\x20-\x7e\u00a0-\ud7ff\ue000-\ufffd]", " ", text).split())
    return f"{line[:SHOWN_CHARACTERS]}…" if len(line) > SHOWN_CHARACTERS else line.rstrip(".")
