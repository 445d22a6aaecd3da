"""The Kubernetes client against recorded API answers: what is asked, and what is made of it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest
from http_server import Answering, serving
from kubernetes import client
from unit.pz.fake_cluster import POD

from focus_engine.environment import DISRUPTIVE_OPT_IN, load_environment
from focus_engine.kubernetes.client import Cluster
from focus_engine.kubernetes.connection import Connection
from focus_engine.pz.live.kubernetes_cluster import KubernetesCluster
from focus_engine.pz.live.restart import require_opt_in
from focus_engine.verdict import NotAllowed, ToolError

NAMESPACE = "/api/v1/namespaces/panda"
LABEL = "app.kubernetes.io/name=panda-panda-focus-server"
STARTED = "2025-12-08T09:14:02Z"
POD_ITEM = {
    "metadata": {"name": POD.name, "creationTimestamp": STARTED},
    "spec": {"containers": [{"name": "focus-server"}]},
    "status": {
        "phase": "Running",
        "containerStatuses": [
            {
                "name": "focus-server",
                "ready": True,
                "restartCount": 1,
                "image": "i",
                "imageID": "",
                "state": {"running": {"startedAt": STARTED}},
                "lastState": {"terminated": {"exitCode": 1, "reason": "Error"}},
            }
        ],
    },
}
TEMPLATE = {"containers": [{"name": "focus-server", "image": "f:2"}, {"name": "sidecar"}]}
DEPLOYMENT = {
    "kind": "Deployment",
    "metadata": {"name": "panda-panda-focus-server", "generation": 3},
    "spec": {"replicas": 1, "selector": {}, "template": {"spec": TEMPLATE}},
    "status": {
        "observedGeneration": 3,
        "updatedReplicas": 1,
        "readyReplicas": 1,
        "availableReplicas": 1,
        "replicas": 1,
    },
}
CONFIG_MAP = {
    "kind": "ConfigMap",
    "metadata": {
        "name": "pz-config",
        "resourceVersion": "17",
        "managedFields": [
            {"time": "2025-12-08T09:10:00Z", "fieldsV1": {"f:data": {}}},
            {"time": "2025-12-08T09:12:00Z", "fieldsV1": {"f:data": {"f:a.json": {}}}},
            {"time": "2025-12-08T09:59:00Z", "fieldsV1": {"f:metadata": {"f:labels": {}}}},
        ],
    },
    "data": {"a.json": "{}"},
}
EVENTS = [
    {**event, "metadata": {"name": "e"}, "involvedObject": {}, "type": "Warning"}
    for event in (
        {"reason": "BackOff", "lastTimestamp": "2025-12-08T09:20:00Z"},
        {"reason": "Failed", "lastTimestamp": "2025-12-08T09:00:00Z"},
    )
]
ANSWERS: dict[str, Any] = {
    f"{NAMESPACE}/pods": {"kind": "PodList", "metadata": {}, "items": [POD_ITEM]},
    "/apis/apps/v1/namespaces/panda/deployments": {
        "kind": "DeploymentList",
        "metadata": {},
        "items": [DEPLOYMENT],
    },
    f"{NAMESPACE}/configmaps/pz-config": CONFIG_MAP,
    f"{NAMESPACE}/events": {"kind": "EventList", "metadata": {}, "items": EVENTS},
    NAMESPACE: {
        "kind": "Namespace",
        "metadata": {"name": "panda", "annotations": {DISRUPTIVE_OPT_IN: "allowed"}},
    },
    "/apis/apps/v1/namespaces/panda/deployments/panda-panda-focus-server": DEPLOYMENT,
}


class Api(Answering):
    """Answers from `ANSWERS`; a log is text, everything else is 404."""

    asked: ClassVar[list[tuple[str, str, dict[str, str]]]] = []

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        self.asked.append((self.command, url.path, query))
        if url.path.endswith("/log"):
            if query.get("previous") == "true":
                self.send(400, b'{"message": "previous terminated container not found"}')
            else:
                self.send(200, f"{STARTED} {{'a': 1}}\n".encode())
        elif url.path in ANSWERS:
            self.send(200, json.dumps(ANSWERS[url.path]).encode())
        else:
            self.send(404, b"{}")

    def do_PATCH(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()


@pytest.fixture
def address() -> Iterator[str]:
    Api.asked.clear()
    with serving(Api) as found:
        yield found


@pytest.fixture
def cluster(address: str) -> Iterator[KubernetesCluster]:
    with client.ApiClient(client.Configuration(host=address)) as api_client:
        yield KubernetesCluster(Cluster(Connection(api_client), "panda"), LABEL, None)


def test_facts_are_read_as_the_api_gives_them(cluster: KubernetesCluster) -> None:
    pod = cluster.server_pods()[0]
    assert (pod.name, pod.container, pod.restarts) == (POD.name, "focus-server", 1)
    assert pod.started_at == datetime(2025, 12, 8, 9, 14, 2, tzinfo=UTC)
    assert pod.previous is not None
    assert pod.previous.exit_code == 1
    [rollout] = cluster.rollouts()
    assert rollout.available == 1
    assert rollout.images == {"focus-server": "f:2", "sidecar": ""}
    assert pod.images == {"focus-server": ""}
    state = cluster.config_map("pz-config")
    assert state is not None
    assert state.changed_at == datetime(2025, 12, 8, 9, 12, tzinfo=UTC)
    assert cluster.config_map("other") is None
    assert cluster.warnings(pod) == ["BackOff"]


def test_the_log_is_asked_for_whole_with_stamps_and_by_name(cluster: KubernetesCluster) -> None:
    assert cluster.log(POD) == f"{STARTED} {{'a': 1}}\n"
    assert cluster.log(POD, previous=True) is None
    method, path, query = Api.asked[0]
    assert (method, path) == ("GET", f"{NAMESPACE}/pods/{POD.name}/log")
    assert query == {"container": "focus-server", "timestamps": "true"}


def test_pods_are_found_by_label(cluster: KubernetesCluster) -> None:
    cluster.pods("app=grpc-job-1-7")
    assert Api.asked[0][2]["labelSelector"] == "app=grpc-job-1-7"


def test_a_restart_needs_the_annotation_of_the_namespace(cluster: KubernetesCluster) -> None:
    assert cluster.namespace_annotations() == {DISRUPTIVE_OPT_IN: "allowed"}
    cluster.patch_deployment("panda-panda-focus-server", {"spec": {}})
    assert Api.asked[-1][0] == "PATCH"


def test_a_refusal_is_an_error_that_says_what_was_asked(address: str) -> None:
    with client.ApiClient(client.Configuration(host=address)) as api_client:
        cluster = KubernetesCluster(Cluster(Connection(api_client), "other"), LABEL, None)
        with pytest.raises(ToolError, match=r"Kubernetes refused a list of pods in .*: 404"):
            cluster.server_pods()


def test_an_unreachable_api_is_an_error() -> None:
    configuration = client.Configuration(host="http://127.0.0.1:9")
    configuration.retries = 0
    with client.ApiClient(configuration) as api_client:
        cluster = KubernetesCluster(Cluster(Connection(api_client), "panda"), LABEL, None)
        with pytest.raises(ToolError, match="Kubernetes did not answer for a list of pods"):
            cluster.server_pods()


class Session:
    """A finished exec session."""

    def __init__(self, code: int, out: str, err: str = "") -> None:
        self.returncode, self.out, self.err = code, out, err

    def run_forever(self, timeout: float) -> None:
        """Nothing is left to wait for."""

    def is_open(self) -> bool:
        return False

    def read_stdout(self) -> str:
        return self.out

    def read_stderr(self) -> str:
        return self.err


HASH = "a" * 64


@pytest.mark.parametrize(
    ("session", "expected"),
    [
        (Session(0, f"{HASH}  /config.json\n"), HASH),
        (Session(1, "", "sha256sum: /x: No such file or directory\n"), None),
    ],
)
def test_a_hash_comes_from_sha256sum_in_the_container(
    cluster: KubernetesCluster,
    session: Session,
    expected: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    commands: list[Any] = []

    def stream(_call: Any, *_names: str, **options: Any) -> Session:
        commands.append((options["container"], options["command"]))
        return session

    monkeypatch.setattr("kubernetes.stream.stream", stream)
    assert cluster.sha256(POD, "/config.json") == expected
    assert commands == [("focus-server", ["sha256sum", "/config.json"])]


def test_a_failing_sha256sum_is_an_error(
    cluster: KubernetesCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    denied = Session(1, "", "sha256sum: /config.json: Permission denied\n")
    monkeypatch.setattr("kubernetes.stream.stream", lambda *_, **__: denied)
    with pytest.raises(ToolError, match="Permission denied"):
        cluster.sha256(POD, "/config.json")


def test_restart_is_refused_without_both_opt_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOCUS_BASE_URL", "http://127.0.0.1:1/focus-server")
    require_opt_in(load_environment("sandbox"), {DISRUPTIVE_OPT_IN: "allowed"})
    with pytest.raises(NotAllowed, match=f"annotation {DISRUPTIVE_OPT_IN}=allowed"):
        require_opt_in(load_environment("sandbox"), {})
    with pytest.raises(NotAllowed, match="does not allow"):
        require_opt_in(load_environment("kefar_saba"), {DISRUPTIVE_OPT_IN: "allowed"})
