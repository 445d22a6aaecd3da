"""Sends the requests of a plan and stamps them: due, sent, done.

The measured path holds one aiohttp request and nothing else: no retry, no redirect, no cookie,
no logging. Runs in the sampler process, on an event loop of its own.
"""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from focus_engine.decoding.bounded_json import LIMITS, decode_json
from focus_engine.decoding.undecodable import UndecodableError
from focus_engine.latency.planning.plan import Expectation, Plan, Request
from focus_engine.latency.planning.schedule import (
    ClosedLoop,
    OpenLoop,
    arrival_times,
    warm_up_times,
)
from focus_engine.latency.sampler.outcome import Outcome
from focus_engine.latency.sampler.recorder import Recorder
from focus_engine.latency.sampler.reservations import Reservations
from focus_engine.latency.sampler.timer import DueTimer
from focus_engine.latency.sampler.tls import tls_context

CLOSED_LOOP_CAPACITY = 100_000
HEAD_START = 0.02  # seconds between "ready" and the first due time, so that it can be met
IDLE_CONNECTION_SECONDS = 75.0
LONGEST_LINE, MOST_HEADERS = 64 * 2**10, 100  # of an answer; as focus_engine.bounded_http has them
BREATHE_EVERY = 16  # requests sent in a row while behind, before answers get their turn


@dataclass(frozen=True)
class Prepared:
    """A request in the form that aiohttp takes without further work."""

    method: str
    url: URL
    headers: "CIMultiDict[str]"
    body: bytes | None

    @classmethod
    def of(cls, request: Request) -> "Prepared":
        headers = CIMultiDict(request.headers)
        return cls(request.method, URL(request.url, encoded=True), headers, request.body)


class Effort:
    """How much of a core this process uses between the first request and the last one."""

    def __init__(self) -> None:
        self._begun: tuple[float, float] | None = None
        self._ended = (0.0, 0.0)

    def seen(self) -> None:
        """A request of the measured part is about to be sent, or all of them were."""
        self._ended = (time.perf_counter(), time.process_time())
        self._begun = self._begun or self._ended

    @property
    def share(self) -> float:
        if self._begun is None:
            return 0.0
        wall, cpu = (end - begin for begin, end in zip(self._begun, self._ended, strict=True))
        return cpu / wall if wall > 0 else 0.0


