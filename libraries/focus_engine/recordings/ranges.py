"""Time ranges of every length over what was recorded, to hold a server's list against MongoDB."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from focus_engine.recordings.rules.rule import Hidden
from focus_engine.recordings.survey import RecordingState, Survey
from focus_engine.verdict import PreconditionUnmet

SHORTEST = 60  # seconds
DAY = 86_400
LONG_DAYS = (31, 91, 184, 367, 1100)  # beyond what somebody may have cut a long range to
LONGER = 4  # times as long as the one before
INDEXING_SECONDS = 120  # what has just begun or ended may be told otherwise
MARGIN_SECONDS = 10

TimeRange = tuple[int, int]


@dataclass(frozen=True)
class Span:
    """A recording from `start` to `end` (epoch seconds) of a base path."""

    guid: str
    state: RecordingState
    archived: bool
    start: int
    end: int

    @property
    def hidden(self) -> Hidden | None:
        if self.archived:
            return Hidden.ARCHIVED
        return Hidden.DELETED if self.state is RecordingState.DELETED else None


def ranges_over(seen: Survey) -> list[TimeRange]:
    """Start and end (epoch seconds) of each length from a minute to all, at start, middle and end.

    Some reach back beyond all. Besides what lies around, inside and at the end of the oldest
    recording of each base path and state, archived and deleted ones too, and of the longest one.
    Raises PreconditionUnmet without one that has begun.
    """
    now = int(seen.now.timestamp()) - INDEXING_SECONDS
    spans = sorted(_spans(seen, now), key=lambda span: span.start)
    if not spans:
        raise PreconditionUnmet("MongoDB holds no recording that began a while ago.")
    first, whole = spans[0].start, now - spans[0].start
    ranges = {(first - MARGIN_SECONDS, now)}
    for length in _lengths(whole):
        ranges |= {(start, start + length) for start in (first, now - length)}
        ranges.add((first + (whole - length) // 2, first + (whole + length) // 2))
    ranges |= {(now - days * DAY, now) for days in LONG_DAYS}
    oldest = {(span.guid, span.state): span for span in reversed(spans)}
    longest = max(spans, key=lambda span: span.end - span.start)
    for span in (*oldest.values(), longest):
        ranges |= set(_at(span))
    return sorted(each for each in ranges if each[0] < each[1] <= now)


def range_of_hidden(seen: Survey, why: Hidden) -> TimeRange:
    """Start and end (epoch seconds) inside a recording that is hidden so, and in no other.

    Raises PreconditionUnmet where MongoDB holds none.
    """
    spans = list(_spans(seen, int(seen.now.timestamp()) - INDEXING_SECONDS))
    played = [span for span in spans if span.hidden is None]
    for span in sorted(spans, key=lambda span: span.start):
        start, end = span.start + 1, min(span.end, span.start + MARGIN_SECONDS)
        covered = any(one.start <= end and one.end >= start for one in played)
        if span.hidden is why and start < end and not covered:
            return start, end
    raise PreconditionUnmet(
        f"MongoDB holds no recording that is {why.value} and lies in no other's time."
    )


def _spans(seen: Survey, now: int) -> Iterator[Span]:
    for part in seen.collections:
        for one in part.recordings:
            if isinstance(one.start, datetime):
                end = int(one.end.timestamp()) if isinstance(one.end, datetime) else now
                start = int(one.start.timestamp())
                if start < now:
                    yield Span(part.guid, one.state, part.archived, start, end)


def _lengths(whole: int) -> Iterator[int]:
    length = SHORTEST
    while length < whole:
        yield length
        length *= LONGER


def _at(span: Span) -> Iterator[TimeRange]:
    middle = (span.start + span.end) // 2
    yield span.start - MARGIN_SECONDS, span.end + MARGIN_SECONDS
    yield middle, middle + SHORTEST
    yield span.end - MARGIN_SECONDS, span.end - MARGIN_SECONDS + 1
