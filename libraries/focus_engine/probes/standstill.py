"""How long this process stood still: what must not be put down to the server that it asks.

A virtual machine whose host is busy stops as a whole, and a laptop that sleeps; an import or a long
computation holds up the thread that reads an answer.
"""

import threading
import time
from typing import Self

TICK_SECONDS = 0.02
NOTICED_SECONDS = 0.25  # a busy core makes a tick late by less, again and again


class Standstill:
    """While it is entered, a thread ticks; `seconds` is what its ticks were late by."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._over = threading.Event()
        self._clock = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Self:
        self._clock.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._clock.join()

    def _tick(self) -> None:
        begun = time.monotonic()
        over = False
        while not over:
            over = self._over.wait(TICK_SECONDS)
            now = time.monotonic()
            late = now - begun - TICK_SECONDS
            self.seconds += late if late > NOTICED_SECONDS else 0.0
            begun = now


def excuse(seconds: float, stood_still: float, limit: float) -> str:
    """Why `seconds` beyond `limit` are no fault of the server; empty where they are."""
    if seconds <= limit or seconds - stood_still > limit:
        return ""
    return (
        f"this machine stood still for {stood_still:.1f} s of them, so that the server may have "
        "answered in time. Run the case again, on a quieter machine."
    )
