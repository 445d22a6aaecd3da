"""What the API calls invalid, field by field, and the table of fields it is judged by."""

import copy

import pytest
from kubernetes import client
from kubernetes_requests import job, policy

from sandbox.kubernetes.objects import schema
from sandbox.kubernetes.objects.defaults import with_defaults
from sandbox.kubernetes.objects.discovery import RESOURCES
from sandbox.kubernetes.objects.merge_patch import merged
from sandbox.kubernetes.validation import wrong_in_changed, wrong_in_new

RESOURCE = {resource.plural: resource for resource in RESOURCES}
SUBDOMAIN = "a lowercase RFC 1123 subdomain must consist of"
LABEL = "a valid label must be an empty string or consist of"
PORTS = "must be between 1 and 65535, inclusive"


def _causes(plural, item):
    made = with_defaults(plural, copy.deepcopy(item))
    if plural == "jobs":
        labels = {"batch.kubernetes.io/controller-uid": "u"}
        made["spec"]["selector"] = {"matchLabels": labels}
        made["spec"]["template"]["metadata"] = {"labels": labels}
    return [(one.field, one.reason, one.message) for one in wrong_in_new(RESOURCE[plural], made)]


def _ingress(*, ports=None, peers=None):
    rule = {**({"ports": ports} if ports else {}), **({"from": peers} if peers else {})}
    return {"spec": {"ingress": [rule]}}


PORT = "spec.ingress[0].ports[0]"
PEER = "spec.ingress[0].from[0]"
INVALID, REQUIRED, FORBIDDEN = "FieldValueInvalid", "FieldValueRequired", "FieldValueForbidden"
UNSUPPORTED = "FieldValueNotSupported"


