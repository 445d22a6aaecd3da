"""The frames of one stream, in the order and the form in which the active faults send them."""

import itertools
import math
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from sandbox.faults import ActiveFaults
from sandbox.streams import content
from sandbox.streams import faults as faults_of
from sandbox.streams.content import RunningExtrema
from sandbox.streams.layout import Layout
from sandbox.streams.pandadatastream_pb2 import DataStream

_DROPPED_EVERY = 3
_LATE_MS = 2000
_CHANGED_FROM, _CHANGED_LATE_FROM = 2, 20
_INFINITE_ROW = 30
_WIDER = {"e": "f", "f": "d"}
_INTEGER = {"e": "h", "f": "i"}


@dataclass(frozen=True)
class FrameSource:
    """Makes frames as the layout packs them. `earlier` is the layout its port had before."""

    layout: Layout
    earlier: Layout | None
    faults: ActiveFaults

    def frames(self, stream: int) -> Iterator[bytes]:
        """The frames of a stream as messages, without end."""
        layout = self._served_layout()
        for number in self._numbers():
            yield self._frame(layout, self._served_index(layout, stream), number)

    def _numbers(self) -> Iterator[int]:
        """The numbers of the rows in the order of sending."""
        for number in itertools.count():
            if self.faults.on(faults_of.DUPLICATES):
                yield from (number, number)
            elif self.faults.on(faults_of.OUT_OF_ORDER):
                yield number + 1 if number % 2 == 0 else number - 1
            elif not (self.faults.on(faults_of.DROPS) and number % _DROPPED_EVERY == 1):
                yield number

    def _served_layout(self) -> Layout:
        """The job's layout, or with the fault that of the job before it on the port."""
        if self.earlier is not None and self.faults.on(faults_of.OF_ANOTHER_JOB):
            return self.earlier
        return self.layout

    def _served_index(self, layout: Layout, stream: int) -> int:
        if self.faults.on(faults_of.SWAPPED_CHANNELS):
            stream += 1
        return stream % len(layout.streams)

    def _frame(self, layout: Layout, index: int, number: int) -> bytes:
        stream, rows = layout.streams[index], layout.packing.rows(number)
        width = layout.width(stream)
        extrema = self._extrema(rows[-1], index, range(len(layout.streams)))
        columns, lines = self._shape(width, len(rows))
        again = self.faults.on(faults_of.REPEATED_INDEX)
        frame = DataStream(
            start_channel=stream.first,
            end_channel=stream.last,
            timestamp_in_milis=self._times(layout, rows, index),
            row_index=range(len(rows)) if again else rows,
            data_shape_x=columns,
            data_shape_y=lines,
            global_maximum=extrema.maximum,
            global_minimum=extrema.minimum,
            main_data=self._buffers(rows, index, width, layout.form),
            job_id=self._stream_id(layout, index),
        )
        return bytes(frame.SerializeToString())

    def _times(self, layout: Layout, rows: range, index: int) -> list[int]:
        began = layout.began_ms
        if self.faults.on(faults_of.TIME_OF_DAY):
            began = int(time.time() * 1000)
        if self.faults.on(faults_of.LATE_STREAMS):
            began += _LATE_MS * index
        if self.faults.on(faults_of.FROZEN_TIME):
            return [began] * len(rows)
        shown = [rows[0]] * len(rows) if layout.packing.one_time else rows
        row_ms = layout.row_ms / (2 if self.faults.on(faults_of.WRONG_PACE) else 1)
        if self.faults.on(faults_of.FAST_CLOCK):
            row_ms *= 1.5
        return [began + round(row * row_ms) for row in shown]

    def _stream_id(self, layout: Layout, index: int) -> int | None:
        if self.faults.on(faults_of.WRONG_STREAM_ID):
            return len(layout.streams)
        return index if layout.packing.names_stream else None

    def _shape(self, width: int, lines: int) -> tuple[int, int]:
        """Return data_shape_x and data_shape_y."""
        if self.faults.on(faults_of.EXCHANGED_AXES):
            return lines, width
        return (width + 1 if self.faults.on(faults_of.WRONG_WIDTH) else width), lines

    def _extrema(self, number: int, stream: int, streams: range) -> RunningExtrema:
        if self.faults.on(faults_of.EXTREMA_OF_STREAM):
            streams = range(stream, stream + 1)
        right = content.extrema(number, streams)
        if self.faults.on(faults_of.REVERSED_EXTREMA):
            return RunningExtrema(right.maximum, right.minimum)
        if self.faults.on(faults_of.NARROW_EXTREMA):
            return RunningExtrema(right.minimum, right.maximum / 2)
        if self.faults.on(faults_of.UNREACHED_EXTREMA):
            return RunningExtrema(right.minimum, right.maximum * 2)
        if self.faults.on(faults_of.SHRINKING_EXTREMA):
            return RunningExtrema(right.minimum, content.HIGHEST * (1 + 1 / (number + 1)))
        return right

    def _buffers(self, rows: range, stream: int, width: int, form: str) -> list[bytes]:
        written = self._written(rows[0], form)
        if self.faults.on(faults_of.FROZEN_PICTURE):
            rows = range(len(rows))
        lines = [self._line(row)(row, stream, width, written) for row in rows]
        buffer = content.buffer_of(lines, struct.calcsize(written))
        if self.faults.on(faults_of.SILENT_VALUES):
            buffer = bytes(len(buffer))
        if self.faults.on(faults_of.TRUNCATED):
            buffer = buffer[:-1]
        return [buffer] * (2 if self.faults.on(faults_of.EXTRA_BUFFER) else 1)

    def _line(self, number: int) -> Callable[[int, int, int, str], bytes]:
        """What makes the row of that number."""
        if self.faults.on(faults_of.NOT_A_NUMBER):
            return partial(content.row_with, math.nan)
        if number == _INFINITE_ROW and self.faults.on(faults_of.INFINITE_LATE):
            return partial(content.row_with, math.inf)
        return content.row

    def _written(self, number: int, form: str) -> str:
        """The struct format in which a row is really written."""
        order, kind = form[0], form[1]
        changed = number >= _CHANGED_FROM and self.faults.on(faults_of.CHANGING_TYPE)
        changed |= number >= _CHANGED_LATE_FROM and self.faults.on(faults_of.CHANGING_LATE)
        if changed or self.faults.on(faults_of.WIDE_VALUES):
            return order + _WIDER[kind]
        if self.faults.on(faults_of.INTEGERS):
            return order + _INTEGER[kind]
        return f">{kind}" if self.faults.on(faults_of.BIG_ENDIAN) else form
