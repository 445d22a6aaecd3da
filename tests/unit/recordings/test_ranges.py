"""Time ranges of every length over what was recorded."""

import pytest
from unit.recordings.test_listed import END, at, recording, seen

from focus_engine.recordings.ranges import (
    INDEXING_SECONDS,
    range_of_hidden,
    ranges_over,
)
from focus_engine.recordings.rules.rule import Hidden
from focus_engine.recordings.survey import Collection, Survey
from focus_engine.verdict import PreconditionUnmet

DAY = 86_400
NOW = 1_700_000_000
OLD = recording(NOW - 100 * DAY, NOW - 100 * DAY + 600)
DELETED = recording(NOW - 50 * DAY, NOW - 50 * DAY + 600, deleted=True)
LONG = recording(NOW - 9 * DAY, NOW - 5 * DAY)
ONGOING = recording(NOW - 3600, None)
ARCHIVED = recording(NOW - 70 * DAY, NOW - 70 * DAY + 600)
SEEN = Survey(
    at(NOW),
    (),
    (
        Collection("one", False, (OLD, DELETED, LONG, ONGOING), {}, 0, 0),
        Collection("two", True, (ARCHIVED,), {}, 0, 0),
    ),
    (),
    (),
)


def test_every_length_from_a_minute_to_all_is_there() -> None:
    lengths = {end - start for start, end in ranges_over(SEEN)}
    assert min(lengths) <= 60
    assert max(lengths) >= 100 * DAY - INDEXING_SECONDS
    assert sum(DAY < length < 90 * DAY for length in lengths) >= 3


@pytest.mark.parametrize("one", [OLD, DELETED, LONG, ARCHIVED], ids=str)
def test_there_is_a_range_inside_and_around_one_of_each_kind(one) -> None:
    first, last = one.start.timestamp(), one.end.timestamp()
    ranges = ranges_over(SEEN)
    assert any(first < start and end < last for start, end in ranges)
    assert any(
        start < first < last < end and end - start < last - first + 60 for start, end in ranges
    )


def test_none_ends_where_the_server_may_not_know_yet() -> None:
    assert all(start < end <= NOW - INDEXING_SECONDS for start, end in ranges_over(SEEN))


@pytest.mark.parametrize("nothing", [seen(), seen(recording(END + 3600, None))])
def test_without_anything_that_has_begun_the_case_cannot_be_judged(nothing) -> None:
    with pytest.raises(PreconditionUnmet, match="no recording that began a while ago"):
        ranges_over(nothing)


@pytest.mark.parametrize(("why", "one"), [(Hidden.DELETED, DELETED), (Hidden.ARCHIVED, ARCHIVED)])
def test_a_hidden_recording_has_a_time_of_its_own(why, one) -> None:
    start, end = range_of_hidden(SEEN, why)
    assert one.start.timestamp() < start < end < one.end.timestamp()


def test_a_deleted_recording_that_lies_in_another_one_says_nothing() -> None:
    inside = recording(NOW - 8 * DAY, NOW - 8 * DAY + 600, deleted=True)
    covered = Survey(at(NOW), (), (Collection("one", False, (LONG, inside), {}, 0, 0),), (), ())
    with pytest.raises(PreconditionUnmet, match="no recording that is deleted and lies in no"):
        range_of_hidden(covered, Hidden.DELETED)
