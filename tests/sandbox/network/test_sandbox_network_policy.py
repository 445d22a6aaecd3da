"""NetworkPolicy semantics, one row per sentence of the Kubernetes documentation."""

import pytest

from sandbox.network.policy import (
    ConnectionAttempt,
    FlowEnd,
    PolicyType,
    admits,
    isolating,
    selects,
)

CLIENT = FlowEnd("10.0.0.1", "panda", {"app": "server", "tier": "web"}, {"team": "panda"})
OTHER = FlowEnd("10.0.0.2", "panda", {"app": "other"}, {"team": "panda"})
FOREIGN = FlowEnd("10.0.1.1", "else", {"app": "server"}, {"team": "else"})
OUTSIDE = FlowEnd("192.0.2.7")
OUTSIDE_6 = FlowEnd("2001:db8::7")
NODE = FlowEnd("10.0.0.1", "panda", CLIENT.labels, CLIENT.namespace_labels, host_network=True)
MONGO = FlowEnd(
    "10.0.0.9", "panda", {"app": "mongo"}, {"team": "panda"}, {("mongodb", "TCP"): 27017}
)
EVERYWHERE = {"ipBlock": {"cidr": "0.0.0.0/0"}}


def policy(selector=None, namespace="panda", **spec):
    return {
        "metadata": {"name": "p", "namespace": namespace},
        "spec": {"podSelector": selector or {}, **spec},
    }


def ingress(*rules, **spec):
    return policy({"matchLabels": {"app": "mongo"}}, ingress=list(rules), **spec)


def egress(*rules):
    return policy({"matchLabels": {"app": "server"}}, egress=list(rules), policyTypes=["Egress"])


def peers(*found):
    return {"from": list(found)}


def to(*found):
    return {"to": list(found)}


def ports(*found):
    return {"ports": list(found)}


def expression(key, operator, *values):
    return {"matchExpressions": [{"key": key, "operator": operator, "values": list(values)}]}


def labelled(**labels):
    return {"matchLabels": labels}


def flow(source=CLIENT, port=27017, protocol="TCP", destination=MONGO):
    return ConnectionAttempt(source, destination, port, protocol)


