"""Sends the requests of a plan and stamps them: due, sent, done.

The measured path holds one write and one read and nothing else; what an answer is worth is judged
beside it. Runs in the sampler process, on an event loop of its own.
"""

import asyncio
import time
from collections.abc import Iterator
from itertools import cycle
from typing import Any

from focus_engine.job_start import NOT_SENT, UNANSWERED
from focus_engine.latency.planning.plan import MeasurementPlan
from focus_engine.latency.planning.schedule import (
    ClosedLoop,
    OpenLoop,
    arrival_times,
    warm_up_times,
)
from focus_engine.latency.planning.share import require_in_time
from focus_engine.latency.sampler.answers import AnswerJudge, JudgedAnswer
from focus_engine.latency.sampler.connecting import UnconnectedError
from focus_engine.latency.sampler.connection_pool import ConnectionPool, NotConnectedInTimeError
from focus_engine.latency.sampler.http_answer import IncompleteAnswerError
from focus_engine.latency.sampler.http_connection import WireExchange
from focus_engine.latency.sampler.job_room import JobRoom
from focus_engine.latency.sampler.loop_delay import LoopDelay
from focus_engine.latency.sampler.outcome import Outcome
from focus_engine.latency.sampler.own_limits import outcome_of, words_of
from focus_engine.latency.sampler.recorder import Recorder
from focus_engine.latency.sampler.timer import DueTimer
from focus_engine.latency.sampler.wire_request import WireRequest
from focus_engine.streams.crowd import Crowd
from focus_engine.verdict import ToolError

CLOSED_LOOP_CAPACITY = 100_000
HEAD_START = 0.02  # seconds between "ready" and the first due time, so that it can be met
OVERDUE_SECONDS = 15.0  # after its planned end and the last timeout a run sends no more
BREATHE_EVERY = 16  # requests sent in a row while behind, before answers get their turn


class Effort:
    """How much of a core this process uses between the first request and the last one."""

    def __init__(self) -> None:
        self._begun: tuple[float, float] | None = None
        self._ended: tuple[float, float] | None = None

    def begin(self) -> None:
        """A request of the measured part is about to be sent; the first one counts."""
        self._begun = self._begun or _wall_and_cpu()

    def end(self) -> None:
        """No more will be sent."""
        self._ended = self._ended or _wall_and_cpu()

    @property
    def share(self) -> float:
        if self._begun is None or self._ended is None:
            return 0.0
        wall, cpu = (end - begin for begin, end in zip(self._begun, self._ended, strict=True))
        return cpu / wall if wall > 0 else 0.0


