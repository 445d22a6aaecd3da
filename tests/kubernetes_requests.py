"""Raw requests to the sandbox's Kubernetes API, and objects to send."""

import copy
import json
from pathlib import Path
from typing import Any

import requests

POLICIES = "/apis/networking.k8s.io/v1/namespaces/panda/networkpolicies"
JOBS = "/apis/batch/v1/namespaces/panda/jobs"
LEASES = "/apis/coordination.k8s.io/v1/namespaces/panda/leases"
PODS = "/api/v1/namespaces/panda/pods"
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"

POLICY: dict[str, Any] = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "NetworkPolicy",
    "metadata": {"name": "cut", "labels": {"made-by": "test"}},
    "spec": {
        "podSelector": {"matchLabels": {"app.kubernetes.io/instance": "mongodb"}},
        "policyTypes": ["Ingress"],
        "ingress": [{"ports": [{"port": 1, "protocol": "TCP"}]}],
    },
}
JOB: dict[str, Any] = {
    "apiVersion": "batch/v1",
    "kind": "Job",
    "metadata": {"name": "owner"},
    "spec": {
        "completions": 0,
        "parallelism": 0,
        "ttlSecondsAfterFinished": 600,
        "template": {
            "spec": {
                "restartPolicy": "Never",
                "containers": [{"name": "none", "image": "none"}],
            }
        },
    },
}


def policy(name: str = "cut", **metadata: Any) -> dict[str, Any]:
    """A valid NetworkPolicy."""
    made = copy.deepcopy(POLICY)
    made["metadata"] |= {"name": name, **metadata}
    return made


def job(name: str = "owner", **spec: Any) -> dict[str, Any]:
    """A valid Job."""
    made = copy.deepcopy(JOB)
    made["metadata"]["name"] = name
    made["spec"] |= spec
    return made


class Raw:
    """Sends requests with one token; answers are checked to be well formed."""

    def __init__(self, kubeconfig: Path) -> None:
        content = json.loads(kubeconfig.read_text(encoding="utf-8"))
        self.server = content["clusters"][0]["cluster"]["server"]
        self.token = content["users"][0]["user"]["token"]
        self._session = requests.Session()

    def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        kind: str = "application/json",
        **parameters: Any,
    ) -> requests.Response:
        data = body if isinstance(body, str | bytes | None) else json.dumps(body)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
        answer = self._session.request(
            method, self.server + path, params=parameters, data=data, headers=headers, timeout=10
        )
        if answer.status_code >= 400 and answer.text != "404 page not found\n":
            status = answer.json()
            assert (status["kind"], status["status"]) == ("Status", "Failure")
            assert status["code"] == answer.status_code
        return answer

    def done(self, *arguments: Any, **parameters: Any) -> Any:
        """Send a request that succeeds; return its JSON."""
        answer = self(*arguments, **parameters)
        assert answer.status_code in {200, 201, 202}, answer.text
        return answer.json()

    def close(self) -> None:
        """Close the connections."""
        self._session.close()
