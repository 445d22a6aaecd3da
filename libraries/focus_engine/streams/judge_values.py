"""Judging the values of frames, as far as a look at each tells; dtypes are judged elsewhere.

What is found in frames is noted here, whatever it is about.
"""

from collections.abc import Collection, Mapping, Sequence

from focus_engine.arrays.codes import ArrayCode
from focus_engine.arrays.frames import extrema_of
from focus_engine.arrays.values import span_defects, still_frames
from focus_engine.checks.finding import Finding
from focus_engine.checks.report import Report
from focus_engine.streams.frame import Frame
from focus_engine.streams.reading import StreamReading

ENOUGH_FRAMES = 3  # of a stream, to say that it is dead

Codes = Mapping[ArrayCode, tuple[str, str]]
"""By code of a finding: what it is about, and what is expected."""

VALUE_CODES: Codes = {
    ArrayCode.NOT_FINITE: ("values", "finite numbers"),
    ArrayCode.OUTSIDE_EXTREMA: ("range of the values", "inside the extrema of its frame"),
    ArrayCode.STANDS_STILL: ("change of the values", "other values than the frame before"),
}


def judge_values(stream: StreamReading, findings: Report) -> None:
    """That they are finite, inside the extrema of their frame, and not those of the frame before.

    Frames of which the values were not read are noted as not checked.
    """
    unread = sum(frame.span is None for frame in stream.frames)
    if unread:
        reason = "the profile in force names no type for them, or their length is none of it."
        findings.not_checked(f"values of stream {stream.stream}", reason)
    if unread == len(stream.frames):
        return
    found = [
        (number, defect)
        for number, frame in enumerate(stream.frames)
        if frame.span is not None
        for defect in span_defects(frame.span, extrema_of(frame))
    ]
    found += still_frames([frame.picture for frame in stream.frames])
    note_in_frames(found, VALUE_CODES, stream, findings)


def judge_dead(streams: Collection[StreamReading], findings: Report) -> None:
    """That no stream tells one and the same value all the time while another one of its job varies.

    Each must have told enough frames; where all are quiet, nobody knows what there is to tell.
    """
    told = [stream for stream in streams if len(stream.frames) >= ENOUGH_FRAMES]
    varies = next((one.stream for one in told if all(_varies(frame) for frame in one.frames)), None)
    for stream in told:
        values = {value for frame in stream.frames for value in _ends(frame)}
        findings.expect(
            f"life of stream {stream.stream}",
            varies is None or len(values) > 1 or None in values,
            "values that vary, as in the other streams",
            f"{len(stream.frames)} frames",
            f"all values of the {len(stream.frames)} frames of stream {stream.stream} are "
            f"{', '.join(map(str, values))}, while those of stream {varies} vary: that stream is "
            "dead.",
        )


def _varies(frame: Frame) -> bool:
    return frame.picture is not None


def _ends(frame: Frame) -> tuple[float | None, float | None]:
    """The lowest and the highest value; None where they were not read."""
    return (None, None) if frame.span is None else (frame.span.minimum, frame.span.maximum)


def note_in_frames(
    found: Sequence[tuple[int, Finding]],
    codes: Codes,
    stream: StreamReading,
    findings: Report,
) -> None:
    """Note each kind of defect once, at the first frame that has it, whose number comes first."""
    for code, (subject, expected) in codes.items():
        wrong = [(number, defect) for number, defect in found if defect.code == code.id]
        number, said = (wrong[0][0], wrong[0][1].sentence) if wrong else (0, "")
        count = len({each for each, _ in wrong})
        more = f" ({count} of {len(stream.frames)} frames are so)" if count > 1 else ""
        findings.expect(
            f"{subject} of stream {stream.stream}",
            not wrong,
            expected,
            said or f"{len(stream.frames)} frames",
            f"frame {number} of stream {stream.stream}{more}: {said}",
        )
