"""What is said about readings: nothing about a right one, one sentence for each mismatch."""

import math
import time
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from focus_engine.arrays.contract import Extrema
from focus_engine.arrays.frames import StreamPromise
from focus_engine.streams.judge import (
    judge_any_frame,
    judge_delivery,
    judge_end,
    judge_going_on,
    judge_refusal,
    judge_staleness,
    may_be_over,
)
from focus_engine.streams.judge_rows import judge_played
from focus_engine.streams.reading import End, Reading, StreamReading
from focus_engine.streams.recorded_when import RecordedWhen


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
    ({"width": 9, "buffer_sizes": (18,)}, "data_shape_x is 9; 2 channels x 4 freq"),
    ({"height": 2}, "timestamp_in_milis has 1 entries; data_shape_y is 2"),
    ({"width": 1, "height": 8}, "timestamp_in_milis has 1 entries; data_shape_y is 8"),
    ({"height": 0, "rows": (), "timestamps_ms": (), "buffer_sizes": ()}, "the shape is 8 x 0"),
    ({"timestamps_ms": ()}, "timestamp_in_milis has 0 entries"),
    ({"buffer_sizes": (13,)}, "the payload has 13 bytes for 8 x 1 values: no dtype fits"),
    ({"buffer_sizes": (16, 16)}, "main_data has 2 buffers; expected 1"),
    ({"minimum": 2.0, "maximum": 1.0}, "global_minimum 2 is above global_maximum 1"),
    ({"maximum": math.nan}, "the extrema are 0 to nan"),
    ({"job_id": 1}, "its job_id is 1; where it is there it is the stream's, 0"),
]


@pytest.mark.parametrize(("changes", "words"), FORMS)
def test_each_wrong_form_is_said_of_the_first_frame_that_has_it(
    frame, reading, changes, words
) -> None:
    wrong = reading(frame(), frame(row=1, **changes), frame(row=2))
    sentences = judge_delivery(wrong, 3).failures
    assert any(words in sentence for sentence in sentences), sentences
    assert all("frame 1 of stream 0" in sentence for sentence in sentences if words in sentence)


SPANS = [
    (Extrema(0.0, 650.4), []),
    (Extrema(math.nan, math.nan), ["its values are nan to nan; each should be a finite number."]),
    (Extrema(0.0, math.inf), ["its values are 0 to inf; each should be a finite number."]),
    (Extrema(0.0, 651.0), ["its values are 0 to 651, outside the running extrema 0 to 650."]),
    (Extrema(-1.0, 9.0), ["its values are -1 to 9, outside the running extrema 0 to 650."]),
]


@pytest.mark.parametrize(("span", "said"), SPANS)
def test_values_of_a_frame_are_numbers_within_its_extrema(frame, reading, span, said) -> None:
    right = [frame(row=row, span=Extrema(1.0, 2.0)) for row in (0, 1)]
    judged = judge_delivery(reading(*right, frame(row=2, span=span)), 3)
    assert judged.failures == [f"frame 2 of stream 0: {sentence}" for sentence in said]
    assert judged.unchecked("values of stream 0") == []
    assert judged.unchecked("values of stream 1") != []


def test_a_frame_whose_values_could_not_be_read_is_not_checked(frame, reading) -> None:
    read = [frame(row=row, span=Extrema(1.0, math.inf)) for row in (0, 2)]
    judged = judge_delivery(reading(read[0], frame(row=1), read[1]), 3)
    assert judged.unchecked("values of stream 0") != []
    assert "frame 0 of stream 0 (2 of 3 frames are so)" in judged.failures[0]


def test_a_picture_that_stands_still_is_told_once(frame, reading) -> None:
    frames = [frame(row=row, span=Extrema(1.0, 2.0), picture=7) for row in range(3)]
    [said] = judge_delivery(reading(*frames), 3).failures
    assert said == (
        "frame 1 of stream 0 (2 of 3 frames are so): each of its values is that of the frame "
        "before: the picture stands still."
    )
    frames[1] = replace(frames[1], picture=8)
    assert judge_delivery(reading(*frames), 3).failures == []


@pytest.mark.parametrize(
    ("pace", "held_up", "wrong"),
    [(1.0, 0, False), (1.5, 0, True), (0.5, 0, False), (1.0, 3, False), (1.0, 7, False)],
)
def test_the_times_of_a_live_stream_gain_nothing_on_the_clock(
    frame, reading, pace, held_up, wrong
) -> None:
    frames = [
        frame(
            row=second,
            arrived=100.0 + max(second, held_up if second < 8 else second),
            timestamps_ms=(1_700_000_000_000 + round(1000 * second * pace),),
        )
        for second in range(12)
    ]
    said = [each for each in judge_going_on(reading(*frames), 12).failures if "clock" in each]
    right = (
        "the times of live stream 0 should go on as the clock does, but they went on by 16.5 s in"
    )
    assert (said == [f"{right} 12.0 s."]) is wrong
    assert bool(said) is wrong


