import pytest

from focus_engine.contract.endpoints.recorded_range import (
    DAY,
    Recording,
    choose_range,
    find_ongoing_range,
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


def test_a_range_of_a_recording_that_goes_on_lies_near_its_start() -> None:
    def search(start: int, end: int) -> list[Recording]:
        recordings = [(NOW - 3 * DAY, None), (NOW - 9000.5, None), (NOW - 100, None), (1.0, 2.0)]
        return [one for one in recordings if one[0] >= start]

    assert find_ongoing_range(search, 60, NOW) == (NOW - 9000, NOW - 8940)
    with pytest.raises(PreconditionUnmet, match="no recording that goes on and began 9120 s ago"):
        find_ongoing_range(lambda *_: [(NOW - 9000, None)], 9000, NOW)
