"""Requests to one API server: bounded in bytes and time, and repeated only as stated here.

A GET that met no answer or a 5xx is sent once more. What was answered 429 was not done, whatever
it was: it is sent again after the time that the server names, up to three times. Everything else
is sent once. No redirect is followed.
"""

import json
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from focus_engine.decoding.bounded_json import decode_object
from focus_engine.decoding.undecodable import UndecodableError, refusing
from focus_engine.environment import SANDBOX, Environment
from focus_engine.kubernetes.errors import (
    ApiFailure,
    KubernetesError,
    not_kubernetes,
    refused,
    unanswered,
)
from focus_engine.network.addresses import require_loopback
from focus_engine.verdict import PreconditionUnmet, ToolError

T = TypeVar("T")
TIMEOUT = (5.0, 15.0)  # seconds to connect, and for each read
WHOLE_ANSWER_SECONDS = 60.0  # a server that trickles must not hold up a run
LARGEST_ANSWER = 64 * 1024 * 1024  # bytes
CHUNK = 64 * 1024  # bytes
JSON = "application/json"
SHEDDING_REPEATS = 3  # how often 429 is waited for
LONGEST_PAUSE = 10.0  # seconds; a server that wants more gets its refusal told
PAUSE_SECONDS = 0.2
SHED_PAUSE_SECONDS = 1.0  # where 429 names no time
MOST_AHEAD = timedelta(days=366)  # a clock that differs by more is none
CONNECTIONS = 32  # as many watches and readers as may be open at once


@dataclass(frozen=True)
class ApiRequest:
    """One request; `what` names it in messages, such as `a list of jobs`."""

    method: str
    path: str
    what: str
    namespace: str
    query: Sequence[tuple[str, str]] = ()
    body: dict[str, Any] | None = None
    content_type: str = JSON


class Connection:
    """Sends requests with the address, the trust and the credentials of a kubeconfig.

    `api` is the ApiClient of the `kubernetes` package, which knows kubeconfigs and exec; safe to
    use from several threads.
    """

    def __init__(self, api: Any) -> None:
        self.api = api
        self._ahead = timedelta(0)

    @property
    def now(self) -> datetime:
        """The time by the clock of the API server, as of its last answer."""
        return datetime.now(UTC) + self._ahead

    def send(self, request: ApiRequest) -> bytes:
        """The body of the answer. Raises KubernetesError unless that is a success."""
        return self._repeated(request, lambda: self._send_once(request))

    def lines(self, request: ApiRequest, seconds: float) -> "Lines":
        """The lines of an answer that goes on for `seconds`. Raises KubernetesError."""
        read_timeout = seconds + TIMEOUT[1]
        return Lines(request, self._repeated(request, lambda: self._open(request, read_timeout)))

    def _repeated(self, request: ApiRequest, call: Callable[[], T]) -> T:
        repeats = 0
        while True:
            try:
                return call()
            except KubernetesError as error:
                pause = _pause(request.method, error, repeats)
                if pause is None:
                    raise
                repeats += 1
                time.sleep(pause)

    def _send_once(self, request: ApiRequest) -> bytes:
        response = self._open(request, TIMEOUT[1])
        try:
            return _read(request, response)
        finally:
            response.release_conn()

    def _open(self, request: ApiRequest, read_timeout: float) -> Any:
        """The answer, its body unread. Raises KubernetesError for 300 and above."""
        from urllib3 import Timeout  # noqa: PLC0415 - comes with the heavy import
        from urllib3.exceptions import HTTPError  # noqa: PLC0415

        headers, query = {"Accept": JSON}, list(request.query)
        self.api.update_params_for_auth(
            headers, query, ["BearerToken"], request.path, request.method, request.body
        )
        if request.body is not None:
            headers["Content-Type"] = request.content_type
        try:
            response = self.api.rest_client.pool_manager.request(
                request.method,
                _url(self.api.configuration.host, request.path, query),
                body=None if request.body is None else json.dumps(request.body).encode(),
                headers={**self.api.default_headers, **headers},
                timeout=Timeout(connect=TIMEOUT[0], read=read_timeout),
                preload_content=False,
                redirect=False,
                retries=False,
            )
        except (HTTPError, OSError) as error:
            raise unanswered(request.what, error, _cause_of(error)) from error
        self._look_at_clock(response.headers.get("Date"))
        if response.status >= 300:  # noqa: PLR2004 - HTTP's own bound
            raise _refusal(request, response, self.now)
        if "html" in response.headers.get("Content-Type", "").lower():
            response.close()
            raise not_kubernetes(request.what, f"{response.status} with an HTML page")
        return response

    def _look_at_clock(self, stamp: str | None) -> None:
        try:
            ahead = parsedate_to_datetime(stamp) - datetime.now(UTC) if stamp else self._ahead
            if abs(ahead) < MOST_AHEAD:
                self._ahead = ahead
        except (ValueError, TypeError, OverflowError):
            return  # a date that is none, or without a zone, tells no time


