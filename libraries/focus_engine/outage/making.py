"""What an outage creates in the cluster and in the proxy, each recorded before it exists."""

from dataclasses import replace
from typing import Any

from focus_engine.kubernetes.errors import KubernetesError
from focus_engine.outage.cluster import EVENTS, JOBS, POLICIES
from focus_engine.outage.lease import NAME as LEASE
from focus_engine.outage.lease import OutageLock
from focus_engine.outage.live import Live
from focus_engine.outage.model import Request
from focus_engine.outage.owner import owner_job, reference_to, renewal
from focus_engine.outage.policy import (
    EXPIRES_AT,
    MARK,
    Identity,
    network_policy,
    policy_spec,
    stamp,
)
from focus_engine.outage.toxiproxy import ToxicName, Toxiproxy
from focus_engine.outage.undo import Created, Part
from focus_engine.verdict import PreconditionUnmet, ToolError

Object = dict[str, Any]
_LEASE_SLACK = 30.0  # seconds that the lock outlasts the outage's time to live
_MESSAGE_LENGTH = 1000


class Maker:
    """Makes one outage."""

    def __init__(self, live: Live, identity: Identity) -> None:
        self._live = live
        self._identity = identity
        self._lock = OutageLock(live.site.cluster, f"{identity.run}/{identity.outage}", live.clock)
        self._toxic: ToxicName | None = None

    @property
    def _request(self) -> Request:
        return self._live.outage.request

    def lock(self) -> None:
        """Wait until no other outage is going on."""
        self._record(f"Lease {LEASE}", Part.BOOKS, lambda means: self._lock.release(means.cluster))
        self._live.outage.record["lock_waited"] = self._lock.acquire(self._request.lock_wait)

    def own(self, ttl: float) -> Object:
        """Create the object that ends everything after `ttl` seconds, and return a reference."""
        name = self._identity.name
        self._live.outage.expires_at = self._live.expiry(ttl)
        self._record(f"Job {name}", Part.BOOKS, lambda means: means.cluster.delete(JOBS, name))
        job = owner_job(self._identity, ttl, self._live.outage.expires_at)
        made = self._live.site.cluster.create(JOBS, job)
        self._live.created_at = self._live.clock.monotonic()
        owner = reference_to(made)
        self._lock.promise(ttl + _LEASE_SLACK, owner)
        return owner

    def impose_policy(self, owner: Object) -> None:
        """Create the NetworkPolicy; the preflight has let the API server judge it."""
        live, name = self._live, self._identity.name
        assert live.facts.target is not None  # noqa: S101 - the preflight saw it
        assert live.outage.expires_at is not None  # noqa: S101 - the owner came first
        spec = policy_spec(live.outage.scope, live.facts.target, live.facts.client_labels)
        policy = network_policy(self._identity, spec, live.outage.expires_at, owner)
        self._record(
            f"NetworkPolicy {name}",
            Part.EFFECT,
            lambda means: means.cluster.delete(POLICIES, name),
        )
        live.site.cluster.create(POLICIES, policy)
        live.outage.record["policy"] = policy

    def impose_toxic(self, ttl: float) -> None:
        """Let the proxy do the fault. Nothing in the cluster ends that; its name says when."""
        live, proxy, toxiproxy = self._live, self._proxy(), self._toxiproxy()
        name = ToxicName(
            self._identity.run, self._identity.outage, int(live.expiry(ttl).timestamp()) + 1
        )
        self._toxic = name
        self._record(
            f"proxy {proxy} ({self._request.fault})",
            Part.EFFECT,
            lambda means: _lift(means.toxiproxy, proxy, self._toxic or name),
            bounded=False,
        )
        toxiproxy.impose(proxy, self._request.fault, self._request.amount, name)
        live.outage.record["toxic"] = {"proxy": proxy, "name": str(name)}

    def prolong(self, ttl: float) -> None:
        """Let the outage end `ttl` seconds from now. Raises ToolError when it has ended."""
        live, name, cluster = self._live, self._identity.name, self._live.site.cluster
        expires = live.expiry(ttl)
        age = live.clock.monotonic() - live.created_at
        annotations = {EXPIRES_AT: stamp(expires)}
        if cluster.patch(JOBS, name, renewal(age, ttl, annotations)) is None:
            raise ToolError(
                f"the outage {live.outage.id} has ended, so it cannot be renewed. Start another."
            )
        if self._toxic is None:
            cluster.patch(POLICIES, name, {"metadata": {"annotations": annotations}})
        else:
            self._prolong_toxic(int(expires.timestamp()) + 1)
        self._lock.promise(ttl + _LEASE_SLACK)
        live.outage.expires_at = expires

    def announce(self, reason: str, message: str) -> None:
        """An Event for people who look at the namespace. Losing it is noted, no more."""
        now = stamp(self._live.site.cluster.now)
        body = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {
                "generateName": f"{self._identity.name}-",
                "labels": self._identity.metadata(self._live.site.cluster.now, {})["labels"],
            },
            "involvedObject": {
                "apiVersion": "batch/v1",
                "kind": "Job",
                "name": self._identity.name,
                "namespace": self._live.site.cluster.namespace,
            },
            "reason": reason,
            "message": message[:_MESSAGE_LENGTH],
            "type": "Normal",
            "firstTimestamp": now,
            "lastTimestamp": now,
            "count": 1,
            "source": {"component": MARK},
        }
        try:
            self._live.site.cluster.create(EVENTS, body)
        except KubernetesError as error:
            self._live.outage.record.setdefault("events lost", []).append(error.sentence)

    def _prolong_toxic(self, expires_at: int) -> None:
        former = self._toxic
        assert former is not None  # noqa: S101 - asked before
        self._toxic = replace(former, expires_at=expires_at)
        if self._toxic == former:
            return
        proxy, toxiproxy = self._proxy(), self._toxiproxy()
        toxiproxy.impose(proxy, self._request.fault, self._request.amount, self._toxic)
        toxiproxy.remove_toxic(proxy, former)

    def _record(self, what: str, part: Part, remove: Any, *, bounded: bool = True) -> None:
        self._live.undo.add(Created(what, part, remove, bounded))
        self._live.outage.record.setdefault("created", []).append(what)

    def _proxy(self) -> str:
        if self._live.facts.proxy is None:
            raise PreconditionUnmet(f"no proxy stands before {self._request.dependency}.")
        return self._live.facts.proxy

    def _toxiproxy(self) -> Toxiproxy:
        toxiproxy = self._live.site.means.toxiproxy
        assert toxiproxy is not None  # noqa: S101 - the preflight found a proxy in it
        return toxiproxy


def _lift(toxiproxy: Toxiproxy | None, proxy: str, name: ToxicName) -> None:
    if toxiproxy is not None:
        toxiproxy.lift(proxy, name)
