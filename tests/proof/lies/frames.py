"""Lies told in frames: the message that a stream carries is another than the server sent."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from google.protobuf.message import Message
from proof.lies.changes import changed_at, changes_of, paths_of
from proof.lies.lie import Channel, Lie

from focus_engine.streams import channel
from sandbox.streams.pandadatastream_pb2 import DataStream

TABLES = ("streams", "stream_end", "stream_ports", "stream_dtype")
PLACE = "a frame"
AGAIN, LEFT_OUT = "the frame before", "left out"
WHOLE = "the frame"
NO_CHANGE = {"dropped", "null", "of another type"}  # a message has no other types
SAMPLE = DataStream(
    start_channel=11,
    end_channel=43,
    timestamp_in_milis=[1_764_946_703_000],
    row_index=[7],
    data_shape_x=4,
    data_shape_y=1,
    global_maximum=874.0,
    global_minimum=0.0,
    main_data=[bytes(range(8))],
    job_id=1,
    data_shape_z=1,
)
UNKNOWN = ("data_shape_z",)  # nobody knows what it means: any value must stay green


def frame_lies() -> Iterator[Lie]:
    """Each field of a message, changed in each way that its type has: in all frames, in one."""
    for path, value in paths_of(_fields(SAMPLE), depth=2):
        if path == "$":
            continue
        for change in changes_of(value):
            if change in NO_CHANGE:
                continue
            harmless = path.removeprefix("$.") in UNKNOWN
            yield Lie(Channel.FRAME, PLACE, path, change, harmless=harmless)
            if not harmless and change in {"plus one", "zeroed", "cut by a byte"}:
                yield Lie(Channel.FRAME, PLACE, path, change, second_only=True)
    yield Lie(Channel.FRAME, PLACE, "$.job_id", "dropped", harmless=True)
    for change in (AGAIN, LEFT_OUT):
        yield Lie(Channel.FRAME, PLACE, WHOLE, change, second_only=True)


class FrameTeller:
    """Changes the frames of every call; `told` counts those that say something else."""

    def __init__(self, lie: Lie) -> None:
        self._lie = lie
        self._lock = threading.Lock()
        self.told = 0

    def start_over(self) -> None:
        """Every call begins anew by itself."""

    def heard(self, frames: Iterator[Message]) -> Iterator[Message]:
        """What a reader hears of a stream."""
        before: Message | None = None
        for number, frame in enumerate(frames):
            wanted = number == 1 if self._lie.second_only else True
            told = self._changed(frame, before) if wanted else frame
            before = frame
            with self._lock:
                self.told += told is not frame
            if told is not None:
                yield told

    def _changed(self, frame: Message, before: Message | None) -> Message | None:
        if self._lie.change == LEFT_OUT:
            return None
        if self._lie.change == AGAIN:
            return before or frame
        fields = _fields(frame)
        changed = changed_at(fields, self._lie.subject, self._lie.change)
        return frame if changed == fields else type(frame)(**changed)


class _Call:
    """A call to the server, its frames told anew."""

    def __init__(self, call: Any, teller: FrameTeller) -> None:
        self._call = call
        self._frames = teller.heard(iter(call))

    def __iter__(self) -> Iterator[Message]:
        return self

    def __next__(self) -> Message:
        return next(self._frames)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._call, name)


@contextmanager
def telling(lie: Lie) -> Iterator[FrameTeller]:
    """Every stream that is read in this process is lied about meanwhile."""
    teller, opener = FrameTeller(lie), channel._opener

    def lying(connection: Any) -> Any:
        open_stream = opener(connection)
        return lambda *asked: _Call(open_stream(*asked), teller)

    with patch.object(channel, "_opener", lying):
        yield teller


def _fields(message: Message) -> dict[str, Any]:
    """The fields that the message has, in their order."""
    return {
        field.name: list(value) if field.is_repeated else value
        for field in message.DESCRIPTOR.fields
        if not field.has_presence or message.HasField(field.name)
        for value in [getattr(message, field.name)]
    }
