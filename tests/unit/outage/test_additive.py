"""Which policies admit a flow: the semantics of NetworkPolicy, rule by rule."""

from typing import Any

import pytest

from focus_engine.kubernetes.selectors import matches
from focus_engine.outage.backends.policy_evaluation import (
    AdmittingRule,
    Direction,
    Flow,
    Party,
    admissions,
)
from focus_engine.verdict import ToolError

CLIENT = {"app": "server", "tier": "web"}
TARGET = {"app": "mongodb"}
HERE = {"kubernetes.io/metadata.name": "panda"}
FLOW = Flow(
    Direction.INGRESS,
    Party(TARGET, ["10.42.0.9"], "panda", HERE),
    Party(CLIENT, ["10.42.0.5"], "panda", HERE),
    27017,
    frozenset({"mongo"}),
)


def policy(spec: dict[str, Any], name: str = "p", namespace: str = "panda") -> dict[str, Any]:
    return {"metadata": {"name": name, "namespace": namespace}, "spec": spec}


def ingress(*rules: dict[str, Any], selector: dict[str, Any] | None = None) -> dict[str, Any]:
    return policy({"podSelector": selector or {}, "ingress": list(rules)})


def admitted(item: dict[str, Any], flow: Flow = FLOW) -> bool:
    return bool(admissions([item], flow))


def test_admission_names_policy_and_rule() -> None:
    closed, open_rule = {"from": [{"podSelector": {"matchLabels": {"app": "x"}}}]}, {}
    item = policy({"podSelector": {}, "ingress": [closed, open_rule]}, "let-in")
    assert admissions([item], FLOW) == [AdmittingRule("let-in", 2)]


@pytest.mark.parametrize(
    ("selector", "isolates"),
    [
        ({}, True),
        ({"matchLabels": {"app": "mongodb"}}, True),
        ({"matchLabels": {"app": "other"}}, False),
        ({"matchLabels": {"app": "mongodb", "tier": "db"}}, False),
    ],
)
def test_only_policies_that_select_the_pod_count(selector: dict, isolates: bool) -> None:
    assert admitted(ingress({}, selector=selector)) is isolates


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ({"key": "app", "operator": "In", "values": ["mongodb", "x"]}, True),
        ({"key": "app", "operator": "In", "values": ["x"]}, False),
        ({"key": "app", "operator": "NotIn", "values": ["x"]}, True),
        ({"key": "app", "operator": "NotIn", "values": ["mongodb"]}, False),
        ({"key": "absent", "operator": "NotIn", "values": ["x"]}, True),
        ({"key": "app", "operator": "Exists"}, True),
        ({"key": "absent", "operator": "Exists"}, False),
        ({"key": "absent", "operator": "DoesNotExist"}, True),
        ({"key": "app", "operator": "DoesNotExist"}, False),
    ],
)
def test_match_expressions(expression: dict, holds: bool) -> None:
    assert matches({"matchExpressions": [expression]}, TARGET) is holds


@pytest.mark.parametrize(
    ("types", "counts"),
    [(None, True), (["Ingress"], True), (["Egress"], False), (["Egress", "Ingress"], True)],
)
def test_policy_types(types: list[str] | None, counts: bool) -> None:
    spec = {"podSelector": {}, "ingress": [{}], **({"policyTypes": types} if types else {})}
    assert admitted(policy(spec)) is counts


@pytest.mark.parametrize(
    ("spec", "counts"),
    [
        ({"egress": [{}]}, True),  # egress rules imply the type
        ({"ingress": [{}]}, False),
        ({"egress": [{}], "policyTypes": ["Ingress"]}, False),
    ],
)
def test_policy_types_of_egress(spec: dict, counts: bool) -> None:
    flow = Flow(Direction.EGRESS, FLOW.peer, FLOW.subject, 27017)
    assert admitted(policy({"podSelector": {}, **spec}), flow) is counts


@pytest.mark.parametrize(
    ("peer", "is_peer"),
    [
        ({"podSelector": {}}, True),
        ({"podSelector": {"matchLabels": {"app": "server"}}}, True),
        ({"podSelector": {"matchLabels": {"app": "x"}}}, False),
        ({"namespaceSelector": {}}, True),
        ({"namespaceSelector": {"matchLabels": HERE}}, True),
        ({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "x"}}}, False),
        ({"namespaceSelector": {}, "podSelector": {"matchLabels": {"app": "x"}}}, False),
        ({"namespaceSelector": {}, "podSelector": {"matchLabels": {"app": "server"}}}, True),
        ({"ipBlock": {"cidr": "10.42.0.0/16"}}, True),
        ({"ipBlock": {"cidr": "10.43.0.0/16"}}, False),
        ({"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.42.0.5/32"]}}, False),
        ({"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.42.0.6/32"]}}, True),
        ({"ipBlock": {"cidr": "::/0"}}, False),
        ({"ipBlock": {"cidr": "010.042.0.0/16"}}, True),
        ({"ipBlock": {"cidr": "010.043.0.0/016"}}, False),
        ({"ipBlock": {"cidr": "10.42.0.5"}}, True),
    ],
)
def test_peers(peer: dict, is_peer: bool) -> None:
    assert admitted(ingress({"from": [peer]})) is is_peer


@pytest.mark.parametrize("cidr", ["10.42.0.0/33", "10.42/16", "", "everything", 10, None])
def test_a_network_that_cannot_be_read_is_said(cidr: object) -> None:
    with pytest.raises(ToolError, match="cannot be read"):
        admitted(ingress({"from": [{"ipBlock": {"cidr": cidr}}]}))


def test_pod_selector_alone_means_the_namespace_of_the_policy() -> None:
    elsewhere = Party(CLIENT, ["10.42.0.5"], "other", {"kubernetes.io/metadata.name": "other"})
    flow = Flow(Direction.INGRESS, FLOW.subject, elsewhere, 27017)
    assert not admitted(ingress({"from": [{"podSelector": {}}]}), flow)
    assert admitted(ingress({"from": [{"namespaceSelector": {}}]}), flow)


def test_address_outside_has_no_labels() -> None:
    flow = Flow(Direction.EGRESS, FLOW.peer, Party(None, ["192.0.2.7"]), 27017)
    allow = {"podSelector": {}, "policyTypes": ["Egress"]}
    by_label = policy({**allow, "egress": [{"to": [{"namespaceSelector": {}}]}]})
    by_block = policy({**allow, "egress": [{"to": [{"ipBlock": {"cidr": "192.0.2.0/24"}}]}]})
    assert not admitted(by_label, flow)
    assert admitted(by_block, flow)


@pytest.mark.parametrize(
    ("port", "is_port"),
    [
        ({}, True),
        ({"port": 27017}, True),
        ({"port": 27018}, False),
        ({"port": 27017, "protocol": "UDP"}, False),
        ({"port": 27017, "protocol": "TCP"}, True),
        ({"protocol": "UDP"}, False),
        ({"port": 27000, "endPort": 27100}, True),
        ({"port": 27000, "endPort": 27016}, False),
        ({"port": 27018, "endPort": 27100}, False),
        ({"port": "mongo"}, True),
        ({"port": "http"}, False),
    ],
)
def test_ports(port: dict, is_port: bool) -> None:
    assert admitted(ingress({"ports": [port]})) is is_port


def test_both_peer_and_port_must_fit() -> None:
    rule = {"from": [{"podSelector": {}}], "ports": [{"port": 1}]}
    assert not admitted(ingress(rule))
    assert not admitted(policy({"podSelector": {}, "policyTypes": ["Ingress"]}))  # denies all
