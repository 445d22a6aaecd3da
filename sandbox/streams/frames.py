"""The frames of one stream, in the order and the form in which the active faults send them."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.faults import ActiveFaults
from sandbox.streams import content
from sandbox.streams import faults as faults_of
from sandbox.streams.layout import Layout, StreamLayout
from sandbox.streams.pandadatastream_pb2 import DataStream

_DROPPED_EVERY = 3


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
        extrema, width = content.extrema(number), layout.width(stream)
        lowest, highest = extrema.minimum, extrema.maximum
        if self.faults.on(faults_of.REVERSED_EXTREMA):
            lowest, highest = highest, lowest
        frame = DataStream(
            start_channel=stream.first,
            end_channel=stream.last,
            timestamp_in_milis=[layout.began_ms + round(number * layout.row_ms)],
            row_index=[number],
            data_shape_x=width + 1 if self.faults.on(faults_of.WRONG_WIDTH) else width,
            data_shape_y=1,
            global_maximum=highest,
            global_minimum=lowest,
            main_data=[content.row(width)],
        )
        return bytes(frame.SerializeToString())
