"""Sends the requests of a plan and stamps them: due, sent, done.

The measured path holds one aiohttp request and nothing else: no retry, no redirect, no cookie,
no logging; what an answer is worth is judged beside it. Runs in the sampler process, on an event
loop of its own.
"""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from itertools import cycle
from typing import Any

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from focus_engine.decoding.bounded_json import LIMITS
from focus_engine.job_start import NOT_SENT, UNANSWERED
from focus_engine.latency.planning.plan import ANSWER_ALLOWANCE, MeasurementPlan, PreparedRequest
from focus_engine.latency.planning.schedule import (
    ClosedLoop,
    OpenLoop,
    arrival_times,
    warm_up_times,
)
from focus_engine.latency.planning.share import require_in_time
from focus_engine.latency.sampler.answers import AnswerJudge, JudgedAnswer
from focus_engine.latency.sampler.loop_delay import LoopDelay
from focus_engine.latency.sampler.outcome import Outcome
from focus_engine.latency.sampler.own_limits import outcome_of, words_of
from focus_engine.latency.sampler.recorder import Recorder
from focus_engine.latency.sampler.reservations import Reservations
from focus_engine.latency.sampler.timer import DueTimer
from focus_engine.latency.sampler.tls import tls_context
from focus_engine.streams.crowd import Crowd
from focus_engine.verdict import ToolError

CLOSED_LOOP_CAPACITY = 100_000
HEAD_START = 0.02  # seconds between "ready" and the first due time, so that it can be met
IDLE_CONNECTION_SECONDS = 75.0
CONNECT_SHARE = 0.98  # of the timeout
OVERDUE_SECONDS = 15.0  # after its planned end and the last timeout a run sends no more
WORTH_NOTING = 0.001  # seconds
NOTICED_LATE = 0.5  # seconds after which a place that is free again is ours, at the latest
LONGEST_LINE, MOST_HEADERS = (
    64 * 2**10,
    100,
)  # of an answer; as network.bounded_http has them
BREATHE_EVERY = 16  # requests sent in a row while behind, before answers get their turn