def _wall_and_cpu() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


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
        self.room = JobRoom(plan)
        self.effort = Effort()
        self.loop_delay = LoopDelay()
        self.started = asyncio.Event()
        self._requests = [WireRequest.of(request, plan.proxy) for request in plan.requests]
        self._in_flight = 0
        self._none_in_flight = asyncio.Event()
        self._failure: Exception | None = None  # a mistake of ours, not an outcome
        self._crowd = Crowd(plan.readers) if plan.readers else None
        self.readings: list[dict[str, Any]] = []  # a record per stream (streams.crowd_reader)

    async def run(self) -> None:
        """Send everything and wait for the answers; cancelling it leaves a partial record."""
        pool = ConnectionPool(self.plan, {each.route for each in self._requests})
        self._judge.start(asyncio.get_running_loop().call_soon_threadsafe, self._settled)
        self.loop_delay.start()
        try:
            await self._send_all(pool)
        finally:
            self.loop_delay.stop()
            await pool.close()
            await self._judge_the_rest()
            if self._crowd is not None:
                self.readings = await asyncio.to_thread(self._crowd.finish)
            await self.room.close()

    async def _send_all(self, pool: ConnectionPool) -> None:
        shape = self.plan.shape
        if self._crowd is not None:
            await asyncio.to_thread(self._crowd.await_ready)
        await self.room.open()
        try:
            if isinstance(shape, ClosedLoop):
                await self._closed_loop(pool, shape)
            else:
                await self._open_loop(pool, shape)
        finally:
            self.effort.end()
        while self._in_flight:
            self._none_in_flight.clear()
            await self._none_in_flight.wait()
        if self._failure is not None:
            raise self._failure

    async def _open_loop(self, pool: ConnectionPool, shape: OpenLoop) -> None:
        warm_up = list(warm_up_times(shape, self.plan.warm_up))
        self._agree_on_start(warm_up[0] if warm_up else 0.0)
        with DueTimer(spin=self.plan.spin) as timer:
            await self._send_when_due(pool, shape, warm_up, timer)

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
        self, pool: ConnectionPool, shape: OpenLoop, warm_up: list[float], timer: DueTimer
    ) -> None:
        clock = time.perf_counter
        behind = 0
        last = self.started_at + shape.duration + self.plan.timeout + OVERDUE_SECONDS
        for arrival, (offset, is_warm_up) in enumerate(_due_times(warm_up, shape)):
            if self.plan.share is not None and not self.plan.share.takes(arrival):
                continue
            due = self.started_at + offset
            try:
                place = await self.room.take(last)
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
                self.effort.begin()
            if self._in_flight >= self.plan.max_in_flight:
                self._drop(due, place, warm_up=is_warm_up)
                continue
            request = self._requests[arrival % len(self._requests)]
            self._send(pool, request, due, place, warm_up=is_warm_up)

    async def _closed_loop(self, pool: ConnectionPool, shape: ClosedLoop) -> None:
        self._agree_on_start(-self.plan.warm_up)
        requests = cycle(self._requests)
        async with asyncio.TaskGroup() as group:
            for _ in range(shape.users):
                group.create_task(self._user(pool, shape, requests))

    async def _user(
        self, pool: ConnectionPool, shape: ClosedLoop, requests: Iterator[WireRequest]
    ) -> None:
        clock = time.perf_counter
        end = self.started_at + shape.duration
        await asyncio.sleep(self.started_at - self.plan.warm_up - clock())
        while (now := clock()) < end and self._failure is None:
            is_warm_up = now < self.started_at
            if not is_warm_up:
                self.offered += 1
                self.effort.begin()
            try:
                place = await self.room.take(end + self.plan.timeout)
            except TimeoutError:
                self.gave_up = True
                return
            exchange = self._send(pool, next(requests), None, place, warm_up=is_warm_up)
            exchange.waiter = asyncio.get_running_loop().create_future()
            await exchange.waiter
        self.effort.end()

    def _send(
        self,
        pool: ConnectionPool,
        request: WireRequest,
        due: float | None,
        place: int | None,
        *,
        warm_up: bool,
    ) -> WireExchange:
        """Send first and note it then, so that noting delays nothing; None is due when sent."""
        exchange = WireExchange(request, self._over)
        pool.send(exchange)
        sent = exchange.sent
        exchange.row = self._begin(sent if due is None else due, sent, place, warm_up=warm_up)
        self.room.sent(exchange.row, sent)
        self._in_flight += 1
        return exchange

    def _begin(self, due: float, sent: float, place: int | None, *, warm_up: bool) -> int:
        row = self.recorder.begin(due, sent, warm_up=warm_up)
        self.room.give(row, place)
        return row

    def _over(self, exchange: WireExchange) -> None:
        self._in_flight -= 1
        try:
            self._conclude(exchange)
        except Exception as error:  # noqa: BLE001 - nobody awaits this call: `_send_all` raises it
            self._failure = error
        if not self._in_flight:
            self._none_in_flight.set()
        if exchange.waiter is not None and not exchange.waiter.done():
            exchange.waiter.set_result(None)

    def _conclude(self, exchange: WireExchange) -> None:
        """What became of a request that was stamped when it was over."""
        row, done = exchange.row, exchange.done
        try:
            answer = exchange.answer()
            body = answer.content()
        except NotConnectedInTimeError:
            self._answered(row, done, 0)
            text = f"no connection within {self.plan.timeout:g} s"
            self._settled(row, JudgedAnswer(Outcome.UNREACHED, text, NOT_SENT))
        except TimeoutError:
            self._answered(row, done, 0)
            text = f"no complete answer within {self.plan.timeout:g} s"
            self._settled(row, JudgedAnswer(Outcome.TIMEOUT, text, UNANSWERED))
        except (IncompleteAnswerError, UnconnectedError, OSError) as error:
            self._answered(row, done, 0)
            outcome = outcome_of(error)
            start = UNANSWERED if outcome is Outcome.CONNECTION else NOT_SENT
            self._settled(row, JudgedAnswer(outcome, words_of(error), start))
        else:
            self._answered(row, done, answer.status)
            self._judge.judge(row, answer.status, body)
            if self._crowd is not None and answer.status in self.plan.expectation.statuses:
                self._crowd.read(exchange.sent, done, body)

    def _answered(self, row: int, done: float, status: int) -> None:
        self.recorder.answered(row, done, status)
        self.room.answered(row, done, status)

    def _settled(self, row: int, answer: JudgedAnswer) -> None:
        """What an answer is worth is known: record it, and tell the ledger."""
        self.recorder.judged(row, answer.outcome, answer.example)
        self.room.settle(row, answer.start)

    def _drop(self, due: float, place: int | None, *, warm_up: bool) -> None:
        """Nothing is sent: as many as may be in flight are unanswered."""
        now = time.perf_counter()
        row = self._begin(due, now, place, warm_up=warm_up)
        self.dropped += 1
        self.recorder.answered(row, now, 0)
        text = f"{self.plan.max_in_flight} requests were unanswered"
        self._settled(row, JudgedAnswer(Outcome.DROPPED, text))

    async def _judge_the_rest(self) -> None:
        if not await asyncio.to_thread(self._judge.drain):
            raise ToolError("the answers of this measurement could not be judged in time.")
        await asyncio.sleep(0)  # what was judged last is settled on the loop
        self.room.settle_the_rest()


def _due_times(warm_up: list[float], shape: OpenLoop) -> Iterator[tuple[float, bool]]:
    for offset in warm_up:
        yield offset, True
    for offset in arrival_times(shape):
        yield offset, False
