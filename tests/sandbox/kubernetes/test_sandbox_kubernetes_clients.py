"""What a plain client with an administrator's rights finds standing in the cluster."""

from pathlib import Path

import pytest
from kubernetes import client, config
from waiting import wait_until

from sandbox.kubernetes.kubeconfig import ADMIN

RECORDER = "panda-panda-segy-recorder"
PANDA = "panda"


@pytest.fixture
def api(sandbox):
    file = Path(sandbox.addresses["kubeconfig"]).with_name(ADMIN)
    with config.new_client_from_config(str(file)) as connection:
        yield connection


def test_the_node_of_the_pods_is_ready(api):
    core = client.CoreV1Api(api)
    [node] = core.list_node().items
    assert {c.type: c.status for c in node.status.conditions}["Ready"] == "True"
    assert core.read_node(node.metadata.name).status.capacity["nvidia.com/gpu.shared"]
    pods = core.list_namespaced_pod(PANDA).items
    assert {pod.spec.node_name for pod in pods} == {node.metadata.name}


@pytest.mark.parametrize("name", ["mongodb", RECORDER])
def test_a_deployment_owns_its_pod(api, name):
    apps = client.AppsV1Api(api)
    deployment = apps.read_namespaced_deployment(name, PANDA)
    assert (deployment.spec.replicas, deployment.status.ready_replicas) == (1, 1)
    selector = ",".join(f"{k}={v}" for k, v in deployment.spec.selector.match_labels.items())
    [pod] = client.CoreV1Api(api).list_namespaced_pod(PANDA, label_selector=selector).items
    [owner] = pod.metadata.owner_references
    replica_set = apps.read_namespaced_replica_set(owner.name, PANDA)
    assert replica_set.metadata.uid == owner.uid
    assert replica_set.metadata.owner_references[0].uid == deployment.metadata.uid
    assert pod.metadata.name.startswith(f"{owner.name}-")


def test_scale_and_status_are_read_by_themselves(api):
    apps = client.AppsV1Api(api)
    assert apps.read_namespaced_deployment_status("mongodb", PANDA).status.ready_replicas == 1
    for scale in (
        apps.read_namespaced_deployment_scale("mongodb", PANDA),
        apps.read_namespaced_stateful_set_scale("rabbitmq-panda", PANDA),
    ):
        assert (scale.spec.replicas, scale.status.replicas) == (1, 1)
        pods = client.CoreV1Api(api).list_namespaced_pod(
            PANDA, label_selector=scale.status.selector
        )
        assert len(pods.items) == 1


def test_a_pod_that_writes_nothing_has_an_empty_log(api):
    core = client.CoreV1Api(api)
    assert core.read_namespaced_pod_log("rabbitmq-panda-0", PANDA, tail_lines=10) == ""


def test_the_broker_is_a_stateful_set_whose_pod_keeps_its_name(api, sandbox):
    sandbox.control("PUT", "/faults", {"pods-return-after": 0.1})
    core = client.CoreV1Api(api)
    stateful = client.AppsV1Api(api).read_namespaced_stateful_set("rabbitmq-panda", PANDA)
    pod = core.read_namespaced_pod("rabbitmq-panda-0", PANDA)
    assert pod.metadata.owner_references[0].uid == stateful.metadata.uid
    core.delete_namespaced_pod("rabbitmq-panda-0", PANDA)
    wait_until(lambda: _uids(core) - {pod.metadata.uid}, "the pod has a successor")
    assert len(_uids(core)) == 1


def _uids(core):
    only = "metadata.name=rabbitmq-panda-0"
    pods = core.list_namespaced_pod(PANDA, field_selector=only).items
    return {pod.metadata.uid for pod in pods}
