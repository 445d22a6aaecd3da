"""What recordings a time range may hold, beyond the shape of the answer."""

from collections.abc import Sequence

from focus_engine.checks.report import Report
from focus_engine.contract.endpoints.recorded_range import Recording
from focus_engine.transport.reply import Reply

CLOCK_TOLERANCE = 60  # seconds: runner and server were seen to differ by some


def judge_within_range(
    reply: Reply, recordings: Sequence[Recording], start: int, end: int, now: float
) -> Report:
    """Each recording overlaps the range, ends after it starts and before `now`; they ascend.

    All in epoch seconds. An end of None is a recording that goes on.
    """
    findings = Report()
    for first, last in recordings:
        shown = [first, last]
        findings.expect(
            "order of a recording",
            last is None or first <= last,
            "start before end",
            shown,
            f"{reply.request} should answer recordings that end after they start, but one is "
            f"{shown}.",
        )
        latest = now + CLOCK_TOLERANCE
        findings.expect(
            "recorded already",
            first <= latest and (last is None or last <= latest),
            f"times up to {now:.0f}",
            shown,
            f"{reply.request} should answer what was recorded up to now ({now:.0f}), but one is "
            f"{shown}.",
        )
        findings.expect(
            "overlap",
            first <= end and (last is None or last >= start),
            f"an overlap with {start} to {end}",
            shown,
            f"{reply.request} should answer recordings of that range (epoch seconds), but one is "
            f"{shown}.",
        )
    starts = [first for first, _ in recordings]
    said = f"{reply.request} should answer recordings in the order of their start, not {starts}."
    findings.expect("ascending", starts == sorted(starts), "ascending starts", starts, said)
    return findings


def judge_holds(reply: Reply, recordings: Sequence[Recording], start: int, end: int) -> Report:
    """That one of them holds the whole range (epoch seconds)."""
    findings = Report()
    holds = any(first <= start and (last is None or last >= end) for first, last in recordings)
    said = (
        f"{reply.request} should name the recording that holds this range, but the server "
        f"answered {reply.answer}"
    )
    findings.expect(
        "recording of the range", holds, f"one around {start} to {end}", recordings, said
    )
    return findings
