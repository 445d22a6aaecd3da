"""The Kubernetes API as the real client sees it."""

import json
from pathlib import Path

import pytest
import requests
from kubernetes import client, config

from sandbox.kubernetes.objects.selectors import SelectorError, field_matcher, label_matcher
from sandbox.spec import Limits

PODS = "/api/v1/namespaces/panda/pods"


@pytest.fixture
def api(sandbox):
    with config.new_client_from_config(sandbox.addresses["kubeconfig"]) as connection:
        yield connection


def _names(listed):
    return [item.metadata.name for item in listed.items]


def test_the_standing_services(sandbox, api):
    namespace = sandbox.addresses["namespace"]
    core = client.CoreV1Api(api)
    pods = core.list_namespaced_pod(
        namespace, label_selector="app.kubernetes.io/name=panda-panda-focus-server"
    )
    (pod,) = pods.items
    assert pod.status.phase == "Running"
    assert pod.metadata.uid
    assert pod.metadata.creation_timestamp
    assert len(core.list_namespaced_pod(namespace).items) == 4
    assert _names(core.list_namespaced_service(namespace)) == [
        "mongodb", "panda-panda-focus-server", "rabbitmq-panda",
    ]  # fmt: skip
    assert client.VersionApi(api).get_code().major == "1"


def test_the_objects_of_a_job_come_and_go(sandbox, api, valid):
    namespace = sandbox.addresses["namespace"]
    core, batch = client.CoreV1Api(api), client.BatchV1Api(api)
    answer = sandbox.configure(valid["multichannel"]).json()
    job_id, port = answer["job_id"], answer["stream_port"]
    assert _names(batch.list_namespaced_job(namespace)) == [
        f"cleanup-job-{job_id}", f"grpc-job-{job_id}",
    ]  # fmt: skip
    only = f"metadata.name=grpc-job-{job_id}"
    [job] = batch.list_namespaced_job(namespace, field_selector=only).items
    assert set(job.metadata.labels) == {"app", "job-name", "controller-uid"}
    assert job.metadata.labels["controller-uid"] == job.metadata.uid
    assert job.spec.backoff_limit == 0
    command = job.spec.template.spec.containers[0].command
    assert command[3:11] == ["--roi", "11", "109", "-sg", "1024", "--sg-range", "0", "1000"]
    assert command[11:13] == ["--queue-name", f"focus_baby.{job_id}"]
    (pod,) = core.list_namespaced_pod(namespace, label_selector=f"job-name=grpc-job-{job_id}").items
    assert pod.metadata.name.startswith(f"grpc-job-{job_id}-")
    assert pod.metadata.owner_references[0].uid == job.metadata.uid
    service = core.read_namespaced_service(f"grpc-service-{job_id}", namespace)
    assert (service.spec.type, service.spec.ports[0].node_port) == ("NodePort", port)
    sandbox.control("POST", "/reset")
    assert batch.list_namespaced_job(namespace).items == []


def test_a_rejection_leaves_a_job_only_with_its_fault(sandbox, api, valid):
    batch = client.BatchV1Api(api)
    refused = {**valid["multichannel"], "channels": {"min": 1, "max": Limits().channels + 1}}
    sandbox.configure(refused)
    assert batch.list_namespaced_job("panda").items == []
    sandbox.control("PUT", "/faults", {"job-left-after-rejection": True})
    assert sandbox.configure(refused).status_code == 400
    assert len(batch.list_namespaced_job("panda").items) == 2


@pytest.mark.parametrize(
    ("method", "path", "code", "reason"),
    [
        ("GET", "/api/v1/namespaces/panda/pods/none", 404, "NotFound"),
        ("GET", "/api/v1/namespaces/panda/secrets", 403, "Forbidden"),
        ("DELETE", "/api/v1/namespaces/panda/pods", 403, "Forbidden"),
        ("GET", "/api/v1/pods", 403, "Forbidden"),
        ("GET", f"{PODS}?labelSelector=a%20b", 400, "BadRequest"),
        ("GET", f"{PODS}?fieldSelector=spec.x=1", 400, "BadRequest"),
        ("GET", f"{PODS}?limit=x", 400, "BadRequest"),
        ("GET", f"{PODS}?continue=x", 400, "BadRequest"),
    ],
)
def test_failures_are_status_objects(sandbox, method, path, code, reason):
    kubeconfig = json.loads(Path(sandbox.addresses["kubeconfig"]).read_text(encoding="utf-8"))
    token = kubeconfig["users"][0]["user"]["token"]
    url = kubeconfig["clusters"][0]["cluster"]["server"] + path
    headers = {"Authorization": f"Bearer {token}"}
    answer = requests.request(method, url, headers=headers, timeout=60)
    body = answer.json()
    assert (answer.status_code, body["code"], body["kind"]) == (code, code, "Status")
    assert body["reason"] == reason
    assert requests.request(method, url, timeout=60).status_code == 403, "nobody may do anything"


LABELS = {"app": "x", "tier": "back"}


@pytest.mark.parametrize(
    ("selector", "matches"),
    [
        ("", True), ("app=x", True), ("app==x,tier=back", True), ("app=y", False),
        ("app!=y", True), ("none!=y", True), ("app in (x, y)", True), ("app in (z)", False),
        ("app notin (z),tier", True), ("none notin (z)", True), ("app", True), ("!app", False),
        ("!none", True), ("none", False),
    ],
)  # fmt: skip
def test_label_selectors(selector, matches):
    assert label_matcher(selector)(LABELS) is matches


@pytest.mark.parametrize(
    "selector", ["a b", "=x", "app in x", "app in (a b)", "app=x,,tier", "a=b=c"]
)
def test_malformed_label_selectors(selector):
    with pytest.raises(SelectorError):
        label_matcher(selector)


def test_field_selectors():
    item = {"metadata": {"name": "a"}, "status": {"phase": "Running"}, "spec": {}}
    assert field_matcher("pods", "metadata.name=a,status.phase!=Pending")(item)
    assert field_matcher("pods", "spec.nodeName=")(item)
    assert not field_matcher("pods", "metadata.name!=a")(item)
    event = {"metadata": {}, "source": {"component": "x"}, "involvedObject": {"name": "a"}}
    assert field_matcher("events", "source=x,involvedObject.name=a")(event)


@pytest.mark.parametrize(
    ("plural", "selector", "sentence"),
    [
        ("pods", "spec.x=1", "field label not supported: spec.x"),
        ("pods", "nonsense", "invalid field selector: nonsense"),
        ("leases", "spec.x=1", '"spec.x" is not a known field selector: only "metadata.name"'),
    ],
)
def test_fields_that_cannot_be_selected_by(plural, selector, sentence):
    with pytest.raises(SelectorError, match=sentence):
        field_matcher(plural, selector)
