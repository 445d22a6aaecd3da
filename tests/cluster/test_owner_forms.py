"""When does Kubernetes itself end an outage whose runner is dead? The owner forms, measured."""

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from cluster.conftest import Cluster, Evidence

TTL_S = 8
LATE_S = 5.0  # after the TTL at the latest
TOO_LATE_S = 12.0  # after the TTL, and it has not gone: it never goes
POLL_S = 0.05

FORMS: dict[str, dict[str, Any]] = {
    "A": {"completions": 0, "parallelism": 0, "ttlSecondsAfterFinished": TTL_S},
    "A2": {"completions": 0, "parallelism": 1, "ttlSecondsAfterFinished": TTL_S},
    "B": {"activeDeadlineSeconds": TTL_S, "ttlSecondsAfterFinished": 0},
    "C": {  # never on 1.20, on the deadline on 1.37: not to be relied on, so only noted
        "parallelism": 0,
        "completions": 1,
        "activeDeadlineSeconds": TTL_S,
        "ttlSecondsAfterFinished": 0,
    },
}


@dataclass
class OwnedPolicy:
    """A Job and the NetworkPolicy that it owns."""

    cluster: Cluster
    name: str
    spec: dict[str, Any]
    began: float = field(default_factory=time.monotonic)
    gone: dict[str, float] = field(default_factory=dict)
    pods_seen: int = 0

    @property
    def job(self) -> str:
        return f"/apis/batch/v1/namespaces/{self.cluster.namespace}/jobs/{self.name}"

    @property
    def policy(self) -> str:
        base = f"/apis/networking.k8s.io/v1/namespaces/{self.cluster.namespace}"
        return f"{base}/networkpolicies/{self.name}"

    def ask(self, method: str, path: str, body: object = None, kind: str = "json") -> Any:
        headers = {"Authorization": f"Bearer {self.cluster.token}"}
        if body is not None:
            headers["Content-Type"] = f"application/{kind}"
        return requests.request(
            method,
            self.cluster.url + path,
            json=body,
            headers=headers,
            verify=self.cluster.authority,
            timeout=10,
        )

    def create(self) -> None:
        container = {"name": "none", "image": "none.invalid/none"}
        template = {"spec": {"restartPolicy": "Never", "containers": [container]}}
        job = {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {"name": self.name},
            "spec": {**self.spec, "template": template},
        }
        created = self.ask("POST", self.job.rpartition("/")[0], job)
        created.raise_for_status()
        owner = {"apiVersion": "batch/v1", "kind": "Job", "name": self.name}
        policy = {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {
                "name": self.name,
                "ownerReferences": [{**owner, "uid": created.json()["metadata"]["uid"]}],
            },
            "spec": {"podSelector": {"matchLabels": {"app": "none"}}, "policyTypes": ["Ingress"]},
        }
        self.ask("POST", self.policy.rpartition("/")[0], policy).raise_for_status()
        self.began = time.monotonic()

    def look(self) -> None:
        """Note what has gone since the last look."""
        for what, path in (("job", self.job), ("policy", self.policy)):
            if what not in self.gone and not self._listed(path):
                self.gone[what] = time.monotonic() - self.began
        selector = f"/api/v1/namespaces/{self.cluster.namespace}/pods?labelSelector=job-name%3D"
        pods = self.ask("GET", selector + self.name).json()["items"]
        self.pods_seen = max(self.pods_seen, len(pods))

    def _listed(self, path: str) -> bool:
        """The account may list, but not get by name."""
        folder, _, name = path.rpartition("/")
        found = self.ask("GET", f"{folder}?fieldSelector=metadata.name%3D{name}")
        found.raise_for_status()
        return bool(found.json()["items"])

    def wait_until_gone(self, limit_s: float) -> float:
        while "policy" not in self.gone and time.monotonic() - self.began < limit_s:
            self.look()
            time.sleep(POLL_S)
        return self.gone.get("policy", float("inf"))

    def remove(self) -> None:
        self.ask("DELETE", self.job + "?propagationPolicy=Background")
        self.ask("DELETE", self.policy)


@pytest.fixture
def owned(cluster: Cluster) -> Iterator[Callable[[dict[str, Any]], OwnedPolicy]]:
    made: list[OwnedPolicy] = []

    def make(spec: dict[str, Any]) -> OwnedPolicy:
        policy = OwnedPolicy(cluster, f"focus-owner-{uuid.uuid4().hex[:8]}", spec)
        made.append(policy)
        policy.create()
        return policy

    yield make
    for policy in made:
        policy.remove()


def test_which_owner_ends_the_policy_in_time(
    owned: Callable[[dict[str, Any]], OwnedPolicy], evidence: Evidence
) -> None:
    policies = {name: owned(spec) for name, spec in FORMS.items()}
    end = time.monotonic() + TTL_S + TOO_LATE_S
    while time.monotonic() < end and any("policy" not in each.gone for each in policies.values()):
        for policy in policies.values():
            policy.look()
        time.sleep(POLL_S)
    for name, policy in policies.items():
        told = {f"{what} gone after": f"{seconds:.1f} s" for what, seconds in policy.gone.items()}
        evidence.note(f"owner form {name}, TTL {TTL_S} s", {**told, "pods": policy.pods_seen})
    for name in ("A", "A2", "B"):
        assert TTL_S - 1 <= policies[name].gone["policy"] <= TTL_S + LATE_S, name
    assert policies["A"].pods_seen == 0


@pytest.mark.parametrize(("given_s", "patched_s"), [(4, 9), (60, 4)])
def test_the_owner_can_be_renewed_and_shortened(
    owned: Callable[[dict[str, Any]], OwnedPolicy],
    evidence: Evidence,
    given_s: int,
    patched_s: int,
) -> None:
    policy = owned({**FORMS["A"], "ttlSecondsAfterFinished": given_s})
    time.sleep(2)
    patch = {"spec": {"ttlSecondsAfterFinished": patched_s}}
    policy.ask("PATCH", policy.job, patch, "merge-patch+json").raise_for_status()
    gone_s = policy.wait_until_gone(patched_s + LATE_S)
    evidence.note(f"TTL {given_s} s patched to {patched_s} s after 2 s", f"{gone_s:.1f} s")
    assert patched_s - 1 <= gone_s <= patched_s + LATE_S


def test_deleting_the_owner_lifts_the_policy(
    owned: Callable[[dict[str, Any]], OwnedPolicy], evidence: Evidence
) -> None:
    policy = owned({**FORMS["A"], "ttlSecondsAfterFinished": 60})
    policy.ask("DELETE", policy.job + "?propagationPolicy=Background").raise_for_status()
    gone_s = policy.wait_until_gone(LATE_S)
    evidence.note("policy gone after its Job was deleted", f"{gone_s:.2f} s")
    assert gone_s <= LATE_S
