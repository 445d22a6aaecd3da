"""Job reservations for a sampler: taken a little ahead, settled off the measured path.

The ledger is SQLite and blocks, so two threads speak to it and the event loop never waits for a
disk. Both threads are daemons: a sampler that is told to stop does not wait for room in the budget.
"""

import asyncio
import threading
from pathlib import Path
from queue import SimpleQueue

from focus_engine.job_start import NOT_SENT, JobStart
from focus_engine.latency.planning.plan import JobTerms
from focus_engine.ledger import JobLedger, Terms
from focus_engine.verdict import ToolError, broken_off

AHEAD_SECONDS = 0.1  # how much pace is held ready; more would waste budget
FLUSH_SECONDS = 30.0


class Reservations:
    """Used on the event loop: `take` before sending, `settle` when the outcome is known."""

    def __init__(self, jobs: JobTerms, rate: float) -> None:
        self._ledger = JobLedger(Path(jobs.ledger))
        self._terms = Terms(jobs.budget, jobs.life, jobs.answer_limit, jobs.wait_limit)
        self._loop = asyncio.get_running_loop()
        self._ready: asyncio.Queue[int | ToolError] = asyncio.Queue()
        self._filled = asyncio.Event()
        self._room = threading.Semaphore(1 + int(rate * AHEAD_SECONDS))
        self._settlements: SimpleQueue[tuple[int, JobStart] | None] = SimpleQueue()
        self._closed = False
        self._failure: ToolError | None = None
        self._settler = threading.Thread(target=self._settle_all, daemon=True)
        self._settler.start()
        threading.Thread(target=self._reserve_ahead, daemon=True).start()

    async def filled(self) -> None:
        """Wait until the first reservation (or the reason why there is none) is at hand."""
        await self._filled.wait()

    async def take(self) -> int:
        """The next reservation. Raises ToolError when the budget stays used up."""
        reservation = await self._ready.get()
        self._room.release()
        self._raise_if_failed()
        if isinstance(reservation, ToolError):
            raise reservation
        return reservation

    def settle(self, reservation: int, start: JobStart) -> None:
        self._settlements.put((reservation, start))

    async def close(self) -> None:
        """Give back what was not used and wait until everything is written down."""
        self._closed = True
        self._room.release()
        while not self._ready.empty():
            unused = self._ready.get_nowait()
            if isinstance(unused, int):
                self._settlements.put((unused, NOT_SENT))
        self._settlements.put(None)
        await asyncio.to_thread(self._settler.join, FLUSH_SECONDS)
        self._raise_if_failed()

    def _reserve_ahead(self) -> None:
        while True:
            self._room.acquire()
            if self._closed:
                return
            try:
                reservation: int | ToolError = self._ledger.reserve(self._terms)
            except Exception as error:  # noqa: BLE001 - who waits for it must hear of it
                reservation = broken_off("the thread that reserves jobs", error)
            if self._closed and isinstance(reservation, int):
                self._ledger.release(reservation)
                return
            self._loop.call_soon_threadsafe(self._offer, reservation)
            if isinstance(reservation, ToolError):
                return

    def _offer(self, reservation: int | ToolError) -> None:
        self._ready.put_nowait(reservation)
        self._filled.set()

    def _settle_all(self) -> None:
        while (item := self._settlements.get()) is not None:
            try:
                self._ledger.settle(*item)
            except Exception as error:  # noqa: BLE001 - what was not written down is said
                self._failure = broken_off("the thread that settles jobs", error)
                return

    def _raise_if_failed(self) -> None:
        if self._failure is not None:
            raise self._failure
