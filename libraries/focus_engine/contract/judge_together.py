"""Judges several answers to concurrent POST /configure requests against each other."""

from collections import Counter
from collections.abc import Callable, Sequence
from math import inf
from typing import Any

from focus_engine.checks.report import Report
from focus_engine.contract.configure.accepted import JOB_ID
from focus_engine.network.addresses import is_port
from focus_engine.transport.reply import Reply

OWN_PORT = "own stream_port"
Judged = Callable[[Reply], Report]


def judge_own_jobs(replies: Sequence[Reply], job_life: float = inf) -> Report:
    """That each was accepted, with a job, a counter and a port that no other answer has.

    Where an answer took longer than `job_life` (seconds), jobs may have ended meanwhile and their
    ports been given again: ports are not judged then.
    """
    findings = Report()
    refused = [reply for reply in replies if not reply.is_accepted]
    if refused:
        said = (
            f"{len(replies)} {refused[0].request} sent together should all be accepted, but "
            f"{len(refused)} were not; the first was answered {refused[0].answer}"
        )
        findings.expect("status", False, "200 for all", len(refused), said)
        return findings
    _expect_own("job_id", [_field(reply, "job_id") for reply in replies], findings)
    slowest = max((reply.seconds for reply in replies), default=0.0)
    if slowest >= job_life:
        findings.not_checked(
            OWN_PORT,
            f"an answer took {slowest:.1f} s and a job lives {job_life:g} s: ports may have been "
            "freed and given again meanwhile.",
        )
        return findings
    _expect_own("stream_port", [_field(reply, "stream_port") for reply in replies], findings)
    return findings


def judge_capacity(
    replies: Sequence[Reply], accepted: Judged, refused: Judged, job_life: float = inf
) -> Report:
    """That at least one was accepted, and each of the others refused as too many.

    `accepted` judges the first one that was accepted, `refused` each of those that were not.
    """
    served = [reply for reply in replies if reply.is_accepted]
    findings = judge_own_jobs(served, job_life) if served else Report()
    said = (
        f"of {len(replies)} {replies[0].request} sent together at least one should be accepted, "
        f"but the first was answered {replies[0].answer}"
    )
    if findings.expect("accepted", bool(served), "at least one", len(served), said):
        findings.extend(accepted(served[0]))
    for reply in replies:
        if not reply.is_accepted:
            findings.extend(refused(reply))
    return findings


def judge_same_answers(replies: Sequence[Reply]) -> Report:
    """That all were answered 200 with one and the same body."""
    findings = Report()
    wrong = [reply for reply in replies if not reply.is_ok]
    said = ""
    if wrong:
        said = (
            f"{len(replies)} {replies[0].request} sent together should all answer 200, but "
            f"{len(wrong)} did not; the first was answered {wrong[0].answer}"
        )
    findings.expect("status", not wrong, "200 for all", len(wrong), said)
    different = sorted({reply.text for reply in replies})
    said = f"{replies[0].request} sent together should be answered alike, but got {different[:2]}."
    findings.expect("bodies", bool(wrong) or len(different) == 1, "the same", different, said)
    return findings


def judge_slots_reused(before: Sequence[Reply], after: Sequence[Reply], *, shared: bool) -> Report:
    """That jobs started after others had ended get the slots that those had, and ids of their own.

    On a system that others use, a higher slot may be theirs: it is not checked then.
    """
    findings = Report()
    _expect_new_ids(before, after, findings)
    first, second = [_slots(replies) for replies in (before, after)]
    reused = bool(first) and bool(second) and max(second) <= max(first)
    if shared and not reused:
        findings.not_checked(
            "slots", f"slots {second} follow {first}, but others use this system and may hold some."
        )
        return findings
    said = (
        f"the jobs of slots {first} have ended, so the next {len(second)} should get slots up to "
        f"{max(first, default=0)}, but they got {second}."
    )
    findings.expect("slots", reused, f"slots up to {max(first, default=0)}", second, said)
    return findings


def _expect_new_ids(before: Sequence[Reply], after: Sequence[Reply], findings: Report) -> None:
    old, new = ({str(_field(reply, "job_id")) for reply in replies} for replies in (before, after))
    again = sorted(old & new)
    said = f"job_id {', '.join(again)} was given again, to a job that began after that one's end."
    findings.expect("new job_id", not again, "ids that no earlier job had", again, said)


def _expect_own(key: str, values: list[Any], findings: Report) -> None:
    twice = {value: times for value, times in Counter(map(str, values)).items() if times > 1}
    said = (
        f"{len(values)} jobs started together should each have a {key} of their own, but "
        f"{', '.join(f'{value} was given {times} times' for value, times in twice.items())}."
    )
    findings.expect(f"own {key}", not twice, f"{len(values)} different", values, said)


def _slots(replies: Sequence[Reply]) -> list[int]:
    """The slots that the job ids name; their ports where an id names none."""
    found = [JOB_ID.fullmatch(str(_field(reply, "job_id"))) for reply in replies]
    if all(found):
        return sorted(int(parts["slot"]) for parts in found if parts)
    ports = [str(_field(reply, "stream_port")) for reply in replies]
    return sorted(int(port) for port in ports if is_port(port))


def _field(reply: Reply, key: str) -> Any:
    answer = reply.json_or_none()
    return answer.get(key) if isinstance(answer, dict) else None
