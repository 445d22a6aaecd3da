"""Faults and knobs of the Kubernetes API and of what stands in the namespace: each does its own."""

from datetime import UTC, datetime, timedelta

import pytest
import requests
from kubernetes_requests import JOBS, LEASES, MERGE, PODS, POLICIES, job, policy, until

from sandbox.kubernetes.api import faults as api_faults
from sandbox.kubernetes.workloads import initial_objects

SERVICES = "/api/v1/namespaces/panda/services"
SLICES = "/apis/discovery.k8s.io/v1/namespaces/panda/endpointslices"
MONGODB = "app.kubernetes.io/instance=mongodb"


@pytest.fixture
def switch(sandbox):
    """Switch faults on."""
    return lambda **faults: sandbox.control(
        "PUT", "/faults", {name.replace("_", "-"): value for name, value in faults.items()}
    )


def test_every_one_is_proven_here_or_beside_what_it_changes():
    here = {
        "api-500-on-delete", "api-lost-reply-on-create", "api-conflict", "api-unavailable",
        "api-clock-skew", "conflicting-allow-policy", "host-network", "many-pods",
        "service-port-differs",
    }  # fmt: skip
    beside = {
        "ttl-controller-dead", "gc-dead", "exec-refused", "ephemeral-containers-refused",
        "rbac-without-create", "rbac-without-delete", "rbac-without-jobs",
    }  # fmt: skip
    declared = (*api_faults.FAULTS, *api_faults.KNOBS, *initial_objects.KNOBS)
    assert {fault.id for fault in declared} == here | beside


def test_every_delete_fails(admin, switch):
    admin.done("POST", POLICIES, policy())
    switch(api_500_on_delete=True)
    for _ in range(2):
        assert admin("DELETE", f"{POLICIES}/cut").status_code == 500
    assert admin("GET", f"{POLICIES}/cut").status_code == 200


def test_the_reply_to_a_new_policy_is_lost_once(admin, switch):
    switch(api_lost_reply_on_create=True)
    admin.done("POST", JOBS, job())
    with pytest.raises(requests.ConnectionError):
        admin("POST", POLICIES, policy())
    assert admin("GET", f"{POLICIES}/cut").status_code == 200
    assert admin("POST", POLICIES, policy("second")).status_code == 201


def test_a_conflict_once(raw, switch):
    raw.done("POST", POLICIES, policy())
    switch(api_conflict=True)
    first, second = (raw("PATCH", f"{POLICIES}/cut", {}, MERGE) for _ in range(2))
    assert (first.status_code, first.json()["reason"]) == (409, "Conflict")
    assert second.status_code == 200
    switch(api_conflict=True)
    assert raw("PATCH", f"{POLICIES}/cut", {}, MERGE).status_code == 409


def test_nothing_is_available(raw, switch):
    switch(api_unavailable=True)
    assert raw("GET", POLICIES).json()["reason"] == "ServiceUnavailable"
    switch()
    assert raw("GET", POLICIES).status_code == 200


@pytest.mark.parametrize(("value", "ahead"), [(True, 3600), (90, 90)])
def test_the_clock_is_ahead(raw, switch, value, ahead):
    switch(api_clock_skew=value)
    lease = raw.done("POST", LEASES, {"metadata": {"name": "l"}, "spec": {}})
    created = datetime.fromisoformat(lease["metadata"]["creationTimestamp"])
    assert abs(created - datetime.now(UTC) - timedelta(seconds=ahead)) < timedelta(seconds=5)


def test_a_policy_that_allows_everything(raw, switch):
    switch(conflicting_allow_policy=True)
    (found,) = raw.done("GET", POLICIES)["items"]
    assert (found["metadata"]["name"], found["spec"]["ingress"]) == ("allow-mongodb", [{}])
    switch()
    assert raw.done("GET", POLICIES)["items"] == []


def test_mongodb_on_the_network_of_its_node(raw, switch):
    (usual,) = raw.done("GET", PODS, labelSelector=MONGODB)["items"]
    switch(host_network=True)
    (pod,) = raw.done("GET", PODS, labelSelector=MONGODB)["items"]
    assert pod["metadata"]["uid"] == usual["metadata"]["uid"]
    assert pod["spec"]["hostNetwork"] is True
    assert pod["status"]["podIP"] == pod["status"]["hostIP"] != usual["status"]["podIP"]


def test_many_pods(raw, switch):
    switch(many_pods=5)
    pods = raw.done("GET", PODS, labelSelector=MONGODB)["items"]
    assert len({pod["status"]["podIP"] for pod in pods}) == 5
    behind = _slice(raw)["endpoints"]
    assert len(behind) == 5


def test_a_pod_that_listens_elsewhere(raw, switch):
    assert _slice(raw)["ports"][0]["port"] == 27017
    switch(service_port_differs=True)
    (port,) = raw.done("GET", f"{SERVICES}/mongodb")["spec"]["ports"]
    assert (port["port"], port["targetPort"]) == (27017, 27018)
    assert _slice(raw)["ports"][0]["port"] == 27018


def _slice(raw):
    (found,) = raw.done("GET", SLICES, labelSelector="kubernetes.io/service-name=mongodb")["items"]
    return found


def test_job_and_policy_go_by_themselves(admin):
    """The deadline of an outage, end to end: nobody deletes anything."""
    owner = admin.done("POST", JOBS, job(ttlSecondsAfterFinished=1))["metadata"]
    reference = {"apiVersion": "batch/v1", "kind": "Job", "name": "owner", "uid": owner["uid"]}
    admin.done("POST", POLICIES, policy(ownerReferences=[reference]))
    took = until(lambda: admin("GET", f"{POLICIES}/cut").status_code == 404)
    assert 0.5 < took < 3
    until(lambda: admin("GET", f"{JOBS}/owner").status_code == 404, within_s=1)


@pytest.mark.parametrize(
    ("propagation", "is_left"), [("Background", False), ("Foreground", False), (None, True)]
)
def test_what_is_left_of_a_deleted_job(admin, propagation, is_left):
    owner = admin.done("POST", JOBS, job())["metadata"]
    reference = {"apiVersion": "batch/v1", "kind": "Job", "name": "owner", "uid": owner["uid"]}
    admin.done("POST", POLICIES, policy(ownerReferences=[reference]))
    answer = admin("DELETE", f"{JOBS}/owner", {"propagationPolicy": propagation})
    assert ("child pods are preserved by default" in answer.headers.get("Warning", "")) is is_left
    until(lambda: admin("GET", f"{JOBS}/owner").status_code == 404)
    if is_left:
        assert "ownerReferences" not in admin.done("GET", f"{POLICIES}/cut")["metadata"]
    else:
        until(lambda: admin("GET", f"{POLICIES}/cut").status_code == 404)
