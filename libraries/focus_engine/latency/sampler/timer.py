"""Waiting for a due time more exactly than the timers of an event loop, which count milliseconds.

The interval timer of the process is exact to some microseconds, and its signal wakes the loop at
once. It needs the main thread, of a process of its own. Where there is none (Windows), a thread
sleeps until the time and wakes the loop: its sleep takes a high-resolution timer of the system.
"""

import asyncio
import signal
import sys
import threading
import time
from queue import SimpleQueue
from types import TracebackType
from typing import Protocol, Self

EARLY_SECONDS = 0.0002  # before the time; who sleeps on an idle machine wakes about that late
SPIN_SECONDS = 0.0005  # on a busy one
SHORTEST = 20e-6  # seconds; setitimer takes less than a microsecond for "never"


class Waker(Protocol):
    """Wakes the loop, once, after so many seconds."""

    def wake_in(self, seconds: float) -> None: ...

    def close(self) -> None: ...


class SignalWaker:
    """By the interval timer of the process."""

    def __init__(self, ring: "Ring") -> None:
        self._loop = ring.loop
        self._loop.add_signal_handler(signal.SIGALRM, ring)

    def wake_in(self, seconds: float) -> None:
        signal.setitimer(signal.ITIMER_REAL, max(seconds, SHORTEST))

    def close(self) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        self._loop.remove_signal_handler(signal.SIGALRM)


class ThreadWaker:
    """By a thread that sleeps; `time.sleep` is exact to less than a millisecond everywhere."""

    def __init__(self, ring: "Ring") -> None:
        self._ring = ring
        self._naps: SimpleQueue[float | None] = SimpleQueue()
        threading.Thread(target=self._sleep, daemon=True).start()

    def wake_in(self, seconds: float) -> None:
        self._naps.put(seconds)

    def close(self) -> None:
        self._naps.put(None)

    def _sleep(self) -> None:
        while (seconds := self._naps.get()) is not None:
            time.sleep(seconds)
            try:
                self._ring.loop.call_soon_threadsafe(self._ring)
            except RuntimeError:  # the loop is closed: nobody waits any more
                return


class Ring:
    """What a waker calls: it ends the wait of the one who waits."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.waiter: asyncio.Future[None] | None = None

    def __call__(self) -> None:
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_result(None)


class DueTimer:
    """A context manager; one waiter at a time.

    It sleeps until shortly before the time, and then lets the loop turn: a fifth of a core at 1000
    times a second. To `spin` longer is exact on a busy machine as well, and costs half a core.
    """

    def __init__(self, *, spin: bool = False, by_thread: bool = sys.platform == "win32") -> None:
        self._early = SPIN_SECONDS if spin else EARLY_SECONDS
        self._ring = Ring()
        self._by_thread = by_thread
        self._waker: Waker | None = None

    def __enter__(self) -> Self:
        self._waker = ThreadWaker(self._ring) if self._by_thread else SignalWaker(self._ring)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._waker is not None  # noqa: S101 - it was entered
        self._waker.close()

    async def until(self, due: float) -> None:
        """Return at `due` (perf_counter), never before."""
        while (wait := due - time.perf_counter()) > 0:
            if wait <= self._early:
                await asyncio.sleep(0)
            else:
                await self._sleep(wait - self._early)

    async def _sleep(self, seconds: float) -> None:
        assert self._waker is not None  # noqa: S101 - it was entered
        self._ring.waiter = self._ring.loop.create_future()
        self._waker.wake_in(seconds)
        await self._ring.waiter
