"""Frames of a job: what is told of them, and what of a stream shows only between them."""

from dataclasses import replace

import numpy as np
import pytest

from focus_corpus.messages import FLOAT16
from focus_corpus.streams import _VALID, answer, valid_job
from focus_engine.arrays.canonical import CANONICAL, Endian
from focus_engine.arrays.checks import job_report
from focus_engine.arrays.contract import RangePolicy, ReadClaim
from focus_engine.arrays.frames import message_of_frame, promises_of
from focus_engine.arrays.values import array_of
from focus_engine.streams.frame import Frame


def _report(job, answered=None):
    return job_report(job, promises_of(answered or answer()), FLOAT16, RangePolicy.LINEAR)


def _wider(frame):
    values = np.frombuffer(frame.buffers[0], "<f2")
    return replace(frame, buffers=(values.astype("<f4").tobytes(),))


def test_a_dtype_that_changes_on_the_way_shows_by_its_bytes() -> None:
    job = valid_job()
    job[1][2] = _wider(job[1][2])
    report = _report(job)
    assert report.codes() == ("FR004", "FR017")
    assert report.defects[0].sentence.startswith("stream 1, frame 2: the payload has")
    assert "bytes per value from 2.0 to 4.0" in report.defects[1].sentence


def test_a_defect_of_all_frames_is_told_once_per_stream() -> None:
    job = {stream: [_wider(frame) for frame in frames] for stream, frames in valid_job().items()}
    report = _report(job)
    assert report.codes() == ("FR004",) * 3
    assert report.defects[0].sentence.startswith("stream 0, frame 0 (and 2 more): ")


def test_order_is_judged_from_frame_to_frame() -> None:
    job = valid_job()
    job[0][0], job[0][1] = job[0][1], job[0][0]
    assert {"FR006", "FR014"} == set(_report(job).codes())
    sentences = [each.sentence for each in _report(job).defects]
    assert "row_index of stream 0 goes from 1 to 0." in sentences


@pytest.mark.parametrize(("factor", "codes"), [(1, ()), (3, ("FR008",)), (0.5, ("FR008",))])
def test_a_waterfall_has_one_value_per_channel(factor, codes) -> None:
    def resized(frame, channels):
        width = int(channels * factor)
        return replace(frame, width=width, buffers=(frame.buffers[0][: 2 * width],))

    answered = {**answer(), "frequencies_amount": 0}
    promises = promises_of(answered)
    job = {
        stream: [resized(frame, len(promises[stream].channels)) for frame in frames]
        for stream, frames in valid_job().items()
    }
    assert set(_report(job, answered).codes()) == set(codes)


def test_what_frames_cannot_show_is_said_even_of_none() -> None:
    report = _report({})
    assert report.codes() == ("FR018",) * 3
    assert any("a frame has no field for its dtype" in each for each in report.unseen)


def test_messages_of_several_lines_are_read_in_c_order() -> None:
    """One buffer of shape (x, y): the values of a line are a stride apart."""
    batched = dict(_VALID)["frames valid in messages of two lines"](valid_job())
    frame = batched[0][0]
    message = message_of_frame(frame, FLOAT16, "frame")
    array = array_of(message, ReadClaim(CANONICAL["float16"], Endian.LITTLE))
    assert array.shape == (frame.width, 2)
    assert np.array_equal(array[:, 1], np.frombuffer(valid_job()[0][1].buffers[0], "<f2"))
    assert _report(batched).codes() == ()


@pytest.mark.parametrize("whole", [True, False])
def test_the_highest_value_of_a_whole_job_is_its_maximum(whole) -> None:
    report = job_report(
        valid_job(), promises_of(answer()), FLOAT16, RangePolicy.LINEAR, whole=whole
    )
    assert report.codes() == (("FR026",) if whole else ())  # 650 under a maximum of 652


def _long_job(first=0, frames=20, hole=0, burst=False):
    """Of one stream: the maximum grows by 1 with each row and is the first value of its line."""
    promise = promises_of(answer())[0]
    made = []
    for number in range(frames):
        row = first + number + (hole if number > frames // 2 else 0)
        values = np.linspace(100 + number, 0, promise.row_width).astype("<f2")
        made.append(
            Frame(
                stream=0, arrived=0.1 * number * (not burst), first_channel=promise.channels[0],
                last_channel=promise.channels[-1], timestamps_ms=(100 * row,), rows=(row,),
                width=promise.row_width, height=1, minimum=0.0, maximum=100.0 + number,
                buffer_sizes=(values.nbytes,), buffers=(values.tobytes(),),
            )
        )  # fmt: skip
    return made


def _twice_as_high(frames):
    return [replace(frame, maximum=2 * frame.maximum) for frame in frames]


@pytest.mark.parametrize(
    ("shape", "codes"),
    [
        ({}, ("FR026",)),
        ({"frames": 19}, ()),
        ({"first": 500}, ()),
        ({"hole": 1}, ()),
        ({"burst": True}, ()),
    ],
)
def test_values_of_a_live_job_come_up_to_what_was_told_early(shape, codes) -> None:
    promises = {0: promises_of(answer())[0]}
    frames = _long_job(**shape)
    for each, expected in ((frames, ()), (_twice_as_high(frames), codes)):
        report = job_report({0: each}, promises, FLOAT16, RangePolicy.LINEAR, live=True)
        assert report.codes() == expected


def test_what_a_live_job_told_last_may_come_up_later() -> None:
    frames = _long_job()
    frames[10:] = _twice_as_high(frames[10:])
    promises = {0: promises_of(answer())[0]}
    report = job_report({0: frames}, promises, FLOAT16, RangePolicy.LINEAR, live=True)
    assert report.codes() == ()


def test_rows_that_a_live_job_leaves_out_are_no_defect() -> None:
    job = valid_job()
    job[0][2] = replace(job[0][2], rows=(9,))
    promises = promises_of(answer())
    for live, codes in ((True, ()), (False, ("FR023",))):
        report = job_report(job, promises, FLOAT16, RangePolicy.LINEAR, live=live)
        assert report.codes() == codes
