"""What stands in a real cluster beside the server and its dependencies: the node, the recorder."""

from functools import cache
from typing import Any

from sandbox.kubernetes.addresses import NODE, pod_address
from sandbox.kubernetes.workloads import controllers, manifests

Object = dict[str, Any]

NODE_NAME = "sandbox"
RECORDER = "panda-panda-segy-recorder"
RECORDER_LABELS = {"app.kubernetes.io/name": RECORDER, "app.kubernetes.io/instance": "panda"}
_ADDRESS = 90
_CAPACITY = {"cpu": "8", "memory": "32Gi", "pods": "110", "nvidia.com/gpu.shared": "40"}

_NODE_INFO = {
    "architecture": "amd64",
    "bootID": "sandbox",
    "containerRuntimeVersion": "containerd://1.7.0",
    "kernelVersion": "6.1.0",
    "kubeProxyVersion": "v1.37.0",
    "kubeletVersion": "v1.37.0",
    "machineID": "sandbox",
    "operatingSystem": "linux",
    "osImage": "sandbox",
    "systemUUID": "sandbox",
}


@cache
def objects(namespace: str, born: str) -> tuple[tuple[str, Object], ...]:
    """Each with its plural; they never change."""
    container = {"name": RECORDER, "image": f"sandbox/{RECORDER}:1"}
    recorder = controllers.Deployment(RECORDER, namespace, RECORDER_LABELS, container, born)
    name = f"{recorder.replica_set}-{'x' * 5}"
    metadata = recorder.metadata(name) | {"ownerReferences": [recorder.owner]}
    pod = manifests.pod(metadata, container, born, address=pod_address(_ADDRESS))
    return ("nodes", _node(born)), *recorder.objects(), ("pods", pod)


def _node(born: str) -> Object:
    ready = {
        "type": "Ready",
        "status": "True",
        "reason": "KubeletReady",
        "lastTransitionTime": born,
    }
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": NODE_NAME,
            "labels": {"kubernetes.io/hostname": NODE_NAME, "kubernetes.io/os": "linux"},
            "uid": controllers.uid_of("Node", NODE_NAME),
            "creationTimestamp": born,
        },
        "spec": {},
        "status": {
            "capacity": dict(_CAPACITY),
            "allocatable": dict(_CAPACITY),
            "conditions": [ready],
            "addresses": [{"type": "InternalIP", "address": NODE}],
            "nodeInfo": dict(_NODE_INFO),
        },
    }
