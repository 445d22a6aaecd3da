"""Frames of a job with three streams, as they are read."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from focus_corpus.entry import CorpusEntry
from focus_corpus.messages import FLOAT16
from focus_engine.arrays.checks import job_report
from focus_engine.arrays.codes import ArrayCode
from focus_engine.arrays.contract import RangePolicy
from focus_engine.arrays.frames import promises_of
from focus_engine.arrays.message import FrameMessage
from focus_engine.arrays.moments import Moments
from focus_engine.checks.report import Report

_FREQUENCIES, _CHANNELS, _STREAMS, _FRAMES = 16, 8, 3, 3
_BEGAN_MS, _ROW_MS, _HIGHEST = 1_700_000_000_000, 500, 650.0
_RECORDED = Moments(_BEGAN_MS, _BEGAN_MS + 60_000, "the job was asked for another minute")


@dataclass(frozen=True)
class CorpusFrame:
    """A frame as it is read."""

    first_channel: int
    last_channel: int
    timestamps_ms: tuple[int, ...]
    rows: tuple[int, ...]
    width: int
    height: int
    maximum: float
    minimum: float
    buffers: tuple[bytes, ...]
    job_id: int | None = None

    @property
    def arrived(self) -> float:
        return self.timestamps_ms[0] / 1000 if self.timestamps_ms else 0.0

    @property
    def buffer_sizes(self) -> tuple[int, ...]:
        return tuple(len(buffer) for buffer in self.buffers)


Job = dict[int, list[CorpusFrame]]
Change = Callable[[Job], Job]


def answer() -> dict[str, Any]:
    """What POST /configure answered for the job, as far as its frames are concerned."""
    parts = np.array_split(np.arange(1, _CHANNELS + 1), _STREAMS)
    mapping = {str(ch): index for index, part in enumerate(parts) for ch in part.tolist()}
    return {"channel_to_stream_index": mapping, "frequencies_amount": _FREQUENCIES}


def valid_job() -> Job:
    """Three frames of one row for each stream; the maximum grows."""
    return {
        index: [_frame(promise.channels, promise.row_width, number) for number in range(_FRAMES)]
        for index, promise in promises_of(answer()).items()
    }


def streams() -> list[CorpusEntry]:
    """A valid job, and one mutation of its frames per code."""
    entries = [_entry(name, None, change) for name, change in _VALID]
    return entries + [_entry(name, code, change) for name, code, change in _MUTATIONS]


def _entry(name: str, verdict: ArrayCode | None, change: Change) -> CorpusEntry:
    def judge() -> Report:
        frames: dict[int, list[FrameMessage]] = {
            at: [*each] for at, each in change(valid_job()).items()
        }
        promises = promises_of(answer())
        return job_report(frames, promises, FLOAT16, RangePolicy.LINEAR, moments=_RECORDED)

    return CorpusEntry(name, verdict, judge)


def _frame(channels: tuple[int, ...], width: int, number: int) -> CorpusFrame:
    values = np.roll(np.linspace(0, _HIGHEST, width), number).astype("<f2")
    return CorpusFrame(
        first_channel=channels[0],
        last_channel=channels[-1],
        timestamps_ms=(_BEGAN_MS + _ROW_MS * number,),
        rows=(number,),
        width=width,
        height=1,
        maximum=_HIGHEST + number,
        minimum=0.0,
        buffers=(values.tobytes(),),
    )


def _last(**fields: Any) -> Change:
    """The last frame of the last stream with other fields."""
    return lambda job: {**job, _STREAMS - 1: [*job[_STREAMS - 1][:-1], _changed(job, fields)]}


def _changed(job: Job, fields: dict[str, Any]) -> CorpusFrame:
    return replace(job[_STREAMS - 1][-1], **fields)


def _half(job: Job) -> Job:
    width = job[_STREAMS - 1][-1].width // 2
    return _last(width=width)(job)


def _twice(job: Job) -> Job:
    data = job[_STREAMS - 1][-1].buffers[0]
    return _last(buffers=(data, data))(job)


def _without(job: Job) -> Job:
    return {index: frames for index, frames in job.items() if index}


def _batched(job: Job) -> Job:
    """The first two lines of each stream in one message: one buffer of shape (x, 2), C order."""
    return {index: [_joined(*frames[:2]), *frames[2:]] for index, frames in job.items()}


def _joined(first: CorpusFrame, second: CorpusFrame) -> CorpusFrame:
    lines = np.array([np.frombuffer(each.buffers[0], "<f2") for each in (first, second)])
    return replace(
        second,
        height=2,
        rows=first.rows + second.rows,
        timestamps_ms=first.timestamps_ms * 2,
        buffers=(np.ascontiguousarray(lines.T).tobytes(),),
    )


def _every(**fields: Any) -> Change:
    """Every frame of every stream with other fields."""
    return lambda job: {
        index: [replace(frame, **fields) for frame in frames] for index, frames in job.items()
    }


def _silent(job: Job) -> Job:
    """All values 0, though the extrema say otherwise."""
    return {
        index: [replace(each, buffers=(bytes(2 * each.width),)) for each in frames]
        for index, frames in job.items()
    }


def _still(job: Job) -> Job:
    """Each frame has the values of the first one."""
    return {
        index: [replace(each, buffers=frames[0].buffers) for each in frames]
        for index, frames in job.items()
    }


def _numbered(job: Job) -> Job:
    return {at: [replace(each, job_id=at) for each in frames] for at, frames in job.items()}


def _twice_as_wide(job: Job) -> Job:
    values = np.frombuffer(job[_STREAMS - 1][-1].buffers[0], "<f2")
    return _last(buffers=(values.astype("<f4").tobytes(),))(job)


def _widened_alone(job: Job) -> Job:
    first = [replace(each, maximum=each.maximum + 100) for each in job[0]]
    return {**job, 0: first}


def _turned(job: Job) -> Job:
    last = job[_STREAMS - 1][-1]
    return _last(width=last.height, height=last.width)(job)


_VALID: tuple[tuple[str, Change], ...] = (
    ("frames valid", lambda job: job),
    ("frames valid in messages of two lines", _batched),
    ("frames valid with their stream as job_id", _numbered),
)
_MUTATIONS: tuple[tuple[str, ArrayCode, Change], ...] = (
    ("frame without rows", ArrayCode.SHAPE_SIGN, _last(height=0, rows=())),
    ("frame with two buffers", ArrayCode.BUFFERS, _twice),
    ("frame with a timestamp too many", ArrayCode.ROWS, _last(timestamps_ms=(1, 2))),
    ("frame of another stream by its job_id", ArrayCode.STREAM_ID, _last(job_id=_STREAMS)),
    ("frame that leaves rows out", ArrayCode.ROWS_MISSING, _last(rows=(_FRAMES + 1,))),
    ("frame of another day", ArrayCode.TIMES, _last(timestamps_ms=(_BEGAN_MS + 86_400_000,))),
    ("times stand still", ArrayCode.TIMES, _every(timestamps_ms=(_BEGAN_MS,))),
    ("extrema of one stream", ArrayCode.EXTREMA_OF_JOB, _widened_alone),
    ("values all zero", ArrayCode.NOT_ATTAINED, _silent),
    ("picture stands still", ArrayCode.STANDS_STILL, _still),
    ("frame whose rows go back", ArrayCode.ROW_ORDER, _last(rows=(0,))),
    ("frame earlier than the last", ArrayCode.ROW_ORDER, _last(timestamps_ms=(_BEGAN_MS - 1,))),
    ("frame of other channels", ArrayCode.CHANNEL_RANGE, _last(first_channel=1)),
    ("frame half as wide", ArrayCode.ROW_WIDTH, _half),
    ("frame with a float32 payload", ArrayCode.LENGTH, _twice_as_wide),
    ("extrema shrink", ArrayCode.EXTREMA_SHRANK, _last(maximum=_HIGHEST)),
    ("frame whose axes are exchanged", ArrayCode.ROWS, _turned),
    ("stream missing", ArrayCode.STREAM_COVERAGE, _without),
    ("stream unknown", ArrayCode.STREAM_COVERAGE, lambda job: {**job, _STREAMS: job[0]}),
)