class Sampler:
    """One run of a plan. `started_at` is the time 0 of the schedule (perf_counter seconds)."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        open_loop = isinstance(plan.shape, OpenLoop)
        expected = int(plan.shape.arrivals) if isinstance(plan.shape, OpenLoop) else 0
        self.recorder = Recorder(expected + 64 if open_loop else CLOSED_LOOP_CAPACITY)
        self.offered = 0  # requests that were due in the measured part
        self.dropped = 0
        self.started_at = 0.0
        self.effort = Effort()
        self.started = asyncio.Event()
        self._requests = cycle([Prepared.of(request) for request in plan.requests])
        self._in_flight: set[asyncio.Task[None]] = set()
        self._reservations: Reservations | None = None
        self._failure: BaseException | None = None

    async def run(self) -> None:
        """Send everything and wait for the answers; cancelling it leaves a partial record."""
        timeout = aiohttp.ClientTimeout(
            total=self.plan.timeout,
            ceil_threshold=self.plan.timeout + 1,  # aiohttp rounds longer ones to full seconds
        )
        async with aiohttp.ClientSession(
            connector=_connector(verify_tls=self.plan.verify_tls),
            timeout=timeout,
            cookie_jar=aiohttp.DummyCookieJar(),
            proxy=self.plan.proxy,
            max_line_size=LONGEST_LINE,
            max_field_size=LONGEST_LINE,
            max_headers=MOST_HEADERS,
        ) as session:
            # aiohttp silently sends a GET again when a kept-alive connection was closed. There is
            # no public switch; a unit test fails should this one stop working.
            session._retry_connection = False  # noqa: SLF001
            try:
                await self._send_all(session)
            finally:
                await self._give_up_in_flight()
                if self._reservations is not None:
                    await self._reservations.close()

    async def _send_all(self, session: aiohttp.ClientSession) -> None:
        shape = self.plan.shape
        if self.plan.jobs is not None:
            rate = shape.peak_rate if isinstance(shape, OpenLoop) else 0.0
            self._reservations = Reservations(self.plan.jobs, rate)
            await self._reservations.filled()  # before time 0: opening the ledger takes a while
        if isinstance(shape, ClosedLoop):
            await self._closed_loop(session, shape)
        else:
            await self._open_loop(session, shape)
        if self._in_flight:
            await asyncio.wait(self._in_flight)
        if self._failure is not None:
            raise self._failure

    async def _open_loop(self, session: aiohttp.ClientSession, shape: OpenLoop) -> None:
        clock = time.perf_counter
        warm_up = list(warm_up_times(shape, self.plan.warm_up))
        self.started_at = clock() + HEAD_START - (warm_up[0] if warm_up else 0.0)
        self.started.set()
        with DueTimer(spin=self.plan.spin) as timer:
            await self._send_when_due(session, shape, warm_up, timer)

    async def _send_when_due(
        self, session: aiohttp.ClientSession, shape: OpenLoop, warm_up: list[float], timer: DueTimer
    ) -> None:
        clock = time.perf_counter
        behind = 0
        for offset, is_warm_up in _due_times(warm_up, shape):
            reservation = await self._take_reservation()
            due = self.started_at + offset
            if self._failure is not None:
                return
            behind = 0 if due > clock() else behind + 1
            if behind % BREATHE_EVERY == BREATHE_EVERY - 1:
                await asyncio.sleep(0)
            await timer.until(due)
            if not is_warm_up:
                self.offered += 1
                self.effort.seen()
            if len(self._in_flight) >= self.plan.max_in_flight:
                self._drop(reservation)
                continue
            row = self.recorder.begin(due, clock(), warm_up=is_warm_up)
            task = asyncio.create_task(self._exchange(session, row, reservation))
            self._in_flight.add(task)
            task.add_done_callback(self._finished)

    def _finished(self, task: "asyncio.Task[None]") -> None:
        self._in_flight.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._failure = task.exception()  # a mistake of ours, not an outcome

    async def _closed_loop(self, session: aiohttp.ClientSession, shape: ClosedLoop) -> None:
        self.started_at = time.perf_counter() + self.plan.warm_up
        self.started.set()
        users = [self._user(session, shape) for _ in range(shape.users)]
        async with asyncio.TaskGroup() as group:
            for user in users:
                self._in_flight.add(group.create_task(user))

    async def _user(self, session: aiohttp.ClientSession, shape: ClosedLoop) -> None:
        clock = time.perf_counter
        end = self.started_at + shape.duration
        while (now := clock()) < end:
            is_warm_up = now < self.started_at
            if not is_warm_up:
                self.offered += 1
                self.effort.seen()
            reservation = await self._take_reservation()
            sent = clock()
            row = self.recorder.begin(sent, sent, warm_up=is_warm_up)
            await self._exchange(session, row, reservation)

    async def _exchange(
        self, session: aiohttp.ClientSession, row: int, reservation: int | None
    ) -> None:
        """One request and its answer, judged after the clock has been read."""
        request = next(self._requests)
        clock = time.perf_counter
        status, job_id = 0, None
        try:
            async with session.request(
                request.method,
                request.url,
                data=request.body,
                headers=request.headers,
                allow_redirects=False,
            ) as response:
                body = await _whole(response)
            done = clock()
            status = response.status
            outcome, example, job_id = judged(self.plan.expectation, status, body)
        except TimeoutError:
            done, outcome = clock(), Outcome.TIMEOUT
            example = f"no complete answer within {self.plan.timeout:g} s"
        except (aiohttp.ClientError, OSError) as error:
            done, outcome = clock(), Outcome.CONNECTION
            example = f"{type(error).__name__}: {error}"
        except asyncio.CancelledError:
            self._settle(reservation, Outcome.UNFINISHED, None)
            raise
        self.recorder.end(row, done, outcome, status, example)
        self._settle(reservation, outcome, job_id)

    async def _take_reservation(self) -> int | None:
        return None if self._reservations is None else await self._reservations.take()

    def _settle(self, reservation: int | None, outcome: Outcome, job_id: str | None) -> None:
        if self._reservations is not None and reservation is not None:
            self._reservations.settle(reservation, outcome, job_id)

    def _drop(self, reservation: int | None) -> None:
        self.dropped += 1
        self._settle(reservation, Outcome.STATUS, None)  # nothing was sent

    async def _give_up_in_flight(self) -> None:
        tasks = [task for task in self._in_flight if not task.done()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def judged(expectation: Expectation, status: int, body: bytes) -> tuple[Outcome, str, str | None]:
    """Outcome, an example for the log (empty when ok) and the job id that the body names."""
    data = _json(body) if expectation.reads_json else None
    job_id = _job_id(data) if expectation.job_id else None
    head = f"{status}: {body[:200].decode('utf-8', 'replace')}"
    if status not in expectation.statuses:
        return Outcome.STATUS, head, job_id
    if expectation.job_id and job_id is None:
        return Outcome.NO_JOB_ID, head, None
    missing = [key for key in expectation.json_keys if not (isinstance(data, dict) and key in data)]
    if missing:
        return Outcome.WRONG_BODY, f"no '{missing[0]}' in {head}", job_id
    return Outcome.OK, "", job_id


async def _whole(response: aiohttp.ClientResponse) -> bytes:
    """The body; one that never ends counts as a broken connection."""
    body = bytearray()
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > LIMITS.size:
            raise aiohttp.ClientPayloadError(f"its answer is larger than {LIMITS.size} bytes")
    return bytes(body)


def _due_times(warm_up: list[float], shape: OpenLoop) -> Iterator[tuple[float, bool]]:
    for offset in warm_up:
        yield offset, True
    for offset in arrival_times(shape):
        yield offset, False


def _json(body: bytes) -> Any:
    try:
        return decode_json(body)
    except UndecodableError:
        return None  # not JSON: whatever key is expected is missing


def _job_id(data: Any) -> str | None:
    value = data.get("job_id") if isinstance(data, dict) else None
    return value if isinstance(value, str) and value else None


def _connector(*, verify_tls: bool) -> aiohttp.TCPConnector:
    return aiohttp.TCPConnector(
        limit=0,  # waiting for a pooled connection would hide in the latency
        ssl=tls_context(verify=verify_tls),
        keepalive_timeout=IDLE_CONNECTION_SECONDS,
        ttl_dns_cache=None,
    )
