"""An outage as a NetworkPolicy, owned by a Job with a time to live."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from focus_engine.checks.finding import Finding, Severity
from focus_engine.environment import Outages
from focus_engine.kubernetes.errors import KubernetesError
from focus_engine.kubernetes.resources import POLICIES
from focus_engine.outage.backends.base import (
    Injection,
    OutageBackend,
    OutagePlan,
    few_pods,
    look,
    no_client_among,
)
from focus_engine.outage.backends.connection_killer import kill_connections
from focus_engine.outage.backends.policy_evaluation import admitting
from focus_engine.outage.backends.policy_manifest import network_policy, policy_spec
from focus_engine.outage.context import Connections
from focus_engine.outage.discovery.facts import Facts
from focus_engine.outage.discovery.rights import Right
from focus_engine.outage.leftovers import Leftover, labelled_leftovers
from focus_engine.outage.model import (
    Backend,
    Established,
    EstablishedVerdict,
    Method,
    OutageRequest,
    Scope,
)
from focus_engine.outage.ownership import (
    EXPIRES_AT,
    NAMESPACE_NAME,
    Identity,
    is_owned_by,
    stamp,
    still_there,
)
from focus_engine.outage.rollback import Created, ObjectRole
from focus_engine.outage.verification.protocol import UNREACHABLE
from focus_engine.verdict import PreconditionUnmet, Undetermined

Object = dict[str, Any]
_OPINIONS = {400, 403, 409, 422}  # anything else is trouble of the API, and says nothing


class NetworkPolicyBackend(OutageBackend):
    """New connections fail; what becomes of open ones depends on the cluster's network."""

    name = Backend.NETWORK_POLICY
    rights = tuple(Right(verb, POLICIES) for verb in ("list", "create", "patch", "delete"))

    def preference(self, request: OutageRequest, facts: Facts) -> int | None:  # noqa: ARG002 - always
        return 1

    def checks(self, request: OutageRequest, facts: Facts, limits: Outages) -> Iterator[Finding]:
        yield from _target(facts, request)
        yield from few_pods("pods of the dependency", facts.selected_pods, limits.max_pods)
        yield from few_pods("pods of the client", facts.selected_clients, limits.max_pods)
        yield from _host_network(facts)
        yield from no_client_among(facts)
        yield from _namespace_is_named(facts, request)
        yield from _additive(facts, request)

    def plan(self, request: OutageRequest, facts: Facts) -> OutagePlan:
        assert facts.target is not None  # noqa: S101 - no check blocks
        spec = policy_spec(request.scope, facts.target, facts.client_labels)
        return OutagePlan(Method.POLICY, UNREACHABLE, spec)

    def dry_run(
        self, connections: Connections, identity: Identity, plan: OutagePlan
    ) -> Iterator[Finding]:
        check, cluster = "the API server finds the policy right", connections.cluster
        policy = network_policy(identity, plan.effect, cluster.now, None)
        try:
            cluster.create(POLICIES, policy, dry_run=True)
        except KubernetesError as error:
            if error.status not in _OPINIONS:
                raise
            yield look(check, error.sentence)
        else:
            yield look(check, "a dry run of it was accepted.", Severity.OK)

    def apply(self, injection: Injection, owner: Object, expires_at: datetime) -> None:
        policy = network_policy(injection.identity, injection.plan.effect, expires_at, owner)
        injection.record(
            Created(
                f"NetworkPolicy {injection.identity.name}",
                ObjectRole.EFFECT,
                lambda connections: self.undo(connections, injection),
                remains=lambda connections: still_there(
                    connections.cluster, POLICIES, injection.outage.id
                ),
            )
        )
        made = injection.connections.cluster.create(POLICIES, policy)
        injection.outage.evidence.made["policy"] = policy
        if not is_owned_by(made, owner):
            raise PreconditionUnmet(
                f"the cluster took NetworkPolicy {injection.identity.name} without its owner, so "
                "nothing would end the outage when this process dies. Look for a webhook that "
                "changes NetworkPolicies."
            )

    def verify(self, injection: Injection, limits: Outages) -> None:
        if not injection.new_connections_fail(limits.enforcement):
            raise PreconditionUnmet(
                f"{injection.outage.dependency} was still reachable {limits.enforcement:g} s after "
                "the NetworkPolicy was created: this cluster does not enforce NetworkPolicies. "
                "Install a network that does, or the proxy (deploy/toxiproxy)."
            )
        verdict = injection.verification.established()
        request = injection.request
        if verdict is EstablishedVerdict.ALIVE and request.established is not Established.ACCEPT:
            if request.established is not Established.BREAK and request.backend is not Backend.AUTO:
                raise Undetermined(
                    f"new connections to {request.dependency} failed, but one that was open before "
                    f"lives on, and {injection.outage.method} may not cut it. Use backend=auto, "
                    "established=break or the proxy (deploy/toxiproxy)."
                )
            kill_connections(injection, limits.tool_image)
            verdict = EstablishedVerdict.BROKEN
        injection.proven(verdict)

    def prolong(self, injection: Injection, expires_at: datetime) -> None:
        annotations = {"metadata": {"annotations": {EXPIRES_AT: stamp(expires_at)}}}
        injection.connections.cluster.patch(POLICIES, injection.identity.name, annotations)

    def undo(self, connections: Connections, injection: Injection) -> None:
        connections.cluster.delete(POLICIES, injection.identity.name)

    def leftovers(self, connections: Connections) -> Iterator[Leftover]:
        return labelled_leftovers(connections, "NetworkPolicy", POLICIES)


BACKEND = NetworkPolicyBackend()


def _target(facts: Facts, request: OutageRequest) -> Iterator[Finding]:
    check, target = "the Service leads to pods", facts.target
    if target is None:
        return  # the preflight has said so
    if request.scope is Scope.SERVER and not target.pods and target.outside:
        seen = f"{target.service} is outside the cluster: use scope=client."
        yield look(check, seen)
    if not target.pods:
        return
    if not target.selector:
        seen = f"Service {target.service} has no selector: a policy would isolate every pod."
        yield look(check, seen)
    if target.pod_port is None:
        seen = f"port {target.service_port} of Service {target.service} leads to no one pod port."
        yield look(check, seen)


def _host_network(facts: Facts) -> Iterator[Finding]:
    pods = (*(facts.target.pods if facts.target else ()), *facts.clients)
    for pod in pods:
        if pod.host_network:
            seen = f"pod {pod.name} is in the node's network, where no policy holds."
            yield look("no pod is in the node's network", seen)


def _namespace_is_named(facts: Facts, request: OutageRequest) -> Iterator[Finding]:
    """Kubernetes labels every namespace with its name since 1.21; selecting others rests on it."""
    if request.scope is Scope.CLIENT and NAMESPACE_NAME not in facts.namespace_labels:
        seen = f"it lacks the label {NAMESPACE_NAME}, by which pods of others are let through."
        yield look("the namespace bears its name", seen)


def _additive(facts: Facts, request: OutageRequest) -> Iterator[Finding]:
    check, target = "no other policy admits the traffic", facts.target
    if target is None or (request.scope is Scope.SERVER and not target.pods):
        return
    found = admitting(facts, target, request.scope)
    for admission in found:
        seen = (
            f"NetworkPolicy {admission.policy} (rule {admission.rule}) would still admit the "
            "client: policies are additive. Remove it for the test, or use the proxy."
        )
        yield look(check, seen)
    if not found:
        yield look(check, f"{len(facts.policies)} policies were read.", Severity.OK)
