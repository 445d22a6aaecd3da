"""The frames of one stream, in the order and the form in which the active faults send them."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.faults import ActiveFaults
from sandbox.streams import content
from sandbox.streams import faults as faults_of
from sandbox.streams.content import Extrema
from sandbox.streams.layout import Layout, StreamLayout
from sandbox.streams.pandadatastream_pb2 import DataStream

_DROPPED_EVERY = 3
_CHANGED_FROM = 2
_WIDER = {"e": "f", "f": "d"}
_INTEGER = {"e": "h", "f": "i"}


@dataclass(frozen=True)
class FrameSource:
    """Makes frames of one row each. ``earlier`` is the layout that its port had before."""

    layout: Layout
    earlier: Layout | None
    faults: ActiveFaults

    def frames(self, stream: int) -> Iterator[bytes]:
        """Yield the frames of a stream as messages, without end."""
        layout = self._served_layout()
        for number in self._numbers():
            yield self._frame(layout, self._served_stream(layout, stream), number)

    def _numbers(self) -> Iterator[int]:
        """Yield the numbers of the rows in the order of sending."""
        for number in itertools.count():
            if self.faults.on(faults_of.DUPLICATES):
                yield from (number, number)
            elif self.faults.on(faults_of.OUT_OF_ORDER):
                yield number + 1 if number % 2 == 0 else number - 1
            elif not (self.faults.on(faults_of.DROPS) and number % _DROPPED_EVERY == 1):
                yield number

    def _served_layout(self) -> Layout:
        """Return the job's layout, or with the fault that of the job before it on the port."""
        if self.earlier is not None and self.faults.on(faults_of.OF_ANOTHER_JOB):
            return self.earlier
        return self.layout

    def _served_stream(self, layout: Layout, stream: int) -> StreamLayout:
        if self.faults.on(faults_of.SWAPPED_CHANNELS):
            stream += 1
        return layout.streams[stream % len(layout.streams)]

    def _frame(self, layout: Layout, stream: StreamLayout, number: int) -> bytes:
        width = layout.width(stream)
        extrema, (columns, rows) = self._extrema(number), self._shape(width)
        frame = DataStream(
            start_channel=stream.first,
            end_channel=stream.last,
            timestamp_in_milis=[layout.began_ms + round(number * layout.row_ms)],
            row_index=[number],
            data_shape_x=columns,
            data_shape_y=rows,
            global_maximum=extrema.maximum,
            global_minimum=extrema.minimum,
            main_data=self._buffers(number, width, layout.form),
        )
        return bytes(frame.SerializeToString())

    def _shape(self, width: int) -> tuple[int, int]:
        """Return data_shape_x and data_shape_y of one row."""
        if self.faults.on(faults_of.EXCHANGED_AXES):
            return 1, width
        return (width + 1 if self.faults.on(faults_of.WRONG_WIDTH) else width), 1

    def _extrema(self, number: int) -> Extrema:
        right = content.extrema(number)
        if self.faults.on(faults_of.REVERSED_EXTREMA):
            return Extrema(right.maximum, right.minimum)
        if self.faults.on(faults_of.NARROW_EXTREMA):
            return Extrema(right.minimum, right.maximum / 2)
        if self.faults.on(faults_of.SHRINKING_EXTREMA):
            return Extrema(right.minimum, content.HIGHEST * (1 + 1 / (number + 1)))
        return right

    def _buffers(self, number: int, width: int, form: str) -> list[bytes]:
        made = content.row_with_nan if self.faults.on(faults_of.NOT_A_NUMBER) else content.row
        buffer = made(number, width, self._written(number, form))
        if self.faults.on(faults_of.TRUNCATED):
            buffer = buffer[:-1]
        return [buffer] * (2 if self.faults.on(faults_of.EXTRA_BUFFER) else 1)

    def _written(self, number: int, form: str) -> str:
        """Return the struct format in which a row is really written."""
        order, kind = form[0], form[1]
        changed = number >= _CHANGED_FROM and self.faults.on(faults_of.CHANGING_TYPE)
        if changed or self.faults.on(faults_of.WIDE_VALUES):
            return order + _WIDER[kind]
        if self.faults.on(faults_of.INTEGERS):
            return order + _INTEGER[kind]
        return f">{kind}" if self.faults.on(faults_of.BIG_ENDIAN) else form
