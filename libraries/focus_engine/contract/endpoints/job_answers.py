"""What the server must answer about a job: that it knows none, or that it cannot start one now."""

from collections.abc import Sequence

from focus_engine.checks.report import Report
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
    findings = Report()
    expected = " or ".join(str(status) for status in statuses)
    what = f"{reply.request} should be refused ({expected}) because {why}"
    said = f"{what}, but the server answered {reply.answer}"
    if findings.expect("status", reply.status in statuses, expected, reply.status, said):
        said = f"{what}, with a reason in JSON, but the server answered {reply.answer}"
        reason = reason_of(reply)
        findings.expect(
            "reason", bool(reason), "a text under error, message or detail", reason, said
        )
        findings.extend(judge_tight_lipped(reply))
        judge_declared_json(reply, findings)
    return findings


def reason_of(reply: Reply) -> str:
    """The text by which a refusal says why; empty where it says nothing."""
    body = reply.json_or_none()
    if not isinstance(body, dict):
        return ""
    texts = [body[key] for key in REASON_KEYS if isinstance(body.get(key), str)]
    return next((text for text in texts if text.strip()), "")
