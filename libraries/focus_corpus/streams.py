"""Frames of a job with three streams, as they are read."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from focus_corpus.entry import Entry
from focus_corpus.messages import FLOAT16
from focus_engine.arrays.checks import job_report
from focus_engine.arrays.codes import ArrayCode
from focus_engine.arrays.contract import RangePolicy
from focus_engine.arrays.frames import Frame, promises_of
from focus_engine.checks.report import Report

_FREQUENCIES, _CHANNELS, _STREAMS, _FRAMES = 16, 8, 3, 3
_BEGAN_MS, _ROW_MS, _HIGHEST = 1_700_000_000_000, 500, 650.0


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


def streams() -> list[Entry]:
    """A valid job, and one mutation of its frames per code."""
    entries = [_entry("frames valid", None, lambda job: job)]
    return entries + [_entry(name, code, change) for name, code, change in _MUTATIONS]


def _entry(name: str, verdict: ArrayCode | None, change: Change) -> Entry:
    def judge() -> Report:
        frames: dict[int, list[Frame]] = {at: [*each] for at, each in change(valid_job()).items()}
        return job_report(frames, promises_of(answer()), FLOAT16, RangePolicy.LINEAR)

    return Entry(name, verdict, judge)


def _frame(channels: tuple[int, ...], width: int, number: int) -> CorpusFrame:
    values = np.linspace(0, _HIGHEST, width).astype("<f2")
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


def _two_rows(job: Job) -> Job:
    last = job[_STREAMS - 1][-1]
    doubled = replace(
        last,
        height=2,
        timestamps_ms=last.timestamps_ms * 2,
        rows=(3, 4),
        buffers=(last.buffers[0] * 2,),
    )
    return {**job, _STREAMS - 1: [*job[_STREAMS - 1][:-1], doubled]}


def _twice_as_wide(job: Job) -> Job:
    values = np.frombuffer(job[_STREAMS - 1][-1].buffers[0], "<f2")
    return _last(buffers=(values.astype("<f4").tobytes(),))(job)


_MUTATIONS: tuple[tuple[str, ArrayCode, Change], ...] = (
    ("frame without rows", ArrayCode.SHAPE_SIGN, _last(height=0, rows=())),
    ("frame with two buffers", ArrayCode.BUFFERS, _twice),
    ("frame with a timestamp too many", ArrayCode.ROWS, _last(timestamps_ms=(1, 2))),
    ("frame whose rows go back", ArrayCode.ROW_ORDER, _last(rows=(0,))),
    ("frame earlier than the last", ArrayCode.ROW_ORDER, _last(timestamps_ms=(_BEGAN_MS - 1,))),
    ("frame of other channels", ArrayCode.CHANNEL_RANGE, _last(first_channel=1)),
    ("frame half as wide", ArrayCode.ROW_WIDTH, _half),
    ("frame with a float32 payload", ArrayCode.LENGTH, _twice_as_wide),
    ("extrema shrink", ArrayCode.EXTREMA_SHRANK, _last(maximum=_HIGHEST)),
    ("shape changes in the stream", ArrayCode.STREAM_CHANGED, _two_rows),
    ("stream missing", ArrayCode.STREAM_COVERAGE, _without),
    ("stream unknown", ArrayCode.STREAM_COVERAGE, lambda job: {**job, _STREAMS: job[0]}),
)
