"""The one way onto the wire: what may be sent, what starts a job, and what was really sent."""

import re
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit
from weakref import WeakKeyDictionary

import requests
from urllib3.exceptions import NewConnectionError

from focus_engine.causes import Whose
from focus_engine.declared.permission import Permission
from focus_engine.environment import Environment
from focus_engine.job_start import NOT_SENT, UNANSWERED, answer_in, start_of
from focus_engine.ledger import JobLedger, Terms
from focus_engine.masking import head_of
from focus_engine.network.bounded_http import BoundedAdapter, host_of
from focus_engine.network.proxies import http_cause
from focus_engine.verdict import NotAllowed, ProductFailure, ToolError

READ_ONLY_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CREDENTIAL_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie"})
MASK = "<masked>"
KEPT_EXCHANGES = 1000
POOLED_CONNECTIONS = 100  # as many as are sent at once; fewer would open and close for each
SHOWN_CHARACTERS = 80
HARMLESS_ADDRESS = re.compile(r"[\w.~/:@?&=+,%-]{0,512}", re.ASCII)
HARMLESS_HEADER = re.compile(r"[\x20-\x7e]{0,4096}")
OPERATOR = re.compile(rb"""["']\$[A-Za-z]""")
STARTS_JOB = re.compile(r"/(configure|config/[^/]+)$")
ENDS_JOB = re.compile(r"/job/([^/]+)$")  # of the later API


@dataclass(frozen=True)
class Exchange:
    """One request as it travelled; `status` is None when no answer came."""

    method: str
    path: str
    body: bytes
    status: int | None
    seconds: float


@dataclass(frozen=True)
class Timing:
    """When a request was sent, by both clocks that others use, and how long its answer took.

    `sent_at` is `time.monotonic()`, `started` `time.perf_counter()`; `seconds` are to the last byte
    and without the wait for the budget, which `response.elapsed` counts.
    """

    sent_at: float
    started: float
    seconds: float


@dataclass(frozen=True)
class StartedJob:
    """A configuration that started a job: when it was sent (time.perf_counter()), and its body."""

    sent_at: float
    body: bytes


# By server and id, of every session of this process: one may read what another one started.
_STARTED: dict[tuple[str, str], StartedJob] = {}


class NotSentError(ToolError):
    """No connection came about, so the server has seen nothing of the request."""


class BrokenAnswerError(ProductFailure):
    """The server was reached, and what came back was no whole answer, or nothing."""


