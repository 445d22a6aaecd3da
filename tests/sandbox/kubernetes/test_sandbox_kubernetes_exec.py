"""Commands in pods: python as a child with the pod's network, ss -K, ephemeral containers."""

import json
import os

import pytest
from kubernetes import client, config
from kubernetes.client.exceptions import ApiException
from kubernetes.stream import stream
from kubernetes_requests import PODS, STRATEGIC
from waiting import wait_until

from sandbox.kubernetes.pods.commands import Commands, Ending
from sandbox.kubernetes.pods.socket_kill import SocketKill, read_socket_kill

LIFE_S = 60  # of a child that nobody ends
LABEL = "app.kubernetes.io/name=panda-panda-focus-server"


@pytest.fixture
def core(sandbox):
    with config.new_client_from_config(sandbox.addresses["kubeconfig"]) as connection:
        yield client.CoreV1Api(connection)


def _server(raw):
    (pod,) = raw.done("GET", PODS, labelSelector=LABEL)["items"]
    return pod["metadata"]["name"]


def _open(core, pod, *command, **options):
    asked = {"stdout": True, "stderr": True, "stdin": False, "tty": False, **options}
    return stream(
        core.connect_get_namespaced_pod_exec, pod, "panda",
        command=list(command), _preload_content=False, **asked,
    )  # fmt: skip


def _run(core, pod, *command):
    session = _open(core, pod, *command)
    session.run_forever(timeout=60)
    return session.returncode, session.read_stdout(), session.read_stderr()


def test_python_runs_with_its_streams_and_its_exit_code(core, raw):
    code = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"
    assert _run(core, _server(raw), "python3", "-c", code) == (3, "out\n", "err\n")
    assert _run(core, _server(raw), "python", "-c", "print(1)") == (0, "1\n", "")


def test_stdin_goes_in(core, raw):
    code = "import sys; print(sys.stdin.readline().upper(), end=''); print(sys.stdin.read())"
    session = _open(core, _server(raw), "python3", "-u", "-c", code, stdin=True)
    session.write_stdin("hello\n")
    wait_until(lambda: "HELLO" in _output(session), "the line comes back")
    session.write_stdin("more")
    session.close_channel(0)
    session.run_forever(timeout=60)
    assert (session.returncode, session.read_stdout()) == (0, "HELLO\nmore\n")


REACHING = """
import socket, sys
try:
    with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=2):
        print("connected")
except OSError as error:
    print(type(error).__name__)
"""


@pytest.mark.parametrize(
    ("host", "port", "said"),
    [
        ("kubernetes.default.svc", 443, "connected"),
        ("kubernetes.default.svc.cluster.local.", 443, "connected"),
        ("kubernetes.default", 80, "ConnectionRefusedError"),
        ("nowhere", 80, "gaierror"),
        ("198.51.100.250", 80, "gaierror"),
        ("127.0.0.1", 1, "ConnectionRefusedError"),
    ],
)
def test_a_child_sees_the_network_of_its_pod(core, raw, host, port, said):
    command = ["python3", "-c", REACHING, host, str(port)]
    assert _run(core, _server(raw), *command) == (0, f"{said}\n", "")


def test_a_child_ends_with_its_connection(core, raw):
    code = f"import os, time; print(os.getpid(), flush=True); time.sleep({LIFE_S})"
    session = _open(core, _server(raw), "python3", "-c", code)
    wait_until(lambda: _output(session).endswith("\n"), "the child tells its number")
    pid = int(session.read_stdout())
    os.kill(pid, 0)
    session.close()
    wait_until(lambda: not _lives(pid), "the child has ended", LIFE_S / 2)


def test_a_child_ends_with_the_sandbox(start_sandbox):
    running = start_sandbox()
    with config.new_client_from_config(running.addresses["kubeconfig"]) as connection:
        core = client.CoreV1Api(connection)
        (pod,) = core.list_namespaced_pod("panda", label_selector=LABEL).items
        code = f"import os, time; print(os.getpid(), flush=True); time.sleep({LIFE_S})"
        session = _open(core, pod.metadata.name, "python3", "-c", code)
        wait_until(lambda: _output(session).endswith("\n"), "the child tells its number")
        pid = int(session.read_stdout())
        assert running.stop() == 0
        assert running.errors() == ""
        wait_until(lambda: not _lives(pid), "the child has ended", LIFE_S / 2)


def _output(session):
    session.update(timeout=0.1)
    return session.peek_stdout()


