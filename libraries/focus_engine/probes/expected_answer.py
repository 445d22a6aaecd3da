"""Whether a request met the right fate while a dependency was away."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from focus_engine.checks.report import Report
from focus_engine.contract.configure.leak_checks import judge_tight_lipped
from focus_engine.contract.declared_type import judge_declared_json
from focus_engine.contract.endpoints.job_answers import reason_of
from focus_engine.probes.single_request import Answer, NoAnswer
from focus_engine.transport.reply import Reply

RETRY_AFTER = "retry-after"
SECONDS = re.compile(r"\d+", re.ASCII)
TIME = "time"  # the subject of a finding


@dataclass(frozen=True)
class Demand:
    """What an answer must be. `naming` are alternatives, one of which the message must name."""

    statuses: Sequence[int]
    within: float
    naming: Sequence[str] = ()

    @property
    def refusals(self) -> list[int]:
        """Which of the statuses are refusals."""
        return [status for status in self.statuses if status >= HTTPStatus.BAD_REQUEST]

    @property
    def expected(self) -> str:
        return " or ".join(str(status) for status in self.statuses)


def judge_answer(answer: Answer, demand: Demand, during: str) -> Report:
    """Status, time, and for a refusal what it says and that it says nothing of the inside.

    `during` completes the sentence "POST /configure should be answered 503 …". TIME is not checked
    of what is late because this machine stood still.
    """
    findings = Report()
    what = f"{answer.request} should be answered {demand.expected} {during}"
    right = answer.status in demand.statuses
    seen = answer.status if answer.status is not None else answer.error
    said = f"{what}, but it {answer.in_words}."
    excused = answer.excuse(demand.within)
    if excused and answer.error is NoAnswer.TIMEOUT:
        findings.not_checked(TIME, f"{said[:-1]}; {excused}")
        return findings
    findings.expect("status", right, demand.expected, seen, said)
    if answer.reply is None:
        return findings
    late = (
        f"{answer.request} should be answered within {demand.within:g} s {during}, but that took "
        f"{answer.seconds:.1f} s (status {answer.status})."
    )
    if excused:
        findings.not_checked(TIME, f"{late[:-1]}; {excused}")
    else:
        in_time, most = answer.seconds <= demand.within, f"at most {demand.within:g} s"
        findings.expect(TIME, in_time, most, f"{answer.seconds:.3f} s", late)
    if not answer.is_ok:
        findings.extend(_judge_refusal(answer.reply, demand if right else None))
    return findings


def _judge_refusal(reply: Reply, demand: Demand | None) -> Report:
    """What it says is judged only where its status is right; what it gives away always."""
    findings = Report()
    if demand is not None and demand.naming:
        reason = reason_of(reply)
        findings.expect(
            "reason",
            any(re.search(name, reason, re.IGNORECASE) for name in demand.naming),
            f"a text under error, message or detail that names {' or '.join(demand.naming)}",
            reason,
            f"the refusal of {reply.method} {reply.path} should name {demand.naming[0]}, but the "
            f"server answered {reply.answer}",
        )
    if demand is not None and reply.status == HTTPStatus.SERVICE_UNAVAILABLE:
        findings.extend(_judge_retry_after(reply))
    if demand is not None and isinstance(reply.json_or_none(), dict):
        judge_declared_json(reply, findings)
    findings.extend(judge_tight_lipped(reply))
    return findings


def _judge_retry_after(reply: Reply) -> Report:
    """When to ask again: whole seconds or an HTTP date; how long is left to the server."""
    findings = Report()
    told = {name.lower(): value for name, value in reply.headers.items()}.get(RETRY_AFTER)
    seen = "has no such header" if told is None else f"it says '{told}'"
    findings.expect(
        "Retry-After",
        told is not None and _is_retry_after(told.strip()),
        "whole seconds from 0, or an HTTP date",
        told,
        f"the 503 of {reply.method} {reply.path} should say when to ask again (Retry-After: whole "
        f"seconds or an HTTP date), but {seen}.",
    )
    return findings


def _is_retry_after(value: str) -> bool:
    if SECONDS.fullmatch(value):
        return True
    try:
        parsedate_to_datetime(value)
    except ValueError:
        return False
    return value.endswith("GMT")
