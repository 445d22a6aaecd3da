"""Choosing a time range that was really recorded, for historic cases."""

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise

from focus_engine.verdict import PreconditionUnmet

DAY = 86400
# Short searches first: a year of recordings is a long answer.
SEARCH_DAYS = (1, 7, 28, 366)
# A recording that ended within the last minute is not indexed yet and answers 404.
INDEXING_SECONDS = 120
MARGIN_SECONDS = 1
LEAST_GAP_SECONDS = 60

Recording = tuple[float, float | None]


def recordings_from(pairs: Sequence[Sequence[float]]) -> list[Recording]:
    """`[[start, end], …]` as the server tells it; an end of -1 is None: still being recorded."""
    return [(start, None if end < 0 else end) for start, end in pairs]


def choose_range(
    recordings: Sequence[Recording], duration: int, now: float
) -> tuple[int, int] | None:
    """Start and end (epoch seconds) inside the latest finished recording that is long enough."""
    starts = [
        start
        for start, end in recordings
        if end is not None
        and end <= now - INDEXING_SECONDS
        and end - start >= duration + 2 * MARGIN_SECONDS
    ]
    if not starts:
        return None
    first = int(max(starts)) + MARGIN_SECONDS
    return first, first + duration


def choose_gap(recordings: Sequence[Recording], now: float) -> tuple[int, int] | None:
    """The shortest time of a minute or more between two finished recordings (epoch seconds)."""
    known = [
        (start, end)
        for start, end in sorted(recordings, key=lambda one: one[0])
        if end is not None and end <= now - INDEXING_SECONDS and end - start >= LEAST_GAP_SECONDS
    ]
    every = sorted((start, now if end is None else end) for start, end in recordings)
    starts = [start for start, _ in every]
    latest = [*accumulate((end for _, end in every), max)]  # of all that began before
    gaps = [
        (math.ceil(end), int(start))
        for (_, end), (start, _) in pairwise(known)
        if start - end >= LEAST_GAP_SECONDS and latest[bisect_left(starts, start) - 1] <= end
    ]
    return min(gaps, key=lambda gap: gap[1] - gap[0], default=None)


def find_ongoing_range(
    search: Callable[[int, int], list[Recording]], duration: int, now: float
) -> tuple[int, int]:
    """Start and end (epoch seconds) near the start of the latest recording that still goes on.

    Raises PreconditionUnmet when none does that began long enough ago.
    """
    began_before = now - duration - INDEXING_SECONDS
    for days in SEARCH_DAYS:
        listed = search(int(now) - days * DAY, int(now))
        starts = [start for start, end in listed if end is None and start <= began_before]
        if starts:
            first = int(max(starts)) + MARGIN_SECONDS
            return first, first + duration
    raise PreconditionUnmet(
        f"the server knows no recording that goes on and began {duration + INDEXING_SECONDS} s ago "
        "or earlier."
    )


def find_range(
    search: Callable[[int, int], list[Recording]], duration: int, now: float
) -> tuple[int, int]:
    """Search back in growing steps with `search(start, end)` until a recording fits.

    Raises PreconditionUnmet when the last step finds none either.
    """
    for days in SEARCH_DAYS:
        found = choose_range(search(int(now) - days * DAY, int(now)), duration, now)
        if found is not None:
            return found
    raise PreconditionUnmet(
        f"the server knows no finished recording of at least {duration} s in the last "
        f"{SEARCH_DAYS[-1]} days. Record some data, or ask for a shorter duration."
    )
