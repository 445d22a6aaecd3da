"""What counts as a rejection: the right status, a body that helps, and nothing left behind."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from focus_engine.checks.report import Report
from focus_engine.contract.configure.leak_checks import judge_tight_lipped
from focus_engine.contract.declared_type import judge_declared_json
from focus_engine.contract.json_types import is_int, is_text
from focus_engine.kubernetes.jobs import GrpcJob, GrpcJobs
from focus_engine.ledger import JobLedger
from focus_engine.masking import head_of
from focus_engine.settings import Defaults, Requirements
from focus_engine.transport.reply import Reply
from focus_engine.unchecked import GIVE_A_CLUSTER, NO_CLUSTER
from focus_engine.verdict import ToolError

# FastAPI repeats what it was sent under `input`; an echo of the field is not naming it.
ECHO_KEYS = frozenset({"input"})
JOB_KEYS = frozenset({"job_id", "stream_port", "stream_url"})
NO_JOB_LEFT = "no job left behind"

_LIMIT = re.compile(r"[+-]?[0-9]{1,18}")
TIMES = {"start_time", "end_time"}  # a range that is wrong may be told of either end

NO_RECORDING_WORDS = ("no recording", "recordings", "not recorded", "no data")
# Words by which a message may name a field for people, beside the field's own name.
WORDS = {
    "channels": ("channel", "sensor"),
    "frequencyRange": ("frequency", "frequencies"),
    "nfftSelection": ("nfft",),
    "displayInfo": ("height", "canvas"),
    "displayTimeAxisDuration": ("duration",),
    "start_time": ("start time", "time range"),
    "end_time": ("end time", "time range"),
    "view_type": ("view type", "view"),
}


@dataclass(frozen=True)
class Leftovers:
    """What is needed to find jobs that a rejected request left behind."""

    jobs: GrpcJobs | None
    ledger: JobLedger
    shared: bool


def names_of(fields: Sequence[str]) -> list[str]:
    """What may name these field paths: the paths' own parts and the words people use."""
    parts = [part for path in fields for part in path.split(".") if part not in {"min", "max"}]
    return list(dict.fromkeys(word for part in parts for word in (part, *WORDS.get(part, ()))))


def alternatives(cell: str) -> list[str]:
    """The words of a cell that are separated by commas."""
    return [name.strip() for name in cell.split(",") if name.strip()]


def limits_of(cell: str) -> list[int]:
    """The limits of a cell, separated by commas. Raises ToolError for what is no whole number."""
    words = alternatives(cell)
    odd = next((word for word in words if not _LIMIT.fullmatch(word)), None)
    if odd is not None:
        raise ToolError(f"limits is '{head_of(cell, 80)}', but {odd:.40} is no whole number.")
    return [int(word) for word in words]


def require_change(overrides: Mapping[str, object], time_range: object = None) -> None:
    """Raise ToolError where the client's own configuration would be sent, which is right."""
    if not overrides and time_range is None:
        raise ToolError(
            "no field is changed, so there is nothing to reject: naming, limits, view and views "
            "are no fields of a configuration. Name one, such as channels.min=0."
        )


def judge_rejection(reply: Reply, naming: Sequence[str], required: Requirements) -> Report:
    """Status and body of a rejection. `naming` are alternatives, one of which must be named."""
    if not naming:
        raise ToolError(
            "nothing says which field a rejection must name. Give naming=FIELD, for example "
            "naming=channels."
        )
    findings = judge_status(reply, required.rejection_statuses.value)
    if findings.failures:
        return findings
    body = _json_object(reply, findings)
    if body is not None:
        texts = list(texts_of(body))
        findings.expect(
            "field named",
            any(_names(text, name) for text in texts for name in naming),
            f"a message that names {' or '.join(naming)}",
            texts,
            f"the rejection of {reply.request} should name {naming[0]}, but the server answered "
            f"{reply.answer}",
        )
        meant = {*naming, *(TIMES if TIMES & {*naming} else ())}
        pointed = [str(one["field"]) for one in objects_of(body) if is_text(one.get("field"))]
        findings.expect(
            "field pointed at",
            all(any(_names(field, name) for name in meant) for field in pointed),
            f"where there is a key 'field', one of {' or '.join(naming)}",
            pointed,
            f"the rejection of {reply.request} points at the field {', '.join(pointed)}; expected "
            f"{naming[0]}: {reply.answer}",
        )
    return findings


def judge_no_recording(reply: Reply, required: Requirements) -> Report:
    """What says that no recording lies in the time range: a 404 with its text, or a clear 400."""
    statuses = required.no_recording_status
    findings = judge_status(reply, statuses.accepted)
    if findings.failures:
        return findings
    findings.expect_either("no recording answers", reply.status, statuses)
    text = required.no_recording_text.value
    body = _json_object(reply, findings)
    if body is not None:
        words = NO_RECORDING_WORDS if reply.status == HTTPStatus.BAD_REQUEST else (text,)
        findings.expect(
            "text",
            any(_names(said, word) for said in texts_of(body) for word in words),
            text,
            reply.text,
            f"{reply.request} should say '{text}', but the server answered {reply.answer}",
        )
    return findings


