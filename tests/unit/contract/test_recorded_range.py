import pytest

from focus_engine.contract.endpoints.recorded_range import (
    DAY,
    choose_range,
    find_range,
    recordings_from,
)
from focus_engine.verdict import PreconditionUnmet

NOW = 1_000_000_000.0


def test_an_ongoing_recording_has_no_end() -> None:
    assert recordings_from([[1, 2], [3, -1]]) == [(1, 2), (3, None)]


def test_the_latest_finished_recording_that_is_long_enough_is_chosen() -> None:
    ongoing, fresh = (NOW - 900, None), (NOW - 700, NOW - 60)
    short, good, old = (NOW - 1000, NOW - 990), (NOW - 5000, NOW - 4000), (NOW - 9000, NOW - 8000)
    assert choose_range([old, good, ongoing, fresh, short], 60, NOW) == (
        NOW - 5000 + 1,
        NOW - 5000 + 61,
    )


def test_the_search_goes_back_until_something_fits() -> None:
    old = (NOW - 20 * DAY, NOW - 19 * DAY)
    asked = []

    def search(start: int, end: int) -> list[tuple[float, float]]:
        asked.append((end - start) // DAY)
        return [old] if start < old[0] else []

    assert find_range(search, 60, NOW)[0] == old[0] + 1
    assert asked == [1, 7, 28]
    with pytest.raises(PreconditionUnmet, match="no finished recording of at least 60 s"):
        find_range(lambda *_: [], 60, NOW)
