"""What deploy/load says is known to Kubernetes' schema, fits together, and renders."""

import json
import shutil
import subprocess
from typing import Any

import kubernetes.client
import pytest
import yaml
from guards.suites import ROOT

FOLDER = ROOT / "deploy" / "load"
KUSTOMIZATION = yaml.safe_load((FOLDER / "kustomization.yaml").read_text("utf-8"))
MODELS = {
    "Service": "V1Service",
    "Deployment": "V1Deployment",
    "NetworkPolicy": "V1NetworkPolicy",
}


def objects() -> list[dict[str, Any]]:
    texts = [(FOLDER / name).read_text("utf-8") for name in KUSTOMIZATION["resources"]]
    return [found for text in texts for found in yaml.safe_load_all(text)]


def of_kind(kind: str) -> list[dict[str, Any]]:
    return [each for each in objects() if each["kind"] == kind]


@pytest.mark.parametrize("made", objects(), ids=lambda each: each["kind"])
def test_every_field_is_one_of_the_schema(made: dict[str, Any]) -> None:
    """What the schema does not know is lost on the way through the client's models."""
    client = kubernetes.client.ApiClient()
    read = client.deserialize(json.dumps(made), MODELS[made["kind"]], "application/json")
    assert client.sanitize_for_serialization(read) == made


def test_pods_are_those_that_are_selected() -> None:
    pods = {}
    for deployment in of_kind("Deployment"):
        labels = deployment["spec"]["template"]["metadata"]["labels"]
        assert deployment["spec"]["selector"]["matchLabels"].items() <= labels.items()
        pods[deployment["metadata"]["name"]] = labels, deployment["spec"]["template"]["spec"]
    [service], [policy] = of_kind("Service"), of_kind("NetworkPolicy")
    labels, scheduler = pods[service["metadata"]["name"]]
    assert service["spec"]["selector"].items() <= labels.items()
    named = {port["name"]: port["containerPort"] for port in scheduler["containers"][0]["ports"]}
    [port] = service["spec"]["ports"]
    assert named[port["targetPort"]] == port["port"]
    selected = policy["spec"]["podSelector"]["matchLabels"]
    assert all(selected.items() <= labels.items() for labels, _ in pods.values())
    _, worker = pods["focus-load-worker"]
    address = f"tls://{service['metadata']['name']}:{port['port']}"
    assert address in worker["containers"][0]["command"]


def test_no_pod_has_a_privilege_or_a_token() -> None:
    for deployment in of_kind("Deployment"):
        pod = deployment["spec"]["template"]["spec"]
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        for container in pod["containers"]:
            allowed = container["securityContext"]
            assert allowed["allowPrivilegeEscalation"] is False
            assert allowed["readOnlyRootFilesystem"] is True
            assert allowed["capabilities"] == {"drop": ["ALL"]}
            mounts = {mount["name"] for mount in container["volumeMounts"]}
            assert mounts == {volume["name"] for volume in pod["volumes"]}


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
def test_kustomize_renders_all_of_it() -> None:
    done = subprocess.run(
        ["kubectl", "kustomize", str(FOLDER)], check=True, capture_output=True, timeout=60
    )
    rendered = list(yaml.safe_load_all(done.stdout))
    assert sorted(each["kind"] for each in rendered) == sorted(each["kind"] for each in objects())
    [replicas], [image] = KUSTOMIZATION["replicas"], KUSTOMIZATION["images"]
    for deployment in (each for each in rendered if each["kind"] == "Deployment"):
        [container] = deployment["spec"]["template"]["spec"]["containers"]
        assert container["image"] == f"{image['name']}:{image['newTag']}"
        if deployment["metadata"]["name"] == replicas["name"]:
            assert deployment["spec"]["replicas"] == replicas["count"]
