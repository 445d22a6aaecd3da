"""What an outage created, undone in reverse; what could not be undone is told, never forgotten."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from focus_engine.outage.clock import Clock
from focus_engine.outage.cluster import Cluster
from focus_engine.outage.toxiproxy import Toxiproxy
from focus_engine.verdict import ToolError

PAUSE = 0.5  # seconds between two tries to undo something


class Part(StrEnum):
    """Whether an object makes the outage, or only keeps its books."""

    EFFECT = "effect"
    BOOKS = "books"


@dataclass(frozen=True)
class Means:
    """The connections that undoing needs; in an emergency they are fresh ones."""

    cluster: Cluster
    toxiproxy: Toxiproxy | None


@dataclass(frozen=True)
class Created:
    """Something that exists, or may exist, because of us.

    It is recorded before it is created: a lost reply must not leave it behind. `remove` succeeds
    when the thing is not there.
    """

    what: str
    part: Part
    remove: Callable[[Means], object]
    bounded: bool = True  # whether the cluster removes it by itself


@dataclass
class Undo:
    """The stack of one outage."""

    clock: Clock
    stack: list[Created] = field(default_factory=list)
    done: list[str] = field(default_factory=list)

    def add(self, created: Created) -> None:
        self.stack.append(created)

    def remaining(self, part: Part | None = None) -> list[Created]:
        return [each for each in self.stack if part in {None, each.part}]

    def run(self, means: Means, part: Part | None = None, within: float = 0.0) -> list[str]:
        """Undo in reverse; try again until `within` seconds are over. Returns what went wrong.

        Undoing is no measurement, so it may be repeated.
        """
        end = self.clock.monotonic() + within
        while True:
            problems = self._once(means, part)
            if not problems or self.clock.monotonic() + PAUSE > end:
                return problems
            self.clock.sleep(PAUSE)

    def _once(self, means: Means, part: Part | None) -> list[str]:
        problems = []
        for created in reversed(self.remaining(part)):
            try:
                created.remove(means)
            except ToolError as error:
                problems.append(f"{created.what}: {error.sentence}")
            else:
                self.stack.remove(created)
                self.done.append(created.what)
        return problems