class Wire(BoundedAdapter):
    """Mounted on a session, it sends once, bounded in time, and enters jobs in the ledger.

    It is an adapter so that the requests of RequestsLibrary's own keywords pass it too.
    """

    def __init__(self, environment: Environment, ledger: JobLedger) -> None:
        super().__init__(max_retries=0, pool_maxsize=POOLED_CONNECTIONS)
        self.exchanges: deque[Exchange] = deque(maxlen=KEPT_EXCHANGES)
        self._timings: WeakKeyDictionary[requests.Response, Timing] = WeakKeyDictionary()
        self._environment = environment
        self._ledger = ledger
        self._reserved: deque[int] = deque()

    @property
    def terms(self) -> Terms:
        """What the environment lets this run have alive."""
        file, life = self._environment.file, self._environment.job_life
        answer = file.request_timeout
        # One life and one time-out free the whole budget; twice that leaves room for contention.
        return Terms(file.alive_jobs, life, answer, wait_limit=2 * (life + answer))

    def timing_of(self, response: requests.Response) -> Timing:
        """When its request was sent, and how long it took."""
        return self._timings[response]

    def started(self, job_id: str) -> StartedJob | None:
        """What started a job of this server; None where nothing of this process did."""
        return _STARTED.get((self._environment.base_url, job_id))

    @contextmanager
    def reserved(self, count: int) -> Iterator[None]:
        """Take `count` places in the job budget now, for jobs that must start at once.

        What was not needed is given back. Raises ToolError when there is no room in time.
        """
        try:
            for _ in range(count):
                self._reserved.append(self._ledger.reserve(self.terms))
            yield
        finally:
            while self._reserved:
                self._ledger.release(self._reserved.popleft())

    def send(  # noqa: PLR0917 - the signature is requests' own
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> requests.Response:
        """Send `request` once.

        Raises NotAllowed for what the environment does not allow, BrokenAnswerError when the server
        was reached and gave no whole answer in time, and ToolError when it cannot be reached or the
        job budget stays used up.
        """
        self._refuse(request)
        options = {
            "stream": stream,
            "timeout": timeout or self._environment.file.request_timeout,
            # requests lets REQUESTS_CA_BUNDLE override a session's verify=False
            "verify": verify if self._environment.file.tls.verify else False,
            "cert": cert,
            "proxies": proxies,
        }
        ended = ENDS_JOB.search(urlsplit(request.path_url).path)
        if ended and request.method == "DELETE":
            self._ledger.may_be_over(unquote(ended[1]))
        response = (
            self._send_job(request, options)
            if starts_job(request)
            else self._send_once(request, options)
        )
        response.request = _masked(request)  # what a log of the response may show
        return response

    def _refuse(self, request: requests.PreparedRequest) -> None:
        what = f"{request.method} {request.path_url}"
        if request.method not in READ_ONLY_METHODS and self._environment.file.production:
            raise NotAllowed(
                f"{what} would change something, and environment '{self._environment.name}' is "
                "production, which is read-only. Choose another environment."
            )
        if starts_job(request):
            self._environment.require(Permission.JOBS, what)
        if is_abusive(request):
            shown = f"{request.method} {head_of(request.path_url, SHOWN_CHARACTERS)}"
            self._environment.require(Permission.ABUSE, f"{shown}, which no client would send,")

    def _send_job(
        self, request: requests.PreparedRequest, options: dict[str, Any]
    ) -> requests.Response:
        reservation = self._reservation()
        try:
            response = self._send_once(request, options)
            body = response.content  # of a streamed answer too: it may break as well
        except NotSentError:
            self._ledger.settle(reservation, NOT_SENT)
            raise
        except BaseException:  # Robot's time-out is one too: a job may have been started
            self._ledger.settle(reservation, UNANSWERED)
            raise
        start = start_of(response.status_code, answer_in(body))
        self._ledger.settle(reservation, start)
        if start.job_id is not None:
            sent = request.body or b""
            body = sent.encode() if isinstance(sent, str) else sent
            key = self._environment.base_url, start.job_id
            _STARTED[key] = StartedJob(self._timings[response].started, body)
        return response

    def _reservation(self) -> int:
        try:
            return self._reserved.popleft()  # atomic: threads may send at once
        except IndexError:
            return self._ledger.reserve(self.terms)

    def _send_once(
        self, request: requests.PreparedRequest, options: dict[str, Any]
    ) -> requests.Response:
        sent_at, started = time.monotonic(), time.perf_counter()
        try:
            response = super().send(request, **options)
        except requests.RequestException as error:
            self._keep(request, None, time.perf_counter() - started)
            raise no_answer(request, error, options["timeout"]) from error
        seconds = time.perf_counter() - started
        self._timings[response] = Timing(sent_at, started, seconds)
        self._keep(request, response.status_code, seconds)
        return response

    def _keep(self, request: requests.PreparedRequest, status: int | None, seconds: float) -> None:
        path = urlsplit(request.path_url).path
        self.exchanges.append(
            Exchange(request.method or "", path, sent_bytes(request), status, seconds)
        )


def starts_job(request: requests.PreparedRequest) -> bool:
    """Whether the server starts a job: POST /configure, or /config/{task} of the later API."""
    path = urlsplit(request.path_url).path.rstrip("/")
    return request.method == "POST" and STARTS_JOB.search(path) is not None


def is_abusive(request: requests.PreparedRequest) -> bool:
    """Whether address or headers hold what no client sends: quotes, markup, braces, great length.

    A body is judged by the case that sends it, which alone knows what is meant, but for what is
    meant for a database in any: an operator of MongoDB.
    """
    address = unquote(request.path_url, errors="replace")
    values = [str(value) for value in request.headers.values()]
    return (
        HARMLESS_ADDRESS.fullmatch(address) is None
        or ".." in address
        or any(HARMLESS_HEADER.fullmatch(value) is None for value in values)
        or OPERATOR.search(sent_bytes(request)) is not None
    )


def sent_bytes(request: requests.PreparedRequest) -> bytes:
    body = request.body
    if isinstance(body, str):
        return body.encode()
    return body if isinstance(body, bytes) else b""


def no_answer(
    request: requests.PreparedRequest, error: requests.RequestException, timeout: Any
) -> ToolError | BrokenAnswerError:
    """What a request that got no whole answer ends with: whose fault it is, and what to do."""
    where = host_of(request.url or "")
    cause = http_cause(error, request.url or "")
    what = cause.what.replace("the time-out", f"{_seconds(timeout)} s ('request_timeout')")
    if cause.whose is Whose.PRODUCT:
        return BrokenAnswerError(
            f"{request.method} {request.path_url} should be answered by {where}, but {what}. "
            f"{cause.advice}"
        )
    tried = "no trusted TLS connection to" if _is_tls(error) else "cannot reach"
    kind = NotSentError if _never_connected(error) else ToolError
    return kind(f"{tried} {where}: {what}. {cause.advice}")


def _is_tls(error: requests.RequestException) -> bool:
    return isinstance(error, requests.exceptions.SSLError)


def _never_connected(error: requests.RequestException) -> bool:
    if isinstance(error, requests.exceptions.ConnectTimeout | requests.exceptions.SSLError):
        return True
    cause = error.args[0] if error.args else None
    return isinstance(getattr(cause, "reason", None), NewConnectionError)


def _seconds(timeout: Any) -> str:
    return f"{timeout:g}" if isinstance(timeout, int | float) else str(timeout)


def _masked(request: requests.PreparedRequest) -> requests.PreparedRequest:
    shown = request.copy()
    for name in shown.headers:
        if name.lower() in CREDENTIAL_HEADERS:
            shown.headers[name] = MASK
    return shown
