"""The Focus Server's pod as the real client sees it: files, log, restart; and its faults.

Each fault is shown to change exactly what it says: all that can be read of the pod is read without
and with it, and the readings that differ must be the fault's own.
"""

import hashlib
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from kubernetes import client, config
from kubernetes.client.exceptions import ApiException
from kubernetes.stream import stream

from sandbox.kubernetes.workloads import server_faults
from sandbox.kubernetes.workloads.server_faults import FAULTS
from sandbox.kubernetes.workloads.server_log import current_log, previous_log
from sandbox.kubernetes.workloads.server_process import ServerProcess

NAMESPACE = "panda"
LABEL = "app.kubernetes.io/name=panda-panda-focus-server"
NAME = "panda-panda-focus-server"
FILES = Path(__file__).parents[3] / "variables" / "pz" / "example" / "files"
PATHS = ("heatMapSummary.json", "autocfg/parameters/components/focus_server.yaml")
MOUNT = "/prisma/config/pz/"
RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"


class Cluster:
    """What a test asks of the namespace."""

    def __init__(self, connection):
        self.core = client.CoreV1Api(connection)
        self.apps = client.AppsV1Api(connection)

    def pod(self):
        (pod,) = self.core.list_namespaced_pod(NAMESPACE, label_selector=LABEL).items
        return pod

    def status(self):
        (status,) = self.pod().status.container_statuses
        return status

    def deployment(self):
        (item,) = self.apps.list_namespaced_deployment(NAMESPACE, label_selector=LABEL).items
        return item

    def run(self, *command):
        """Return exit code, stdout and stderr; a fresh client, because streaming changes it."""
        session = stream(
            self.core.connect_get_namespaced_pod_exec,
            *(self.pod().metadata.name, NAMESPACE),
            container=NAME,
            command=list(command),
            stdin=False,
            tty=False,
            stdout=True,
            stderr=True,
            _preload_content=False,
        )
        session.run_forever(timeout=60)
        return session.returncode, session.read_stdout(), session.read_stderr()

    def log(self, **options):
        name = self.pod().metadata.name
        answer = self.core.read_namespaced_pod_log(
            name, NAMESPACE, container=NAME, _preload_content=False, **options
        )
        return answer.data.decode().splitlines()

    def events(self):
        selector = f"involvedObject.name={self.pod().metadata.name}"
        return self.core.list_namespaced_event(NAMESPACE, field_selector=selector).items

    def restart(self, value):
        metadata = {"annotations": {RESTARTED_AT: value}}
        patch = {"spec": {"template": {"metadata": metadata}}}
        return self.apps.patch_namespaced_deployment(NAME, NAMESPACE, patch)


@pytest.fixture(scope="module")
def module_cluster(shared_sandbox):
    with config.new_client_from_config(shared_sandbox.addresses["kubeconfig"]) as connection:
        yield Cluster(connection)


@pytest.fixture
def cluster(sandbox, module_cluster):
    """The cluster of a sandbox that is as it was at its start."""
    assert sandbox
    return module_cluster


@pytest.fixture(scope="module")
def usual(shared_sandbox, module_cluster, valid):
    """What is read without a fault."""
    shared_sandbox.control("POST", "/reset")
    return _readings(shared_sandbox, module_cluster, valid)


def test_the_files_are_the_profiles_and_newer_than_nothing(cluster):
    state = cluster.core.read_namespaced_config_map("pz-config", NAMESPACE)
    for path in PATHS:
        content = (FILES / "after" / path).read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        assert cluster.run("sha256sum", MOUNT + path) == (0, f"{digest}  {MOUNT + path}\n", "")
        assert cluster.run("cat", MOUNT + path) == (0, content.decode(), "")
        assert state.data[path.rsplit("/", 1)[-1]] == content.decode()
    (written,) = state.metadata.managed_fields
    assert "f:data" in written.fields_v1
    assert written.time < cluster.status().state.running.started_at


@pytest.mark.parametrize("path", ["/etc/passwd", MOUNT + "none", MOUNT + "../../etc/passwd", MOUNT])
def test_a_file_that_is_not_mounted_is_not_there(cluster, path):
    said = f"sha256sum: {path}: No such file or directory\n"
    assert cluster.run("sha256sum", path) == (1, "", said)


@pytest.mark.parametrize(
    "command", [["ls"], ["sh", "-c", "id"], ["sha256sum"], ["cat", "/a", "/b"], ["rm", "/a"], []]
)
def test_no_other_command_is_answered(cluster, command):
    with pytest.raises(ApiException) as error:
        cluster.run(*command)
    assert "403" in str(error.value)


