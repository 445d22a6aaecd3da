import pytest

from focus_engine.contract.endpoints.recorded_range import Recording
from focus_engine.contract.endpoints.recordings_contract import judge_holds, judge_within_range

NOW, DAY = 1000.0, 86400


@pytest.mark.parametrize(
    "recordings",
    [
        [],
        [(90.0, 100.0)],
        [(200.0, 300.0)],
        [(50.0, None)],
        [(150.0, NOW + 59)],
        [(90.0, 110.0), (120.0, 130.0)],
    ],
)
def test_what_overlaps_the_range_may_be_listed(reply_of, recordings: list[Recording]) -> None:
    assert judge_within_range(reply_of(200, ""), recordings, 100, 200, NOW).failures == []


@pytest.mark.parametrize(
    ("recordings", "words"),
    [
        ([(10.0, 99.0)], "of that range"),
        ([(201.0, None)], "of that range"),
        ([(900.0, 950.0)], "of that range"),
        ([(160.0, 150.0)], "end after they start"),
        ([(150.0, 150.0 + DAY)], "recorded up to now"),
        ([(150.0, NOW + 61)], "recorded up to now"),
        ([(150.0, 160.0), (110.0, 120.0)], "in the order of their start"),
    ],
)
def test_what_does_not_is_a_failure(reply_of, recordings: list[Recording], words: str) -> None:
    (failure,) = judge_within_range(reply_of(200, ""), recordings, 100, 200, NOW).failures
    assert words in failure


def test_a_range_is_held_by_one_recording(reply_of) -> None:
    reply = reply_of(200, "[]")
    assert judge_holds(reply, [(1.0, 2.0), (100.0, None)], 100, 200).failures == []
    assert judge_holds(reply, [(100.0, 150.0), (150.0, 200.0)], 100, 200).failures
    assert judge_holds(reply, [], 100, 200).failures
