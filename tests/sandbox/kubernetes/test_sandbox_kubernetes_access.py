"""Who may do what: the committed Role decides, and says so in the words of Kubernetes."""

import pytest
from kubernetes import client, config
from kubernetes.client.exceptions import ApiException
from kubernetes_requests import JOBS, LEASES, PODS, POLICIES, Raw, policy

from sandbox.kubernetes.api.rbac import read_roles
from sandbox.kubernetes.api.request_info import request_info

REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
USER = "system:serviceaccount:panda:focus-server-tests"


@pytest.mark.parametrize("token", ["", "wrong"])
def test_without_a_known_token_nothing(raw, monkeypatch, token):
    monkeypatch.setattr(raw, "token", token)
    for path in (POLICIES, "/version", "/nonsense"):
        status = raw("GET", path).json()
        assert (status["code"], status["reason"], status["message"]) == (
            401, "Unauthorized", "Unauthorized",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path", "sentence"),
    [
        ("PUT", f"{POLICIES}/cut",
         (f'networkpolicies.networking.k8s.io "cut" is forbidden: User "{USER}" cannot update '
         'resource "networkpolicies" in API group "networking.k8s.io" in the namespace "panda"')),
        ("DELETE", PODS,
         (f'pods is forbidden: User "{USER}" cannot deletecollection resource "pods" in API group '
         '"" in the namespace "panda"')),
        ("GET", "/api/v1/namespaces/panda/secrets",
         (f'secrets is forbidden: User "{USER}" cannot list resource "secrets" in API group "" in '
         'the namespace "panda"')),
        ("GET", "/api/v1/namespaces",
         (f'namespaces is forbidden: User "{USER}" cannot list resource "namespaces" in API group '
         '"" at the cluster scope')),
        ("GET", "/api/v1/namespaces/default",
         (f'namespaces "default" is forbidden: User "{USER}" cannot get resource "namespaces" in '
         'API group "" in the namespace "default"')),
        ("POST", f"{PODS}/x/ephemeralcontainers",
         (f'pods "x" is forbidden: User "{USER}" cannot create resource '
         '"pods/ephemeralcontainers" in API group "" in the namespace "panda"')),
        ("GET", "/metrics", f'forbidden: User "{USER}" cannot get path "/metrics"'),
    ],
)  # fmt: skip
def test_what_the_role_does_not_allow(raw, method, path, sentence):
    status = raw(method, path, {}).json()
    assert (status["code"], status["reason"], status["message"]) == (403, "Forbidden", sentence)


def test_what_the_role_allows_is_answered(raw):
    assert raw("GET", "/api/v1/namespaces/panda").status_code == 200
    for path in (POLICIES, JOBS, PODS, LEASES, PODS.replace("pods", "events")):
        assert raw("GET", path).status_code in {200, 403}
    assert raw("GET", POLICIES.replace("panda", "default")).status_code == 403


@pytest.mark.parametrize(
    ("asked", "allowed"),
    [
        ({"verb": "create", "group": "networking.k8s.io", "resource": "networkpolicies"}, True),
        ({"verb": "update", "group": "networking.k8s.io", "resource": "networkpolicies"}, False),
        ({"verb": "create", "resource": "pods", "subresource": "exec"}, True),
        ({"verb": "create", "resource": "pods"}, False),
        ({"verb": "create", "resource": "networkpolicies"}, False),
        ({"verb": "list", "resource": "pods", "namespace": "other"}, False),
        ({"verb": "get", "resource": "namespaces", "name": "panda"}, True),
        ({"verb": "get", "resource": "namespaces", "name": "other"}, False),
    ],
)
def test_reviews_agree(raw, asked, allowed):
    spec = {"resourceAttributes": {"namespace": "panda", **asked}}
    answer = raw("POST", REVIEWS, {"spec": spec})
    assert answer.status_code == 201
    assert answer.json()["status"]["allowed"] is allowed


def test_a_review_asks_one_thing(raw):
    status = raw("POST", REVIEWS, {"spec": {}}).json()
    assert status["code"] == 422
    assert status["details"]["causes"][0]["field"] == "spec"


@pytest.mark.parametrize(
    ("knob", "verb", "group", "resource"),
    [
        ("rbac-without-create", "create", "networking.k8s.io", "networkpolicies"),
        ("rbac-without-delete", "delete", "networking.k8s.io", "networkpolicies"),
        ("rbac-without-jobs", "create", "batch", "jobs"),
    ],
)
def test_a_right_can_be_withdrawn(raw, sandbox, knob, verb, group, resource):
    sandbox.control("PUT", "/faults", {knob: True})
    attributes = {"verb": verb, "group": group, "resource": resource, "namespace": "panda"}
    spec = {"resourceAttributes": attributes}
    assert not raw.done("POST", REVIEWS, {"spec": spec})["status"]["allowed"]
    base = f"/apis/{group}/v1/namespaces/panda/{resource}"
    method, path = ("POST", base) if verb == "create" else ("DELETE", f"{base}/x")
    assert raw(method, path, {}).status_code == 403


def test_the_real_client_meets_the_real_exceptions(sandbox):
    with config.new_client_from_config(sandbox.addresses["kubeconfig"]) as connection:
        networking = client.NetworkingV1Api(connection)
        networking.create_namespaced_network_policy("panda", policy())
        with pytest.raises(ApiException) as error:
            networking.create_namespaced_network_policy("panda", policy())
        assert (error.value.status, error.value.reason) == (409, "Conflict")
        with pytest.raises(ApiException) as error:
            networking.replace_namespaced_network_policy("cut", "panda", policy())
        assert error.value.status == 403
        networking.delete_namespaced_network_policy("cut", "panda")


@pytest.mark.parametrize(
    ("method", "path", "query", "expected"),
    [
        ("GET", PODS, {}, ("list", "pods", "panda", "")),
        ("GET", PODS, {"watch": "1"}, ("watch", "pods", "panda", "")),
        ("GET", PODS, {"fieldSelector": "metadata.name=a"}, ("list", "pods", "panda", "a")),
        ("GET", f"{PODS}/a/log", {}, ("get", "pods/log", "panda", "a")),
        ("DELETE", PODS, {}, ("deletecollection", "pods", "panda", "")),
        ("GET", "/api/v1/namespaces/panda", {}, ("get", "namespaces", "panda", "panda")),
        ("GET", "/apis/batch/v1/jobs", {}, ("list", "jobs", "", "")),
        ("GET", "/version", {}, ("get", "", "", "")),
    ],
)
def test_requests_are_read_as_kubernetes_reads_them(method, path, query, expected):
    info = request_info(method, path, query)
    assert (info.verb, info.full_resource, info.namespace, info.name) == expected


def test_the_role_is_read_from_the_repository():
    roles = read_roles()
    assert any("networkpolicies" in rule.resources for rule in roles.namespaced)
    assert [rule.resources for rule in roles.cluster] == [frozenset({"namespaces"})]
    assert not any("*" in rule.verbs | rule.resources for rule in roles.namespaced)


def test_two_tokens_two_users(raw, admin):
    assert isinstance(admin, Raw)
    assert admin("GET", "/api/v1/namespaces").status_code == 200
    assert raw("GET", "/api/v1/namespaces").status_code == 403
