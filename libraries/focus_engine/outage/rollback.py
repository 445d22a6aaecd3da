"""What an outage created, undone in reverse; what could not be undone is told, never forgotten."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from focus_engine.clock import Clock
from focus_engine.outage.context import Connections
from focus_engine.verdict import ToolError

PAUSE = 0.5  # seconds between two tries to undo something


class ObjectRole(StrEnum):
    """Whether an object makes the outage, or only keeps its books."""

    EFFECT = "effect"
    BOOKS = "books"


@dataclass(frozen=True)
class Created:
    """Something that exists, or may exist, because of us.

    It is recorded before it is created: a lost reply must not leave it behind. `remove` succeeds
    when the thing is not there; `remains` says in words what of it is still there afterwards, None
    for nothing: an answer that a deletion was accepted is no proof of it.
    """

    what: str
    part: ObjectRole
    remove: Callable[[Connections], object]
    bounded: bool = True  # whether the cluster removes it by itself
    remains: Callable[[Connections], str | None] = lambda _connections: None


@dataclass
class Rollback:
    """The stack of one outage."""

    clock: Clock
    stack: list[Created] = field(default_factory=list)
    done: list[str] = field(default_factory=list)

    def add(self, created: Created) -> None:
        self.stack.append(created)

    def remaining(self, part: ObjectRole | None = None) -> list[Created]:
        return [each for each in self.stack if part in {None, each.part}]

    def run(
        self, connections: Connections, part: ObjectRole | None = None, within: float = 0.0
    ) -> list[str]:
        """Undo in reverse; try again until `within` seconds are over. Returns what went wrong.

        Undoing is no measurement, so it may be repeated.
        """
        end = self.clock.monotonic() + within
        while True:
            problems = self._once(connections, part)
            if not problems or self.clock.monotonic() + PAUSE > end:
                return problems
            self.clock.sleep(PAUSE)

    def _once(self, connections: Connections, part: ObjectRole | None) -> list[str]:
        problems = []
        for created in reversed(self.remaining(part)):
            problem = undone(created, connections)
            if problem is None:
                self.stack.remove(created)
                self.done.append(created.what)
            else:
                problems.append(problem)
        return problems


def undone(created: Created, connections: Connections) -> str | None:
    """Remove it and look; what went wrong, None when it is gone. Raises nothing.

    Whatever goes wrong with one object is no reason to leave the next one.
    """
    try:
        created.remove(connections)
        problem = created.remains(connections)
    except Exception as error:  # noqa: BLE001 - the next one must have its turn
        problem = sentence_of(error)
    return None if problem is None else f"{created.what}: {problem}"


def sentence_of(error: Exception) -> str:
    """What went wrong: our own sentence, or the kind and words of anything else."""
    return error.sentence if isinstance(error, ToolError) else f"{type(error).__name__}: {error}."
