"""Judging a whole reading: every stream delivered, its frames are the job's, and how it ended."""

import time
from collections.abc import Iterable

from focus_engine.arrays.codes import ArrayCode
from focus_engine.arrays.frames import (
    extrema_defects,
    fit_defects,
    frame_defects,
    sequence_defects,
)
from focus_engine.arrays.moments import moment_defects
from focus_engine.arrays.stream import clock_defects, least_line_seconds
from focus_engine.checks.finding import Finding
from focus_engine.checks.report import Report
from focus_engine.streams.judge_values import Codes, judge_dead, judge_values, note_in_frames
from focus_engine.streams.reading import MILLISECONDS, End, Reading, StreamReading
from focus_engine.streams.target import StreamTarget

CLOCK_SECONDS, CLOCK_SHARE = 1.0, 0.1  # that live times may gain: lines come in bursts
FRAME_CODES = {
    ArrayCode.BUFFERS: ("buffers", "1"),
    ArrayCode.SHAPE_SIGN: ("shape", "at least one value"),
    ArrayCode.ROWS: ("entries per line", "a timestamp and a row_index for each line"),
    ArrayCode.CHANNEL_RANGE: ("channels", "those of the stream's mapping"),
    ArrayCode.ROW_WIDTH: ("width", "channels x values of a channel"),
    ArrayCode.LENGTH: ("length", "width x lines x bytes of a value"),
    ArrayCode.EXTREMA_FINITE: ("extrema", "finite numbers"),
    ArrayCode.EXTREMA_ORDER: ("order of the extrema", "minimum <= maximum"),
    ArrayCode.STREAM_ID: ("job_id", "none, or that of the stream"),
}
SEQUENCE_CODES = {
    ArrayCode.ROW_ORDER: ("order", "row_index and timestamps going up"),
    ArrayCode.ROWS_MISSING: ("gaps", "row_index without gaps"),
    ArrayCode.TIMES: ("times", "times of the recording that advance"),
}
JOB_CODES = {
    ArrayCode.EXTREMA_SHRANK: ("growth of the extrema", "extrema that only widen"),
    ArrayCode.EXTREMA_OF_JOB: ("scope of the extrema", "extrema of the whole job"),
    ArrayCode.TIMES: ("times", "the same time of a row in each stream"),
}


def judge_any_frame(reading: Reading) -> Report:
    """That every stream that was read delivered something."""
    findings = Report()
    for stream in reading.streams.values():
        _judge_count(reading.target, stream, 1, findings)
    return findings


def judge_delivery(reading: Reading, frames: int) -> Report:
    """That every stream that was read delivered at least `frames`, well-formed and in sequence."""
    findings, target = Report(), reading.target
    _judge_coverage(reading, findings)
    delivered = {}
    for stream in reading.streams.values():
        if _judge_count(target, stream, frames, findings):
            delivered[stream.stream] = stream.frames
            _judge_frames(target, stream, findings)
            judge_values(stream, findings)
            _judge_sequence(target, stream, findings)
    judge_dead([reading.streams[index] for index in delivered], findings)
    name = f"job {target.job_id}"
    between = extrema_defects(delivered)
    if target.live is False and not findings.failures:
        between += clock_defects(delivered, least_line_seconds(target.promises))
    _note(between, JOB_CODES, name, findings)
    return findings


def judge_end(reading: Reading) -> Report:
    """That the server ended every stream the way it ends those of a job that is over.

    That is UNAVAILABLE with GOAWAY, as observed, or OK.
    """
    findings = Report()
    for stream in reading.streams.values():
        findings.expect(
            f"end of stream {stream.stream}",
            stream.end is End.ENDED,
            "UNAVAILABLE with GOAWAY, or OK",
            stream.ending,
            f"stream {stream.stream} of job {reading.target.job_id} should be ended by the server "
            f"(GOAWAY) when the job is over, but after {len(stream.frames)} frames: "
            f"{stream.ending}.",
        )
    return findings


def judge_going_on(reading: Reading, seconds: float) -> Report:
    """That every stream still delivered when it had been read for so many seconds."""
    findings = Report()
    for stream in reading.streams.values():
        _judge_clock(stream, reading.began, findings)
        last = stream.frames[-1].arrived - reading.connected if stream.frames else 0.0
        findings.expect(
            f"stream {stream.stream} goes on",
            stream.end is End.ENOUGH,
            f"frames after {seconds:g} s",
            f"{len(stream.frames)} frames, the last after {last:.1f} s",
            f"stream {stream.stream} of live job {reading.target.job_id} should go on while it is "
            f"read, but after {last:.1f} s and {len(stream.frames)} frames no more came, within "
            f"{seconds:g} s and the time to wait: {stream.ending}.",
        )
    return findings


