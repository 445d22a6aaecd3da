"""Faults and knobs of the Kubernetes API and of what stands in the namespace: each does its own."""

import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from kubernetes_requests import JOBS, LEASES, MERGE, PODS, POLICIES, Raw, job, policy
from waiting import wait_until

from sandbox.kubernetes.api import faults as api_faults
from sandbox.kubernetes.kubeconfig import ADMIN
from sandbox.kubernetes.workloads import initial_objects

SERVICES = "/api/v1/namespaces/panda/services"
SLICES = "/apis/discovery.k8s.io/v1/namespaces/panda/endpointslices"
# What tests/unit/kubernetes and tests/keywords show: a client is needed to see them.
WITH_THE_CLIENT = {
    "api-429-once", "api-503-once", "watch-error-without-reason", "watch-bookmark-empty",
    "watch-html-page", "watch-closed-at-once",
}  # fmt: skip
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
        "service-port-differs", "api-200-on-delete", "api-page-on-delete", "api-302-on-delete",
        "api-empty-on-delete", "api-adds-finalizer", "api-drops-ttl", "api-drops-owner",
        "pods-return-after",
        "pods-without-controller", "evicted-pod",
    }  # fmt: skip
    beside = {
        "ttl-controller-dead", "gc-dead", "exec-refused", "ephemeral-containers-refused",
        "rbac-without-create", "rbac-without-delete", "rbac-without-jobs",
    }  # fmt: skip
    declared = (*api_faults.FAULTS, *api_faults.KNOBS, *initial_objects.KNOBS)
    declared = {fault.id for fault in declared} - WITH_THE_CLIENT
    assert declared == here | beside


@pytest.mark.parametrize(
    ("fault", "left"),
    [
        (None, set()),
        ("live-service-left-behind", {"live"}),
        ("service-left-behind", {"historic"}),
    ],
)
def test_the_service_of_which_job_is_left_behind(quick_sandbox, valid, fault, left):
    quick_sandbox.control("PUT", "/faults", {fault: True} if fault else {})
    start = quick_sandbox.recorded_start()
    times = {"live": {}, "historic": {"start_time": start, "end_time": start + 60}}
    jobs = {
        each: quick_sandbox.configure(valid["singlechannel"] | fields).json()["job_id"]
        for each, fields in times.items()
    }
    wait_until(lambda: quick_sandbox.control("GET", "/jobs") == [], "the jobs have ended")
    kubeconfig = Path(quick_sandbox.addresses["kubeconfig"]).with_name(ADMIN)
    with closing(Raw(kubeconfig)) as raw:
        listed = raw.done("GET", SERVICES)["items"]
    names = {each["metadata"]["name"] for each in listed}
    assert {each for each, job in jobs.items() if f"grpc-service-{job}" in names} == left


JOB_FAULTS = {
    "job-service-cluster-ip": {"type"},
    "job-service-elsewhere": {"selector"},
    "job-pod-waits": {"phase"},
    "job-command-frequencies-wrong": {"--sg-range"},
    "job-command-nfft-wrong": {"-sg"},
    "cleanup-pod-label-wrong": {"label"},
    "job-command-channels-wrong": {"--roi"},
    "job-command-times-wrong": {"--time-end"},
}


def _job_as_made(sandbox, admin, valid):
    """What the cluster says of a historic job, in words that do not differ from job to job."""
    start = sandbox.recorded_start()
    times = {"start_time": start, "end_time": start + 60}
    wanted = valid["multichannel"] | times | {"frequencyRange": {"min": 100, "max": 500}}
    wanted["nfftSelection"] = 512
    job = sandbox.configure(wanted).json()["job_id"]
    listed = {
        path: {each["metadata"]["name"]: each for each in admin.done("GET", path)["items"]}
        for path in (SERVICES, PODS, JOBS)
    }
    (cleanup,) = [
        pod for name, pod in listed[PODS].items() if name.startswith(f"cleanup-job-{job}-")
    ]
    (container,) = listed[JOBS][f"grpc-job-{job}"]["spec"]["template"]["spec"]["containers"]
    command = container["command"]
    return {
        "type": listed[SERVICES][f"grpc-service-{job}"]["spec"]["type"],
        "selector": listed[SERVICES][f"grpc-service-{job}"]["spec"]["selector"]["app"].replace(
            job, ""
        ),
        "phase": cleanup["status"]["phase"],
        "-sg": command[command.index("-sg") + 1],
        "--sg-range": command[command.index("--sg-range") + 1 :][:2],
        "label": cleanup["metadata"]["labels"]["job-name"].removesuffix(job),
        "--roi": command[command.index("--roi") + 1 :][:2],
        "--time-end": int(command[command.index("--time-end") + 1]) - start,
    }