SEQUENCES = [
    ([0, 0, 1], "delivered row 0 more than once (1 of 3 rows are repetitions)"),
    ([0, 2, 5], "left out 3 rows: row 2 came next after row 0"),
    ([0, 2, 3], "left out 1 row: row 2 came next after row 0"),
    ([1, 0, 2], "row_index of stream 0 goes from 1 to 0"),
]


ZERO = (
    "all values of the 3 frames of stream 1 are 0.0, while those of stream 0 vary: that stream is "
    "dead."
)
QUIET = [
    ((0.0, 0.0, 0.0), (7, 8, 9), [ZERO]),
    ((0.0, 0.0, 1.0), (7, 8, 9), []),
    ((0.0, 0.0, None), (7, 8, 9), []),
    ((0.0, 0.0), (7, 8, 9), []),  # too few to tell
    ((0.0, 0.0, 0.0), (7, None, 9), []),  # the other one may be quiet, too
]


@pytest.mark.parametrize(("told", "pictures", "said"), QUIET)
def test_a_stream_that_tells_one_value_while_another_varies_is_dead(
    frame, reading, told, pictures, said
) -> None:
    spans = [None if value is None else Extrema(value, value) for value in told]
    quiet = tuple(frame(1, row, span=span) for row, span in enumerate(spans))
    varied = [
        frame(row=row, span=Extrema(1.0, 2.0), picture=one) for row, one in enumerate(pictures)
    ]
    shown = reading(*varied)
    streams = {**shown.streams, 1: replace(shown.streams[1], frames=quiet)}
    assert judge_delivery(replace(shown, streams=streams), 2).failures == said


@pytest.mark.parametrize(("rows", "words"), SEQUENCES)
def test_each_wrong_sequence_is_one_sentence(frame, reading, rows, words) -> None:
    frames = [frame(row=row, timestamps_ms=(position,)) for position, row in enumerate(rows)]
    [sentence] = judge_delivery(reading(*frames), 3).failures
    assert words in sentence


def test_a_live_job_may_leave_rows_out(frame, reading) -> None:
    shown = reading(*(frame(row=row) for row in (0, 2, 3)))
    live = replace(shown, target=replace(shown.target, live=True))
    judged = judge_delivery(live, 3)
    assert judged.failures == []
    assert judged.unchecked("gaps of stream 0") == [
        "1 rows are missing; a live job goes on where data are lost."
    ]


def test_time_that_goes_back(frame, reading) -> None:
    frames = [frame(row=row, timestamps_ms=(10 - row,)) for row in range(3)]
    [sentence] = judge_delivery(reading(*frames), 3).failures
    assert sentence == "timestamps of stream 0 go back from 10 to 9 ms."


def test_time_that_stands_still(frame, reading) -> None:
    frames = [frame(row=row, timestamps_ms=(10,)) for row in range(3)]
    [sentence] = judge_delivery(reading(*frames), 3).failures
    assert sentence == "the time of stream 0 stands still: 3 frames say 10 ms."


LATER = (
    "row 1 of stream 1 says 30 ms, but that of stream 0 10 ms: the streams of a job show the same "
    "time."
)
CLOCKS = [(0, False, []), (11, False, []), (20, False, [LATER]), (20, True, [])]


@pytest.mark.parametrize(("late_ms", "live", "said"), CLOCKS)
def test_a_row_of_a_historic_job_has_one_time(frame, reading, target, late_ms, live, said) -> None:
    rows = range(1, 4)
    shown = reading(*(frame(row=row, timestamps_ms=(10 * row,)) for row in rows))
    late = tuple(frame(1, row, timestamps_ms=(10 * row + late_ms,)) for row in rows)
    shown.streams[1] = replace(shown.streams[1], frames=late)
    promises = {at: replace(each, line_seconds=0.01) for at, each in target.promises.items()}
    judged = judge_delivery(replace(shown, target=replace(target, live=live, promises=promises)), 3)
    assert judged.failures == said


HALF = "row 1 of stream 0 is 8 ms after row 0, but with lines_dt 0.0167 s it comes 16.7 ms later."
PACES = [(16.7, False, []), (17.5, False, []), (8.35, False, [HALF]), (37.0, True, [])]


