"""One outage as a state machine: starting, imposed, proven, lifted; or left behind."""

import contextlib
from dataclasses import dataclass, replace

from focus_engine.outage.backends.base import Injection, OutageBackend
from focus_engine.outage.books import Books
from focus_engine.outage.context import Context
from focus_engine.outage.discovery.pods import ready_pods
from focus_engine.outage.model import Moment, OutageState
from focus_engine.outage.rollback import PAUSE, ObjectRole, undone
from focus_engine.outage.sweep import Sweeper
from focus_engine.outage.verification.probe import Probe
from focus_engine.verdict import ToolError


@dataclass
class ActiveOutage(Injection):
    """An outage of this process, and everything that belongs to it."""

    context: Context
    backend: OutageBackend

    def __post_init__(self) -> None:
        self.books = Books(self)

    @property
    def is_over(self) -> bool:
        return self.outage.state is OutageState.LIFTED

    def start(self) -> None:
        """Lock, look, own, impose and verify. The caller lifts it when this raises."""
        outage, limits = self.outage, self.context.environment.file.outages
        self.books.lock()
        outage.evidence.swept = Sweeper(self.connections).sweep().lines
        self.look_again()
        self.verification.baseline()
        owner = self.books.own(outage.request.ttl + limits.enforcement)
        self.verification.hold_connection()
        assert outage.expires_at is not None  # noqa: S101 - the owner came first
        outage.state = OutageState.IMPOSED
        self.backend.apply(self, owner, outage.expires_at)
        self.backend.verify(self, limits)
        self.renew(outage.request.ttl)
        outage.state = OutageState.PROVEN
        self.books.announce("OutageProven")

    def renew(self, ttl: float) -> None:
        """Let the outage end `ttl` seconds from now. Raises ToolError when it has ended."""
        expires = self.books.renew(ttl)
        self.backend.prolong(self, expires)
        self.books.keep_lock(ttl)
        self.outage.expires_at = expires

    def end(self, wait: float) -> float:
        """Lift, prove that the dependency answers again, clear the books; the time of the lift.

        Raises ToolError when something remains, when the dependency stays away, and when the
        outage had ended before: what was measured in it may not count.
        """
        early = self._ended_early()
        again = self._lift_proven(wait)
        self.outage.lifted = again
        if early is not None:
            raise ToolError(
                f"the outage {self.outage.id} of {self.outage.dependency} had ended before it was "
                f"stopped (a new connection: {early}), so what was measured in it may not count. "
                "Give it a longer ttl."
            )
        return again.monotonic

    def lift(self, wait: float) -> None:
        """Undo what never was proven, and leave the dependency as it was found.

        Raises ToolError when something remains, or the dependency stays away.
        """
        if self.outage.state is not OutageState.STARTING:
            self._lift_proven(wait)
            return
        self._undo(None, wait)
        self.close()
        self.outage.state = OutageState.LIFTED

    def lift_at_once(self) -> list[str]:
        """In an emergency: over fresh connections, once, leaving the stack as it is.

        What a request in flight still creates is then found by the regular end.
        """
        try:
            connections = self.context.fresh_connections()
        except ToolError as error:
            return [error.sentence]
        found = [undone(each, connections) for each in reversed(self.rollback.remaining())]
        self.outage.evidence.ended_with_process = True
        return [problem for problem in found if problem is not None]

    def look_again(self) -> None:
        """Open sessions in the client's pods as they are now; former ones may have been lost.

        Raises ToolError when there is no ready pod to look from.
        """
        self.close()
        clients = ready_pods(self.context.cluster, self.facts.client_labels)
        if not clients:
            raise ToolError(
                "no ready pod of the Focus Server is there to look from. Look at its restarts."
            )
        self.facts = replace(self.facts, clients=clients)
        self.verification.prober = self.context.witnesses(clients)

    def still_holds(self, times: int) -> Probe | None:
        """The first of `times` new connections that does not show the fault, None when all do.

        None as well for an outage that something else repairs: it is proven to have been.
        """
        if self.backend.ends_by_itself:
            return None
        try:
            return self.verification.still_holds(times)
        except ToolError:  # the session was lost, or the pod replaced
            self.look_again()
            return self.verification.still_holds(times)

    def close(self) -> None:
        close = getattr(self.verification.prober, "close", None)
        if close is not None:
            with contextlib.suppress(ToolError, OSError):  # it may have died with its pod
                close()

    def _ended_early(self) -> Probe | None:
        if self.outage.state is not OutageState.PROVEN or self.outage.evidence.ended_with_process:
            return None
        try:
            return self.still_holds(1)
        except ToolError as error:
            self.outage.evidence.not_seen_at_end = error.sentence
            return None

    def _lift_proven(self, wait: float) -> Moment:
        """Only when the dependency answers again may the next outage begin."""
        self._undo(ObjectRole.EFFECT, wait)
        try:
            again = self._answers_again(wait)
        finally:
            self._undo(ObjectRole.BOOKS, wait)
            self.close()
            self.outage.state = OutageState.LIFTED
        if again is None:
            raise ToolError(
                f"{self.outage.dependency} did not answer again within {wait:g} s after the "
                f"outage {self.outage.id} was lifted. Look at its pods, and at other policies."
            )
        return again

    def _undo(self, part: ObjectRole | None, wait: float) -> None:
        problems = self.rollback.run(self.connections, part, wait)
        self.outage.evidence.undone = list(self.rollback.done)
        if problems:
            self.outage.state = OutageState.LEFT_BEHIND
            raise ToolError(
                f"the outage {self.outage.id} of {self.outage.dependency} was not lifted: "
                f"{problems[0]} {self.books.remains()}"
            )

    def _answers_again(self, wait: float) -> Moment | None:
        end = self.clock.monotonic() + wait
        while True:
            left = max(0.0, end - self.clock.monotonic())
            try:
                return self.verification.reachable_again(left)
            except ToolError:
                if left <= 0:
                    raise
            self.clock.sleep(PAUSE)
            with contextlib.suppress(ToolError):  # asked again until the time is over
                self.look_again()
