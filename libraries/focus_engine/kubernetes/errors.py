"""Why the Kubernetes API did not do what it was asked for, one cause and one advice each."""

import re
from enum import Enum
from http import HTTPStatus

from focus_engine.causes import KUBERNETES, cause_in, told_by
from focus_engine.masking import head_of
from focus_engine.verdict import ToolError

NOT_FOUND, CONFLICT, GONE = HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.GONE
SHOWN_CHARACTERS = 300
FOREIGN_BYTES = 20_000  # of what may be large, to be shown: more than any secret has


class ApiFailure(Enum):
    """What kept the API from answering as asked; the table of causes has a row of each name."""

    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not found"
    CONFLICT = "conflict"
    GONE = "gone"
    INVALID = "invalid"
    TOO_MANY = "too many requests"
    SERVER_ERROR = "server error"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed out"
    UNTRUSTED = "untrusted"
    NOT_KUBERNETES = "not Kubernetes"
    TOO_LARGE = "too large"
    OTHER = "other"

    @property
    def advice(self) -> str:
        """What to do about it, where nothing is known beyond the kind."""
        return next(row.advice for row in KUBERNETES if row.name == self.value)

    def advice_on(self, said: str) -> str:
        """What to do about it, by what was said."""
        row = cause_in(KUBERNETES, said)
        return self.advice if row.name == ApiFailure.OTHER.value else row.advice

    @classmethod
    def of_status(cls, status: int) -> "ApiFailure":
        """The cause behind an HTTP status of 300 or more."""
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return cls.SERVER_ERROR
        if status < HTTPStatus.BAD_REQUEST:
            return cls.NOT_KUBERNETES  # the API redirects nobody
        return _BY_STATUS.get(status, cls.OTHER)


_BY_STATUS: dict[int, ApiFailure] = {
    HTTPStatus.BAD_REQUEST: ApiFailure.INVALID,
    HTTPStatus.UNAUTHORIZED: ApiFailure.UNAUTHENTICATED,
    HTTPStatus.FORBIDDEN: ApiFailure.FORBIDDEN,
    HTTPStatus.NOT_FOUND: ApiFailure.NOT_FOUND,
    HTTPStatus.CONFLICT: ApiFailure.CONFLICT,
    HTTPStatus.GONE: ApiFailure.GONE,
    HTTPStatus.UNPROCESSABLE_ENTITY: ApiFailure.INVALID,
    HTTPStatus.TOO_MANY_REQUESTS: ApiFailure.TOO_MANY,
}


class KubernetesError(ToolError):
    """The API said no, or did not answer: `status` is None then.

    `retry_after` are the seconds that the API asked to wait for, None where it named none.
    """

    def __init__(
        self,
        sentence: str,
        status: int | None,
        cause: ApiFailure = ApiFailure.OTHER,
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
    cause = ApiFailure.of_status(status)
    return KubernetesError(
        f"Kubernetes refused {what} in namespace {namespace}: {status} {brief(reason)}. "
        f"{cause.advice_on(f'status {status} {reason}')}",
        status,
        cause,
        retry_after,
    )


def unanswered(
    what: str, why: object, cause: ApiFailure = ApiFailure.UNREACHABLE
) -> KubernetesError:
    """No answer came, or none that could be read to its end."""
    said = told_by(why) if isinstance(why, BaseException) else str(why)
    row = cause_in(KUBERNETES, said)
    is_known = isinstance(why, BaseException) and row.name != ApiFailure.OTHER.value
    reason = row.what if is_known else brief(str(why))
    return KubernetesError(
        f"Kubernetes did not answer for {what}: {reason}. {cause.advice_on(said)}", None, cause
    )


def not_kubernetes(
    what: str, seen: str, cause: ApiFailure = ApiFailure.NOT_KUBERNETES
) -> KubernetesError:
    """An answer came, but not what the API promises for such a request."""
    return KubernetesError(
        f"what answered {what} is not what Kubernetes answers: {brief(seen)}. {cause.advice}",
        None,
        cause,
    )


def brief(text: str) -> str:
    """One line of foreign text, cut where it is long, but through no secret."""
    line = " ".join(re.sub(r"[^\x20-\x7e\u00a0-\ud7ff\ue000-\ufffd]", " ", head_of(text)).split())
    return f"{line[:SHOWN_CHARACTERS]}…" if len(line) > SHOWN_CHARACTERS else line.rstrip(".")