def judge_status(reply: Reply, statuses: Sequence[int]) -> Report:
    findings = Report()
    expected = " or ".join(str(status) for status in statuses)
    what = f"{reply.request} should be rejected ({expected})"
    if reply.is_accepted:
        sentence = f"{what}, but the server accepted it: {_acceptance(reply)}."
    else:
        sentence = f"{what}, but the server answered {reply.answer}"
    findings.expect("status", reply.status in statuses, expected, reply.status, sentence)
    return findings


def judge_leftovers(reply: Reply, channels: tuple[int, int] | None, leftovers: Leftovers) -> Report:
    """Whether the cluster has a job since `reply` was asked for that nobody of this run owns.

    `channels` are those of the rejected request, where they tell it from others.
    """
    findings = Report()
    if leftovers.jobs is None or reply.jobs_before is None:
        findings.not_checked(NO_JOB_LEFT, f"{NO_CLUSTER}.", GIVE_A_CLUSTER)
        return findings
    new = [job for job in leftovers.jobs.current() if job.job_id not in reply.jobs_before]
    unsettled = leftovers.ledger.await_answers() if new else False
    owned = leftovers.ledger.job_ids()
    strange = [job for job in new if job.job_id not in owned]
    doubtful = leftovers.shared or unsettled or bool(leftovers.ledger.lost())
    ours = [job for job in strange if not doubtful or _is_of(job, channels)]
    names = ", ".join(f"grpc-job-{job.job_id}" for job in ours)
    if ours or not strange:
        findings.expect(
            NO_JOB_LEFT,
            not ours,
            "no new grpc job",
            names or "none",
            f"{reply.request} was rejected with {reply.status}, but it left {names} behind.",
        )
    else:
        findings.not_checked(
            NO_JOB_LEFT,
            f"{len(strange)} new grpc jobs may belong to somebody else on this system.",
        )
    return findings


def _is_of(job: GrpcJob, channels: tuple[int, int] | None) -> bool:
    return channels is not None and job.roi == channels


def channels_of(asked: Any, defaults: Defaults) -> tuple[int, int] | None:
    """The channels of a request body, where they are two whole numbers that tell it from others.

    Those that every client sends who changes nothing tell nothing of who sent them.
    """
    bounds = asked.get("channels") if isinstance(asked, dict) else None
    low, high = (bounds.get("min"), bounds.get("max")) if isinstance(bounds, dict) else (None, None)
    if not (is_int(low) and is_int(high)):
        return None
    usual = low == defaults.StartChannel and high in {low, defaults.EndChannel}
    return None if usual else (low, high)


def _json_object(reply: Reply, findings: Report) -> dict[str, Any] | None:
    """The body when it is a JSON object; what it must not tell is noted with it."""
    findings.extend(judge_tight_lipped(reply))
    body = reply.json_or_none()
    said = f"the rejection of {reply.request} should have a JSON body, but the server answered "
    good = isinstance(body, dict)
    why = f" (no JSON: {reply.why_no_json})" if reply.why_no_json else ""
    findings.expect("body", good, "a JSON object", reply.text, said + reply.answer + why)
    if not isinstance(body, dict):
        return None
    judge_declared_json(reply, findings)
    named = sorted(set(_job_keys(body)))
    findings.expect(
        "no job in the body",
        not named,
        "no job_id, no port",
        named,
        f"the rejection of {reply.request} should start nothing, but its body carries "
        f"{', '.join(named)}: {reply.answer}",
    )
    return body


def _acceptance(reply: Reply) -> str:
    answer = reply.json_or_none()
    if isinstance(answer, dict) and "job_id" in answer:
        return f"{reply.status}, job {answer['job_id']}"
    return reply.answer


def _names(text: str, name: str) -> bool:
    # A word starts there; it may go on ("channels" names channel).
    return re.search(rf"(?<![a-z0-9]){re.escape(name.lower())}", text.lower()) is not None


def texts_of(value: Any) -> Iterator[str]:
    """Every key and text of a refusal, without what only repeats the request."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from texts_of(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key not in ECHO_KEYS:
                yield str(key)
                yield from texts_of(item)


def objects_of(value: Any) -> Iterator[dict[str, Any]]:
    """Every object of a refusal, without what only repeats the request."""
    if isinstance(value, dict):
        yield value
    held = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, item in held:
        if key not in ECHO_KEYS:
            yield from objects_of(item)


def _job_keys(value: Any) -> Iterator[str]:
    for holder in objects_of(value):
        yield from (key for key in holder if key in JOB_KEYS and holder[key] not in (None, ""))
