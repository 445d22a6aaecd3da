"""What the administrator of the test cluster does around a test, and undoes after it."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kubernetes import client, config
from waiting import wait_until

from runner.cluster.control_plane import ETCD
from runner.cluster.plan import ACCOUNT, NAMESPACE, NODE_NETNS, TOXIPROXY_URL

ENFORCEMENT_S = 3.0  # kube-router follows a change at once; this is plenty
ENDPOINTS_S = 20.0
PROXY = {"app.kubernetes.io/name": "toxiproxy"}
DATABASE = {"app.kubernetes.io/instance": "mongodb", "app.kubernetes.io/name": "mongodb"}
COMPACT = """
import json, sys, urllib.request
asked = json.dumps({"revision": sys.argv[2], "physical": True}).encode()
urllib.request.urlopen(sys.argv[1] + "/v3/kv/compaction", asked, timeout=10).read()
"""


class Admin:
    """Sees and may do everything; keeps what has to be undone."""

    node_namespace = NODE_NETNS
    toxiproxy_url = TOXIPROXY_URL

    def __init__(self, kubeconfig: Path) -> None:
        api = config.new_client_from_config(str(kubeconfig))
        self._core = client.CoreV1Api(api)
        self._networking = client.NetworkingV1Api(api)
        self._batch = client.BatchV1Api(api)
        self._rbac = client.RbacAuthorizationV1Api(api)
        self._api = api
        self._undo: list[Callable[[], object]] = []

    def undo(self) -> None:
        """Put everything back, last first."""
        while self._undo:
            self._undo.pop()()

    def objects(self) -> list[str]:
        """Names and versions of everything that a test could have changed."""
        listed = (
            self._networking.list_namespaced_network_policy(NAMESPACE),
            self._batch.list_namespaced_job(NAMESPACE),
            client.CoordinationV1Api(self._api).list_namespaced_lease(NAMESPACE),
            self._core.list_namespaced_pod(NAMESPACE),
            self._core.list_namespaced_event(NAMESPACE),
        )
        return [
            f"{item.metadata.name} {item.metadata.resource_version}"
            for group in listed
            for item in group.items
        ]

    def policies(self) -> list[str]:
        return [policy["metadata"]["name"] for policy in self.policy_objects()]

    def policy_objects(self) -> list[dict[str, Any]]:
        found = self._networking.list_namespaced_network_policy(NAMESPACE).items
        return [self._api.sanitize_for_serialization(policy) for policy in found]

    def delete_policies(self) -> None:
        for name in self.policies():
            self._networking.delete_namespaced_network_policy(name, NAMESPACE)

    def hold_policies(self, finalizers: list[str]) -> None:
        """Have them held by `finalizers`, by none of them where it is empty."""
        for name in self.policies():
            patch = {"metadata": {"finalizers": finalizers or None}}
            self._networking.patch_namespaced_network_policy(name, NAMESPACE, patch)
        if finalizers:
            self._undo.append(lambda: self.hold_policies([]))

    def leave_policy(self, name: str, expires_at: str) -> None:
        """A policy of ours that isolates nobody, and says that it ends then."""
        ours = {"app.kubernetes.io/managed-by": ACCOUNT}
        annotations = {f"{ACCOUNT}/expires-at": expires_at}
        policy = {
            "metadata": {"name": name, "labels": ours, "annotations": annotations},
            "spec": {"podSelector": {"matchLabels": {"app": "none"}}, "policyTypes": ["Ingress"]},
        }
        self._networking.create_namespaced_network_policy(NAMESPACE, policy)
        self._undo.append(self.delete_policies)

    def forget_versions(self) -> None:
        """Compact etcd up to now: what a watch cache does not hold is 410 Gone from here on."""
        now = self._core.list_namespaced_config_map(NAMESPACE).metadata.resource_version
        command = ["ip", "netns", "exec", NODE_NETNS, sys.executable, "-c", COMPACT, ETCD, now]
        subprocess.run(command, check=True)

    def jobs(self) -> list[str]:
        return [job.metadata.name for job in self._batch.list_namespaced_job(NAMESPACE).items]

    def pods_of_job(self, name: str) -> list[str]:
        found = self._core.list_namespaced_pod(NAMESPACE, label_selector=f"job-name={name}")
        return [pod.metadata.name for pod in found.items]

    def wait_for_enforcement(self) -> None:
        time.sleep(ENFORCEMENT_S)

    def admit_everybody_to_mongodb(self, name: str) -> None:
        policy = {
            "metadata": {"name": name},
            "spec": {"podSelector": {"matchLabels": DATABASE}, "ingress": [{}]},
        }
        self._networking.create_namespaced_network_policy(NAMESPACE, policy)
        self._undo.append(
            lambda: self._networking.delete_namespaced_network_policy(name, NAMESPACE)
        )

    def take_from_role(self, resource: str, verb: str) -> None:
        role = self._api.sanitize_for_serialization(
            self._rbac.read_namespaced_role(ACCOUNT, NAMESPACE)
        )
        reduced = [
            {**rule, "verbs": [each for each in rule["verbs"] if each != verb]}
            if resource in rule["resources"]
            else rule
            for rule in role["rules"]
        ]
        self.use_rules(reduced)

    def use_rules(self, rules: list[dict[str, Any]]) -> None:
        """Give the tests' account other rules in its namespace."""
        role = self._api.sanitize_for_serialization(
            self._rbac.read_namespaced_role(ACCOUNT, NAMESPACE)
        )
        self._put_rules(rules)
        self._undo.append(lambda: self._put_rules(role["rules"]))

    def lead_mongodb_through_the_proxy(self) -> None:
        """The Service is now the proxy's, and the server's pool begins anew."""
        self._select("mongodb", PROXY)
        self._undo.append(self._lead_mongodb_directly)
        self._restart_server()

    def _lead_mongodb_directly(self) -> None:
        self._select("mongodb", DATABASE)
        self._restart_server()

    def _select(self, service: str, labels: dict[str, str]) -> None:
        patch = [{"op": "replace", "path": "/spec/selector", "value": labels}]
        self._core.patch_namespaced_service(service, NAMESPACE, patch)

    def _restart_server(self) -> None:
        selector = "app.kubernetes.io/name=panda-panda-focus-server"
        former = self._core.list_namespaced_pod(NAMESPACE, label_selector=selector).items
        for pod in former:
            self._core.delete_namespaced_pod(pod.metadata.name, NAMESPACE)
        names = {pod.metadata.name for pod in former}
        wait_until(lambda: self._ready(selector, names), "the server's pod comes back", ENDPOINTS_S)

    def _ready(self, selector: str, former: set[str]) -> bool:
        pods = self._core.list_namespaced_pod(NAMESPACE, label_selector=selector).items
        if any(pod.metadata.name in former for pod in pods):
            return False
        statuses = [pod.status.container_statuses for pod in pods]
        return bool(pods) and all(each and each[0].ready for each in statuses)

    def _put_rules(self, rules: list[dict[str, Any]]) -> None:
        patch = [{"op": "replace", "path": "/rules", "value": rules}]
        self._rbac.patch_namespaced_role(ACCOUNT, NAMESPACE, patch)
