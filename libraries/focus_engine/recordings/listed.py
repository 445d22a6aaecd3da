"""Whether the server lists the recordings of a time range that MongoDB holds: all, and no other."""

from collections.abc import Sequence
from datetime import datetime

from focus_engine.checks.report import Report
from focus_engine.recordings.survey import Recording, RecordingState, Survey
from focus_engine.verdict import PreconditionUnmet

Listed = tuple[float, float | None]
"""Start and end in epoch seconds; None while it is being recorded."""
WITHIN_SECONDS = 1  # an answer in whole seconds is off by less


def judge_listed(listed: Sequence[Listed], seen: Survey, start: int, end: int) -> Report:
    """Each recording of the range that is not deleted is listed, with its times, and no other.

    The server knows one base path; where several are in use, it is held against the one that fits
    best. Raises PreconditionUnmet where none is in use.
    """
    held = [
        _overlapping(one.recordings, start, end) for one in seen.collections if not one.archived
    ]
    if not held:
        raise PreconditionUnmet("MongoDB names no base path in use, so nothing can be compared.")
    held.sort(key=lambda known: len(_unmatched(known, listed)) + len(_unmatched(listed, known)))
    findings, known = Report(), held[0]
    missing, strange = _unmatched(known, listed), _unmatched(listed, known)
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


def _overlapping(recordings: Sequence[Recording], start: int, end: int) -> list[Listed]:
    return [
        (first.timestamp(), last.timestamp() if isinstance(last, datetime) else None)
        for first, last in (
            (one.start, one.end) for one in recordings if one.state is not RecordingState.DELETED
        )
        if isinstance(first, datetime) and first.timestamp() <= end
        if last is None or (isinstance(last, datetime) and last.timestamp() >= start)
    ]


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