ROWS = {
    "no policy: open": ([], flow(), True),
    "deny all ingress": ([policy()], flow(), False),
    "ingress: null is no rule": ([policy(ingress=None)], flow(), False),
    "an empty rule allows everything": ([ingress({})], flow(), True),
    "empty peers and ports are no condition": ([ingress({"from": [], "ports": []})], flow(), True),
    "another pod is selected": ([policy(labelled(app="x"))], flow(), True),
    "another namespace's policy": ([policy(namespace="else")], flow(), True),
    "additive: one allows": ([policy(), ingress({})], flow(), True),
    "additive: none allows": ([policy(), ingress(peers({"podSelector": labelled(app="x")}))],
                              flow(), False),
    "no egress type, no egress isolation": ([egress()], flow(OTHER), True),
    "egress denied": ([egress()], flow(), False),
    "egress allowed, ingress denied": ([egress({}), policy()], flow(), False),
    "egress denied, ingress allowed": ([egress(), ingress({})], flow(), False),
    "both allowed": ([egress({}), ingress({})], flow(), True),
    "egress rules imply the type": (
        [policy(labelled(app="server"), egress=[to({"podSelector": labelled(app="x")})])],
        flow(), False),
    "implied types include ingress": (
        [policy(labelled(app="mongo"), egress=[{}])], flow(), False),
    "policyTypes Egress leaves ingress open": (
        [policy(labelled(app="mongo"), policyTypes=["Egress"])], flow(), True),
    "policyTypes Ingress ignores egress rules": (
        [policy(labelled(app="server"), policyTypes=["Ingress"],
                egress=[to({"podSelector": labelled(app="x")})])], flow(), True),
    "pod selector of the own namespace": (
        [ingress(peers({"podSelector": labelled(app="server")}))], flow(), True),
    "pod selector does not reach abroad": (
        [ingress(peers({"podSelector": labelled(app="server")}))], flow(FOREIGN), False),
    "empty pod selector: the whole own namespace": (
        [ingress(peers({"podSelector": {}}))], flow(OTHER), True),
    "empty pod selector: no other namespace": (
        [ingress(peers({"podSelector": {}}))], flow(FOREIGN), False),
    "namespace selector: all its pods": (
        [ingress(peers({"namespaceSelector": labelled(team="else")}))], flow(FOREIGN), True),
    "namespace selector: not the own one": (
        [ingress(peers({"namespaceSelector": labelled(team="else")}))], flow(), False),
    "empty namespace selector: every pod": (
        [ingress(peers({"namespaceSelector": {}}))], flow(FOREIGN), True),
    "empty namespace selector: no address outside": (
        [ingress(peers({"namespaceSelector": {}}))], flow(OUTSIDE), False),
    "both in one peer: AND, met": (
        [ingress(peers({"namespaceSelector": labelled(team="else"),
                        "podSelector": labelled(app="server")}))], flow(FOREIGN), True),
    "both in one peer: AND, not met": (
        [ingress(peers({"namespaceSelector": labelled(team="else"),
                        "podSelector": labelled(app="x")}))], flow(FOREIGN), False),
    "two peers: OR": (
        [ingress(peers({"namespaceSelector": labelled(team="else")},
                       {"podSelector": labelled(app="x")}))], flow(FOREIGN), True),
    "labels are all needed": (
        [ingress(peers({"podSelector": labelled(app="server", tier="db")}))], flow(), False),
    "block holds an address outside": ([ingress(peers(EVERYWHERE))], flow(OUTSIDE), True),
    "block holds a pod": ([ingress(peers(EVERYWHERE))], flow(), True),
    "block without the address": (
        [ingress(peers({"ipBlock": {"cidr": "10.1.0.0/16"}}))], flow(), False),
    "except": (
        [ingress(peers({"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.0.0.0/30"]}}))],
        flow(), False),
    "beside the exception": (
        [ingress(peers({"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.0.0.4/30"]}}))],
        flow(), True),
    "IPv4 block, IPv6 address": ([ingress(peers(EVERYWHERE))], flow(OUTSIDE_6), False),
    "IPv6 block": ([ingress(peers({"ipBlock": {"cidr": "::/0"}}))], flow(OUTSIDE_6), True),
    "IPv6 exception": (
        [ingress(peers({"ipBlock": {"cidr": "::/0", "except": ["2001:db8::/32"]}}))],
        flow(OUTSIDE_6), False),
    "host network is no peer": ([ingress(peers({"podSelector": {}}))], flow(NODE), False),
    "host network is not isolated": ([egress()], flow(NODE), True),
    "the port": ([ingress(ports({"port": 27017}))], flow(), True),
    "another port": ([ingress(ports({"port": 27017}))], flow(port=27018), False),
    "TCP is the default": ([ingress(ports({"port": 27017}))], flow(protocol="UDP"), False),
    "protocol without port: all its ports": (
        [ingress(ports({"protocol": "UDP"}))], flow(port=53, protocol="UDP"), True),
    "protocol without port: no other protocol": (
        [ingress(ports({"protocol": "UDP"}))], flow(), False),
    "first of a range": ([ingress(ports({"port": 27017, "endPort": 27019}))], flow(), True),
    "last of a range": ([ingress(ports({"port": 27000, "endPort": 27017}))], flow(), True),
    "beyond a range": ([ingress(ports({"port": 27000, "endPort": 27016}))], flow(), False),
    "named port": ([ingress(ports({"port": "mongodb"}))], flow(), True),
    "named port, another number": ([ingress(ports({"port": "mongodb"}))], flow(port=1), False),
    "named port nobody has": ([ingress(ports({"port": "http"}))], flow(), False),
    "named port in egress: the destination's": ([egress(ports({"port": "mongodb"}))], flow(), True),
    "peer and port must hold in one rule": (
        [ingress({**peers({"podSelector": labelled(app="server")}), **ports({"port": 1})},
                 {**peers({"podSelector": labelled(app="x")}), **ports({"port": 27017})})],
        flow(), False),
    "egress by block with except: all but the target": (
        [egress(to({"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.0.0.9/32"]}}))],
        flow(), False),
    "egress by block with except: the rest": (
        [egress(to({"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.0.0.9/32"]}}))],
        flow(destination=OTHER), True),
    "egress: DNS is forgotten": (
        [egress(to({"podSelector": labelled(app="mongo")}))],
        flow(destination=OUTSIDE, port=53, protocol="UDP"), False),
    "a pod reaches itself": ([policy()], flow(MONGO), True),
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_flow(name):
    policies, wanted, admitted = ROWS[name]
    assert admits(policies, wanted) is admitted


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ({}, True),
        (expression("app", "In", "server", "x"), True),
        (expression("app", "In", "x"), False),
        (expression("absent", "In", "x"), False),
        (expression("app", "NotIn", "server"), False),
        (expression("app", "NotIn", "x"), True),
        (expression("absent", "NotIn", "x"), True),
        (expression("app", "Exists"), True),
        (expression("absent", "Exists"), False),
        (expression("app", "DoesNotExist"), False),
        (expression("absent", "DoesNotExist"), True),
        ({**labelled(app="server"), **expression("tier", "In", "web")}, True),
        ({**labelled(app="server"), **expression("tier", "NotIn", "web")}, False),
    ],
)
def test_selector(selector, expected):
    assert selects(selector, CLIENT.labels) is expected


def test_an_unknown_operator_is_refused():
    with pytest.raises(ValueError, match="'Near'"):
        selects(expression("app", "Near"), CLIENT.labels)


def test_isolating_policies_are_named():
    first, second = policy(), ingress({})
    assert isolating([first, egress(), second], MONGO, PolicyType.INGRESS) == [first, second]
    assert isolating([first, second], MONGO, PolicyType.EGRESS) == []
