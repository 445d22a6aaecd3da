"""Conditions that an outage must refuse, wait for or clean up, made on purpose.

Each object belongs to a Job with a time to live, as those of an outage do, so that the cluster
removes what nobody is left to undo.
"""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from focus_engine.clock import Clock
from focus_engine.declared.permission import Permission
from focus_engine.environment import Environment
from focus_engine.kubernetes.client import Cluster
from focus_engine.kubernetes.resources import JOBS, LEASES, POLICIES
from focus_engine.kubernetes.selectors import Labels
from focus_engine.outage.backends.policy_manifest import network_policy
from focus_engine.outage.context import created_by, run_id
from focus_engine.outage.dependency import read_dependency
from focus_engine.outage.discovery.facts import gather
from focus_engine.outage.lease import OutageLock, holder_of
from focus_engine.outage.model import Backend, OutageRequest
from focus_engine.outage.ownership import LEASE, MANAGED, Identity, owner_job, reference_to
from focus_engine.outage.preflight import judge
from focus_engine.verdict import PreconditionUnmet

Object = dict[str, Any]
OTHER_RUN = "another-run"
LIFE = 60.0  # seconds that the cluster lets something stand that has expired by our own words
LONG_AGO = timedelta(minutes=5)


@dataclass
class StagedConditions:
    """What this process made in one environment, and undoes with `clear`."""

    environment: Environment
    _made: list[str] = field(default_factory=list)

    def admit_traffic(self, dependency: str, ttl: float) -> str:
        """A policy that admits everything to the pods of `dependency`; returns its name.

        It isolates nobody, so it changes nothing by itself: policies are additive, and an outage
        would not hold beside it. It lacks our label, because outages overlook what carries it.
        """
        cluster = self._cluster()
        identity = self._identity("admits", dependency, run_id())
        policy = self._owned_policy(cluster, identity, ttl, timedelta(seconds=ttl))
        for label in MANAGED:
            del policy["metadata"]["labels"][label]
        cluster.create(POLICIES, policy)
        return identity.name

    def leave_expired(self, dependency: str) -> str:
        """What an outage of another run left behind long ago; returns its name. It cuts nothing."""
        cluster = self._cluster()
        identity = self._identity("left", dependency, OTHER_RUN)
        policy = self._owned_policy(cluster, identity, LIFE, -LONG_AGO)
        cluster.create(POLICIES, policy)
        return identity.name

    def hold_lock(self, seconds: float) -> str:
        """Hold the lock of outages as another run that then dies; returns who holds it."""
        cluster = self._cluster()
        holder = f"{OTHER_RUN}/{secrets.token_hex(3)}"
        identity = self._identity("lock", "lock", OTHER_RUN)
        lock = OutageLock(cluster, holder, Clock())
        lock.acquire(0.0)
        owner = self._owner(cluster, identity, LIFE, timedelta(seconds=LIFE))
        lock.promise(seconds, owner)
        return holder

    def clear(self) -> int:
        """Remove what was made and is still there; how many conditions there were."""
        made, self._made = self._made, []
        if made:
            cluster = self._cluster()
            for name in made:
                cluster.delete(POLICIES, name)
                cluster.delete(JOBS, name)
            self._release(cluster)
        return len(made)

    def _release(self, cluster: Cluster) -> None:
        lease = cluster.get(LEASES, LEASE)
        if lease and holder_of(lease).startswith(f"{OTHER_RUN}/"):
            cluster.delete(LEASES, LEASE)

    def _owned_policy(
        self, cluster: Cluster, identity: Identity, ttl: float, expires_in: timedelta
    ) -> Object:
        selector = self._selector(cluster, identity.dependency)
        spec = {"podSelector": {"matchLabels": dict(selector)}, "policyTypes": ["Ingress"]}
        owner = self._owner(cluster, identity, ttl, expires_in)
        return network_policy(identity, {**spec, "ingress": [{}]}, cluster.now + expires_in, owner)

    def _owner(
        self, cluster: Cluster, identity: Identity, ttl: float, expires_in: timedelta
    ) -> Object:
        self._made.append(identity.name)
        job = owner_job(identity, ttl, cluster.now + expires_in)
        return reference_to(cluster.create(JOBS, job))

    def _selector(self, cluster: Cluster, name: str) -> Labels:
        """Those of the dependency's pods, where an outage by policy would be possible."""
        dependency = read_dependency(name, self.environment.name, self.environment.dependencies)
        request = OutageRequest(name, backend=Backend.NETWORK_POLICY)
        facts = gather(cluster, self.environment, dependency, request)
        judge(facts, request, self.environment).require(name)
        if facts.target is None or not facts.target.selector:
            raise PreconditionUnmet(f"the Service of {name} leads to no pods with labels.")
        return facts.target.selector

    def _cluster(self) -> Cluster:
        self.environment.require(Permission.DISRUPTIVE, "a condition for an outage")
        return Cluster.connect(self.environment, "make a condition for an outage")

    def _identity(self, what: str, dependency: str, run: str) -> Identity:
        name = f"{what}-{dependency}-{secrets.token_hex(3)}"
        return Identity(name, run, dependency, "a case about outages themselves", created_by())
