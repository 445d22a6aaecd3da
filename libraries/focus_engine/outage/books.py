"""What an outage keeps in the cluster beside its effect: a lock, its end, and Events to read."""

from datetime import datetime, timedelta
from typing import Any

from focus_engine.kubernetes.errors import KubernetesError
from focus_engine.kubernetes.resources import EVENTS, JOBS
from focus_engine.outage.backends.base import Injection
from focus_engine.outage.context import Connections
from focus_engine.outage.lease import OutageLock
from focus_engine.outage.ownership import (
    EXPIRES_AT,
    LEASE,
    MARK,
    has_deadline,
    owner_job,
    reference_to,
    renewal,
    stamp,
    still_there,
)
from focus_engine.outage.rollback import Created, ObjectRole
from focus_engine.verdict import PreconditionUnmet, ToolError

Object = dict[str, Any]
_LEASE_SLACK = 30.0  # seconds that the lock outlasts the outage's time to live
_MESSAGE_LENGTH = 1000


class Books:
    """Those of one outage; each object is on its rollback stack before it is created."""

    def __init__(self, injection: Injection) -> None:
        self.owned_at = 0.0  # by the monotonic clock: when the owner was made
        self._made = injection
        self._cluster = injection.connections.cluster
        holder = f"{injection.identity.run}/{injection.identity.outage}"
        self._lock = OutageLock(self._cluster, holder, injection.clock)

    def lock(self) -> None:
        """Raises PreconditionUnmet where another outage of the namespace does not end in time."""
        lock, made = self._lock, self._made
        made.record(
            Created(
                f"Lease {LEASE}",
                ObjectRole.BOOKS,
                lambda using: lock.release(using.cluster),
                remains=lambda using: lock.remains(using.cluster),
            )
        )
        made.outage.evidence.lock_waited = lock.acquire(made.request.lock_wait)

    def own(self, ttl: float) -> Object:
        """Create the object that ends everything after `ttl` seconds, and return a reference.

        Raises PreconditionUnmet when the API server does not keep that time.
        """
        name, outage = self._made.identity.name, self._made.outage
        outage.expires_at = self._expiry(ttl)

        def remains(using: Connections) -> str | None:
            return still_there(using.cluster, JOBS, outage.id)

        def remove(using: Connections) -> None:
            using.cluster.delete(JOBS, name)

        self._made.record(Created(f"Job {name}", ObjectRole.BOOKS, remove, remains=remains))
        made = self._cluster.create(JOBS, owner_job(self._made.identity, ttl, outage.expires_at))
        if not has_deadline(made, ttl):
            raise PreconditionUnmet(
                f"the cluster took Job {name} without its ttlSecondsAfterFinished, so nothing "
                "would end an outage when this process dies. Kubernetes 1.23 or later is needed; "
                "look also for a webhook that changes Jobs."
            )
        self.owned_at = self._made.clock.monotonic()
        owner = reference_to(made)
        self._lock.promise(ttl + _LEASE_SLACK, owner)
        return owner

    def renew(self, ttl: float) -> datetime:
        """Let the owner live `ttl` seconds from now; when that ends.

        Raises ToolError when the outage has ended, or the API server does not keep that time.
        """
        expires, outage = self._expiry(ttl), self._made.outage
        age = self._made.clock.monotonic() - self.owned_at
        patch = renewal(age, ttl, {EXPIRES_AT: stamp(expires)})
        job = self._cluster.patch(JOBS, self._made.identity.name, patch)
        if job is None:
            raise ToolError(
                f"the outage {outage.id} has ended, so it cannot be renewed. Start another."
            )
        if not has_deadline(job, age + ttl):
            raise ToolError(
                f"the cluster took the renewal of the outage {outage.id} without its "
                "ttlSecondsAfterFinished, so it is not known when it ends. Look for a webhook "
                "that changes Jobs."
            )
        return expires

    def keep_lock(self, ttl: float) -> None:
        """Promise the lock for as long as an outage of `ttl` seconds needs it."""
        self._lock.promise(ttl + _LEASE_SLACK)

    def announce(self, reason: str) -> None:
        """An Event for people who look at the namespace. Losing it is noted, no more."""
        now, name = self._cluster.now, self._made.identity.name
        body = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {
                "generateName": f"{name}-",
                "labels": self._made.identity.metadata(now, {})["labels"],
            },
            "involvedObject": {
                "apiVersion": "batch/v1",
                "kind": "Job",
                "name": name,
                "namespace": self._cluster.namespace,
            },
            "reason": reason,
            "message": str(self._made.outage)[:_MESSAGE_LENGTH],
            "type": "Normal",
            "firstTimestamp": stamp(now),
            "lastTimestamp": stamp(now),
            "count": 1,
            "source": {"component": MARK},
        }
        try:
            self._cluster.create(EVENTS, body)
        except KubernetesError as error:
            self._made.outage.evidence.events_lost.append(error.sentence)

    def remains(self) -> str:
        """What is left of the outage, and what will become of it."""
        left = self._made.rollback.remaining()
        names = ", ".join(created.what for created in left)
        return f"What remains: {names}; {self._deadline(left)}"

    def _deadline(self, left: list[Created]) -> str:
        expires = self._made.outage.expires_at
        if expires is None or not all(created.bounded for created in left):
            return "nothing removes it by itself: run focus.py sweep."
        seconds = max(0.0, (expires - self._cluster.now).total_seconds())
        return f"Kubernetes removes it by itself in {seconds:.0f} s, save what a finalizer holds."

    def _expiry(self, seconds: float) -> datetime:
        return self._cluster.now + timedelta(seconds=seconds)
