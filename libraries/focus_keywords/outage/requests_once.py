"""Keywords that send one request and judge what came of it."""

import re
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from robot.api.deco import keyword

from focus_engine.evidence import Evidence, compact
from focus_engine.masking import head_of
from focus_engine.on_use import on_use
from focus_engine.outage.model import Outage
from focus_engine.probes.single_request import Answer, Asked
from focus_engine.verdict import PreconditionUnmet, ProductFailure, ToolError
from focus_keywords.outage.observer import Observer, log
from focus_keywords.reporting import conclude

with on_use(__name__):
    from focus_engine.contract.configure import rejection
    from focus_engine.probes import as_before, expected_answer
    from focus_engine.transport import concurrent

STATUSES = re.compile(r"[1-5]\d\d(?:\s*(?:,|or)\s*[1-5]\d\d)*")
METHOD = re.compile(r"[A-Za-z]+")
STATUS = re.compile(r"\d{3}")


class RequestKeywords:
    """Each request is sent once, over a connection of its own."""

    def __init__(self, observer: Observer) -> None:
        self._observer = observer

    @keyword(tags=["Observation"])
    def request_once(
        self, method: str, path: str, body: Any = None, *, deadline: timedelta | None = None
    ) -> Answer:
        """Send one request, without retries and redirects, and return what came of it.

        Args:
            method: Such as `GET` or `POST`.
            path: Below the server's prefix, such as `/ack`.
            body: A dictionary (sent as JSON), text or bytes; default none.
            deadline: How long to wait for the answer; default `outages.answer` of the
                environment.

        Returns:
            The answer: `status` (a number, or None), `error` (`refused`, `timeout`, `http` or
            None), `seconds` (of this one request, without any wait for the job budget), `reply`
            (with headers and text).

        Raises:
            NotAllowed: The environment does not allow it.
            ToolError: The host is not known, TLS does not work, or the job budget stays used up.

        A job that it starts is entered in the job ledger and ends by itself.

        ```robotframework
        ${answer} =    Request Once    GET    /ack    deadline=2 s
        Should Be Equal As Integers    ${answer.status}    200
        ```
        """
        return self._logged([self._observer.ask(asked(method, path, body), deadline)])[0]

    @keyword(tags=["Observation"])
    def request_together(
        self, requests: list[Any], *, deadline: timedelta | None = None
    ) -> list[Answer]:
        """Send requests at the same moment, each once, and return what came of them.

        Args:
            requests: A list of requests, each a list of method, path and, where there is one, body,
                as `Request Once` takes them; one such request alone is sent alone.
            deadline: How long to wait for each answer; default `outages.answer` of the
                environment.

        Returns:
            The answers in the order of the requests, each as `Request Once` returns it.

        Raises:
            NotAllowed: The environment does not allow one of them.
            ToolError: As `Request Once`; also for more than 100 requests, or none; `['GET']
                (list) is no request. Give a list of method, path and, where there is one, body.`

        Jobs that they start are entered in the job ledger and end by themselves.

        ```robotframework
        VAR    @{ack}    GET    /ack
        VAR    @{channels}    GET    /channels
        ${answers} =    Request Together    ${{[$ack, $channels, $ack]}}
        Length Should Be    ${answers}    3
        ```
        """
        alone = bool(requests) and isinstance(requests[0], str)
        sends = [
            partial(self._observer.ask, request, deadline)
            for request in map(_asked_together, [requests] if alone else requests)
        ]
        return self._logged(concurrent.send_together(sends))

    @keyword(tags=["Assertion"])
    def answer_should_be(
        self,
        answer: Answer,
        status: str,
        within: timedelta,
        naming: str = "",
        *,
        outage: Outage | None = None,
        before: Sequence[Answer] = (),
    ) -> None:
        """Judge what came of one request: status, time, what a refusal says, and what stays.

        A refusal must tell nothing of the server's inside, JSON must be declared as JSON, and a 503
        must say when to ask again (`Retry-After`: whole seconds, or an HTTP date).

        Args:
            answer: What `Request Once` returned.
            status: One number, or several such as `502 or 503`.
            within: The longest time that it may have taken.
            naming: What a refusal must name under `error`, `message` or `detail`, alternatives
                separated by commas; default is nothing in particular. An ERROR where no status
                is a refusal.
            outage: What was away meanwhile, for the message.
            before: Answers of before the outage. A request that one of them was answered 200 must
                be told the same now, save for what belongs to a job or comes and goes: the
                oldest recordings, the end of one that went on, a fibre that was waited for.

        Raises:
            ProductFailure: `POST /configure should be answered 503 while mongodb is away, but it
                answered 500: … after 0.3 s.`; also `GET /channels should be answered as before
                the outage now, but highest_channel was 2337 and is 2222.`
            Undetermined: `time was not checked: GET /ack should be answered within 1 s now, but
                that took 1.4 s (status 200); this machine stood still for 1.3 s of them, so that
                the server may have answered in time. Run the case again, on a quieter machine.`
            ToolError: `ERROR: 'soon' names no status. Write 503, or 502 or 503.`

        ```robotframework
        ${answer} =    Request Once    GET    /ack
        Answer Should Be    ${answer}    200    within=2 s
        ${again} =    Request Once    GET    /ack
        Answer Should Be    ${again}    200    within=2 s    before=${{[$answer]}}
        ```
        """
        demand = expected_answer.Demand(
            statuses=_statuses(status),
            within=within.total_seconds(),
            naming=rejection.alternatives(naming),
        )
        if demand.naming and not demand.refusals:
            raise ToolError(
                f"naming '{naming}' has no effect with status {status}: only a refusal (400 or "
                "more) must name something. Leave the cell empty, or correct the status."
            )
        during = f"while {outage.dependency} is away" if outage else "now"
        findings = expected_answer.judge_answer(answer, demand, during)
        findings.extend(as_before.judge_as_before(answer, before, during))
        conclude(findings, decisive=(expected_answer.TIME,))

    @keyword(tags=["Assertion"])
    def fibre_should_still_be_shown(
        self, before: Answer, now: Answer, outage: Outage | None = None
    ) -> None:
        """Fail when /live_metadata has lost the fibre that it showed before.

        Looked at is `prr`, the pulses per second: it must be a number above 0.

        Args:
            before: The answer to GET /live_metadata before the outage, of `Request Once`.
            now: The one during it.
            outage: What is away meanwhile, for the message.

        Raises:
            ProductFailure: `GET /live_metadata should show the fibre's prr of 2000 still while
                mongodb is away, but it shows 0.`
            PreconditionUnmet: There was no fibre before, so none could be lost.

        ```robotframework
        ${before} =    Request Once    GET    /live_metadata
        ${now} =    Request Once    GET    /live_metadata
        Fibre Should Still Be Shown    ${before}    ${now}
        ```
        """
        shown, left = _prr(before), _prr(now)
        if not _is_rate(shown):
            raise PreconditionUnmet(
                f"GET /live_metadata showed no fibre before the outage (prr {shown}), so whether "
                "it is lost in one cannot be told. Connect a fibre."
            )
        if not _is_rate(left):
            during = f" while {outage.dependency} is away" if outage else ""
            raise ProductFailure(
                f"GET /live_metadata should show the fibre's prr of {shown:g} still{during}, but "
                f"it shows {left}."
            )

    @staticmethod
    def _logged(answers: list[Answer]) -> list[Answer]:
        evidence = Evidence()
        for answer in answers:
            answer.add_to(evidence)
        log(evidence)
        return answers