class Lines:
    """The lines of one answer while it comes; `stop()` may be called from another thread."""

    def __init__(self, request: ApiRequest, response: Any) -> None:
        self._request = request
        self._response = response
        self.stopped = False

    def __iter__(self) -> Iterator[bytes]:
        rest = b""
        try:
            while chunk := self._chunk():
                *whole, rest = (rest + chunk).split(b"\n")
                yield from (line for line in whole if line.strip())
                if len(rest) > LARGEST_ANSWER:
                    raise not_kubernetes(
                        self._request.what, "a line without end", ApiFailure.TOO_LARGE
                    )
            if rest.strip() and not self.stopped:
                yield rest
        finally:
            self._response.close()

    def stop(self) -> None:
        """End the answer; whoever iterates is done at once."""
        self.stopped = True
        try:
            self._response.shutdown()
        except (ValueError, RuntimeError, OSError):
            return  # it has ended by itself

    def _chunk(self) -> bytes:
        from urllib3.exceptions import HTTPError  # noqa: PLC0415

        if self.stopped:
            return b""
        try:
            return bytes(self._response.read1(CHUNK))
        except (HTTPError, OSError, ValueError, AttributeError) as error:
            if self.stopped:  # the connection was cut under the reader
                return b""
            raise unanswered(self._request.what, error, _cause_of(error)) from error


def connect(environment: Environment, purpose: str) -> Connection:
    """A connection to the cluster of `environment`; nothing is sent yet.

    Raises PreconditionUnmet where the environment gives no access, and ToolError for a kubeconfig
    that cannot be used or leads where it must not.
    """
    if environment.kubeconfig is None or not environment.file.capabilities.kubernetes:
        raise PreconditionUnmet(
            f"environment '{environment.name}' gives no Kubernetes access; "
            f"set FOCUS_KUBECONFIG to {purpose}."
        )
    return Connection(api_client(environment.kubeconfig, loopback_only=environment.name == SANDBOX))


def api_client(kubeconfig: str, *, loopback_only: bool = False) -> Any:
    """A client of its own with the address and the credentials of `kubeconfig`.

    Raises ToolError when it cannot be used, or leads to another machine where only this one is
    allowed; then no proxy of the process environment is used either.
    """
    # Imported here: the client costs half a second, and most runs of one case need none.
    from kubernetes import client  # noqa: PLC0415
    from kubernetes.config import ConfigException  # noqa: PLC0415
    from yaml import YAMLError  # noqa: PLC0415

    from focus_engine.kubernetes.kubeconfig import load  # noqa: PLC0415
    from focus_engine.kubernetes.kubeconfig_file import require_plain  # noqa: PLC0415

    settings = client.Configuration()
    settings.retries = False  # repeats are stated above, and nowhere else
    settings.connection_pool_maxsize = CONNECTIONS
    try:
        with refusing(ConfigException, YAMLError, RuntimeError):  # the last for ~NOBODY
            for part in filter(None, kubeconfig.split(os.pathsep)):
                if (path := Path(part).expanduser()).exists():
                    require_plain(path)
            load(kubeconfig, settings)
    except (UndecodableError, OSError) as error:
        raise ToolError(
            f"the kubeconfig {kubeconfig} cannot be used: {_told(error)}. "
            "Correct it, or set FOCUS_KUBECONFIG to another."
        ) from error
    if loopback_only:
        require_loopback("FOCUS_KUBECONFIG", str(settings.host))
        settings.proxy = None
    return client.ApiClient(settings)


