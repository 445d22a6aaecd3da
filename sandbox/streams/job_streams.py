"""The streams of one job: a queue each, filled at the job's pace, emptied by whoever reads."""

import asyncio
import math
from collections.abc import Iterator
from typing import Final

from google.protobuf.message import DecodeError

from sandbox.faults import ActiveFaults, Fault
from sandbox.focus_server.configuration import WATERFALL
from sandbox.focus_server.jobs import Job, JobTable
from sandbox.spec import SPEC
from sandbox.streams import faults as faults_of
from sandbox.streams.frames import FrameSource
from sandbox.streams.grpc_call import Call, GrpcStatus
from sandbox.streams.layout import Layout, Packing, layout_of
from sandbox.streams.pandadatastream_pb2 import DESCRIPTOR, StreamDataRequest

_SERVICE = DESCRIPTOR.services_by_name["DataStreamService"]
METHOD: Final = f"/{_SERVICE.full_name}/{_SERVICE.methods[0].name}"

_QUEUED_FRAMES = 64
_SILENT_NFFT = 2048
_STALLED_AFTER = 10  # frames
_LESS_FRAMES = 3


class JobStreams:
    """Serves the calls to one job; the frames of a stream are shared by its readers."""

    def __init__(
        self,
        job: Job,
        jobs: JobTable,
        faults: ActiveFaults,
        idle_s: float,
        earlier: Layout | None,
        *,
        packing: Packing,
    ) -> None:
        """`idle_s`: how long a historic job lives on after somebody began to read it.

        `earlier` is the layout of the job that was read on the same port before.
        """
        self._earlier = earlier
        self._packing = packing
        self._job = job
        self._idle_s = idle_s
        self._jobs = jobs
        self._faults = faults
        self._layout: Layout | None = None
        self._queues: dict[int, asyncio.Queue[bytes]] = {}
        self._producers: list[asyncio.Task[None]] = []
        self._calls: dict[Call, int] = {}

    @property
    def layout(self) -> Layout | None:
        """The layout, where anybody read the job."""
        return self._layout

    async def serve(self, call: Call) -> None:
        """Serve one call until the client leaves or the job ends."""
        stream = self._wanted_stream(call)
        if stream is None:
            return
        if self._faults.on(faults_of.ONE_READER) and stream in self._calls.values():
            call.end(GrpcStatus.RESOURCE_EXHAUSTED, f"stream {stream} is read already")
            return
        self._jobs.attach(self._job, self._life_while_read())
        self._calls[call] = stream
        self._job.of_first_stream += stream == 0
        try:
            await self._deliver(call, stream)
        finally:
            del self._calls[call]
            self._job.of_first_stream -= stream == 0
            if not self._stays_counted(stream):
                self._jobs.detach(self._job)

    def _stays_counted(self, stream: int) -> bool:
        return stream > 0 and not self._job.historic and self._faults.on(faults_of.READERS_STAY)

    def fail_calls(self) -> None:
        """End the calls with INTERNAL instead of GOAWAY."""
        for call in self._calls:
            call.end(GrpcStatus.INTERNAL, "the job ended")

    def stop(self) -> None:
        """Make no more frames."""
        for producer in self._producers:
            producer.cancel()

    def _wanted_stream(self, call: Call) -> int | None:
        """The index of the stream asked for; refuse a call that asks for none there is."""
        if call.path != METHOD:
            call.end(GrpcStatus.UNIMPLEMENTED, f"there is no method {call.path}")
            return None
        try:
            wanted = StreamDataRequest.FromString(call.request).stream_id
        except DecodeError:
            call.end(GrpcStatus.INVALID_ARGUMENT, "the request is no StreamDataRequest")
            return None
        if not 0 <= wanted < len(self._known_layout().streams):
            if self._faults.on(faults_of.UNKNOWN_SERVED):
                return 0
            call.end(GrpcStatus.INVALID_ARGUMENT, f"the job has no stream {wanted}")
            return None
        return int(wanted)

    def _life_while_read(self) -> float:
        """A live job goes on while it is read; a historic one is played, then idle, then over."""
        if not self._job.historic and self._faults.on(faults_of.LIVE_ENDS):
            return self._faults.number(faults_of.LIVE_ENDS)
        of_waterfall = self._job.promised.get("view_type") == WATERFALL
        if not self._job.historic and of_waterfall and self._faults.on(faults_of.WATERFALL_ENDS):
            return self._faults.number(faults_of.WATERFALL_ENDS)
        if self._job.historic and not self._faults.on(faults_of.NEVER_ENDS):
            return self._idle_s
        return math.inf

    async def _deliver(self, call: Call, stream: int) -> None:
        if self._faults.on(faults_of.STARTS_LATE):
            await asyncio.sleep(self._faults.number(faults_of.STARTS_LATE))
        again = stream in self._queues
        if again and self._faults.on(faults_of.STARTS_ANEW):
            del self._queues[stream]
        queue = self._queue(stream)
        if again and not self._job.historic and self._faults.on(faults_of.FIRST_READER_ONLY):
            queue = asyncio.Queue()  # that nobody fills
        while True:
            frame = await queue.get()
            if not frame:
                queue.put_nowait(b"")  # for whoever else reads
                call.end(GrpcStatus.OK, "")
                return
            await self._send(call, stream, frame)
            if self._job.historic:  # what is played is not idle
                self._jobs.prolong(self._job, self._life_while_read())
            if self._faults.on(faults_of.ENDS_EARLY):
                call.end_all()
                return

    async def _send(self, call: Call, stream: int, frame: bytes) -> None:
        """Send a frame to who asked for it, or with the fault to all who read the stream."""
        if not self._faults.on(faults_of.TO_EACH_READER):
            await call.send(frame)
            return
        for reader in [each for each, wanted in self._calls.items() if wanted == stream]:
            if reader in self._calls:
                await reader.send(frame)

    def _known_layout(self) -> Layout:
        """The layout, made at the first look: most jobs of a load test are never read."""
        if self._layout is None:
            self._layout = layout_of(self._job.promised, self._begin(), self._packing)
        return self._layout

    def _begin(self) -> int | None:
        """From when on a historic job is played; None of a live one."""
        if not self._job.historic:
            return None
        asked = self._job.request
        if self._faults.on(faults_of.LATE_BEGIN):
            return int(asked["start_time"] + asked["end_time"]) // 2
        return asked.get("start_time")

    def _queue(self, stream: int) -> asyncio.Queue[bytes]:
        """The queue of a stream; it is filled from the first reader on."""
        if stream not in self._queues:
            self._queues[stream] = asyncio.Queue(_QUEUED_FRAMES)
            if not self._is_silent(stream):
                task = asyncio.get_running_loop().create_task(self._produce(stream))
                self._producers.append(task)
        return self._queues[stream]

    def _is_silent(self, stream: int) -> bool:
        missing = self._is_last(stream) and self._faults.on(faults_of.MISSING_ONE)
        missing = missing or any(self._faults.on(fault) for fault in self._silencing())
        return missing or self._job.is_silent or self._faults.on(faults_of.NEVER_STARTS)

    def _silencing(self) -> Iterator[Fault]:
        """The faults of which jobs like this one are silent."""
        view, channels = (self._job.promised.get(key) for key in ("view_type", "channel_amount"))
        if self._job.historic and view == WATERFALL and channels == 1:
            yield faults_of.SILENT_WATERFALL
        if (self._job.request.get("nfftSelection") or 0) > _SILENT_NFFT:
            yield faults_of.SILENT_NFFT

    def _historic_frames(self, stream: int) -> int:
        """How many frames of a historic job are played in that stream."""
        less = self._is_last(stream) and self._faults.on(faults_of.PLAYS_LESS)
        return SPEC.historic_frames - (_LESS_FRAMES if less else 0)

    def _is_last(self, stream: int) -> bool:
        return stream == len(self._known_layout().streams) - 1

    async def _produce(self, stream: int) -> None:
        """Fill the queue: a historic job at once with what it plays, a live one at its rate."""
        source = FrameSource(self._known_layout(), self._earlier, self._faults)
        historic, queue = self._job.historic, self._queues[stream]
        for sent, frame in enumerate(source.frames(stream), start=1):
            await queue.put(frame)
            if not historic:
                if sent >= _STALLED_AFTER and self._faults.on(faults_of.LIVE_STALLS):
                    return
                lines = len(self._packing.rows(sent - 1))
                await asyncio.sleep(lines / SPEC.live_frames_per_s)
            elif sent >= self._historic_frames(stream):
                if self._packing.ends and not self._faults.on(faults_of.NEVER_ENDS):
                    await queue.put(b"")
                return