@pytest.mark.parametrize(("pace_ms", "live", "said"), PACES)
def test_lines_of_a_historic_job_are_lines_dt_apart(
    frame, reading, target, pace_ms, live, said
) -> None:
    times = [1_700_000_000_000 + round(row * pace_ms) for row in range(8)]
    read = reading(*(frame(row=row, timestamps_ms=(at,)) for row, at in enumerate(times)))
    promises = {**target.promises, 0: replace(target.promises[0], line_seconds=0.0167)}
    promised = replace(read, target=replace(target, promises=promises, live=live))
    assert judge_delivery(promised, 3).failures == said


@pytest.mark.parametrize("shift", [-86_400_000, 3_600_000, -1_699_000_000_000])
def test_times_of_another_moment(frame, reading, shift) -> None:
    began = 1_700_000_000
    frames = [frame(row=row, timestamps_ms=(began * 1000 + row + shift,)) for row in range(3)]
    shown = reading(*frames)
    asked = {"start_time": began, "end_time": began + 60}
    recorded = RecordedWhen(asked, 0, 120, 5)
    judged = judge_delivery(replace(shown, target=replace(shown.target, recorded=recorded)), 3)
    [sentence] = judged.failures
    assert "but the job was asked for what was recorded from 1700000000 to 1700000060 s" in sentence


TELLS_NOW = "but a live job tells what is recorded while it lives, by the clock (live_delay is 5 s)"
LIVE_TIMES = [(-5.9, False), (-6.1, True), (0, False), (30, False), (35.5, True), (-20, True)]


@pytest.mark.parametrize(("after", "said"), LIVE_TIMES)
def test_a_live_job_tells_what_is_recorded_while_it_lives(frame, reading, after, said) -> None:
    """Configured half a minute ago, and asked for a transform of a second."""
    started = time.time() - 30
    times = [round((started + after) * 1000) + row for row in range(3)]
    shown = reading(*(frame(row=row, timestamps_ms=(at,)) for row, at in enumerate(times)))
    recorded = RecordedWhen({"nfftSelection": 1000}, started, 5, 5)
    target = replace(shown.target, recorded=recorded, live=True)
    only = replace(shown, target=target, streams={0: shown.streams[0]})
    told = [TELLS_NOW in sentence for sentence in judge_delivery(only, 3).failures]
    assert any(told) == said


LATE_BEGIN = (
    "row 2 of stream 0 says 1700000007151 ms, but the job was asked for what was recorded from "
    "1700000000 to 1700000060 s, and is played from its begin on: that row comes by 1700000007150 "
    "ms."
)
BEGINS = [(7150, 5.0, []), (7151, 5.0, [LATE_BEGIN]), (7151, 0.0, []), (-5000, 5.0, [])]


@pytest.mark.parametrize(("after_ms", "chunk", "said"), BEGINS)
def test_a_historic_job_is_played_from_its_begin_on(
    frame, reading, target, after_ms, chunk, said
) -> None:
    """The reader before took two rows; a transform of 2000 values takes 2 s at most."""
    began = 1_700_000_000
    times = [began * 1000 + after_ms + 25 * row for row in range(3)]
    read = reading(*(frame(row=row, timestamps_ms=(at,)) for row, at in enumerate(times, start=2)))
    promises = {**target.promises, 0: replace(target.promises[0], line_seconds=0.025)}
    asked = {"start_time": began, "end_time": began + 60, "nfftSelection": 2000}
    recorded = RecordedWhen(asked, 0, 120, chunk)
    one = replace(read, target=replace(target, promises=promises, recorded=recorded))
    only = replace(one, streams={0: one.streams[0]})
    found = judge_delivery(only, 3).failures
    assert [sentence for sentence in found if "played" in sentence] == said


def test_extrema_of_one_stream_alone(frame, reading) -> None:
    wrong = reading(*(frame(row=row, maximum=600.0) for row in range(3)))
    [sentence] = judge_delivery(wrong, 3).failures
    assert "the extrema of stream 0 at row 1 are 0.0 to 600.0, but stream 1 had" in sentence


