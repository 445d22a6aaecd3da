"""One request, one attempt: a status as a number, or the way in which no answer came."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from focus_engine.evidence import Evidence
from focus_engine.on_use import on_use
from focus_engine.probes.standstill import Standstill, excuse
from focus_engine.transport.reply import JSON, Reply
from focus_engine.verdict import ToolError

with on_use(__name__):
    import requests
    from urllib3 import exceptions

    from focus_engine import environment as environments
    from focus_engine import ledger as ledgers
    from focus_engine.transport import client, http_transport


class NoAnswer(StrEnum):
    """How a request ended without an answer."""

    REFUSED = "refused"  # nobody listens: the server itself is away
    TIMEOUT = "timeout"  # no complete answer within the deadline
    HTTP = "http"  # the connection broke, or what came was no HTTP


@dataclass(frozen=True)
class Asked:
    """A request to send. `path` is without the server's prefix."""

    method: str
    path: str
    body: bytes | None = None
    content_type: str = JSON


@dataclass(frozen=True)
class Answer:
    """What came of one request: `reply`, or `error` where there is none. Durations are seconds.

    Of `seconds`, this process itself stood still for `stood_still`.
    """

    asked: Asked
    seconds: float
    deadline: float
    reply: Reply | None = None
    error: NoAnswer | None = None
    said: str = ""
    stood_still: float = 0.0

    @property
    def status(self) -> int | None:
        """The status as a number; None without an answer."""
        return None if self.reply is None else self.reply.status

    def excuse(self, within: float) -> str:
        """Why it is no fault of the server that it took longer; empty where it is one.

        Where no answer came in time, what counts is that the server had `within` seconds.
        """
        return excuse(self.seconds, self.stood_still, within)

    @property
    def is_ok(self) -> bool:
        return self.reply is not None and self.reply.is_ok

    @property
    def request(self) -> str:
        return f"{self.asked.method} {self.asked.path}"

    @property
    def took(self) -> str:
        return f"{self.seconds:.1f} s" if self.seconds >= 1 else f"{self.seconds * 1000:.0f} ms"

    @property
    def in_words(self) -> str:
        """How the server met the request, to complete a sentence that begins with 'it'."""
        if self.reply is not None:
            return f"answered {self.reply.answer} after {self.took}"
        if self.error is NoAnswer.TIMEOUT:
            return f"gave no answer within {self.deadline:g} s"
        how = "was refused" if self.error is NoAnswer.REFUSED else "got no answer"
        return f"{how} after {self.took} ({self.said})"

    def add_to(self, evidence: Evidence) -> None:
        if self.reply is not None:
            self.reply.add_to(evidence)
            return
        evidence.add(
            "Request without an answer",
            ["", "what travelled"],
            [
                ["request", self.request],
                ["error", self.error],
                ["what was said", self.said],
                ["seconds", f"{self.seconds:.3f} (at most {self.deadline:g})"],
            ],
        )


def ask_once(
    environment: environments.Environment, ledger: ledgers.JobLedger, asked: Asked, deadline: float
) -> Answer:
    """Send `asked` once over a new connection, and wait at most `deadline` seconds.

    A new connection, because a pooled one may be stale, and nothing here is sent twice. A job that
    it starts is entered in `ledger`. Raises NotAllowed for what the environment does not allow, and
    ToolError when the server cannot be found at all (its name, TLS) or the job budget is used up.
    """
    bounded = environment.with_request_timeout(deadline)
    with Standstill() as still:
        answer = _answer_of(bounded, ledger, asked, deadline)
    return replace(answer, stood_still=still.seconds)


def _answer_of(
    bounded: environments.Environment, ledger: ledgers.JobLedger, asked: Asked, deadline: float
) -> Answer:
    with requests.Session() as session:
        api = client.connect(session, bounded, ledger)
        try:
            reply = api.send(asked.method, asked.path, asked.body, asked.content_type)
        except (ToolError, http_transport.BrokenAnswerError) as error:
            kind = _kind_of(error)
            if kind is None:
                raise
            seconds = api.wire.exchanges[-1].seconds
            return Answer(asked, seconds, deadline, error=kind, said=_reason(error))
    return Answer(asked, reply.seconds, deadline, reply=reply)


def _kind_of(error: ToolError | http_transport.BrokenAnswerError) -> NoAnswer | None:
    """None for what says nothing of the server: an address or a certificate that is wrong."""
    cause = error.__cause__
    if not isinstance(cause, requests.RequestException):
        return None
    if isinstance(cause, requests.exceptions.SSLError):
        return None
    if isinstance(cause, requests.exceptions.Timeout) or _timed_out_in_body(cause):
        return NoAnswer.TIMEOUT
    if isinstance(error, http_transport.NotSentError):
        return NoAnswer.REFUSED if "connection refused" in error.sentence else None
    return NoAnswer.HTTP


def _timed_out_in_body(cause: requests.RequestException) -> bool:
    return bool(cause.args) and isinstance(cause.args[0], exceptions.ReadTimeoutError)


def _reason(error: ToolError | http_transport.BrokenAnswerError) -> str:
    """The part of the sentence that says what happened, without the address and the advice."""
    if isinstance(error, http_transport.BrokenAnswerError):
        _, _, tail = str(error).partition(", but ")
    else:
        _, _, tail = error.sentence.partition(": ")
    return (tail or str(error)).partition(". ")[0].rstrip(".")
