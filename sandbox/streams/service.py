"""Opens and frees the stream ports as jobs start and end, and ends jobs in time."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.faults import ActiveFaults
from sandbox.focus_server.jobs import Job, JobTable
from sandbox.streams import faults as faults_of
from sandbox.streams.job_streams import JobStreams
from sandbox.streams.layout import Layout, Packing
from sandbox.streams.port import StreamPort

_LOOK_S = 0.1
"""How often ended jobs are looked for: a stream has to end although nobody asks for its job."""


@dataclass
class _Served:
    """A job that is served; `port` is None until it opens."""

    streams: JobStreams
    port: StreamPort | None = None
    opening: asyncio.TimerHandle | None = None


class StreamService:
    """Observes a job table; every job has its port from before its answer goes out."""

    def __init__(
        self,
        jobs: JobTable,
        faults: ActiveFaults,
        host: str,
        idle_s: float,
        packing: Callable[[], Packing],
    ) -> None:
        """`idle_s`: how long a historic job lives on after somebody began to read it.

        `packing` says how the lines of a job that starts now are put into messages.
        """
        self._packing = packing
        self._idle_s = idle_s
        self._jobs = jobs
        self._faults = faults
        self._host = host
        self._served: dict[str, _Served] = {}
        self._kept: dict[int, StreamPort] = {}
        self._layouts: dict[int, Layout] = {}
        """Of the last job that was read on each port."""
        self._clock: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Serve the jobs that start from now on."""
        self._jobs.observe(self)
        self._clock = asyncio.get_running_loop().create_task(self._end_jobs_in_time())

    async def stop(self) -> None:
        """End all jobs and free all ports."""
        if self._clock is not None:
            self._clock.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._clock
        self._jobs.end_all()
        self._free_kept(*self._kept)

    def job_started(self, job: Job) -> None:
        """Open the port of a job."""
        self._free_kept(job.port)
        earlier = self._layouts.get(job.port)
        streams = JobStreams(
            job, self._jobs, self._faults, self._idle_s, earlier, packing=self._packing()
        )
        served = _Served(streams)
        self._served[job.id] = served
        if self._faults.on(faults_of.PORT_CLOSED):
            return
        if self._faults.on(faults_of.CONNECT_DELAY):
            delay = self._faults.number(faults_of.CONNECT_DELAY)
            loop = asyncio.get_running_loop()
            served.opening = loop.call_later(delay, self._open, served, job.port)
        else:
            self._open(served, job.port)

    def job_ended(self, job: Job) -> None:
        """End the calls to a job and free its port."""
        served = self._served.pop(job.id)
        served.streams.stop()
        if served.streams.layout is not None:
            self._layouts[job.port] = served.streams.layout
        if served.opening is not None:
            served.opening.cancel()
        if served.port is not None:
            self._end_calls(served, served.port)
            self._free(job.port, served.port)

    def _open(self, served: _Served, port: int) -> None:
        served.port = StreamPort(self._host, port, served.streams.serve)

    def _end_calls(self, served: _Served, port: StreamPort) -> None:
        if self._faults.on(faults_of.END_CUTS):
            port.cut()
            return
        if self._faults.on(faults_of.END_FAILS):
            served.streams.fail_calls()
        port.go_away(only_one=self._faults.on(faults_of.END_FOR_ONE))

    def _free(self, number: int, port: StreamPort) -> None:
        if self._faults.on(faults_of.PORTS_NOT_FREED):
            self._kept[number] = port
        else:
            port.close()

    def _free_kept(self, *numbers: int) -> None:
        """Close the ports that a fault kept open, where `numbers` are among them."""
        for number in numbers:
            port = self._kept.pop(number, None)
            if port is not None:
                port.close()

    async def _end_jobs_in_time(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_S)
            self._jobs.expire()
            if not self._faults.on(faults_of.PORTS_NOT_FREED):
                self._free_kept(*self._kept)
