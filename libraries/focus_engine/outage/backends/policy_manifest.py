"""The NetworkPolicy of an outage: what it selects, and all that it must leave open."""

import ipaddress
from datetime import datetime
from typing import Any

from focus_engine.kubernetes.selectors import Labels
from focus_engine.outage.discovery.target import OutageTarget
from focus_engine.outage.model import Scope
from focus_engine.outage.ownership import NAMESPACE_NAME, Identity

Object = dict[str, Any]
_EVERYWHERE = {4: "0.0.0.0/0", 6: "::/0"}
_LAST_PORT = 65535


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
