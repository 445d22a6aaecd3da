"""Targets, frames and readings made by hand."""

from collections.abc import Callable

import pytest

from focus_engine.arrays.frames import StreamPromise
from focus_engine.streams.frame import Frame
from focus_engine.streams.reading import End, Reading, StreamReading
from focus_engine.streams.target import StreamTarget

FREQUENCIES = 4


@pytest.fixture
def target() -> StreamTarget:
    promises = {
        0: StreamPromise(0, (11, 12), FREQUENCIES),
        1: StreamPromise(1, (13,), FREQUENCIES),
    }
    return StreamTarget("1-3", "127.0.0.1", 12_301, promises, live=False)


@pytest.fixture
def frame(target: StreamTarget) -> Callable[..., Frame]:
    """A right frame of a stream, one row, with fields replaced."""

    def make(stream: int = 0, row: int = 0, **changes: object) -> Frame:
        channels = target.promises[stream].channels
        width = len(channels) * FREQUENCIES
        fields: dict = {
            "stream": stream,
            "arrived": 100.0 + row,
            "first_channel": min(channels),
            "last_channel": max(channels),
            "timestamps_ms": (1_700_000_000_000 + row,),
            "rows": (row,),
            "width": width,
            "height": 1,
            "minimum": 0.0,
            "maximum": 650.0,
            "buffer_sizes": (2 * width,),
        }
        return Frame(**(fields | changes))

    return make


@pytest.fixture
def reading(target: StreamTarget, frame: Callable[..., Frame]) -> Callable[..., Reading]:
    """A reading of both streams whose stream 0 has these frames; stream 1 is right."""

    def make(*frames: Frame, end: End = End.ENOUGH, words: str = "") -> Reading:
        other = tuple(frame(1, row) for row in range(3))
        streams = {
            0: StreamReading(0, frames, end, words),
            1: StreamReading(1, other, End.ENDED, "GOAWAY"),
        }
        return Reading(target, began=99.0, connected=99.5, streams=streams)

    return make
