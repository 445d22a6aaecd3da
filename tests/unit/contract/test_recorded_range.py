import pytest

from focus_engine.contract.endpoints.recorded_range import (
    DAY,
    Recording,
    choose_gap,
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


@pytest.mark.parametrize(
    ("third", "gap"),
    [
        ((NOW - 9000, NOW - 8990), (int(NOW) - 5900, int(NOW) - 5800)),  # too short to count
        ((NOW - 5950, NOW - 5850), None),  # it covers the beginning of the gap
        ((NOW - 9000, NOW - 5000), None),  # it goes on through all of it
        ((NOW - 5850, NOW - 5840), None),  # too short to count, and in the gap
        ((NOW - 6000, None), None),  # it goes on
    ],
)
def test_a_gap_is_one_of_all_recordings(third: Recording, gap: tuple[int, int] | None) -> None:
    others: list[Recording] = [(NOW - 6000, NOW - 5900), (NOW - 5800, NOW - 5700)]
    assert choose_gap([*others, third], NOW) == gap


def test_a_gap_among_many_recordings() -> None:
    many: list[Recording] = [(NOW - 140 * n, NOW - 140 * n + 70) for n in range(30_000, 2, -1)]
    assert choose_gap(many, NOW) is not None
