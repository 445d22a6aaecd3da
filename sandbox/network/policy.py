"""What NetworkPolicies admit: pure semantics over the objects as the API holds them.

Policies are additive: one that selects a pod isolates it, and then whatever any of them allows
is admitted. A flow needs the consent of both sides: egress of its source, ingress of its
destination. What no policy selects is open.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from ipaddress import ip_address, ip_network
from typing import Any

Object = Mapping[str, Any]
Labels = Mapping[str, str]


class PolicyType(Enum):
    """A side of a policy, by the key of its rules."""

    INGRESS = "ingress"
    EGRESS = "egress"

    @property
    def type_name(self) -> str:
        """The direction as `policyTypes` names it."""
        return self.value.capitalize()

    @property
    def peers_key(self) -> str:
        """The key of a rule's peers."""
        return "from" if self is PolicyType.INGRESS else "to"


@dataclass(frozen=True)
class FlowEnd:
    """One end of a flow. Without a namespace it is no pod: an address outside the cluster."""

    ip: str
    namespace: str | None = None
    labels: Labels = field(default_factory=dict)
    namespace_labels: Labels = field(default_factory=dict)
    named_ports: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """Port numbers of the containers by name and protocol."""
    host_network: bool = False
    """Whether it has the node's network, which no policy selects."""

    @property
    def is_selectable(self) -> bool:
        """Whether selectors can mean it."""
        return self.namespace is not None and not self.host_network


@dataclass(frozen=True)
class ConnectionAttempt:
    """One connection: `port` is the port of the destination's pod, not of a Service."""

    source: FlowEnd
    destination: FlowEnd
    port: int
    protocol: str = "TCP"


def admits(policies: Iterable[Object], flow: ConnectionAttempt) -> bool:
    """Whether all `policies` of the cluster together let the flow begin."""
    if flow.source == flow.destination:  # nothing keeps a pod from itself
        return True
    known = tuple(policies)
    return all(_consents(known, flow, direction) for direction in PolicyType)


def isolating(policies: Iterable[Object], endpoint: FlowEnd, direction: PolicyType) -> list[Object]:
    """The policies that isolate the endpoint in that direction."""
    return [policy for policy in policies if _isolates(policy, endpoint, direction)]


def _consents(policies: tuple[Object, ...], flow: ConnectionAttempt, direction: PolicyType) -> bool:
    here, there = flow.destination, flow.source
    if direction is PolicyType.EGRESS:
        here, there = there, here
    concerned = isolating(policies, here, direction)
    if not concerned:
        return True
    return any(
        _rule_admits(rule, policy, there, flow, direction)
        for policy in concerned
        for rule in policy["spec"].get(direction.value) or ()
    )


def _isolates(policy: Object, endpoint: FlowEnd, direction: PolicyType) -> bool:
    return (
        endpoint.is_selectable
        and policy["metadata"].get("namespace") == endpoint.namespace
        and direction.type_name in _types(policy["spec"])
        and selects(policy["spec"].get("podSelector") or {}, endpoint.labels)
    )


def _types(spec: Object) -> Iterable[str]:
    """The policy's types; the default is ingress, and egress if there are rules for it."""
    given: Iterable[str] | None = spec.get("policyTypes")
    if given:
        return given
    return ("Ingress", "Egress") if spec.get("egress") else ("Ingress",)


def _rule_admits(
    rule: Object, policy: Object, peer: FlowEnd, flow: ConnectionAttempt, direction: PolicyType
) -> bool:
    """Whether the rule names both peer and port; what it does not mention, it allows."""
    peers, ports = rule.get(direction.peers_key), rule.get("ports")
    namespace = policy["metadata"].get("namespace")
    return (not peers or any(_is_peer(given, peer, namespace) for given in peers)) and (
        not ports or any(_is_port(given, flow) for given in ports)
    )


def _is_peer(given: Object, peer: FlowEnd, own_namespace: str | None) -> bool:
    block = given.get("ipBlock")
    if block is not None:
        return _is_in_block(block, peer.ip)
    if not peer.is_selectable:
        return False
    namespaces, pods = given.get("namespaceSelector"), given.get("podSelector")
    if namespaces is None and peer.namespace != own_namespace:
        return False
    return selects(namespaces or {}, peer.namespace_labels) and selects(pods or {}, peer.labels)


def _is_in_block(block: Object, ip: str) -> bool:
    address = ip_address(ip)
    return address in ip_network(block["cidr"], strict=False) and not any(
        address in ip_network(hole, strict=False) for hole in block.get("except") or ()
    )


def _is_port(given: Object, flow: ConnectionAttempt) -> bool:
    protocol = given.get("protocol") or "TCP"
    if protocol != flow.protocol:
        return False
    port = given.get("port")
    if port is None:
        return True
    if isinstance(port, str):
        return flow.destination.named_ports.get((port, protocol)) == flow.port
    return bool(port <= flow.port <= given.get("endPort", port))


def selects(selector: Object, labels: Labels) -> bool:
    """Whether a label selector matches; an empty one matches everything."""
    wanted: Mapping[str, str] = selector.get("matchLabels") or {}
    return all(labels.get(key) == value for key, value in wanted.items()) and all(
        _requirements(selector.get("matchExpressions") or (), labels)
    )


def _requirements(expressions: Iterable[Object], labels: Labels) -> Iterator[bool]:
    """Whether each expression holds. An absent label satisfies NotIn, as in Kubernetes."""
    for expression in expressions:
        key, values = expression["key"], expression.get("values") or ()
        match expression["operator"]:
            case "In":
                yield key in labels and labels[key] in values
            case "NotIn":
                yield labels.get(key) not in values
            case "Exists":
                yield key in labels
            case "DoesNotExist":
                yield key not in labels
            case unknown:
                raise ValueError(f"The selector has the operator {unknown!r}.")
