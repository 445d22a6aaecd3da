"""Waiting for a due time more exactly than the timers of an event loop, which count milliseconds.

The interval timer of the process is exact to some microseconds, and its signal wakes the loop at
once. It needs the main thread, of a process of its own; Windows has none.
"""

import asyncio
import signal
import sys
import time
from types import TracebackType
from typing import Self

SPIN_SECONDS = 0.0005  # before the time; a sleeper may wake that late
SHORTEST = 20e-6  # seconds; setitimer takes less than a microsecond for "never"


class DueTimer:
    """A context manager; one waiter at a time. To `spin` at last is exact, and costs a core."""

    def __init__(self, *, spin: bool = False) -> None:
        self._early = SPIN_SECONDS if spin else 0.0
        self._loop = asyncio.get_running_loop()
        self._waiter: asyncio.Future[None] | None = None

    def __enter__(self) -> Self:
        if sys.platform != "win32":
            self._loop.add_signal_handler(signal.SIGALRM, self._ring)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if sys.platform != "win32":
            signal.setitimer(signal.ITIMER_REAL, 0)
            self._loop.remove_signal_handler(signal.SIGALRM)

    async def until(self, due: float) -> None:
        """Return at `due` (perf_counter), never before."""
        while (wait := due - time.perf_counter()) > 0:
            if wait <= self._early:
                await asyncio.sleep(0)
            else:
                await self._sleep(wait - self._early)

    async def _sleep(self, seconds: float) -> None:
        if sys.platform == "win32":
            await asyncio.sleep(seconds)
            return
        self._waiter = self._loop.create_future()
        signal.setitimer(signal.ITIMER_REAL, max(seconds, SHORTEST))
        await self._waiter

    def _ring(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
