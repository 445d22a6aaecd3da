"""Historic investigations: windows of the client over recordings that really exist."""

from collections.abc import Callable, Iterator, Sequence

from focus_engine.contract.configure.configuration import Configuration, View, configuration
from focus_engine.contract.endpoints.recorded_range import (
    INDEXING_SECONDS,
    MARGIN_SECONDS,
    SEARCH_DAYS,
    Recording,
)
from focus_engine.settings import ClientSettings
from focus_engine.verdict import PreconditionUnmet, ToolError

DAY = 86400
WINDOWS = (30, 60, 300)  # seconds that users look at
MOST_RECORDINGS = 10  # enough to spread over, and a year of recordings is a long list

Search = Callable[[int, int], list[Recording]]
TimeRange = tuple[int, int]


def historic_mix(
    client: ClientSettings, search: Search, now: float, windows: Sequence[int] | None = None
) -> tuple[Configuration, ...]:
    """The client's default investigation over each window of each recording that holds it.

    `search` returns the recordings between two instants, `windows` are seconds; where none are
    given, those of `WINDOWS` that the client shows. Raises PreconditionUnmet for a window that no
    finished recording holds, and ToolError for one that the client would not show: longer than
    all of its windows together.
    """
    most = client.Constraints.MaxWindows * client.Defaults.DisplayTimeAxisDuration
    if windows is None:
        windows = [window for window in WINDOWS if window <= most] or [most]
    _require_shown(client, windows, most)
    ranges = _found_ranges(search, now, windows)
    return tuple(configuration(client, View.MULTICHANNEL, time_range) for time_range in ranges)


def _require_shown(client: ClientSettings, windows: Sequence[int], most: int) -> None:
    if not windows or min(windows) <= 0 or max(windows) > most:
        raise ToolError(
            f"historic windows are {list(windows)} s; the client shows 1 to {most} s "
            f"({client.Constraints.MaxWindows} windows of "
            f"{client.Defaults.DisplayTimeAxisDuration} s). Give others."
        )


def _found_ranges(search: Search, now: float, windows: Sequence[int]) -> list[TimeRange]:
    """Searches back in growing steps until every window has a recording."""
    for days in SEARCH_DAYS:
        recordings = _finished(search(int(now) - days * DAY, int(now)), now)
        by_window = [list(_ranges(recordings, window)) for window in windows]
        if all(by_window):
            return [time_range for ranges in by_window for time_range in ranges]
    raise PreconditionUnmet(
        f"the server knows no finished recording of {max(windows)} s in the last "
        f"{SEARCH_DAYS[-1]} days. Record some data, or ask for shorter windows."
    )


def _finished(recordings: Sequence[Recording], now: float) -> list[tuple[float, float]]:
    """The latest finished ones; what ended just now is not indexed yet."""
    ended = [
        (start, end)
        for start, end in recordings
        if end is not None and end < now - INDEXING_SECONDS
    ]
    return sorted(ended, reverse=True)[:MOST_RECORDINGS]


def _ranges(recordings: Sequence[tuple[float, float]], window: int) -> Iterator[TimeRange]:
    for start, end in recordings:
        first = int(start) + MARGIN_SECONDS
        if first + window <= end - MARGIN_SECONDS:
            yield first, first + window