def test_exec_needs_the_token_and_a_pod_of_that_name(sandbox, cluster):
    content = json.loads(Path(sandbox.addresses["kubeconfig"]).read_text(encoding="utf-8"))
    stranger = client.Configuration(host=content["clusters"][0]["cluster"]["server"])
    asked = {"command": ["cat", "/a"], "stdout": True, "_preload_content": False}
    with client.ApiClient(stranger) as connection:
        core = client.CoreV1Api(connection)
        with pytest.raises(ApiException, match="403"):
            stream(core.connect_get_namespaced_pod_exec, "any", NAMESPACE, **asked)
    with pytest.raises(ApiException, match="404"):
        stream(cluster.core.connect_get_namespaced_pod_exec, "other", NAMESPACE, **asked)


def test_the_whole_log_and_parts_of_it(cluster):
    lines = cluster.log(timestamps=True)
    first = datetime.fromisoformat(lines[0].split(" ", 1)[0])
    assert first - cluster.status().state.running.started_at < timedelta(seconds=30)
    assert [line.split(" ", 1)[1] for line in lines] == cluster.log()
    assert "INFO:     Application startup complete." in cluster.log()
    assert cluster.log(tail_lines=1) == cluster.log()[-1:]
    assert cluster.log(since_seconds=60) == []
    with pytest.raises(ApiException) as error:
        cluster.log(previous=True)
    assert error.value.status == 400
    assert "previous terminated container" in str(error.value.body)
    for wrong in ({"follow": True}, {"container": "none"}, {"sinceSeconds": "x"}):
        assert _get(cluster, f"pods/{cluster.pod().metadata.name}/log", wrong).status_code == 400
    recent = {"sinceTime": datetime.now(UTC).isoformat()}
    assert _get(cluster, f"pods/{cluster.pod().metadata.name}/log", recent).text == ""


def _get(cluster, path, parameters):
    settings = cluster.core.api_client.configuration
    url = f"{settings.host}/api/v1/namespaces/{NAMESPACE}/{path}"
    headers = {"Authorization": settings.get_api_key_with_prefix("authorization", "BearerToken")}
    return requests.get(url, parameters, headers=headers, timeout=60)


def test_a_restart_replaces_the_pod(cluster):
    before = cluster.pod()
    assert cluster.restart("first").metadata.generation == 2
    after = cluster.pod()
    assert after.metadata.name != before.metadata.name
    assert cluster.status().state.running.started_at > before.status.start_time
    assert cluster.status().restart_count == 0
    time.sleep(1.1)  # as long as its start takes
    assert cluster.deployment().status.available_replicas == 1
    assert "INFO:     Application startup complete." in cluster.log()
    assert cluster.restart("first").metadata.generation == 2


def test_a_reset_undoes_a_restart(sandbox, cluster):
    cluster.restart("once")
    sandbox.control("POST", "/reset")
    assert cluster.deployment().metadata.generation == 1
    assert cluster.status().ready


@pytest.mark.parametrize(
    "patch",
    [
        {"spec": {"replicas": 0}},
        {"spec": {"template": {"metadata": {"annotations": {"other": "x"}}}}},
        {"spec": {"template": {"spec": {"containers": [{"name": NAME, "image": "other"}]}}}},
    ],
)
def test_nothing_else_can_be_patched(cluster, patch):
    with pytest.raises(ApiException, match="the sandbox lets only") as error:
        cluster.apps.patch_namespaced_deployment(NAME, NAMESPACE, patch)
    assert error.value.status == 403
    with pytest.raises(ApiException) as error:
        cluster.apps.patch_namespaced_deployment("other", NAMESPACE, patch)
    assert error.value.status == 404


def test_the_namespace_allows_disruptive_cases_unless_its_knob_is_on(sandbox, cluster):
    name = "focus-server-tests/disruptive"
    assert cluster.core.read_namespace(NAMESPACE).metadata.annotations == {name: "allowed"}
    sandbox.control("PUT", "/faults", {server_faults.NO_OPT_IN.id: True})
    assert cluster.core.read_namespace(NAMESPACE).metadata.annotations in ({}, None)


def test_new_kinds_are_discovered(cluster):
    kinds = {resource.kind for resource in cluster.apps.get_api_resources().resources}
    assert "Deployment" in kinds
    kinds = {resource.kind for resource in cluster.core.get_api_resources().resources}
    assert {"Namespace", "ConfigMap", "Event"} <= kinds


