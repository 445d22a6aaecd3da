"""The server's list of recordings is held against MongoDB: what is missing shows as well."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from focus_engine.recordings.listed import judge_listed
from focus_engine.recordings.survey import Collection, Recording, Survey
from focus_engine.verdict import PreconditionUnmet

HOUR = 3600
START, END = 1_700_000_000, 1_700_000_000 + 20 * HOUR


def at(second: float) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def recording(start: float, end: float | None, *, deleted: bool = False) -> Recording:
    return Recording("uuid", at(start), None if end is None else at(end), deleted)


def seen(*recordings: Recording, archived: bool = False) -> Survey:
    collection = Collection("guid", archived, recordings, {}, 0, 0)
    return Survey(at(END), (), (collection,), (), ())


HELD = seen(
    recording(START - 2 * HOUR, START - HOUR),
    *(recording(START + n * 3 * HOUR + 0.7, START + (n * 3 + 1) * HOUR + 0.4) for n in range(5)),
    recording(START + HOUR, START + 2 * HOUR, deleted=True),
    recording(START + 16 * HOUR, None),
    recording(END + HOUR, END + 2 * HOUR),
)
RIGHT = [
    *((START + n * 3 * HOUR, START + (n * 3 + 1) * HOUR) for n in range(5)),
    (START + 16 * HOUR, None),
]


def failures(listed: list[tuple[float, float | None]]) -> list[str]:
    return judge_listed(listed, HELD, START, END).failures


def test_the_same_recordings_are_right_in_any_order_and_in_whole_seconds() -> None:
    assert failures(RIGHT) == []
    assert failures(RIGHT[::-1]) == []


@given(st.sets(st.sampled_from(range(len(RIGHT))), min_size=1))
def test_what_is_missing_is_named(left_out: set[int]) -> None:
    kept = [one for index, one in enumerate(RIGHT) if index not in left_out]
    [said] = failures(kept)
    assert f"{len(left_out)} are missing" in said
    assert "list the 6 recordings" in said


@pytest.mark.parametrize(
    "strange",
    [
        RIGHT[0],  # twice
        (START + HOUR, START + 2 * HOUR),  # deleted
        (START + 5, START + 6),
    ],
)
def test_what_is_too_much_is_named(strange) -> None:
    [said] = failures([*RIGHT, strange])
    assert "1 are not" in said


@given(
    st.sampled_from(range(len(RIGHT))),
    st.sampled_from([lambda at: at + 2, lambda at: at - 2, lambda at: at * 1000, lambda _: 0]),
    st.booleans(),
)
def test_another_time_is_wrong(index, change, of_the_end) -> None:
    first, last = RIGHT[index]
    wrong = (first, change(last or END)) if of_the_end else (change(first), last)
    assert failures([*RIGHT[:index], wrong, *RIGHT[index + 1 :]])


def test_of_several_paths_the_one_that_fits_is_meant() -> None:
    other = seen(recording(START, START + 5)).collections
    both = Survey(at(END), (), (*other, *HELD.collections), (), ())
    assert judge_listed(RIGHT, both, START, END).accepted


def test_archived_paths_say_nothing() -> None:
    with pytest.raises(PreconditionUnmet, match="no base path in use"):
        judge_listed([], seen(archived=True), START, END)
