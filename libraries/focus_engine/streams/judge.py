"""Judging a whole reading: every stream delivered, its frames are the job's, and how it ended."""

from focus_engine.checks.report import Report
from focus_engine.streams.judge_frames import judge_fit, judge_form
from focus_engine.streams.judge_sequence import judge_sequence
from focus_engine.streams.reading import End, Reading, StreamReading
from focus_engine.streams.target import StreamTarget


def judge_any_frame(reading: Reading) -> Report:
    """That every stream that was read delivered something."""
    findings = Report()
    for stream in reading.streams.values():
        _judge_count(reading.target, stream, 1, findings)
    return findings


def judge_delivery(reading: Reading, frames: int) -> Report:
    """That every stream that was read delivered at least `frames`, well-formed and in sequence."""
    findings = Report()
    _judge_coverage(reading, findings)
    for stream in reading.streams.values():
        if _judge_count(reading.target, stream, frames, findings):
            judge_fit(reading.target, stream, findings)
            judge_form(stream, findings)
            judge_sequence(stream, findings)
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


def judge_staleness(reading: Reading) -> Report:
    """That the port delivers this job, and not another one that had the port before."""
    findings, target = Report(), reading.target
    for stream in reading.streams.values():
        if not _judge_count(target, stream, 1, findings):
            continue
        strange = Report()
        judge_fit(target, stream, strange)
        findings.expect(
            f"job behind stream {stream.stream}",
            not strange.failures,
            "frames that fit the configuration",
            stream.frames[0].channels,
            f"port {target.port} should serve job {target.job_id}, but what it delivers fits "
            f"another one: {' '.join(strange.failures)}",
        )
    return findings


def _judge_coverage(reading: Reading, findings: Report) -> None:
    known, read = sorted(reading.target.channels), sorted(reading.streams)
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
