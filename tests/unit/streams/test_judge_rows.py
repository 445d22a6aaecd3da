"""What is said about readers beside and after each other: frames are shared, and go on."""

import pytest

from focus_engine.streams.judge_rows import judge_resumed, judge_shared


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ([0, 2], [1, 3], []),
        ([0, 1], [], []),
        ([0, 1, 2], [1, 2, 3], ["but 2 of 4 came to more than one of them, row 1 first."]),
    ],
)
def test_each_row_comes_to_one_of_two_readers(frame, reading, one, other, said) -> None:
    both = [reading(*(frame(row=row) for row in rows)) for rows in (one, other)]
    for each in both:
        each.streams.pop(1)  # the fixture's own, the same in both
    failures = judge_shared(both).failures
    assert len(failures) == len(said)
    assert all(words in failure for words, failure in zip(said, failures, strict=True))


AGAIN = (
    "stream 0 of job 1-3 was read up to row 2, so its next reader should be served later rows, but "
    "row 2 came."
)


@pytest.mark.parametrize(("last", "said"), [(1, []), (None, []), (2, [AGAIN])])
def test_the_next_reader_is_served_what_comes_after(frame, reading, last, said) -> None:
    seen = reading(frame(row=2), frame(row=4))
    assert judge_resumed(seen, {0: last}).failures == said


def test_the_last_row_is_the_highest(frame, reading) -> None:
    streams = reading(frame(row=4), frame(row=2)).streams
    assert streams[0].last_row == 4
    assert reading().streams[0].last_row is None
