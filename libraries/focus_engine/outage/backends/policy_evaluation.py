"""NetworkPolicies are additive: which of them would still admit a flow that another isolates?"""

import ipaddress
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from focus_engine.kubernetes.fields import reading
from focus_engine.kubernetes.selectors import Labels, matches
from focus_engine.outage.discovery.facts import Facts
from focus_engine.outage.discovery.pods import Pod
from focus_engine.outage.discovery.target import OutageTarget
from focus_engine.outage.model import Scope
from focus_engine.outage.ownership import MANAGED
from focus_engine.verdict import ToolError

Object = Mapping[str, Any]
_LEADING_ZEROS = re.compile(r"(?<![0-9a-fA-F:])0+(?=[0-9]+[./])")  # of IPv4 only


class Direction(StrEnum):
    """Of a flow, as the isolated pod sees it."""

    INGRESS = "Ingress"
    EGRESS = "Egress"

    @property
    def key(self) -> str:
        return self.value.lower()

    @property
    def peers(self) -> str:
        return "from" if self is Direction.INGRESS else "to"


@dataclass(frozen=True)
class Party:
    """One end of a flow: a pod, or an address outside the cluster (without labels)."""

    labels: Labels | None
    addresses: Sequence[str]
    namespace: str = ""
    namespace_labels: Labels = field(default_factory=dict)


@dataclass(frozen=True)
class Flow:
    """From a pod's view: `subject` is isolated by `direction`, `peer` is the other end.

    `port` is the pod's port, not the Service's; `port_names` are the names that container port
    has.
    """

    direction: Direction
    subject: Party
    peer: Party
    port: int
    port_names: frozenset[str] = frozenset()


@dataclass(frozen=True)
class AdmittingRule:
    """A rule that lets the flow through; `rule` counts from 1."""

    policy: str
    rule: int


def admissions(policies: Iterable[Object], flow: Flow) -> list[AdmittingRule]:
    """The rules of `policies` (of the subject's namespace) that admit `flow`."""
    return [
        AdmittingRule(str(policy["metadata"]["name"]), number)
        for policy in policies
        if _isolates(policy, flow)
        for number, rule in enumerate(policy["spec"].get(flow.direction.key) or [], start=1)
        if _admits(rule, policy, flow)
    ]


def _isolates(policy: Object, flow: Flow) -> bool:
    spec = policy["spec"]
    kinds = spec.get("policyTypes") or [
        Direction.INGRESS,
        *([Direction.EGRESS] if spec.get("egress") else []),
    ]
    selected = matches(spec.get("podSelector") or {}, flow.subject.labels or {})
    return selected and flow.direction.value in kinds


def _admits(rule: Object, policy: Object, flow: Flow) -> bool:
    peers, ports = rule.get(flow.direction.peers) or [], rule.get("ports") or []
    namespace = str(policy["metadata"].get("namespace") or flow.subject.namespace)
    return (not peers or any(_is_peer(peer, namespace, flow.peer) for peer in peers)) and (
        not ports or any(_is_port(port, flow) for port in ports)
    )


def _is_peer(peer: Object, namespace: str, party: Party) -> bool:
    if "ipBlock" in peer:
        return any(_in_block(peer["ipBlock"], address) for address in party.addresses)
    if party.labels is None:
        return False
    if "namespaceSelector" in peer:
        within = matches(peer["namespaceSelector"] or {}, party.namespace_labels)
    else:
        within = party.namespace == namespace
    return within and matches(peer.get("podSelector") or {}, party.labels)


def _in_block(block: Object, address: str) -> bool:
    """Some networks never match pods by address; to take them for matched errs safely."""
    ip = ipaddress.ip_address(address)
    return ip in _network(block["cidr"]) and not any(
        ip in _network(hole) for hole in block.get("except") or []
    )


def _network(cidr: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    """A network as Kubernetes reads it: `192.000.002.0/24` is 192.0.2.0/24."""
    try:
        return ipaddress.ip_network(_LEADING_ZEROS.sub("", cidr), strict=False)
    except (ValueError, TypeError) as error:
        raise ToolError(
            f"a NetworkPolicy of the namespace names the network {cidr!r}, which cannot be read, "
            "so it is not known what that policy admits. Correct or remove it."
        ) from error


def _is_port(port: Object, flow: Flow) -> bool:
    if (port.get("protocol") or "TCP") != "TCP":
        return False
    wanted = port.get("port")
    if wanted is None:
        return True
    if isinstance(wanted, str):
        return wanted in flow.port_names
    return int(wanted) <= flow.port <= int(port.get("endPort") or wanted)


@reading("a NetworkPolicy")
def admitting(facts: Facts, target: OutageTarget, scope: Scope) -> list[AdmittingRule]:
    """Rules of others that would let some client through to some pod of the target."""
    others = [
        policy
        for policy in facts.policies
        if not matches({"matchLabels": MANAGED}, policy["metadata"].get("labels") or {})
    ]
    ours = [_party(pod, target.namespace, facts) for pod in facts.clients]
    theirs = [_party(pod, target.namespace, facts) for pod in target.pods]
    if not theirs:
        theirs = [Party(None, target.outside)]
    pairs = [(client, server) for client in ours for server in theirs]
    flows = [
        Flow(Direction.INGRESS, server, client, target.pod_port or 0, target.port_names)
        if scope is Scope.SERVER
        else Flow(Direction.EGRESS, client, server, target.pod_port or 0, target.port_names)
        for client, server in pairs
    ]
    return sorted(
        {admission for flow in flows for admission in admissions(others, flow)},
        key=lambda admission: (admission.policy, admission.rule),
    )


def _party(pod: Pod, namespace: str, facts: Facts) -> Party:
    return Party(pod.labels, pod.addresses, namespace, facts.namespace_labels)
