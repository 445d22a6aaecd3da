"""An outage while it lives: what it created, what proves it, and how it is ended."""

import contextlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from focus_engine.outage.clock import Clock
from focus_engine.outage.facts import Facts, ready_clients
from focus_engine.outage.model import Moment, Outage, State
from focus_engine.outage.probe import Probe
from focus_engine.outage.proof import Proof
from focus_engine.outage.site import Site
from focus_engine.outage.undo import PAUSE, Created, Part, Undo
from focus_engine.verdict import ToolError


@dataclass
class Live:
    """One outage and everything that belongs to it."""

    outage: Outage
    site: Site
    facts: Facts
    proof: Proof
    undo: Undo
    created_at: float = 0.0  # by the monotonic clock: when the owner was made

    @property
    def clock(self) -> Clock:
        return self.undo.clock

    @property
    def is_over(self) -> bool:
        return self.outage.state is State.LIFTED

    @property
    def was_imposed(self) -> bool:
        return bool({"policy", "toxic"} & self.outage.record.keys())

    def expiry(self, seconds: float) -> datetime:
        return self.site.cluster.now + timedelta(seconds=seconds)

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
        if self.was_imposed:
            self._lift_proven(wait)
            return
        self._undo(None, wait)
        self.close()
        self.outage.state = State.LIFTED

    def lift_at_once(self) -> list[str]:
        """In an emergency: over fresh connections, once, leaving the stack as it is.

        What a request in flight still creates is then found by the regular end.
        """
        problems = []
        try:
            means = self.site.fresh_means()
        except ToolError as error:
            return [error.sentence]
        for created in reversed(self.undo.remaining()):
            try:
                created.remove(means)
            except ToolError as error:
                problems.append(f"{created.what}: {error.sentence}")
        self.outage.record["lifted_by"] = "the end of the process"
        return problems

    def look_again(self) -> None:
        """Open sessions in the client's pods as they are now; former ones may have been lost.

        Raises ToolError when there is no ready pod to look from.
        """
        self.close()
        clients = ready_clients(self.site.cluster, self.facts.client_labels)
        if not clients:
            raise ToolError(
                "no ready pod of the Focus Server is there to look from. Look at its restarts."
            )
        self.facts = replace(self.facts, clients=clients)
        self.proof.prober = self.site.witnesses(clients)

    def still_holds(self, times: int) -> Probe | None:
        """The first of `times` new connections that does not show the fault, None when all do."""
        try:
            return self.proof.still_holds(times)
        except ToolError:  # the session was lost, or the pod replaced
            self.look_again()
            return self.proof.still_holds(times)

    def close(self) -> None:
        close = getattr(self.proof.prober, "close", None)
        if close is not None:
            with contextlib.suppress(ToolError, OSError):  # it may have died with its pod
                close()

    def remains(self) -> str:
        """What is left of the outage, and what will become of it."""
        left = self.undo.remaining()
        names = ", ".join(created.what for created in left)
        return f"What remains: {names}; {self._deadline(left)}"

    def _deadline(self, left: list[Created]) -> str:
        expires = self.outage.expires_at
        if expires is None or not all(created.bounded for created in left):
            return "nothing removes it by itself: run focus.py sweep."
        seconds = max(0.0, (expires - self.site.cluster.now).total_seconds())
        return f"Kubernetes removes it by itself in {seconds:.0f} s."

    def _ended_early(self) -> Probe | None:
        if self.outage.state is not State.PROVEN or "lifted_by" in self.outage.record:
            return None
        try:
            return self.still_holds(1)
        except ToolError as error:
            self.outage.record["not seen at its end"] = error.sentence
            return None

    def _lift_proven(self, wait: float) -> Moment:
        """Only when the dependency answers again may the next outage begin."""
        self._undo(Part.EFFECT, wait)
        try:
            again = self._answers_again(wait)
        finally:
            self._undo(Part.BOOKS, wait)
            self.close()
            self.outage.state = State.LIFTED
        if again is None:
            raise ToolError(
                f"{self.outage.dependency} did not answer again within {wait:g} s after the "
                f"outage {self.outage.id} was lifted. Look at its pods, and at other policies."
            )
        return again

    def _undo(self, part: Part | None, wait: float) -> None:
        problems = self.undo.run(self.site.means, part, wait)
        self.outage.record["undone"] = list(self.undo.done)
        if problems:
            self.outage.state = State.LEFT_BEHIND
            raise ToolError(
                f"the outage {self.outage.id} of {self.outage.dependency} was not lifted: "
                f"{problems[0]} {self.remains()}"
            )

    def _answers_again(self, wait: float) -> Moment | None:
        end = self.clock.monotonic() + wait
        while True:
            left = max(0.0, end - self.clock.monotonic())
            try:
                return self.proof.reachable_again(left)
            except ToolError:
                if left <= 0:
                    raise
            self.clock.sleep(PAUSE)
            with contextlib.suppress(ToolError):  # asked again until the time is over
                self.look_again()
