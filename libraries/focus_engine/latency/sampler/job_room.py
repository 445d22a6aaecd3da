"""The job budget as one run meets it: a place for each request, and what holds places longer."""

import asyncio
import time
from http import HTTPStatus

from focus_engine.job_start import UNANSWERED, JobStart
from focus_engine.latency.planning.plan import ANSWER_ALLOWANCE, MeasurementPlan
from focus_engine.latency.planning.schedule import OpenLoop
from focus_engine.latency.sampler.reservations import Reservations
from focus_engine.verdict import ToolError

WORTH_NOTING = 0.001  # seconds
NOTICED_LATE = 0.5  # seconds after which a place that is free again is ours, at the latest


class JobRoom:
    """Used on the event loop. Does nothing where the requests of a plan start no jobs.

    Times are of perf_counter, in seconds; a row is that of the recorder.
    """

    def __init__(self, plan: MeasurementPlan) -> None:
        self.held: list[tuple[float, float]] = []  # begin and end of times without a free place
        self._plan = plan
        self._reservations: Reservations | None = None
        self._unanswered: dict[int, float] = {}  # row: when it was sent, the oldest first
        self._unsettled: dict[int, int] = {}  # row: its reservation
        self._slow_until = 0.0  # until then a slow or missing answer holds the budget

    async def open(self) -> None:
        """Before time 0: opening the ledger takes a while."""
        plan, shape = self._plan, self._plan.shape
        if plan.jobs is not None:
            rate = shape.peak_rate if isinstance(shape, OpenLoop) else 0.0
            rate /= plan.share.of if plan.share else 1
            self._reservations = Reservations(plan.jobs, rate)
            await self._reservations.filled()

    async def take(self, last: float) -> int | None:
        """A place; None where nothing starts jobs.

        Raises TimeoutError when unanswered requests held the budget until `last`, ToolError when
        somebody else did.
        """
        if self._reservations is None:
            return None
        begun = time.perf_counter()
        try:
            async with asyncio.timeout(max(0.0, last - begun)):
                return await self._reservations.take()
        except (TimeoutError, ToolError) as error:
            if self._slow_answers_hold_it(time.perf_counter()):
                raise TimeoutError from error
            if isinstance(error, ToolError):
                raise
            raise ToolError("others held the job budget for the whole measurement.") from error
        finally:
            self._note_what_held(begun, time.perf_counter())

    def give(self, row: int, place: int | None) -> None:
        """The place that was taken is that of this row."""
        if place is not None:
            self._unsettled[row] = place

    def sent(self, row: int, at: float) -> None:
        """A request is on its way."""
        self._unanswered[row] = at

    def answered(self, row: int, done: float, status: int) -> None:
        """Its answer has come, or never will (status 0)."""
        sent, jobs = self._unanswered.pop(row), self._plan.jobs
        unclear = status == 0 or status >= HTTPStatus.INTERNAL_SERVER_ERROR
        if jobs is not None and (unclear or done - sent > ANSWER_ALLOWANCE):
            held = jobs.life + (self._plan.timeout if status == 0 else 0.0) + NOTICED_LATE
            self._slow_until = max(self._slow_until, done + held)

    def settle(self, row: int, start: JobStart) -> None:
        """Tell the ledger whether a job was started."""
        place = self._unsettled.pop(row, None)
        if self._reservations is not None and place is not None:
            self._reservations.settle(place, start)

    def settle_the_rest(self) -> None:
        """What nobody waits for any more may have started jobs."""
        for row in list(self._unsettled):
            self.settle(row, UNANSWERED)

    async def close(self) -> None:
        """Give back what was not used, and wait until all is written down."""
        if self._reservations is not None:
            await self._reservations.close()

    def _note_what_held(self, begun: float, now: float) -> None:
        if now - begun < WORTH_NOTING or not self._slow_answers_hold_it(now):
            return
        if self.held and begun - self.held[-1][1] < WORTH_NOTING:
            begun = self.held.pop()[0]
        self.held.append((begun, now))

    def _slow_answers_hold_it(self, now: float) -> bool:
        oldest = next(iter(self._unanswered.values()), now)
        return now - oldest > ANSWER_ALLOWANCE or now < self._slow_until