LOG = {"log"}
EXPECTED = {
    "pz-files-not-deployed": {"mounted", "config map"},
    "pz-mount-not-updated": {"mounted"},
    "pz-config-map-former": {"config map"},
    "pz-volume-missing": {"mounted"},
    "server-process-stale": {"written"},
    "rollout-stuck": {"deployment"},
    "start-log-missing-module": LOG,
    "start-log-key-error": LOG,
    "start-log-bare-traceback": LOG,
    "start-log-file-refused": LOG,
    "start-log-falls-back": LOG,
    "start-log-parameter-ignored": LOG,
    "start-log-counts-errors": LOG,
    "start-log-recorder-skipped": LOG,
    "start-log-task-failed": LOG,
    "start-log-part-loaded": LOG,
    "server-pod-older-image": {"image"},
    "start-log-former-limit": LOG,
    "start-log-rotated": LOG,
    "start-log-without-readiness": LOG,
    "restart-breaks-start": {"log after restart"},
    "crashed-and-recovered": {"restarts", "last state", "previous log"},
    "restart-loop": {
        *("state", "restarts", "last state", "deployment", "log", "previous log", "events"),
        *("log after restart",),
    },
    "job-pod-fails": {"job's pod"},
}


def _readings(sandbox, cluster, valid):
    status, deployment = cluster.status(), cluster.deployment().status
    config_map = cluster.core.read_namespaced_config_map("pz-config", NAMESPACE)
    found = {
        "mounted": [cluster.run("sha256sum", MOUNT + path) for path in PATHS],
        "config map": config_map.data,
        "written": config_map.metadata.managed_fields[0].time,
        "state": (status.ready, status.state.running, status.state.waiting),
        "image": cluster.pod().spec.containers[0].image,
        "restarts": status.restart_count > 0,
        "last state": status.last_state.terminated is not None,
        "deployment": (
            deployment.updated_replicas,
            deployment.available_replicas,
            cluster.deployment().metadata.generation,
        ),
        "log": cluster.log(timestamps=True),
        "events": {(event.type, event.reason) for event in cluster.events()},
    }
    try:
        found["previous log"] = cluster.log(previous=True)
    except ApiException as error:
        found["previous log"] = error.status
    job = sandbox.configure(valid["multichannel"]).json()["job_id"]
    pods = cluster.core.list_namespaced_pod(NAMESPACE, label_selector=f"app=grpc-job-{job}")
    found["job's pod"] = [pod.status.phase for pod in pods.items]
    cluster.restart("again")
    time.sleep(0.5)  # until its log tells of faults
    found["log after restart"] = [line for line in cluster.log() if "Error" in line]
    return found


def test_every_fault_is_proven():
    of_jobs = {
        "service-left-behind",
        "live-service-left-behind",
        "job-service-cluster-ip",
        "job-service-elsewhere",
        "job-pod-waits",
        "job-command-frequencies-wrong",
        "job-command-nfft-wrong",
        "cleanup-pod-label-wrong",
        "job-command-channels-wrong",
        "job-command-times-wrong",
    }  # in test_sandbox_kubernetes_faults
    assert {fault.id for fault in FAULTS} == set(EXPECTED) | of_jobs


@pytest.mark.parametrize("fault", EXPECTED)
def test_a_fault_changes_exactly_what_it_says(usual, sandbox, cluster, valid, fault):
    sandbox.control("PUT", "/faults", {fault: True})
    faulty = _readings(sandbox, cluster, valid)
    differing = {name for name in usual if usual[name] != faulty[name]}
    after_restart = {"log after restart"} if EXPECTED[fault] == LOG else set()
    assert EXPECTED[fault] <= differing <= EXPECTED[fault] | after_restart


def test_a_loop_of_restarts_counts_on(sandbox, cluster):
    sandbox.control("PUT", "/faults", {"restart-loop": True})
    first = cluster.status()
    assert first.state.waiting.reason == "CrashLoopBackOff"
    time.sleep(1.1)
    assert cluster.status().restart_count > first.restart_count


class Faults:
    """Exactly these faults are on."""

    def __init__(self, *faults):
        self._faults = faults

    def on(self, fault):
        return fault in self._faults


def test_a_log_shows_only_what_has_happened():
    now = [datetime(2026, 1, 1, tzinfo=UTC)]
    process = ServerProcess(1, clock=lambda: now[0])
    process.restart("now")
    lengths = []
    for _ in range(400):
        lengths.append(len(current_log(process, Faults())))
        now[0] += timedelta(seconds=1)
    assert lengths == sorted(lengths)
    assert (lengths[0], lengths[1], lengths[-1]) == (0, 7, 9)
    assert previous_log(process, Faults()) is None


def test_a_crash_for_mongodb_says_so():
    process = ServerProcess(1)
    lines = previous_log(process, Faults(server_faults.CRASHED_FOR_MONGO))
    assert lines[-1][1].startswith("pymongo.errors.ServerSelectionTimeoutError: ")
    assert lines[-1][0] < process.started_at
