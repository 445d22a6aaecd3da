"""Which process of the Focus Server runs, since when, and of which generation."""

import random
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

NAME = "panda-panda-focus-server"
UPTIME = timedelta(minutes=10)
"""How long the server has run when the sandbox starts."""
START_TAKES = timedelta(seconds=1)

_LINES_KEPT = 2000
_LETTERS = "bcdfghjklmnpqrstvwxz2456789"


def _now() -> datetime:
    return datetime.now(UTC)


class ServerProcess:
    """The one pod of the server's Deployment; a restart replaces it. Times are UTC."""

    def __init__(self, seed: int, clock: Callable[[], datetime] = _now) -> None:
        self._random = random.Random(seed)  # noqa: S311 - names, not secrets
        self._clock = clock
        self._on_start: list[Callable[[], None]] = []
        self.number = 0
        """Number of the process, over containers and pods."""
        self.written: deque[tuple[datetime, str]] = deque(maxlen=_LINES_KEPT)
        """What it wrote while it served, with times; the latest lines."""
        self.booted_at = clock().replace(microsecond=0)
        self.reset()

    def reset(self) -> None:
        """Be again as at the sandbox's start."""
        self.generation = 1
        self.restarted_by = ""
        self.crashes = 0
        self._start(self.booted_at - UPTIME)

    def restart(self, annotation: str) -> None:
        """Replace the pod, as a new value of the template's annotation makes the cluster do."""
        if annotation == self.restarted_by:
            return
        self.restarted_by = annotation
        self.generation += 1
        self._start(self.now.replace(microsecond=0))

    def crash(self) -> None:
        """End the container; the pod stays and starts another one."""
        self.crashes += 1
        self._begin(self.now.replace(microsecond=0))

    def write(self, text: str) -> None:
        """Add a line to the log of the container."""
        self.written.append((self.now, text))

    def on_start(self, act: Callable[[], None]) -> None:
        """Call `act` whenever a new process takes the place of the former one."""
        self._on_start.append(act)

    @property
    def now(self) -> datetime:
        """The time of the cluster."""
        return self._clock()

    @property
    def ready(self) -> bool:
        """Whether the start is over."""
        return self.now >= self.started_at + START_TAKES

    def _start(self, at: datetime) -> None:
        self._begin(at)
        self.pod = f"{NAME}-{self._suffix(10)}-{self._suffix(5)}"

    def _begin(self, at: datetime) -> None:
        self.started_at = at
        self.number += 1
        self.written.clear()
        for act in self._on_start:
            act()

    def _suffix(self, length: int) -> str:
        return "".join(self._random.choice(_LETTERS) for _ in range(length))