def _told(error: Exception) -> str:
    """What `error` says; of the system its reason and the file."""
    if not isinstance(error, OSError):
        return str(error)
    return f"{error.filename}: {error.strerror}" if error.strerror else str(error)


def _pause(method: str, error: KubernetesError, repeats: int) -> float | None:
    """Seconds until the request is sent again; None when the error stands."""
    asked = error.retry_after
    if asked is not None and asked > LONGEST_PAUSE:
        return None
    if error.cause is ApiFailure.TOO_MANY:
        wait = SHED_PAUSE_SECONDS if asked is None else asked
        return wait if repeats < SHEDDING_REPEATS else None
    may_heal = {ApiFailure.UNREACHABLE, ApiFailure.TIMED_OUT, ApiFailure.SERVER_ERROR}
    if method == "GET" and error.cause in may_heal and repeats == 0:
        return PAUSE_SECONDS if asked is None else asked
    return None


def _read(request: ApiRequest, response: Any) -> bytes:
    from urllib3.exceptions import HTTPError  # noqa: PLC0415

    deadline = time.monotonic() + WHOLE_ANSWER_SECONDS
    body = bytearray()
    try:
        while chunk := response.read1(CHUNK):
            body += chunk
            if len(body) > LARGEST_ANSWER:
                response.close()
                seen = f"more than {LARGEST_ANSWER // 1024**2} MiB"
                raise not_kubernetes(request.what, seen, ApiFailure.TOO_LARGE)
            if time.monotonic() > deadline:
                response.close()
                why = f"it was still sending after {WHOLE_ANSWER_SECONDS:g} s"
                raise unanswered(request.what, why, ApiFailure.TIMED_OUT)
    except (HTTPError, OSError) as error:
        raise unanswered(request.what, error, _cause_of(error)) from error
    return bytes(body)


def _refusal(request: ApiRequest, response: Any, now: datetime) -> KubernetesError:
    """What the answer says of the refusal: the API's own sentence where it gives one."""
    status = int(response.status)
    try:
        body = _read(request, response)
    except KubernetesError:
        body = b""
    finally:
        response.release_conn()
    try:
        said = decode_object(body).get("message")
    except UndecodableError:
        said = None
    reason = str(said or response.reason or "")
    if ApiFailure.of_status(status) is ApiFailure.NOT_KUBERNETES:
        reason = f"{reason}, a redirect, which Kubernetes never answers"
    wait = _retry_after(response.headers.get("Retry-After", ""), now)
    return refused(request.what, request.namespace, status, reason, wait)


def _retry_after(text: str, now: datetime) -> float | None:
    """Seconds from `now`, named by their number or as a date; None for what is neither."""
    if re.fullmatch(r"\s*[0-9]+\s*", text):
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - now).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None


def _cause_of(error: Exception) -> ApiFailure:
    from urllib3.exceptions import SSLError, TimeoutError  # noqa: PLC0415, A004 - urllib3's name

    if isinstance(error, SSLError):
        return ApiFailure.UNTRUSTED
    return ApiFailure.TIMED_OUT if isinstance(error, TimeoutError) else ApiFailure.UNREACHABLE


def _url(host: str, path: str, query: Sequence[tuple[str, str]]) -> str:
    asked = f"?{urlencode(query)}" if query else ""
    return host.rstrip("/") + quote(path, safe="/") + asked