@pytest.mark.parametrize(
    ("change", "field", "reason", "message"),
    [
        ({"metadata": {"name": "A"}}, "metadata.name", INVALID, f'Invalid value: "A": {SUBDOMAIN}'),
        ({"metadata": {"name": "a" * 254}}, "metadata.name", INVALID,
         f'Invalid value: "{"a" * 254}": must be no more than 253 bytes'),
        ({"metadata": {"labels": {"a": "-"}}}, "metadata.labels", INVALID,
         f'Invalid value: "-": {LABEL}'),
        ({"metadata": {"labels": {"/a": ""}}}, "metadata.labels", INVALID,
         'Invalid value: "/a": prefix part must be non-empty'),
        ({"metadata": {"annotations": {"a/b/c": ""}}}, "metadata.annotations", INVALID,
         'Invalid value: "a/b/c": a valid label key must consist of'),
        ({"metadata": {"annotations": {"a": "x" * 262144}}}, "metadata.annotations",
         "FieldValueTooLong", "Too long: may not be more than 262144 bytes"),
        ({"metadata": {"ownerReferences": [{"apiVersion": "v1", "kind": "Pod", "name": "a"}]}},
         "metadata.ownerReferences[0].uid", REQUIRED, "Required value: must not be empty"),
        ({"spec": {"policyTypes": ["ingress"]}}, "spec.policyTypes[0]", UNSUPPORTED,
         'Unsupported value: "ingress": supported values: "Ingress", "Egress"'),
        ({"spec": {"policyTypes": ["Ingress", "Egress", "Egress"]}}, "spec.policyTypes", INVALID,
         'Invalid value: ["Ingress","Egress","Egress"]: may not specify more than two policyTypes'),
        (_ingress(ports=[{"port": 0}]), f"{PORT}.port", INVALID, f"Invalid value: 0: {PORTS}"),
        (_ingress(ports=[{"port": "Web"}]), f"{PORT}.port", INVALID,
         'Invalid value: "Web": must contain only alpha-numeric characters (a-z, 0-9)'),
        (_ingress(ports=[{"protocol": "tcp"}]), f"{PORT}.protocol", UNSUPPORTED,
         'Unsupported value: "tcp": supported values: "TCP", "UDP", "SCTP"'),
        (_ingress(ports=[{"port": 9, "endPort": 8}]), f"{PORT}.endPort", INVALID,
         "Invalid value: 8: must be greater than or equal to `port`"),
        (_ingress(ports=[{"port": "web", "endPort": 8}]), f"{PORT}.endPort", INVALID,
         "Invalid value: 8: may not be specified when `port` is non-numeric"),
        (_ingress(ports=[{"endPort": 8}]), f"{PORT}.endPort", INVALID,
         "Invalid value: 8: may not be specified when `port` is not specified"),
        (_ingress(peers=[{}]), PEER, REQUIRED, "Required value: must specify a peer"),
        (_ingress(peers=[{"podSelector": {}, "ipBlock": {"cidr": "::/0"}}]), PEER, FORBIDDEN,
         "Forbidden: may not specify both ipBlock and another peer"),
        (_ingress(peers=[{"ipBlock": {}}]), f"{PEER}.ipBlock.cidr", REQUIRED, "Required value"),
        (_ingress(peers=[{"ipBlock": {"cidr": "192.0.2.1"}}]), f"{PEER}.ipBlock.cidr", INVALID,
         'Invalid value: "192.0.2.1": must be a valid CIDR value, (e.g. '),
        (_ingress(peers=[{"ipBlock": {"cidr": "192.0.2.1/24"}}]), f"{PEER}.ipBlock.cidr", INVALID,
         'Invalid value: "192.0.2.1/24": must not have bits set beyond the prefix length'),
        (_ingress(peers=[{"ipBlock": {"cidr": "192.0.02.0/24"}}]), f"{PEER}.ipBlock.cidr", INVALID,
         'Invalid value: "192.0.02.0/24": must not have leading 0s in IP or prefix length'),
        (_ingress(peers=[{"ipBlock": {"cidr": "192.0.2.0/24", "except": ["198.51.100.0/25"]}}]),
         f"{PEER}.ipBlock.except[0]", INVALID,
         'Invalid value: "198.51.100.0/25": must be a strict subset of `cidr`'),
        (_ingress(peers=[{"ipBlock": {"cidr": "192.0.2.0/24", "except": ["2001:db8::/64"]}}]),
         f"{PEER}.ipBlock.except[0]", INVALID,
         'Invalid value: "2001:db8::/64": must be a strict subset of `cidr`'),
        ({"spec": {"podSelector": {"matchExpressions": [{"key": "a", "operator": "Has"}]}}},
         "spec.podSelector.matchExpressions[0].operator", INVALID,
         'Invalid value: "Has": not a valid selector operator'),
        ({"spec": {"podSelector": {"matchExpressions": [{"key": "a", "operator": "In"}]}}},
         "spec.podSelector.matchExpressions[0].values", REQUIRED,
         "Required value: must be specified when `operator` is 'In' or 'NotIn'"),
        ({"spec": {"podSelector": {"matchExpressions": [
            {"key": "a", "operator": "Exists", "values": ["b"]}]}}},
         "spec.podSelector.matchExpressions[0].values", FORBIDDEN,
         "Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
        ({"spec": {"podSelector": {"matchExpressions": [
            {"key": "a", "operator": "In", "values": ["b c"]}]}}},
         "spec.podSelector.matchExpressions[0].values[0]", INVALID,
         f'Invalid value: "b c": {LABEL}'),
        ({"spec": {"podSelector": {"matchLabels": {"a": "b c"}}}},
         "spec.podSelector.matchLabels", INVALID, f'Invalid value: "b c": {LABEL}'),
    ],
)  # fmt: skip
def test_network_policies(change, field, reason, message):
    assert _causes("networkpolicies", policy()) == []
    ((found, why, text),) = _causes("networkpolicies", merged(policy(), change))
    assert (found, why) == (field, reason)
    assert text.startswith(message)


TEMPLATE = "spec.template.spec"


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"completions": -1}, "spec.completions",
         "Invalid value: -1: must be greater than or equal to 0"),
        ({"ttlSecondsAfterFinished": -1}, "spec.ttlSecondsAfterFinished",
         "Invalid value: -1: must be greater than or equal to 0"),
        ({"completionMode": "Some"}, "spec.completionMode",
         'Unsupported value: "Some": supported values: "NonIndexed", "Indexed"'),
        ({"template": {"spec": {"restartPolicy": None}}}, f"{TEMPLATE}.restartPolicy",
         'Required value: valid values: "OnFailure", "Never"'),
        ({"template": {"spec": {"restartPolicy": "x"}}}, f"{TEMPLATE}.restartPolicy",
         'Unsupported value: "x": supported values: "OnFailure", "Never"'),
        ({"template": {"spec": {"containers": None}}}, f"{TEMPLATE}.containers", "Required value"),
        ({"template": {"spec": {"containers": [{"image": "a"}]}}},
         f"{TEMPLATE}.containers[0].name", "Required value"),
        ({"template": {"spec": {"containers": [{"name": "a"}]}}},
         f"{TEMPLATE}.containers[0].image", "Required value"),
        ({"template": {"spec": {"containers": [{"name": "A_", "image": "a"}]}}},
         f"{TEMPLATE}.containers[0].name", 'Invalid value: "A_": a lowercase RFC 1123 label must'),
    ],
)  # fmt: skip
def test_jobs(change, field, message):
    assert _causes("jobs", job()) == []
    ((found, _, text),) = _causes("jobs", merged(job(), {"spec": change}))
    assert found == field
    assert text.startswith(message)


