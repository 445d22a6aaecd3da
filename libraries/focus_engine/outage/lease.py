"""One outage at a time in a namespace: a lock that outlives neither its holder nor the outage.

Clocks of other machines are never read. Whoever waits watches whether `renewTime` changes, by its
own monotonic clock, and takes over what did not change for as long as the holder promised.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from focus_engine.clock import Clock
from focus_engine.kubernetes.client import Cluster
from focus_engine.kubernetes.errors import CONFLICT, KubernetesError
from focus_engine.kubernetes.fields import reading, value_in
from focus_engine.kubernetes.resources import LEASES
from focus_engine.outage.ownership import LEASE, MANAGED, whole_seconds, why_still_there
from focus_engine.verdict import PreconditionUnmet

Object = dict[str, Any]
POLL = 0.25  # seconds
STARTING = 30.0  # seconds that a holder has until its Job owns the Lease


@dataclass(frozen=True)
class _Seen:
    """A state of the Lease, and when we first saw it."""

    holder: str
    renewed: str
    since: float


class OutageLock:
    """The Lease, for one holder."""

    def __init__(self, cluster: Cluster, holder: str, clock: Clock) -> None:
        self._cluster = cluster
        self._holder = holder
        self._clock = clock

    def acquire(self, wait: float) -> float:
        """Take the lock; returns how long that took (s).

        Raises PreconditionUnmet when another outage still holds it after `wait` seconds.
        """
        start, seen = self._clock.monotonic(), None
        while True:
            lease = self._cluster.get(LEASES, LEASE)
            if self._take(lease, seen):
                return self._clock.monotonic() - start
            seen = self._look(lease, seen)
            if self._clock.monotonic() - start >= wait:
                raise self._refusal(seen, wait)
            self._clock.sleep(POLL)

    def _refusal(self, seen: _Seen | None, wait: float) -> PreconditionUnmet:
        where = f"in namespace {self._cluster.namespace}"
        if seen is None or not seen.holder:
            return PreconditionUnmet(
                f"the Lease {LEASE} {where} is held by nobody, but could not be taken within "
                f"{wait:g} s: each time somebody else was quicker, as the API server says (409). "
                "Look who writes it."
            )
        return PreconditionUnmet(
            f"another outage is going on {where}: the Lease {LEASE} is held by {seen.holder}, "
            f"still after {wait:g} s. Wait for it, or run focus.py sweep when it has expired."
        )

    def promise(self, seconds: float, owner: Object | None = None) -> None:
        """Say for how long the lock is needed from now; `owner` is what it may vanish with."""

        def promised(lease: Object) -> Object:
            if not self._is_ours(lease):
                raise _lost()
            duration = whole_seconds(seconds)
            lease["spec"] = {**_spec(lease), "renewTime": _now(), "leaseDurationSeconds": duration}
            if owner is not None:
                lease["metadata"]["ownerReferences"] = [owner]
            return lease

        if self._cluster.update(LEASES, LEASE, promised) is None:
            raise _lost()

    def release(self, cluster: Cluster) -> None:
        """Give the lock back, if it is still ours."""
        lease = cluster.get(LEASES, LEASE)
        if lease is not None and self._is_ours(lease):
            cluster.delete(LEASES, LEASE, lease["metadata"]["resourceVersion"])

    def remains(self, cluster: Cluster) -> str | None:
        """Why the lock is still ours after its release, None when it is not."""
        lease = cluster.get(LEASES, LEASE)
        return why_still_there(lease) if lease is not None and self._is_ours(lease) else None

    @reading("a Lease")
    def _is_ours(self, lease: Object) -> bool:
        return holder_of(lease) == self._holder

    def _take(self, lease: Object | None, seen: _Seen | None) -> bool:
        try:
            if lease is None:
                self._cluster.create(LEASES, self._ours())
                return True
            if self._is_free(lease, seen):
                self._cluster.replace(LEASES, LEASE, self._ours(lease))
                return True
        except KubernetesError as error:
            if error.status != CONFLICT:
                raise
        return False  # somebody holds it, or was quicker

    @reading("a Lease")
    def _is_free(self, lease: Object, seen: _Seen | None) -> bool:
        spec = _spec(lease)
        if not holder_of(lease):
            return True
        unchanged = seen is not None and _state(lease) == (seen.holder, seen.renewed)
        told = value_in(spec, "leaseDurationSeconds", int, 0)
        promised = told if told > 0 else STARTING
        return unchanged and seen is not None and self._clock.monotonic() - seen.since >= promised

    @reading("a Lease")
    def _look(self, lease: Object | None, seen: _Seen | None) -> _Seen | None:
        if lease is None:
            return None
        holder, renewed = _state(lease)
        if seen is not None and (seen.holder, seen.renewed) == (holder, renewed):
            return seen
        return _Seen(holder, renewed, self._clock.monotonic())

    @reading("a Lease")
    def _ours(self, former: Object | None = None) -> Object:
        metadata: Object = {"name": LEASE, "labels": dict(MANAGED)}
        transitions = 0
        if former is not None:
            metadata["resourceVersion"] = former["metadata"]["resourceVersion"]
            transitions = value_in(_spec(former), "leaseTransitions", int, 0) + 1
        return {
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": metadata,
            "spec": {
                "holderIdentity": self._holder,
                "leaseDurationSeconds": whole_seconds(STARTING),
                "acquireTime": _now(),
                "renewTime": _now(),
                "leaseTransitions": transitions,
            },
        }


def _lost() -> PreconditionUnmet:
    return PreconditionUnmet(
        f"the Lease {LEASE} was lost to another run while an outage was being made."
    )


def holder_of(lease: Object) -> str:
    """Who holds it, as `RUN/OUTAGE`; empty where nobody does."""
    return str(_spec(lease).get("holderIdentity") or "")


def _spec(lease: Object) -> Object:
    """Kubernetes takes a Lease without one: nobody holds it."""
    return lease.get("spec") or {}


def _state(lease: Object) -> tuple[str, str]:
    return holder_of(lease), str(_spec(lease).get("renewTime") or "")


def _now() -> str:
    """MicroTime, as Leases have it; for people, since nobody compares it with a clock."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
