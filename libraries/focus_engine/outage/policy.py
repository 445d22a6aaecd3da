"""The NetworkPolicies that make an outage: pure functions from a target to an object."""

import hashlib
import ipaddress
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from focus_engine.outage.model import Scope
from focus_engine.outage.selectors import Labels
from focus_engine.outage.target import Target

Object = dict[str, Any]
MARK = "focus-server-tests"
MANAGED = {"app.kubernetes.io/managed-by": MARK}
RUN_LABEL = f"{MARK}/run"
DEPENDENCY_LABEL = f"{MARK}/dependency"
OUTAGE_LABEL = f"{MARK}/outage"
EXPIRES_AT = f"{MARK}/expires-at"
REASON = f"{MARK}/reason"
CREATED_BY = f"{MARK}/created-by"
SPEC_HASH = f"{MARK}/spec-hash"
NAMESPACE_NAME = "kubernetes.io/metadata.name"  # the label that every namespace carries
_EVERYWHERE = {4: "0.0.0.0/0", 6: "::/0"}


@dataclass(frozen=True)
class Identity:
    """What every object of one outage carries."""

    outage: str
    run: str
    dependency: str
    reason: str
    created_by: str

    @property
    def name(self) -> str:
        return f"{MARK}-{self.outage}"

    def metadata(self, expires_at: datetime, spec: Mapping[str, Any]) -> Object:
        return {
            "name": self.name,
            "labels": {
                **MANAGED,
                RUN_LABEL: self.run,
                DEPENDENCY_LABEL: self.dependency,
                OUTAGE_LABEL: self.outage,
            },
            "annotations": {
                EXPIRES_AT: stamp(expires_at),
                REASON: self.reason,
                CREATED_BY: self.created_by,
                SPEC_HASH: spec_hash(spec),
            },
        }


def stamp(moment: datetime) -> str:
    """A time as the annotations have it: RFC 3339 with milliseconds."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def spec_hash(spec: Mapping[str, Any]) -> str:
    """Twelve hex digits that differ when the spec does."""
    text = json.dumps(spec, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def policy_spec(scope: Scope, target: Target, clients: Labels) -> Object:
    """The spec for a scope; `clients` are the labels of the client's pods."""
    if scope is Scope.SERVER:
        return isolating_server(target)
    return isolating_client(target, clients)


def isolating_server(target: Target) -> Object:
    """Nobody reaches the target's port. Its members reach each other, and its other ports stay."""
    same = {"podSelector": {"matchLabels": dict(target.selector)}}
    rules: list[Object] = [{"from": [same]}]
    if target.other_ports:
        rules.append({"ports": _tcp(target.other_ports)})
    return {
        "podSelector": {"matchLabels": dict(target.selector)},
        "policyTypes": ["Ingress"],
        "ingress": rules,
    }


def isolating_client(target: Target, clients: Labels) -> Object:
    """The client reaches everything except the target. Never a default deny: names must resolve.

    Both forms are needed: some networks match pods by address (ipBlock), others never do.
    """
    rules: list[Object] = [{"to": [*_other_pods(target), *_other_addresses(target)]}]
    if target.other_ports:
        same = {"podSelector": {"matchLabels": dict(target.selector)}}
        rules.append({"to": [same], "ports": _tcp(target.other_ports)})
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


def _other_pods(target: Target) -> list[Object]:
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


def _other_addresses(target: Target) -> list[Object]:
    addresses = [ipaddress.ip_address(address) for address in target.addresses]
    blocks: list[Object] = []
    for version, everywhere in _EVERYWHERE.items():
        holes = sorted(f"{ip}/{ip.max_prefixlen}" for ip in addresses if ip.version == version)
        blocks.append({"ipBlock": {"cidr": everywhere, **({"except": holes} if holes else {})}})
    return blocks


def _tcp(ports: list[int]) -> list[Object]:
    return [{"protocol": "TCP", "port": port} for port in ports]