@dataclass(frozen=True)
class Prepared:
    """A request in the form that aiohttp takes without further work."""

    method: str
    url: URL
    headers: "CIMultiDict[str]"
    body: bytes | None

    @classmethod
    def of(cls, request: PreparedRequest) -> "Prepared":
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

    def __init__(self, plan: MeasurementPlan, judge: AnswerJudge) -> None:
        self.plan = plan
        self._judge = judge
        open_loop = isinstance(plan.shape, OpenLoop)
        expected = int(plan.shape.arrivals) if isinstance(plan.shape, OpenLoop) else 0
        self.recorder = Recorder(expected + 64 if open_loop else CLOSED_LOOP_CAPACITY)
        self.offered = 0  # requests that were due in the measured part
        self.dropped = 0
        self.started_at = 0.0
        self.gave_up = False  # not everything became due: unanswered requests held the budget
        self.held: list[tuple[float, float]] = []  # begin and end of times in which they did
        self.effort = Effort()
        self.loop_delay = LoopDelay()
        self.started = asyncio.Event()
        self._requests = [Prepared.of(request) for request in plan.requests]
        self._in_flight: set[asyncio.Task[None]] = set()
        self._unanswered: dict[int, float] = {}  # row: when it was sent, the oldest first
        self._slow_until = 0.0  # until then a slow or missing answer holds the job budget
        self._unsettled: dict[int, int] = {}  # row: its reservation
        self._reservations: Reservations | None = None
        self._failure: BaseException | None = None
        self._crowd = Crowd(plan.readers) if plan.readers else None
        self.readings: list[dict[str, Any]] = []  # a record per stream (streams.crowd_reader)

    async def run(self) -> None:
        """Send everything and wait for the answers; cancelling it leaves a partial record."""
        timeout = aiohttp.ClientTimeout(
            total=self.plan.timeout,
            sock_connect=self.plan.timeout * CONNECT_SHARE,  # tells that it was not even taken
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
            self._judge.start(asyncio.get_running_loop().call_soon_threadsafe, self._settled)
            self.loop_delay.start()
            try:
                await self._send_all(session)
            finally:
                self.loop_delay.stop()
                await self._give_up_in_flight()
                await self._judge_the_rest()
                if self._crowd is not None:
                    self.readings = await asyncio.to_thread(self._crowd.finish)
                if self._reservations is not None:
                    await self._reservations.close()

    async def _send_all(self, session: aiohttp.ClientSession) -> None:
        shape = self.plan.shape
        if self._crowd is not None:
            await asyncio.to_thread(self._crowd.await_ready)
        if self.plan.jobs is not None:
            rate = shape.peak_rate if isinstance(shape, OpenLoop) else 0.0
            rate /= self.plan.share.of if self.plan.share else 1
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
        warm_up = list(warm_up_times(shape, self.plan.warm_up))
        self._agree_on_start(warm_up[0] if warm_up else 0.0)
        with DueTimer(spin=self.plan.spin) as timer:
            await self._send_when_due(session, shape, warm_up, timer)

    def _agree_on_start(self, first: float) -> None:
        """Set time 0: at once, or when all shares start; the first request is due at `first`."""
        now, share = time.perf_counter(), self.plan.share
        if share is None:
            self.started_at = now + HEAD_START - first
        else:
            self.started_at = now + share.starts_at - time.time()
            require_in_time(share, self.started_at + first - now)
        self.started.set()

    async def _send_when_due(
        self, session: aiohttp.ClientSession, shape: OpenLoop, warm_up: list[float], timer: DueTimer
    ) -> None:
        clock = time.perf_counter
        behind = 0
        last = self.started_at + shape.duration + self.plan.timeout + OVERDUE_SECONDS
        for arrival, (offset, is_warm_up) in enumerate(_due_times(warm_up, shape)):
            if self.plan.share is not None and not self.plan.share.takes(arrival):
                continue
            due = self.started_at + offset
            try:
                reservation = await self._take_reservation(last)
            except TimeoutError:
                self.gave_up = True
            if self._failure is not None or self.gave_up:
                return
            behind = 0 if due > clock() else behind + 1
            if behind % BREATHE_EVERY == BREATHE_EVERY - 1:
                await asyncio.sleep(0)
            await timer.until(due)
            if not is_warm_up:
                self.offered += 1
                self.effort.seen()
            now = clock()
            row = self._begin(due, now, reservation, warm_up=is_warm_up)
            if len(self._in_flight) >= self.plan.max_in_flight:
                self._drop(row, now)
                continue
            request = self._requests[arrival % len(self._requests)]
            task = asyncio.create_task(self._exchange(session, request, row, now))
            self._in_flight.add(task)
            task.add_done_callback(self._finished)

    def _finished(self, task: "asyncio.Task[None]") -> None:
        self._in_flight.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._failure = task.exception()  # a mistake of ours, not an outcome

    async def _closed_loop(self, session: aiohttp.ClientSession, shape: ClosedLoop) -> None:
        self._agree_on_start(-self.plan.warm_up)
        requests = cycle(self._requests)
        users = [self._user(session, shape, requests) for _ in range(shape.users)]
        async with asyncio.TaskGroup() as group:
            for user in users:
                self._in_flight.add(group.create_task(user))

    async def _user(
        self, session: aiohttp.ClientSession, shape: ClosedLoop, requests: Iterator[Prepared]
    ) -> None:
        clock = time.perf_counter
        end = self.started_at + shape.duration
        await asyncio.sleep(self.started_at - self.plan.warm_up - clock())
        while (now := clock()) < end:
            is_warm_up = now < self.started_at
            if not is_warm_up:
                self.offered += 1
                self.effort.seen()
            try:
                reservation = await self._take_reservation(end + self.plan.timeout)
            except TimeoutError:
                self.gave_up = True
                return
            sent = clock()
            row = self._begin(sent, sent, reservation, warm_up=is_warm_up)
            await self._exchange(session, next(requests), row, sent)

    def _begin(self, due: float, sent: float, reservation: int | None, *, warm_up: bool) -> int:
        row = self.recorder.begin(due, sent, warm_up=warm_up)
        if reservation is not None:
            self._unsettled[row] = reservation
        return row

    async def _exchange(
        self, session: aiohttp.ClientSession, request: Prepared, row: int, sent: float
    ) -> None:
        """One request and its answer; the clock is read before anything is made of it."""
        clock = time.perf_counter
        self._unanswered[row] = sent
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
            self._answered(row, sent, done, response.status)
            self._judge.judge(row, response.status, body)
            if self._crowd is not None and response.status in self.plan.expectation.statuses:
                self._crowd.read(sent, done, body)
        except aiohttp.ConnectionTimeoutError:
            self._answered(row, sent, clock(), 0)
            text = f"no connection within {self.plan.timeout:g} s"
            self._settled(row, JudgedAnswer(Outcome.UNREACHED, text, NOT_SENT))
        except TimeoutError:
            self._answered(row, sent, clock(), 0)
            text = f"no complete answer within {self.plan.timeout:g} s"
            self._settled(row, JudgedAnswer(Outcome.TIMEOUT, text, UNANSWERED))
        except (aiohttp.ClientError, OSError) as error:
            self._answered(row, sent, clock(), 0)
            outcome = outcome_of(error)
            start = UNANSWERED if outcome is Outcome.CONNECTION else NOT_SENT
            self._settled(row, JudgedAnswer(outcome, words_of(error), start))

    def _answered(self, row: int, sent: float, done: float, status: int) -> None:
        del self._unanswered[row]
        self.recorder.answered(row, done, status)
        unclear = status == 0 or status >= HTTPStatus.INTERNAL_SERVER_ERROR
        if self.plan.jobs is not None and (unclear or done - sent > ANSWER_ALLOWANCE):
            held = self.plan.jobs.life + (self.plan.timeout if status == 0 else 0.0) + NOTICED_LATE
            self._slow_until = max(self._slow_until, done + held)

    def _settled(self, row: int, answer: JudgedAnswer) -> None:
        """What an answer is worth is known: record it, and tell the ledger."""
        self.recorder.judged(row, answer.outcome, answer.example)
        self._release(row, answer)

    def _release(self, row: int, answer: JudgedAnswer) -> None:
        reservation = self._unsettled.pop(row, None)
        if self._reservations is not None and reservation is not None:
            self._reservations.settle(reservation, answer.start)

    async def _take_reservation(self, last: float) -> int | None:
        """A place in the job budget; None where nothing starts jobs.

        Raises TimeoutError when unanswered requests held the budget until `last` (perf_counter
        seconds), ToolError when somebody else did.
        """
        if self._reservations is None:
            return None
        begun = time.perf_counter()
        try:
            async with asyncio.timeout(max(0.0, last - begun)):
                return await self._reservations.take()
        except (TimeoutError, ToolError) as error:
            if self._slow_answers_hold_the_budget(time.perf_counter()):
                raise TimeoutError from error
            if isinstance(error, ToolError):
                raise
            raise ToolError("others held the job budget for the whole measurement.") from error
        finally:
            self._note_what_held(begun, time.perf_counter())

    def _note_what_held(self, begun: float, now: float) -> None:
        if now - begun < WORTH_NOTING or not self._slow_answers_hold_the_budget(now):
            return
        if self.held and begun - self.held[-1][1] < WORTH_NOTING:
            begun = self.held.pop()[0]
        self.held.append((begun, now))

    def _slow_answers_hold_the_budget(self, now: float) -> bool:
        oldest = next(iter(self._unanswered.values()), now)
        return now - oldest > ANSWER_ALLOWANCE or now < self._slow_until

    def _drop(self, row: int, now: float) -> None:
        """Nothing is sent: as many as may be in flight are unanswered."""
        self.dropped += 1
        self.recorder.answered(row, now, 0)
        text = f"{self.plan.max_in_flight} requests were unanswered"
        self._settled(row, JudgedAnswer(Outcome.DROPPED, text))

    async def _judge_the_rest(self) -> None:
        if not await asyncio.to_thread(self._judge.drain):
            raise ToolError("the answers of this measurement could not be judged in time.")
        await asyncio.sleep(0)  # what was judged last is settled on the loop
        for row in list(self._unsettled):
            self._release(row, JudgedAnswer(Outcome.UNFINISHED, start=UNANSWERED))

    async def _give_up_in_flight(self) -> None:
        tasks = [task for task in self._in_flight if not task.done()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


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


def _connector(*, verify_tls: bool) -> aiohttp.TCPConnector:
    return aiohttp.TCPConnector(
        limit=0,  # waiting for a pooled connection would hide in the latency
        ssl=tls_context(verify=verify_tls),
        keepalive_timeout=IDLE_CONNECTION_SECONDS,
        ttl_dns_cache=None,
    )