def _judge_clock(stream: StreamReading, began: float, findings: Report) -> None:
    """That a live stream's times go on no faster than the clock does: what is to come is not known.

    They must have gained on the clock both since `began` and from the first half of the reading to
    the second: a server may tell at first what it has kept, and a reader may have been held up.
    """
    told = [
        (frame.timestamps_ms[-1] / MILLISECONDS, frame.arrived)
        for frame in stream.frames
        if frame.timestamps_ms
    ]
    half = len(told) // 2
    if not half:
        return
    early, late = (
        max(each, key=lambda one: one[0] - one[1]) for each in (told[:half], told[half:])
    )
    went, passed = told[-1][0] - told[0][0], told[-1][1] - began
    gains = _gain(went, passed), _gain(late[0] - early[0], late[1] - early[1])
    findings.expect(
        f"clock of stream {stream.stream}",
        min(gains) <= CLOCK_SECONDS,
        "times that go on as the clock does",
        f"{went:.1f} s in {passed:.1f} s",
        f"the times of live stream {stream.stream} should go on as the clock does, but they went "
        f"on by {went:.1f} s in {passed:.1f} s.",
    )


def _gain(told: float, passed: float) -> float:
    """Seconds by which what is told is more than has passed, but for what clocks may differ."""
    return told - passed * (1 + CLOCK_SHARE)


def judge_refusal(reading: Reading) -> Report:
    """That the server refused each stream that was asked for, by a status of gRPC of its own."""
    findings, streams = Report(), reading.target.promises
    for stream in reading.streams.values():
        findings.expect(
            f"stream {stream.stream} is refused",
            stream.end is End.FAILED and not stream.frames,
            "a status, and no frame",
            stream.ending,
            f"job {reading.target.job_id} has the streams {min(streams)} to {max(streams)}, so "
            f"stream {stream.stream} should be refused, but it delivered "
            f"{len(stream.frames)} {_frames(len(stream.frames))}: {stream.ending}.",
        )
    return findings


def may_be_over(reading: Reading) -> bool:
    """Whether the job may have ended before it was reached: that was late, and looks like it.

    A stream that stays open and silent does not: somebody keeps it.
    """
    return reading.connected > reading.target.alive_until and any(
        _is_no_stream_of(reading.target, stream) for stream in reading.streams.values()
    )


def _is_no_stream_of(target: StreamTarget, stream: StreamReading) -> bool:
    if not stream.frames:
        return stream.end is not End.TIME_IS_UP
    promise = target.promises.get(stream.stream)
    return promise is None or any(fit_defects(frame, promise) for frame in stream.frames)


def judge_staleness(reading: Reading) -> Report:
    """That the port delivers this job, and not another one that had the port before."""
    findings, target = Report(), reading.target
    for stream in reading.streams.values():
        if not _judge_count(target, stream, 1, findings):
            continue
        promise = target.promises[stream.stream]
        strange = [found for frame in stream.frames for found in fit_defects(frame, promise)]
        findings.expect(
            f"job behind stream {stream.stream}",
            not strange,
            "frames that fit the configuration",
            stream.frames[0].channels,
            f"port {target.port} should serve job {target.job_id}, but what it delivers fits "
            f"another one: {' '.join(dict.fromkeys(found.sentence for found in strange))}",
        )
    return findings


def _judge_frames(target: StreamTarget, stream: StreamReading, findings: Report) -> None:
    promise, found = target.promises[stream.stream], []
    for number, frame in enumerate(stream.frames):
        found += [(number, defect) for defect in frame_defects(frame, promise)]
    note_in_frames(found, FRAME_CODES, stream, findings)


def _judge_sequence(target: StreamTarget, stream: StreamReading, findings: Report) -> None:
    name, promise = f"stream {stream.stream}", target.promises[stream.stream]
    may_have_holes = target.live is not False
    found = sequence_defects(stream.frames, name, promise.line_seconds, holes=may_have_holes)
    if target.recorded and (moments := target.recorded.moments(until=time.time())):
        found += moment_defects(stream.frames, moments, name, promise.line_seconds)
    _note(found, SEQUENCE_CODES, name, findings)
    if may_have_holes and stream.missing_rows:
        findings.not_checked(
            f"gaps of {name}",
            f"{stream.missing_rows} rows are missing; a live job goes on where data are lost.",
        )


def _note(defects: Iterable[Finding], codes: Codes, name: str, findings: Report) -> None:
    for code, (subject, expected) in codes.items():
        sentences = [defect.sentence for defect in defects if defect.code == code.id]
        findings.expect(
            f"{subject} of {name}",
            not sentences,
            expected,
            "as expected" if not sentences else sentences[0],
            " ".join(dict.fromkeys(sentences)),
        )


def _judge_coverage(reading: Reading, findings: Report) -> None:
    known, read = sorted(reading.target.promises), sorted(reading.streams)
    if read == known:
        findings.expect("streams", True, f"all of channel_to_stream_index: {known}", read)
    else:
        findings.not_checked("streams", f"only {read} of {known} were to be read.")


def _judge_count(
    target: StreamTarget, stream: StreamReading, frames: int, findings: Report
) -> bool:
    seen = len(stream.frames)
    return findings.expect(
        f"frames of stream {stream.stream}",
        seen >= max(frames, 1),  # no frame at all is never right
        f"at least {frames}",
        seen,
        f"stream {stream.stream} of job {target.job_id} should deliver at least {frames} "
        f"{_frames(frames)}, but it delivered {seen}: {stream.ending}.",
    )


def _frames(count: int) -> str:
    return "frame" if count == 1 else "frames"
