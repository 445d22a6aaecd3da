"""One outage as a state machine: starting, imposed, proven, lifted; or left behind."""

import contextlib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from focus_engine.kubernetes.errors import KubernetesError
from focus_engine.kubernetes.resources import EVENTS, JOBS
from focus_engine.outage.backends.base import Injection
from focus_engine.outage.backends.network_policy import still_there
from focus_engine.outage.context import Connections, Context
from focus_engine.outage.discovery import ready_clients
from focus_engine.outage.lease import OutageLock
from focus_engine.outage.model import Moment, OutageState
from focus_engine.outage.ownership import (
    EXPIRES_AT,
    LEASE,
    MARK,
    has_deadline,
    owner_job,
    reference_to,
    renewal,
    stamp,
)
from focus_engine.outage.rollback import PAUSE, Created, ObjectRole, undone
from focus_engine.outage.sweep import Sweeper
from focus_engine.outage.verification.probe import Probe
from focus_engine.verdict import PreconditionUnmet, ToolError

Object = dict[str, Any]
_LEASE_SLACK = 30.0  # seconds that the lock outlasts the outage's time to live
_MESSAGE_LENGTH = 1000


@dataclass
class ActiveOutage(Injection):
    """An outage of this process, and everything that belongs to it."""

    context: Context
    backend: Any  # the OutageBackend that makes it
    owned_at: float = field(default=0.0)  # by the monotonic clock: when the owner was made

    def __post_init__(self) -> None:
        self._lock = OutageLock(
            self.context.cluster, f"{self.identity.run}/{self.identity.outage}", self.clock
        )

    @property
    def is_over(self) -> bool:
        return self.outage.state is OutageState.LIFTED

    def start(self) -> None:
        """Lock, look, own, impose and verify. The caller lifts it when this raises."""
        outage, limits = self.outage, self.context.environment.file.outages
        self._take_lock()
        outage.evidence.swept = Sweeper(self.connections).sweep().lines
        self.look_again()
        self.verification.baseline()
        owner = self._own(outage.request.ttl + limits.enforcement)
        self.verification.hold_connection()
        assert outage.expires_at is not None  # noqa: S101 - the owner came first
        outage.state = OutageState.IMPOSED
        self.backend.apply(self, owner, outage.expires_at)
        self.backend.verify(self, limits)
        self.renew(outage.request.ttl)
        outage.state = OutageState.PROVEN
        self.announce("OutageProven")

    def renew(self, ttl: float) -> None:
        """Let the outage end `ttl` seconds from now. Raises ToolError when it has ended."""
        expires = self._expiry(ttl)
        age = self.clock.monotonic() - self.owned_at
        patch = renewal(age, ttl, {EXPIRES_AT: stamp(expires)})
        job = self.context.cluster.patch(JOBS, self.identity.name, patch)
        if job is None:
            raise ToolError(
                f"the outage {self.outage.id} has ended, so it cannot be renewed. Start another."
            )
        if not has_deadline(job, age + ttl):
            raise ToolError(
                f"the cluster took the renewal of the outage {self.outage.id} without its "
                "ttlSecondsAfterFinished, so it is not known when it ends. Look for a webhook "
                "that changes Jobs."
            )
        self.backend.prolong(self, expires)
        self._lock.promise(ttl + _LEASE_SLACK)
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
        clients = ready_clients(self.context.cluster, self.facts.client_labels)
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

    def remains(self) -> str:
        """What is left of the outage, and what will become of it."""
        left = self.rollback.remaining()
        names = ", ".join(created.what for created in left)
        return f"What remains: {names}; {self._deadline(left)}"

    def announce(self, reason: str) -> None:
        """An Event for people who look at the namespace. Losing it is noted, no more."""
        cluster = self.context.cluster
        now = stamp(cluster.now)
        body = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {
                "generateName": f"{self.identity.name}-",
                "labels": self.identity.metadata(cluster.now, {})["labels"],
            },
            "involvedObject": {
                "apiVersion": "batch/v1",
                "kind": "Job",
                "name": self.identity.name,
                "namespace": cluster.namespace,
            },
            "reason": reason,
            "message": str(self.outage)[:_MESSAGE_LENGTH],
            "type": "Normal",
            "firstTimestamp": now,
            "lastTimestamp": now,
            "count": 1,
            "source": {"component": MARK},
        }
        try:
            cluster.create(EVENTS, body)
        except KubernetesError as error:
            self.outage.evidence.events_lost.append(error.sentence)

    def _take_lock(self) -> None:
        lock = self._lock
        self.record(
            Created(
                f"Lease {LEASE}",
                ObjectRole.BOOKS,
                lambda using: lock.release(using.cluster),
                remains=lambda using: lock.remains(using.cluster),
            )
        )
        self.outage.evidence.lock_waited = self._lock.acquire(self.request.lock_wait)

    def _own(self, ttl: float) -> Object:
        """Create the object that ends everything after `ttl` seconds, and return a reference.

        Raises PreconditionUnmet when the API server does not keep that time.
        """
        name, cluster = self.identity.name, self.context.cluster
        self.outage.expires_at = self._expiry(ttl)

        def remains(using: Connections) -> str | None:
            return still_there(using.cluster, JOBS, self.outage.id)

        def remove(using: Connections) -> None:
            using.cluster.delete(JOBS, name)

        self.record(Created(f"Job {name}", ObjectRole.BOOKS, remove, remains=remains))
        made = cluster.create(JOBS, owner_job(self.identity, ttl, self.outage.expires_at))
        if not has_deadline(made, ttl):
            raise PreconditionUnmet(
                f"the cluster took Job {name} without its ttlSecondsAfterFinished, so nothing "
                "would end an outage when this process dies. Kubernetes 1.23 or later is needed; "
                "look also for a webhook that changes Jobs."
            )
        self.owned_at = self.clock.monotonic()
        owner = reference_to(made)
        self._lock.promise(ttl + _LEASE_SLACK, owner)
        return owner

    def _expiry(self, seconds: float) -> datetime:
        return self.context.cluster.now + timedelta(seconds=seconds)

    def _deadline(self, left: list[Created]) -> str:
        expires = self.outage.expires_at
        if expires is None or not all(created.bounded for created in left):
            return "nothing removes it by itself: run focus.py sweep."
        seconds = max(0.0, (expires - self.context.cluster.now).total_seconds())
        return f"Kubernetes removes it by itself in {seconds:.0f} s, save what a finalizer holds."

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
                f"{problems[0]} {self.remains()}"
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