def _prr(answer: Answer) -> Any:
    """The `prr` of an answer, None where it has none."""
    if answer.reply is None:
        return None
    body = answer.reply.json()
    return body.get("prr") if isinstance(body, dict) else None


def _is_rate(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def asked(method: str, path: str, body: Any = None) -> Asked:
    """A request out of what a case says: a dictionary is sent as JSON, text as UTF-8."""
    if not METHOD.fullmatch(method):
        raise ToolError(f"'{head_of(method, 80)}' is no method of HTTP. Write one such as GET.")
    if body is None or isinstance(body, bytes):
        return Asked(method.upper(), path, body)
    text = body if isinstance(body, str) else compact(body)
    return Asked(method.upper(), path, text.encode())


def _asked_together(request: Any) -> Asked:
    match request:
        case [str() as method, str() as path, *body] if len(body) <= 1:
            return asked(method, path, *body)
    raise ToolError(
        f"{head_of(repr(request), 80)} ({type(request).__name__}) is no request. Give a list of "
        "method, path and, where there is one, body: ['GET', '/ack']."
    )


def _statuses(cell: str) -> list[int]:
    if not STATUSES.fullmatch(cell.strip()):
        raise ToolError(f"'{cell}' names no status. Write 503, or 502 or 503.")
    return [int(number) for number in STATUS.findall(cell)]
