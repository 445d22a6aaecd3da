"""What is said about readings: nothing about a right one, one sentence for each mismatch."""

import math

import pytest

from focus_engine.streams.judge import judge_any_frame, judge_delivery, judge_end, judge_staleness
from focus_engine.streams.reading import End, Reading, StreamReading


def test_a_right_reading_has_no_failure(frame, reading) -> None:
    right = reading(*(frame(row=row) for row in range(3)), end=End.ENDED, words="GOAWAY")
    for judged in (
        judge_delivery(right, 3),
        judge_end(right),
        judge_staleness(right),
        judge_any_frame(right),
    ):
        assert judged.failures == []
        assert judged.findings != []


def test_no_frame_never_passes(reading) -> None:
    nothing = reading(end=End.ENDED, words="GOAWAY")
    for judged in (judge_delivery(nothing, 0), judge_any_frame(nothing), judge_staleness(nothing)):
        assert len(judged.failures) == 1
        assert "but it delivered 0: the server ended it (GOAWAY)." in judged.failures[0]


def test_too_few_frames_of_one_stream(frame, reading) -> None:
    [sentence] = judge_delivery(reading(frame(), end=End.TIME_IS_UP), 3).failures
    assert sentence == (
        "stream 0 of job 1-3 should deliver at least 3 frames, but it delivered 1: still open when "
        "time was up."
    )


FORMS = [
    ({"first_channel": 13, "last_channel": 14}, "has channels 13..14; expected 11..12"),
    ({"last_channel": 13}, "has channels 11..13; expected 11..12"),
    ({"first_channel": 12, "last_channel": 11}, "has channels 12..11; expected 11..12"),
    ({"width": 9, "buffer_sizes": (18,)}, "has data_shape_x 9; expected 2 channels x 4 freq"),
    ({"height": 2}, "has 2 data_shape_y, 1 timestamps, 1 row indexes, 1 buffers"),
    ({"height": 0, "rows": (), "timestamps_ms": (), "buffer_sizes": ()}, "has 0 data_shape_y"),
    ({"timestamps_ms": ()}, "0 timestamps"),
    ({"buffer_sizes": (13,)}, "has a buffer of 13 bytes, in which 8 values of no type"),
    ({"minimum": 2.0, "maximum": 1.0}, "has global_minimum 2 and global_maximum 1"),
    ({"maximum": math.nan}, "global_maximum nan"),
]


@pytest.mark.parametrize(("changes", "words"), FORMS)
def test_each_wrong_form_is_said_of_the_first_frame_that_has_it(
    frame, reading, changes, words
) -> None:
    wrong = reading(frame(), frame(row=1, **changes), frame(row=2))
    sentences = judge_delivery(wrong, 3).failures
    assert any(words in sentence for sentence in sentences), sentences
    assert all("frame 1 of stream 0" in sentence for sentence in sentences if words in sentence)


SEQUENCES = [
    ([0, 0, 1], "delivered row 0 more than once (1 of 3 rows are repetitions)"),
    ([0, 2, 5], "left out 3 rows: row 2 came next after row 0"),
    ([0, 2, 3], "left out 1 row: row 2 came next after row 0"),
    ([1, 0, 2], "delivered row 0 after row 1"),
]


@pytest.mark.parametrize(("rows", "words"), SEQUENCES)
def test_each_wrong_sequence_is_one_sentence(frame, reading, rows, words) -> None:
    frames = [frame(row=row, timestamps_ms=(position,)) for position, row in enumerate(rows)]
    [sentence] = judge_delivery(reading(*frames), 3).failures
    assert words in sentence


def test_time_that_goes_back(frame, reading) -> None:
    frames = [frame(row=row, timestamps_ms=(10 - row,)) for row in range(3)]
    [sentence] = judge_delivery(reading(*frames), 3).failures
    assert sentence == "timestamps of stream 0 go back from 10 to 9 ms."


@pytest.mark.parametrize("end", [End.TIME_IS_UP, End.CUT, End.FAILED, End.ENOUGH])
def test_only_an_end_by_the_server_is_normal(frame, reading, end) -> None:
    [sentence] = judge_end(reading(frame(), end=end, words="why")).failures
    assert sentence.endswith(f"but after 1 frames: {end.value} (why).")


def test_a_stale_port_is_named_with_what_does_not_fit(frame, reading) -> None:
    strange = reading(frame(first_channel=110, last_channel=111))
    [sentence] = judge_staleness(strange).failures
    assert sentence.startswith("port 12301 should serve job 1-3, but what it delivers fits another")
    assert "has channels 110..111; expected 11..12" in sentence


def test_a_waterfall_may_have_any_whole_number_of_values_per_channel(target, frame) -> None:
    waterfall = type(target)("1-3", "h", 1, {0: frozenset({11, 12})}, frequencies=0)
    frames = tuple(frame(row=row, width=6, buffer_sizes=(12,)) for row in range(3))
    right = Reading(waterfall, 99.0, 99.5, {0: StreamReading(0, frames, End.ENOUGH)})
    assert judge_delivery(right, 3).failures == []


def test_summary_counts_rates_and_times(frame, reading) -> None:
    summary = reading(frame(row=0), frame(row=2), frame(row=2)).summary()
    assert summary["frames"] == 6
    assert summary["seconds_to_connect"] == 0.5
    assert summary["seconds_to_first_frames"] == 1.0
    assert summary["streams"][0] == {
        "frames": 3,
        "frames_per_second": 1.0,
        "missing_rows": 1,
        "repeated_rows": 1,
        "end": "ENOUGH",
    }


def test_a_stream_without_a_frame_has_no_time(reading) -> None:
    assert reading().summary()["seconds_to_first_frames"] is None
    assert reading().summary()["streams"][0]["frames_per_second"] is None
