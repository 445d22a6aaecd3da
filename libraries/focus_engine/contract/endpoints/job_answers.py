"""What the server must answer about a job: that it knows none, or that it cannot start one now."""

from collections.abc import Sequence

from focus_engine.checks.report import Report
from focus_engine.contract.configure.accepted import counter_of
from focus_engine.contract.configure.leak_checks import judge_tight_lipped
from focus_engine.contract.declared_type import judge_declared_json
from focus_engine.settings import Requirements
from focus_engine.transport.reply import Reply

REASON_KEYS = ("error", "message", "detail")


def judge_unknown_job(reply: Reply, required: Requirements, why: str = "") -> Report:
    """The agreed answer about a job that does not exist, or that nobody reads.

    `why` completes the sentence "… should answer 404", such as " a second after its reader left".
    """
    findings = Report()
    status, text = required.unknown_job_status.value, required.unknown_job_text.value
    said = f"{reply.request} should answer {status}{why}, but the server answered {reply.answer}"
    if findings.expect("status", reply.status == status, str(status), reply.status, said):
        said = (
            f'{reply.request} should answer exactly {{"error": "{text}"}}, but the server '
            f"answered {reply.answer}"
        )
        findings.expect(
            "body", reply.json_or_none() == {"error": text}, f"error: {text}", reply.text, said
        )
        judge_declared_json(reply, findings)
    return findings


def judge_inability(reply: Reply, statuses: Sequence[int], why: str) -> Report:
    """A refusal of a valid request that the server cannot serve now: status and a reason.

    `why` completes the sentence "… should be refused because", such as `no slot is free`.
    """
    findings = judge_refused(reply, statuses, why)
    if not findings.failures:
        what = _refusal(reply, statuses, why)
        said = f"{what}, with a reason in JSON, but the server answered {reply.answer}"
        reason = reason_of(reply)
        findings.expect(
            "reason", bool(reason), "a text under error, message or detail", reason, said
        )
        findings.extend(judge_tight_lipped(reply))
        judge_declared_json(reply, findings)
    return findings


def judge_refused(reply: Reply, statuses: Sequence[int], why: str) -> Report:
    """As `judge_inability`, by the status alone: an answer to HEAD has no body."""
    findings, expected = Report(), _any_of(statuses)
    said = f"{_refusal(reply, statuses, why)}, but the server answered {reply.answer}"
    findings.expect("status", reply.status in statuses, expected, reply.status, said)
    return findings


def _refusal(reply: Reply, statuses: Sequence[int], why: str) -> str:
    return f"{reply.request} should be refused ({_any_of(statuses)}) because {why}"


def _any_of(statuses: Sequence[int]) -> str:
    return " or ".join(str(status) for status in statuses)


def judge_next_id(job_id: str, earlier: Sequence[str]) -> Report:
    """The id of a job that began when those of `earlier` had ended: it is none of theirs.

    Where ids name a counter, it goes on. One below all of theirs accuses nobody: a server that was
    restarted begins anew.
    """
    findings = Report()
    said = f"job_id {job_id} was given again, to a job that began after that one's end."
    findings.expect("job_id is new", job_id not in earlier, "an id of its own", job_id, said)
    count, *others = (counter_of(each) for each in (job_id, *earlier))
    counted = [other for other in others if other is not None]
    if count is None or not counted:
        findings.not_checked("counter", "the ids name none.")
    elif count < min(counted):
        findings.not_checked("counter", f"it began anew, with {count}: was the server restarted?")
    else:
        said = (
            f"job {job_id} began when job {', '.join(earlier)} had ended, so it should count on "
            f"from {max(counted)}."
        )
        findings.expect("counter", count > max(counted), f"above {max(counted)}", count, said)
    return findings


def reason_of(reply: Reply) -> str:
    """The text by which a refusal says why; empty where it says nothing."""
    body = reply.json_or_none()
    if not isinstance(body, dict):
        return ""
    texts = [body[key] for key in REASON_KEYS if isinstance(body.get(key), str)]
    return next((text for text in texts if text.strip()), "")