@pytest.mark.parametrize("fault", JOB_FAULTS)
def test_what_a_job_is_made_of_differs_in_what_the_fault_says(sandbox, admin, valid, switch, fault):
    usual = _job_as_made(sandbox, admin, valid)
    switch(**{fault: True})
    faulty = _job_as_made(sandbox, admin, valid)
    assert {name for name in usual if usual[name] != faulty[name]} == JOB_FAULTS[fault]


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
    assert abs(created - datetime.now(UTC) - timedelta(seconds=ahead)) < timedelta(seconds=60)


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
    began = time.monotonic()
    owner = admin.done("POST", JOBS, job(ttlSecondsAfterFinished=1))["metadata"]
    reference = {"apiVersion": "batch/v1", "kind": "Job", "name": "owner", "uid": owner["uid"]}
    admin.done("POST", POLICIES, policy(ownerReferences=[reference]))
    _wait_until_gone(admin, f"{POLICIES}/cut")
    assert time.monotonic() - began >= 1
    _wait_until_gone(admin, f"{JOBS}/owner")


def _wait_until_gone(admin, path):
    wait_until(lambda: admin("GET", path).status_code == 404, f"{path} is gone")


@pytest.mark.parametrize(
    ("propagation", "is_left"), [("Background", False), ("Foreground", False), (None, True)]
)
def test_what_is_left_of_a_deleted_job(admin, propagation, is_left):
    owner = admin.done("POST", JOBS, job())["metadata"]
    reference = {"apiVersion": "batch/v1", "kind": "Job", "name": "owner", "uid": owner["uid"]}
    admin.done("POST", POLICIES, policy(ownerReferences=[reference]))
    answer = admin("DELETE", f"{JOBS}/owner", {"propagationPolicy": propagation})
    assert ("child pods are preserved by default" in answer.headers.get("Warning", "")) is is_left
    _wait_until_gone(admin, f"{JOBS}/owner")
    if is_left:
        assert "ownerReferences" not in admin.done("GET", f"{POLICIES}/cut")["metadata"]
    else:
        _wait_until_gone(admin, f"{POLICIES}/cut")


@pytest.mark.parametrize(
    ("fault", "status", "begins"),
    [
        ("api_200_on_delete", 200, '{"kind"'),
        ("api_page_on_delete", 200, "<html>"),
        ("api_302_on_delete", 302, ""),
        ("api_empty_on_delete", 200, ""),
    ],
)
def test_a_delete_that_deletes_nothing(admin, switch, fault, status, begins):
    admin.done("POST", POLICIES, policy())
    switch(**{fault: True})
    answer = requests.delete(
        f"{admin.server}{POLICIES}/cut",
        headers={"Authorization": f"Bearer {admin.token}"},
        allow_redirects=False,
        timeout=10,
    )
    assert (answer.status_code, answer.text[: len(begins)]) == (status, begins)
    assert admin("GET", f"{POLICIES}/cut").status_code == 200


def test_a_finalizer_that_nobody_removes(admin, switch):
    switch(api_adds_finalizer=True)
    admin.done("POST", POLICIES, policy())
    admin.done("DELETE", f"{POLICIES}/cut")
    assert admin.done("GET", f"{POLICIES}/cut")["metadata"]["finalizers"] == ["example.com/kept"]
    admin.done("PATCH", f"{POLICIES}/cut", {"metadata": {"finalizers": None}}, MERGE)
    assert admin("GET", f"{POLICIES}/cut").status_code == 404


def test_a_job_loses_its_time_to_live(admin, switch):
    switch(api_drops_ttl=True)
    assert "ttlSecondsAfterFinished" not in admin.done("POST", JOBS, job())["spec"]


def test_a_deleted_pod_of_a_dependency_has_a_successor(raw, admin, switch):
    switch(pods_return_after=0.3)
    (before,) = raw.done("GET", PODS, labelSelector=MONGODB)["items"]
    owner = before["metadata"]["ownerReferences"][0]
    assert (owner["kind"], owner["controller"]) == ("ReplicaSet", True)
    admin("DELETE", f"{PODS}/{before['metadata']['name']}")
    seen = []

    def replaced():
        seen.append(raw.done("GET", PODS, labelSelector=MONGODB)["items"])
        return seen[-1] and seen[-1][0]["metadata"]["uid"] != before["metadata"]["uid"]

    wait_until(replaced, "the pod has a successor")
    assert [] in seen
    (after,) = seen[-1]
    assert after["metadata"]["name"] != before["metadata"]["name"]
    assert after["status"]["podIP"] != before["status"]["podIP"]


def test_pods_without_a_controller_and_one_that_was_evicted(raw, switch):
    switch(pods_without_controller=True, evicted_pod=True)
    items = raw.done("GET", PODS, labelSelector=MONGODB)["items"]
    assert all("ownerReferences" not in item["metadata"] for item in items)
    assert [item["status"]["phase"] for item in items if "evicted" in item["metadata"]["name"]] == [
        "Failed"
    ]
