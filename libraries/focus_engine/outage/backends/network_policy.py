"""An outage as a NetworkPolicy, owned by a Job with a time to live."""

import ipaddress
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from focus_engine.checks.finding import Finding, Severity
from focus_engine.environment import Outages
from focus_engine.kubernetes.client import Cluster
from focus_engine.kubernetes.errors import KubernetesError
from focus_engine.kubernetes.resources import POLICIES
from focus_engine.kubernetes.selectors import Labels, text_of
from focus_engine.outage.backends.base import (
    Injection,
    OutageBackend,
    OutagePlan,
    few_pods,
    look,
    no_client_among,
)
from focus_engine.outage.backends.connection_killer import ConnectionKiller
from focus_engine.outage.backends.policy_evaluation import admitting
from focus_engine.outage.context import Connections
from focus_engine.outage.discovery import Facts, OutageTarget, Right
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
    OUTAGE_LABEL,
    Identity,
    is_owned_by,
    stamp,
    why_still_there,
)
from focus_engine.outage.rollback import Created, ObjectRole
from focus_engine.outage.verification.protocol import UNREACHABLE
from focus_engine.verdict import PreconditionUnmet, Undetermined

Object = dict[str, Any]
_EVERYWHERE = {4: "0.0.0.0/0", 6: "::/0"}
_LAST_PORT = 65535
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


BACKEND = NetworkPolicyBackend()


def kill_connections(injection: Injection, tool_image: str) -> int:
    """Kill what the client's pods have open; how many. Raises Undetermined where that fails."""
    outage, target = injection.outage, injection.facts.target
    if target is None:
        raise Undetermined(f"the Service of {outage.dependency} is not known.")
    killer = ConnectionKiller(injection.connections.cluster, tool_image, injection.clock)
    killed = killer.kill([pod.name for pod in injection.facts.clients], target)
    outage.evidence.connections_killed = killed
    if injection.verification.established() is EstablishedVerdict.ALIVE:
        raise Undetermined(
            f"ss -K ran in the client's pod, but a connection to {outage.dependency} lives on: "
            "this kernel cannot destroy sockets. Put the proxy in front (deploy/toxiproxy)."
        )
    outage.established = EstablishedVerdict.BROKEN
    if outage.method is Method.POLICY:
        outage.method = Method.POLICY_AND_KILL
    return killed


def still_there(cluster: Cluster, resource: Any, outage: str) -> str | None:
    """What of an outage is still listed, and what holds it: an accepted deletion proves nothing."""
    left = cluster.items(resource, text_of({OUTAGE_LABEL: outage}))
    return " ".join(map(why_still_there, left)) or None


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


def policy_spec(scope: Scope, target: OutageTarget, clients: Labels) -> Object:
    """The spec for a scope; `clients` are the labels of the client's pods."""
    if scope is Scope.SERVER:
        return isolating_server(target)
    return isolating_client(target, clients)


def isolating_server(target: OutageTarget) -> Object:
    """Nobody reaches the target's port by TCP. Its members reach each other; all else stays."""
    same = {"podSelector": {"matchLabels": dict(target.selector)}}
    rules: list[Object] = [{"from": [same]}, {"ports": _other_ports(target)}]
    return {
        "podSelector": {"matchLabels": dict(target.selector)},
        "policyTypes": ["Ingress"],
        "ingress": rules,
    }


def isolating_client(target: OutageTarget, clients: Labels) -> Object:
    """The client reaches everything except the target. Never a default deny: names must resolve.

    Both forms are needed: some networks match pods by address (ipBlock), others never do.
    """
    rules: list[Object] = [{"to": [*_other_pods(target), *_other_addresses(target)]}]
    if here := _itself(target):  # nobody would mean everybody
        rules.append({"to": here, "ports": _other_ports(target)})
    return {
        "podSelector": {"matchLabels": dict(clients)},
        "policyTypes": ["Egress"],
        "egress": rules,
    }


def network_policy(
    identity: Identity, spec: Object, expires_at: datetime, owner: Object | None
) -> Object:
    """The policy, owned by `owner` so that it goes when its owner goes; None in a rehearsal."""
    owned = {} if owner is None else {"ownerReferences": [owner]}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {**identity.metadata(expires_at, spec), **owned},
        "spec": spec,
    }


def _other_pods(target: OutageTarget) -> list[Object]:
    """Pods of the target lack none of its labels; every other pod lacks one of them or more."""
    here = {"matchLabels": {NAMESPACE_NAME: target.namespace}}
    elsewhere = {
        "matchExpressions": [
            {"key": NAMESPACE_NAME, "operator": "NotIn", "values": [target.namespace]}
        ]
    }
    differing = [
        {
            "namespaceSelector": here,
            "podSelector": {
                "matchExpressions": [{"key": key, "operator": "NotIn", "values": [value]}]
            },
        }
        for key, value in sorted(target.selector.items())
    ]
    return [*differing, {"namespaceSelector": elsewhere}] if target.pods else [_any_pod()]


def _any_pod() -> Object:
    return {"namespaceSelector": {}}


def _other_addresses(target: OutageTarget) -> list[Object]:
    addresses = [ipaddress.ip_address(address) for address in target.addresses]
    blocks: list[Object] = []
    for version, everywhere in _EVERYWHERE.items():
        holes = sorted(f"{ip}/{ip.max_prefixlen}" for ip in addresses if ip.version == version)
        blocks.append({"ipBlock": {"cidr": everywhere, **({"except": holes} if holes else {})}})
    return blocks


def _itself(target: OutageTarget) -> list[Object]:
    addresses = [ipaddress.ip_address(address) for address in target.addresses]
    blocks: list[Object] = [{"ipBlock": {"cidr": f"{ip}/{ip.max_prefixlen}"}} for ip in addresses]
    pods = [{"podSelector": {"matchLabels": dict(target.selector)}}] if target.pods else []
    return [*pods, *blocks]


def _other_ports(target: OutageTarget) -> list[Object]:
    """Everything but the target's TCP port: UDP, the ports that its pods declare, and all others.

    Some networks ignore `endPort`; there the declared ports stay open by being named one by one.
    """
    port = target.pod_port or target.service_port
    ranges = [(1, port - 1), (port + 1, _LAST_PORT)]
    return [
        {"protocol": "UDP"},
        *({"protocol": "TCP", "port": number} for number in target.other_ports),
        *(
            {"protocol": "TCP", "port": first, **({"endPort": last} if last > first else {})}
            for first, last in ranges
            if first <= last
        ),
    ]