def _lives(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize(
    "command",
    [["python3", "-I", "-c", "1"], ["python3", "-Sc", "1"], ["sh", "-c", "id"], ["ss", "-t"], []],
)
def test_what_is_not_run(core, raw, command):
    with pytest.raises(ApiException, match="403"):
        _run(core, _server(raw), *command)


@pytest.mark.parametrize(
    ("options", "code"), [({"container": "none"}, "400"), ({"tty": True}, "400")]
)
def test_what_of_exec_is_not_there(core, raw, options, code):
    with pytest.raises(ApiException, match=code):
        _open(core, _server(raw), "python3", "-c", "1", **options)
    answer = raw("POST", f"{PODS}/{_server(raw)}/exec?command=cat")
    assert answer.json()["message"] == "Upgrade request required"


def test_exec_can_be_refused(core, raw, sandbox):
    sandbox.control("PUT", "/faults", {"exec-refused": True})
    with pytest.raises(ApiException) as error:
        _run(core, _server(raw), "python3", "-c", "1")
    assert "403" in str(error.value)


def _ephemeral(name="cutter", *command, capability="NET_ADMIN", **more):
    container = {
        "name": name,
        "image": "none",
        "command": list(command) or ["ss", "-K", "dport", "=", ":27017"],
        "securityContext": {"capabilities": {"add": [capability]}},
        **more,
    }
    return {"spec": {"ephemeralContainers": [container]}}


def _add(raw, pod, container):
    return raw("PATCH", f"{PODS}/{pod}/ephemeralcontainers", container, STRATEGIC)


def _ended(raw, pod, name="cutter"):
    def status():
        found = raw.done("GET", f"{PODS}/{pod}")["status"].get("ephemeralContainerStatuses", [])
        states = {one["name"]: one["state"] for one in found}
        return states.get(name, {})

    wait_until(status, "the container has a status")
    return status()


def test_an_ephemeral_container_runs_ss(raw):
    pod = _server(raw)
    assert _add(raw, pod, _ephemeral(targetContainerName="panda-panda-focus-server")).ok
    assert _ended(raw, pod)["terminated"]["exitCode"] == 0
    log = raw("GET", f"{PODS}/{pod}/log", container="cutter")
    assert log.text.startswith("Netid State")
    _add(raw, pod, _ephemeral("weak", capability="CHOWN"))
    _ended(raw, pod, "weak")
    log = raw("GET", f"{PODS}/{pod}/log", container="weak")
    assert "Operation not permitted" in log.text
    names = [one["name"] for one in raw.done("GET", f"{PODS}/{pod}")["spec"]["ephemeralContainers"]]
    assert names == ["cutter", "weak"]


def test_ss_runs_in_an_ephemeral_container_that_waits(core, raw):
    pod = _server(raw)
    _add(raw, pod, _ephemeral("waiting", "sleep", "600"))
    assert "running" in _ended(raw, pod, "waiting")
    session = _open(core, pod, "ss", "-K", "dst", "192.0.2.3", container="waiting")
    session.run_forever(timeout=60)
    assert session.returncode == 0


def test_a_program_that_the_image_lacks(raw):
    pod = _server(raw)
    _add(raw, pod, _ephemeral("lost", "tcpdump"))
    assert _ended(raw, pod, "lost")["terminated"]["exitCode"] == 127


@pytest.mark.parametrize(
    ("container", "code", "sentence"),
    [
        (_ephemeral("Bad_Name"), 422, "spec.ephemeralContainers[0].name: Invalid value"),
        (_ephemeral(targetContainerName="none"), 422, 'targetContainerName: Not found: "none"'),
        (_ephemeral("panda-panda-focus-server"), 422, "Duplicate value"),
    ],
)
def test_ephemeral_containers_that_cannot_be(raw, container, code, sentence):
    answer = _add(raw, _server(raw), container)
    assert (answer.status_code, sentence in answer.json()["message"]) == (code, True)


def test_ephemeral_containers_stay(raw):
    pod = _server(raw)
    _add(raw, pod, _ephemeral())
    changed = _add(raw, pod, _ephemeral("cutter", "sleep", "1"))
    assert "may not be changed" in changed.json()["message"]
    answer = raw(
        "PATCH", f"{PODS}/{pod}/ephemeralcontainers", {"spec": {"ephemeralContainers": None}},
        "application/merge-patch+json",
    )  # fmt: skip
    assert "may not be removed" in answer.json()["message"]


def test_pod_security_can_refuse_them(raw, sandbox):
    sandbox.control("PUT", "/faults", {"ephemeral-containers-refused": True})
    status = _add(raw, _server(raw), _ephemeral()).json()
    assert (status["code"], status["reason"]) == (403, "Forbidden")
    assert 'violates PodSecurity "baseline:latest"' in status["message"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["-K", "dst", "192.0.2.3", "dport", "=", ":27017"], SocketKill("192.0.2.3", 27017)),
        (["-tnK", "dport = :27017"], SocketKill(None, 27017)),
        (["-K", "state", "established", "dst", "192.0.2.3:27017"], SocketKill("192.0.2.3", 27017)),
        (["-t", "--kill", "dport", "eq", "27017"], SocketKill(None, 27017)),
        (["-t", "dport", "=", ":27017"], None),
        (["-K", "sport", "=", ":1"], None),
        (["-K", "dport", "=", ":x"], None),
        (["-K", "-x"], None),
        (["-K", "dst"], None),
    ],
)
def test_filters_of_ss(arguments, expected):
    assert read_socket_kill(arguments) == expected


class Recorded:
    """A network that remembers what it was asked to end."""

    def __init__(self):
        self.killed = []

    def routes(self, *_):
        return {"mongodb:27017": ("127.0.0.1", 5)}

    def kill_sockets(self, *asked):
        self.killed.append(asked)
        return 2


def test_the_network_is_asked_to_end_connections():
    network = Recorded()
    commands = Commands(_NoServer(), network)
    pod = {"metadata": {"namespace": "n", "name": "p"}}
    container = {"securityContext": {"capabilities": {"add": ["NET_ADMIN"]}}}
    ending = commands.run(pod, container, ["ss", "-K", "dport", "=", ":27017"])
    assert network.killed == [("n", "p", None, 27017)]
    assert isinstance(ending, Ending)
    assert ending.stdout.count(b"\n") == 3
    child = commands.run(pod, {}, ["python3", "-c", "1"])
    assert json.loads(child.environment["SANDBOX_ROUTES"]) == {"mongodb:27017": ["127.0.0.1", 5]}


class _NoServer:
    def owns(self, *_):
        return False