@pytest.mark.parametrize(
    ("plural", "item", "field", "message"),
    [
        ("leases", {"spec": {"leaseDurationSeconds": 0}}, "spec.leaseDurationSeconds",
         "Invalid value: 0: must be greater than 0"),
        ("leases", {"spec": {"leaseTransitions": -1}}, "spec.leaseTransitions",
         "Invalid value: -1: must be greater than or equal to 0"),
        ("services", {"spec": {}}, "spec.ports", "Required value"),
        ("services", {"spec": {"ports": [{"port": 0}]}}, "spec.ports[0].port",
         f"Invalid value: 0: {PORTS}"),
        ("services", {"spec": {"type": "X", "ports": [{"port": 1}]}}, "spec.type",
         ('Unsupported value: "X": supported values: "ClusterIP", "ExternalName", "LoadBalancer", '
         '"NodePort"')),
        ("events", {"involvedObject": {"namespace": "other"}}, "involvedObject.namespace",
         'Invalid value: "other": does not match event.namespace'),
    ],
)  # fmt: skip
def test_other_kinds(plural, item, field, message):
    made = {"metadata": {"name": "a", "namespace": "panda"}, **item}
    ((found, _, text),) = _causes(plural, made)
    assert (found, text) == (field, message)


def test_an_immutable_config_map():
    before = {"metadata": {"name": "a"}, "immutable": True, "data": {"a": "1"}}
    after = {**before, "data": {"a": "2"}}
    (cause,) = wrong_in_changed(RESOURCE["configmaps"], before, after)
    assert str(cause) == "data: Forbidden: field is immutable when `immutable` is set"


KINDS = ["NetworkPolicy", "Job", "JobSpec", "Lease", "LeaseSpec", "PodSpec", "Container", "Service",
         "ServiceSpec", "EndpointSlice", "ObjectMeta", "NetworkPolicyPeer", "LabelSelector",
         "DeleteOptions", "EphemeralContainer"]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_the_table_of_fields_is_that_of_the_clients_release(kind):
    model = getattr(client, f"V1{kind}")
    assert schema._table()[kind].keys() == set(model.attribute_map.values())


def test_what_a_kind_does_not_know_is_dropped():
    item = {"spec": {"podSelector": {"matchLabels": {"any": "x"}, "matchlabels": {}}, "egress": []}}
    kept, findings = schema.conform("NetworkPolicy", item)
    assert kept == {"spec": {"podSelector": {"matchLabels": {"any": "x"}}}}
    assert findings.unknown == ["spec.podSelector.matchlabels"]
    assert findings.mismatch == ""
