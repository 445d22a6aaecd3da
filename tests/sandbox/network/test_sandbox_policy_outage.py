"""A NetworkPolicy applied to the API takes MongoDB from the server's real pool, as the CNI has it.

What the clients of a cluster see of it: from inside the server's pod, and by the server's answers.
"""

import time

import pytest
import requests
from kubernetes import client, config
from kubernetes.stream import stream
from waiting import wait_until

NAMESPACE = "panda"
PROBE = """
import socket, sys
try:
    socket.create_connection((sys.argv[1], int(sys.argv[2])), 0.4).close()
    print("open")
except ConnectionRefusedError:
    print("refused")
except socket.gaierror:
    print("unknown name")
except TimeoutError:
    print("timeout")
"""


class Cluster:
    """What a test does with the API."""

    def __init__(self, addresses):
        self.connection = config.new_client_from_config(addresses["kubeconfig"])
        self.core = client.CoreV1Api(self.connection)
        self._policies = client.NetworkingV1Api(self.connection)

    def server(self):
        selector = "app.kubernetes.io/name=panda-panda-focus-server"
        return self.core.list_namespaced_pod(NAMESPACE, label_selector=selector).items[0]

    def deny(self, instance):
        labels = {"app.kubernetes.io/instance": instance}
        spec = {"podSelector": {"matchLabels": labels}, "policyTypes": ["Ingress"], "ingress": []}
        body = {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {"name": "deny"},
            "spec": spec,
        }
        self._policies.create_namespaced_network_policy(NAMESPACE, body)

    def lift(self):
        self._policies.delete_namespaced_network_policy("deny", NAMESPACE)

    def probe(self, host, port):
        """Connect from inside the server's pod; return what happened."""
        with config.new_client_from_config(self._file) as connection:
            said = stream(
                client.CoreV1Api(connection).connect_get_namespaced_pod_exec,
                self.server().metadata.name, NAMESPACE,
                command=["python3", "-c", PROBE, host, str(port)],
                stdout=True, stderr=True, stdin=False, tty=False,
            )  # fmt: skip
        return said.strip()

    def wait_for(self, wanted, host, port):
        wait_until(lambda: self.probe(host, port) == wanted, f"{host}:{port} is {wanted}")


@pytest.fixture
def cluster(sandbox):
    found = Cluster(sandbox.addresses)
    found._file = sandbox.addresses["kubeconfig"]
    yield found
    found.connection.close()


@pytest.fixture
def historic(sandbox, valid):
    start = sandbox.recorded_start()
    return {**valid["multichannel"], "start_time": start, "end_time": start + 60}


@pytest.mark.parametrize(
    ("cni", "new", "pooled"),
    [
        ("connections", "refused", 200),
        ("connections-drop", "timeout", 200),
        ("packets", "timeout", 503),
        ("none", "open", 200),
    ],
)
def test_what_a_policy_does_to_the_server(sandbox, cluster, historic, cni, new, pooled):
    assert sandbox.control("PUT", "/cni", {"cni": cni}) == {"cni": cni}
    assert cluster.probe("mongodb", 27017) == "open"
    assert sandbox.configure(historic).status_code == 200
    cluster.deny("mongodb")
    if cni == "none":
        time.sleep(1)
    cluster.wait_for(new, "mongodb", 27017)
    assert cluster.probe("rabbitmq-panda", 5672) == "open"
    assert cluster.probe("kubernetes.default.svc", 443) == "open"
    # A look-up that a busy machine makes too slow for its limit is refused as well, once.
    answered = f"history is answered with {pooled}"
    wait_until(lambda: sandbox.configure(historic).status_code == pooled, answered)
    cluster.lift()
    cluster.wait_for("open", "mongodb", 27017)
    assert sandbox.configure(historic).status_code == 200


def test_on_connections_killed_sockets_make_it_an_outage(sandbox, cluster, historic):
    assert sandbox.configure(historic).status_code == 200
    cluster.deny("mongodb")
    cluster.wait_for("refused", "mongodb", 27017)
    assert sandbox.configure(historic).status_code == 200
    pod = cluster.server()
    command = ["ss", "-K", "dst", _mongo_address(cluster), "dport", "=", ":27017"]
    killer = {
        "name": "killer",
        "image": "any/ss:1",
        "command": command,
        "targetContainerName": pod.spec.containers[0].name,
        "securityContext": {"capabilities": {"add": ["NET_ADMIN"]}},
    }
    cluster.core.patch_namespaced_pod_ephemeralcontainers(
        pod.metadata.name, NAMESPACE, {"spec": {"ephemeralContainers": [killer]}}
    )
    wait_until(lambda: sandbox.configure(historic).status_code == 503, "history is refused")
    answer = sandbox.configure(historic)
    assert (answer.status_code, "MongoDB" in answer.text) == (503, True)
    cluster.lift()
    cluster.wait_for("open", "mongodb", 27017)
    assert sandbox.configure(historic).status_code == 200


def test_a_policy_against_rabbitmq_fails_live_once_the_connection_is_gone(sandbox, cluster, valid):
    sandbox.control("PUT", "/cni", {"cni": "packets"})
    sandbox.control("PUT", "/faults", {"dependency-limit": 0.5})
    live = valid["multichannel"]
    assert sandbox.configure(live).status_code == 200
    cluster.deny("rabbitmq-panda")
    cluster.wait_for("timeout", "rabbitmq-panda", 5672)
    answer = sandbox.configure(live)
    assert (answer.status_code, "RabbitMQ" in answer.text) == (503, True)
    cluster.lift()
    cluster.wait_for("open", "rabbitmq-panda", 5672)
    assert sandbox.configure(live).status_code == 200


def test_the_default_is_k3s_and_a_reset_returns_to_it_and_lifts_everything(sandbox, cluster):
    cluster.deny("mongodb")
    cluster.wait_for("refused", "mongodb", 27017)
    sandbox.control("PUT", "/cni", {"cni": "packets"})
    assert cluster.probe("mongodb", 27017) == "timeout"
    sandbox.control("POST", "/reset")
    cluster.wait_for("open", "mongodb", 27017)
    cluster.deny("mongodb")
    cluster.wait_for("refused", "mongodb", 27017)


def test_the_enforcement_delay_is_a_knob(sandbox, cluster):
    sandbox.control("PUT", "/faults", {"policy-enforced-after": 2.0})
    began = time.monotonic()
    cluster.deny("mongodb")
    cluster.wait_for("refused", "mongodb", 27017)
    assert time.monotonic() - began >= 2.0


def test_the_option_sets_the_plugin_and_a_wrong_one_is_refused(start_sandbox, sandbox):
    url = sandbox.addresses["control_url"] + "/cni"
    wrong = requests.put(url, json={"cni": "weave"}, timeout=60)
    assert wrong.status_code == 400
    assert "connections-drop" in wrong.json()["error"]
    other = start_sandbox("--cni", "none")
    assert other.control("PUT", "/cni", {"cni": "none"}) == {"cni": "none"}


def _mongo_address(cluster):
    selector = "app.kubernetes.io/instance=mongodb"
    pods = cluster.core.list_namespaced_pod(NAMESPACE, label_selector=selector).items
    return pods[0].status.pod_ip
