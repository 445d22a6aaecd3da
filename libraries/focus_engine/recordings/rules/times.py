"""Rules of when recordings began and ended; what has no time is judged elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from focus_engine.on_use import on_use
from focus_engine.recordings.rules.rule import RecordingsRule, Rule, several
from focus_engine.verdict import Undetermined

with on_use(__name__):
    from focus_engine import settings
    from focus_engine.recordings import survey as surveys

CLOCK_TOLERANCE = timedelta(seconds=60)
CHUNK_TOLERANCE = 0.01  # seconds


def _durations_positive(seen: surveys.Survey, _: settings.Requirements) -> str | None:
    wrong = [
        f"{each.uuid}: {each.duration.total_seconds():g} s"
        for each in seen.recordings
        if each.duration is not None and each.duration <= timedelta(0)
    ]
    return several(wrong, "recordings that do not end after they start")


def _durations_are_chunks(seen: surveys.Survey, required: settings.Requirements) -> str | None:
    """Recordings end with a chunk. Milliseconds are what MongoDB can tell, and two were seen."""
    chunk = required.recording_chunk_seconds.value
    if chunk is None:
        raise Undetermined(
            "how long a chunk of a recording is was not agreed; set recording_chunk_seconds in "
            "requirements.yaml."
        )
    wrong = [
        f"{each.uuid}: {seconds:g} s"
        for each in seen.recordings
        if each.duration is not None
        and abs((seconds := each.duration.total_seconds()) - round(seconds / chunk) * chunk)
        > CHUNK_TOLERANCE
    ]
    return several(wrong, f"recordings that are no whole number of {chunk:g} s long")


def _starts_in_the_past(seen: surveys.Survey, required: settings.Requirements) -> str | None:
    earliest = datetime(required.recordings_since_year.value, 1, 1, tzinfo=UTC)
    starts = [(each.uuid, each.start) for each in seen.recordings]
    return _outside(starts, earliest, seen.now, "start")


def _ends_in_the_past(seen: surveys.Survey, required: settings.Requirements) -> str | None:
    earliest = datetime(required.recordings_since_year.value, 1, 1, tzinfo=UTC)
    ends = [(each.uuid, each.end) for each in seen.recordings]
    return _outside(ends, earliest, seen.now, "end")


def _outside(
    times: Iterable[tuple[object, object]], earliest: datetime, now: datetime, verb: str
) -> str | None:
    latest = now + CLOCK_TOLERANCE
    wrong = [
        f"{uuid}: {at.isoformat()}"
        for uuid, at in times
        if isinstance(at, datetime) and not earliest <= at <= latest
    ]
    return several(
        wrong,
        f"recordings that {verb} before {earliest.year} or after the database's own "
        f"{now.isoformat()}",
    )


def _durations_bounded(seen: surveys.Survey, required: settings.Requirements) -> str | None:
    """A recording that lasted longer was live for longer than a live one may be."""
    hours = required.live_recording_hours_max.value
    wrong = [
        f"{each.uuid}: {each.duration.total_seconds() / 3600:.1f} h"
        for each in seen.recordings
        if each.duration is not None and each.duration > timedelta(hours=hours)
    ]
    return several(wrong, f"recordings that are longer than {hours} h")


def _live_are_last(seen: surveys.Survey, _: settings.Requirements) -> str | None:
    """What goes on was not followed by another: it ended, and nobody wrote down when."""
    wrong = []
    for part in seen.collections:
        starts = [each.start for each in part.recordings if isinstance(each.start, datetime)]
        last = max(starts, default=None)
        wrong += [
            f"{each.uuid}: since {each.start}"
            for each in part.recordings
            if each.state is surveys.RecordingState.LIVE
            and each.start in starts
            and each.start != last
        ]
    return several(wrong, "recordings without an end that others followed below their path")


def _live_is_fresh(seen: surveys.Survey, required: settings.Requirements) -> str | None:
    hours = required.live_recording_hours_max.value
    wrong = [
        f"{each.uuid}: since {each.start}"
        for each in seen.recordings
        if each.stale(seen.now, timedelta(hours=hours))
    ]
    return several(wrong, f"live recordings that have gone on for more than {hours} h")


def _historic_exists(seen: surveys.Survey, _: settings.Requirements) -> str | None:
    in_use = [each for part in seen.collections if not part.archived for each in part.recordings]
    if any(each.state is surveys.RecordingState.HISTORIC for each in in_use):
        return None
    return f"none of {len(in_use)} recordings below paths in use is historic (ended, not deleted)."


RULES: dict[RecordingsRule, Rule] = {
    RecordingsRule.durations_positive: _durations_positive,
    RecordingsRule.durations_are_chunks: _durations_are_chunks,
    RecordingsRule.starts_in_the_past: _starts_in_the_past,
    RecordingsRule.ends_in_the_past: _ends_in_the_past,
    RecordingsRule.durations_bounded: _durations_bounded,
    RecordingsRule.live_are_last: _live_are_last,
    RecordingsRule.live_is_fresh: _live_is_fresh,
    RecordingsRule.historic_exists: _historic_exists,
}
