"""An outage by deleting the pods of a dependency: their controller brings new ones.

Safe by construction: nothing has to be undone. Scaling to zero is not offered, because nothing in
the cluster would end it when this process is dead.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from focus_engine.checks.finding import Finding, Severity
from focus_engine.environment import Outages
from focus_engine.kubernetes.resources import PODS
from focus_engine.outage.backends.base import (
    Injection,
    OutageBackend,
    OutagePlan,
    few_pods,
    look,
    no_client_among,
)
from focus_engine.outage.context import Connections
from focus_engine.outage.discovery.facts import Facts
from focus_engine.outage.discovery.pods import Pod, living_pods
from focus_engine.outage.discovery.rights import Right
from focus_engine.outage.discovery.target import OutageTarget
from focus_engine.outage.model import Backend, EstablishedVerdict, Method, OutageRequest, Scope
from focus_engine.outage.rollback import Created, ObjectRole
from focus_engine.outage.verification.probe import Probe
from focus_engine.outage.verification.protocol import INTERVAL, UNREACHABLE, in_a_word
from focus_engine.verdict import ToolError

GRACE = 30.0  # seconds that Kubernetes gives a pod to stop, on top of what an outage is given


@dataclass(frozen=True)
class Pods:
    """The pods that are deleted, and the target that new ones must belong to."""

    target: OutageTarget
    deleted: tuple[Pod, ...]

    @property
    def uids(self) -> set[str]:
        return {pod.uid for pod in self.deleted}

    @property
    def ready_before(self) -> int:
        return sum(pod.ready for pod in self.deleted)


class PodDeletionBackend(OutageBackend):
    """Everybody loses the dependency for as long as its controller needs."""

    name = Backend.POD_DELETION
    rights = (Right("delete", PODS),)
    ends_by_itself = True

    def preference(self, request: OutageRequest, facts: Facts) -> None:
        """Never by itself: a process is lost, and not only a network."""

    def checks(self, request: OutageRequest, facts: Facts, limits: Outages) -> Iterator[Finding]:
        if request.scope is not Scope.SERVER:
            seen = "pods that are deleted are away for everybody: use scope=server."
            yield look("everybody may lose it", seen)
        pods = facts.target.pods if facts.target is not None else ()
        yield from few_pods("pods of the dependency", facts.selected_pods, limits.max_pods)
        yield from no_client_among(facts)
        yield from _brought_back(facts.target, pods)

    def plan(self, request: OutageRequest, facts: Facts) -> OutagePlan:  # noqa: ARG002 - any request
        target = facts.target
        assert target is not None  # noqa: S101 - no check blocks
        return OutagePlan(Method.POD_DELETION, UNREACHABLE, Pods(target, target.pods))

    def apply(self, injection: Injection, owner: dict[str, Any], expires_at: datetime) -> None:  # noqa: ARG002
        pods = _pods(injection)
        names = [pod.name for pod in pods.deleted]
        injection.record(
            Created(
                f"the absence of {', '.join(names)}",
                ObjectRole.EFFECT,
                lambda connections: self.undo(connections, injection),
                remains=lambda connections: _missing(connections, pods),
            )
        )
        for name in names:
            injection.connections.cluster.delete(PODS, name)
        injection.outage.evidence.made["pods_deleted"] = [
            {
                "name": pod.name,
                "uid": pod.uid,
                "controller": pod.controller,
                "controller_uid": pod.controller_uid,
            }
            for pod in pods.deleted
        ]

    def verify(self, injection: Injection, limits: Outages) -> None:
        """The pods are gone by the API's word, and the connection that was open is dead."""
        seen = self._wait_until_gone(injection, limits.enforcement + GRACE)
        failed = [probe for probe in seen if UNREACHABLE.is_met(probe)]
        if failed:
            injection.outage.new_connections = in_a_word(failed)
        verdict = injection.verification.established()
        if verdict is EstablishedVerdict.ALIVE:
            raise ToolError(
                f"the pods of {injection.outage.dependency} are gone, but a connection that was "
                "open before lives on: something else answers for them."
            )
        injection.verification.require_controls()
        injection.proven(verdict)

    def undo(self, connections: Connections, injection: Injection) -> None:
        """Nothing: the controller does it."""

    def _wait_until_gone(self, injection: Injection, within: float) -> Sequence[Probe]:
        pods, clock, seen = _pods(injection), injection.clock, list[Probe]()
        end = clock.monotonic() + within
        while True:
            seen.append(injection.verification.try_new())
            there = living_pods(injection.connections.cluster, pods.target.selector)
            left = [pod.name for pod in there if pod.uid in pods.uids]
            if not left:
                return seen
            if clock.monotonic() >= end:
                raise ToolError(
                    f"{', '.join(left)} of {injection.outage.dependency} was still there "
                    f"{within:g} s after its deletion was accepted. Look at its finalizers."
                )
            clock.sleep(INTERVAL)


BACKEND = PodDeletionBackend()


def _pods(injection: Injection) -> Pods:
    pods: Pods = injection.plan.effect
    return pods


def _brought_back(target: OutageTarget | None, pods: Sequence[Pod]) -> Iterator[Finding]:
    check = "a controller brings its pods back"
    if target is not None and not pods:
        seen = f"Service {target.service} leads to no pods that could be deleted."
        yield look(check, seen)
    for pod in pods:
        if pod.controller:
            yield look(check, f"{pod.name}: {pod.controller}.", Severity.OK)
        else:
            seen = f"pod {pod.name} has no controller that would bring it back."
            yield look(check, seen)


def _missing(connections: Connections, pods: Pods) -> str | None:
    """What is still missing of as many ready pods as there were."""
    there = living_pods(connections.cluster, pods.target.selector)
    back = [pod for pod in there if pod.ready and pod.uid not in pods.uids]
    wanted = max(1, pods.ready_before)
    if len(back) >= wanted:
        return None
    controllers = ", ".join(sorted({pod.controller for pod in pods.deleted}))
    return f"{len(back)} of {wanted} new pods are ready; {controllers} should bring them."
