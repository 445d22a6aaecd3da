"""Whether the server lists the recordings of a time range that MongoDB holds: all, and no other."""

from collections.abc import Sequence
from datetime import datetime
from math import ceil, floor

from focus_engine.checks.report import Report
from focus_engine.recordings.survey import Recording, RecordingState, Survey
from focus_engine.verdict import PreconditionUnmet

Listed = tuple[float, float | None]
"""Start and end in epoch seconds; None while it is being recorded."""
WITHIN_SECONDS = 1  # an answer in whole seconds is off by less


def judge_listed(listed: Sequence[Listed], seen: Survey, start: int, end: int) -> Report:
    """Each recording of the range that is not deleted is listed, with its times, and no other.

    One that only touches an edge of the range may be listed or not.
    The server knows one base path; where several are in use, it is held against the one that fits
    best. Raises PreconditionUnmet where none is in use.
    """
    in_use = [one.recordings for one in seen.collections if not one.archived]
    if not in_use:
        raise PreconditionUnmet("MongoDB names no base path in use, so nothing can be compared.")
    held = [_held(recordings, start, end) for recordings in in_use]
    held.sort(key=lambda pair: len(_unmatched(pair[0], listed)) + len(_unmatched(listed, pair[1])))
    findings, (known, allowed) = Report(), held[0]
    missing, strange = _unmatched(known, listed), _unmatched(listed, allowed)
    asked = f"POST /recordings_in_time_range from {start} to {end} (epoch seconds)"
    findings.expect(
        "none missing",
        not missing,
        f"{len(known)} recordings",
        missing,
        f"{asked} should list the {len(known)} recordings that MongoDB holds, but {len(missing)} "
        f"are missing: {_shown(missing)}.",
    )
    findings.expect(
        "none strange",
        not strange,
        "recordings that MongoDB holds",
        strange,
        f"{asked} should list recordings that MongoDB holds and that are not deleted, but "
        f"{len(strange)} are not: {_shown(strange)}.",
    )
    return findings


def _held(
    recordings: Sequence[Recording], start: int, end: int
) -> tuple[list[Listed], list[Listed]]:
    """Those that lie in the range for some time, and those that touch it, in whole seconds."""
    shown: list[Listed] = [
        (one.start.timestamp(), one.end.timestamp() if isinstance(one.end, datetime) else None)
        for one in recordings
        if one.state is not RecordingState.DELETED
        if isinstance(one.start, datetime) and (one.end is None or isinstance(one.end, datetime))
    ]
    inside = [
        (first, last) for first, last in shown if first < end and (last is None or last > start)
    ]
    touching = [
        (first, last)
        for first, last in shown
        if floor(first) <= end and (last is None or ceil(last) >= start)
    ]
    return inside, touching


def _unmatched(these: Sequence[Listed], those: Sequence[Listed]) -> list[Listed]:
    """What of `these` has no counterpart of its own among `those`."""
    left, found = list(those), []
    for one in these:
        match = next((other for other in left if _same(one, other)), None)
        if match is None:
            found.append(one)
        else:
            left.remove(match)
    return found


def _same(one: Listed, other: Listed) -> bool:
    return _near(one[0], other[0]) and (
        one[1] is other[1] is None
        or (one[1] is not None and other[1] is not None and _near(one[1], other[1]))
    )


def _near(one: float, other: float) -> bool:
    return abs(one - other) < WITHIN_SECONDS


def _shown(recordings: Sequence[Listed]) -> str:
    shown = ", ".join(
        f"{first:.0f} to {'now' if last is None else f'{last:.0f}'}"
        for first, last in recordings[:3]
    )
    return f"{shown}, …" if len(recordings) > 3 else shown  # noqa: PLR2004 - enough to look for