@given(st.lists(st.integers(1, 7), min_size=3, max_size=6), st.booleans(), st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_any_number_of_lines_per_message(frame, reading, sizes, repeated, named) -> None:
    """Changing from message to message, one time for all lines or one each, job_id or none."""
    frames, row = [], 0
    for lines in sizes:
        rows = tuple(range(row, row + lines))
        times = (row,) * lines if repeated else rows
        frames.append(
            frame(
                row=row,
                rows=rows,
                timestamps_ms=tuple(1_700_000_000_000 + each for each in times),
                height=lines,
                buffer_sizes=(2 * 8 * lines,),
                maximum=650.0,
                job_id=0 if named else None,
            )
        )
        row += lines
    assert judge_delivery(reading(*frames), 3).failures == []


@pytest.mark.parametrize("end", [End.TIME_IS_UP, End.CUT, End.FAILED, End.ENOUGH])
def test_only_an_end_by_the_server_is_normal(frame, reading, end) -> None:
    [sentence] = judge_end(reading(frame(), end=end, words="why")).failures
    assert sentence.endswith(f"but after 1 frames: {end.value} (why).")


LESS = (
    "stream 0 of job 1-3 should hold the rows that the others hold, but 1 of 3 are missing, row 2 "
    "first."
)


@pytest.mark.parametrize(
    ("rows", "over", "said"),
    [(3, 130.0, []), (2, 130.0, [LESS]), (2, 102.1, [])],
    ids=["all", "less", "cut off while it is played"],
)
def test_streams_of_a_whole_job_hold_the_same_rows(frame, reading, rows, over, said) -> None:
    """Each row arrives a second after the one before it, in the other stream until 102.0."""
    read = reading(*(frame(row=row) for row in range(rows)), end=End.ENDED)
    short = replace(read.streams[0], over=over)
    assert judge_played(replace(read, streams={**read.streams, 0: short})).failures == said


def test_a_stale_port_is_named_with_what_does_not_fit(frame, reading) -> None:
    strange = reading(frame(first_channel=110, last_channel=111))
    [sentence] = judge_staleness(strange).failures
    assert sentence.startswith("port 12301 should serve job 1-3, but what it delivers fits another")
    assert "has channels 110..111; expected 11..12" in sentence


@pytest.mark.parametrize(("width", "right"), [(2, True), (4, False), (6, False), (1, False)])
def test_a_waterfall_has_one_value_per_channel(target, frame, width, right) -> None:
    waterfall = type(target)("1-3", "h", 1, {0: StreamPromise(0, (11, 12), 1)})
    frames = tuple(frame(row=row, width=width, buffer_sizes=(2 * width,)) for row in range(3))
    reading = Reading(waterfall, 99.0, 99.5, {0: StreamReading(0, frames, End.ENOUGH)})
    assert (judge_delivery(reading, 3).failures == []) is right


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
        "last_row": 2,
        "end": "ENOUGH",
    }


def test_a_stream_without_a_frame_has_no_time(reading) -> None:
    assert reading().summary()["seconds_to_first_frames"] is None
    assert reading().summary()["streams"][0]["frames_per_second"] is None


@pytest.mark.parametrize(
    ("frames", "end", "over"),
    [
        (0, End.ENDED, True),
        (0, End.CUT, True),
        (0, End.TIME_IS_UP, False),
        (1, End.CUT, False),
    ],
)
def test_a_job_may_be_over_that_was_reached_late(reading, frame, frames, end, over) -> None:
    """All readings connect at 99.5."""
    seen = reading(*[frame(row=row) for row in range(frames)], end=end)
    late = replace(seen, target=replace(seen.target, alive_until=99.4))
    assert may_be_over(late) is over
    assert not may_be_over(replace(seen, target=replace(seen.target, alive_until=99.6)))


def test_a_late_reader_of_another_jobs_frames_found_it_over(reading, frame) -> None:
    seen = reading(frame(first_channel=21, last_channel=22))
    assert may_be_over(replace(seen, target=replace(seen.target, alive_until=99.4)))


@pytest.mark.parametrize(
    ("frames", "end", "refused"),
    [
        (0, End.FAILED, True),
        (1, End.FAILED, False),
        (1, End.ENOUGH, False),
        (0, End.ENDED, False),
        (0, End.CUT, False),
        (0, End.TIME_IS_UP, False),
    ],
)
def test_a_stream_that_there_is_not_is_refused_by_a_status(
    target, frame, frames, end, refused
) -> None:
    unknown = StreamReading(2, tuple(frame() for _ in range(frames)), end, "why")
    report = judge_refusal(Reading(target, began=99.0, connected=99.5, streams={2: unknown}))
    assert (report.failures == []) is refused
    if not refused:
        [sentence] = report.failures
        assert sentence.startswith("job 1-3 has the streams 0 to 1, so stream 2 should be refused")
        assert sentence.endswith(f"{end.value} (why).")


def test_a_late_reader_of_a_stream_that_there_is_not_found_another_job(target, frame) -> None:
    served = Reading(target, 99.0, 99.5, {2: StreamReading(2, (frame(),), End.ENOUGH)})
    assert may_be_over(replace(served, target=replace(target, alive_until=99.4)))
    assert served.summary()["streams"][2]["frames"] == 1
