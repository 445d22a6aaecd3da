"""Whether a server answers a request as it answered the same one before an outage."""

import json
import math
from collections.abc import Iterable, Sequence
from itertools import starmap
from typing import Any

from focus_engine.checks.report import Report, shorten
from focus_engine.contract.configure.accepted import counter_of
from focus_engine.contract.configure.configuration import is_live
from focus_engine.contract.endpoints.live_state import WAITING_TEXT
from focus_engine.contract.endpoints.recordings_contract import CLOCK_TOLERANCE
from focus_engine.probes.single_request import Answer

CONFIGURE, LIVE_METADATA = "/configure", "/live_metadata"
RECORDINGS = "/recordings_in_time_range"
OF_THE_JOB = frozenset({"job_id", "stream_port", "stream_url", "job_route"})
MEASURED = 1e-3  # the share by which a number that is measured, as prr is, may differ


def judge_as_before(now: Answer, answers: Sequence[Answer], during: str) -> Report:
    """What a 200 tells, held against the 200 to the same request among `answers`.

    `during` completes the sentence "GET /channels should be answered as before the outage …". What
    belongs to a job may differ, and what comes and goes: the oldest recordings, the end of one that
    went on, values of a fibre that was waited for. Refusals are not compared.
    """
    findings = Report()
    before = next((one for one in answers if one.asked == now.asked and one.is_ok), None)
    if before is None or not now.is_ok:
        return findings
    was, told = _body(before), _body(now)
    if now.asked.path == RECORDINGS:
        subjects = [("the list of recordings", was, told, _is_list_kept(was, told, now))]
    elif isinstance(was, dict):
        seen = told if isinstance(told, dict) else {}
        pairs = [(key, was[key], seen.get(key)) for key in _constant(was, now)]
        subjects = [(key, old, new, _is_alike(old, new)) for key, old, new in pairs]
    else:
        subjects = []
    for subject, old, new, holds in subjects:
        said = (
            f"{now.request} should be answered as before the outage {during}, but {subject} was "
            f"{shorten(old)} and is {shorten(new)}."
        )
        findings.expect(f"{subject} as before", holds, f"{shorten(old)}, as before", new, said)
    if now.asked.path == CONFIGURE:
        _judge_counter(told, map(_body, answers), findings)
    return findings


def _judge_counter(told: Any, before: Iterable[Any], findings: Report) -> None:
    """That the counter of a job goes on, where ids have one: else ids come again."""
    latest = max(filter(None, map(_counter, before)), default=0)
    count = _counter(told)
    said = (
        f"job_id {told.get('job_id')} should count on from {latest}, which was reached before "
        "the outage: else ids are given again."
        if isinstance(told, dict)
        else ""
    )
    if count is not None:
        findings.expect("counter goes on", count > latest, f"above {latest}", count, said)


def _counter(body: Any) -> int | None:
    return counter_of(str(body.get("job_id"))) if isinstance(body, dict) else None


def _body(answer: Answer) -> Any:
    return None if answer.reply is None else answer.reply.json_or_none()


def _constant(was: dict[str, Any], now: Answer) -> list[str]:
    """The keys of an answer of which the value stays; what a live job tells of itself is free."""
    if now.asked.path == LIVE_METADATA and WAITING_TEXT in was.values():
        return []  # a fibre that was waited for, or half of one, may be there now
    free = OF_THE_JOB if now.asked.path == CONFIGURE else frozenset[str]()
    if now.asked.path == CONFIGURE and is_live(_sent(now)):
        free |= {"metadata"}
    return [key for key in was if key not in free]


def _is_list_kept(was: Any, told: Any, now: Answer) -> bool:
    """Whether the recordings are the same, save for the oldest and the end of those that went on.

    The oldest are deleted in their time; also a recording that is added for a test is one of them.
    """
    old, new = _listed(was), _listed(told)
    shared = min(len(old), len(new))
    latest = _sent(now).get("end_time", 0) - CLOCK_TOLERANCE
    alike = (
        begin == start and (end == stop or (end < 0 and stop >= latest))
        for (begin, end), (start, stop) in zip(
            old[len(old) - shared :], new[len(new) - shared :], strict=True
        )
    )
    return bool(new) >= bool(old) and all(alike)


def _listed(body: Any) -> list[Any]:
    """`[[start, end], …]`, which one guide shows as `{"recordings": …}`."""
    listed = body.get("recordings") if isinstance(body, dict) else body
    pairs = listed if isinstance(listed, list) else []
    return [one for one in pairs if isinstance(one, list) and len(one) == 2]  # noqa: PLR2004


def _sent(answer: Answer) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(answer.asked.body or b"{}")
    return body


def _is_alike(old: Any, new: Any) -> bool:
    """Whether both say the same; measured numbers may differ a little."""
    if isinstance(old, dict) and isinstance(new, dict):
        return old.keys() == new.keys() and all(_is_alike(old[key], new[key]) for key in old)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(starmap(_is_alike, zip(old, new, strict=True)))
    if isinstance(old, float) and isinstance(new, int | float):
        return math.isclose(old, new, rel_tol=MEASURED)
    return bool(old == new)
