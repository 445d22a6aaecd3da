"""Pods, Jobs and Services as they look when they run."""

from typing import Any

from sandbox.kubernetes.addresses import NODE

Object = dict[str, Any]


def pod(
    metadata: Object,
    container: Object,
    now: str,
    *,
    restart_policy: str = "Always",
    address: str = "127.0.0.1",
) -> Object:
    """A pod that runs since `now`."""
    status = {
        "name": container["name"],
        "image": container["image"],
        "imageID": "",
        "ready": True,
        "restartCount": 0,
        "state": {"running": {"startedAt": now}},
    }
    conditions = [
        {"type": kind, "status": "True", "lastTransitionTime": now}
        for kind in ("Initialized", "Ready", "ContainersReady", "PodScheduled")
    ]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata,
        "spec": {"restartPolicy": restart_policy, "nodeName": "sandbox", "containers": [container]},
        "status": {
            "phase": "Running",
            "startTime": now,
            "podIP": address,
            "podIPs": [{"ip": address}],
            "hostIP": NODE,
            "conditions": conditions,
            "containerStatuses": [status],
        },
    }


def failed(running: Object, now: str) -> Object:
    """The pod as it is when its container has ended with an error."""
    (container,) = running["status"]["containerStatuses"]
    ended = {"exitCode": 1, "reason": "Error", "finishedAt": now}
    container |= {"ready": False, "state": {"terminated": ended}}
    running["status"] |= {"phase": "Failed", "conditions": []}
    return running


def on_host_network(running: Object) -> Object:
    """The pod as it is in the network of its node."""
    spec = {**running["spec"], "hostNetwork": True}
    status = {**running["status"], "podIP": NODE, "podIPs": [{"ip": NODE}]}
    return {**running, "spec": spec, "status": status}


def job(metadata: Object, container: Object, ttl_s: int, now: str) -> Object:
    """A Job whose pod runs since `now`."""
    template = {
        "metadata": {"labels": metadata["labels"]},
        "spec": {"restartPolicy": "Never", "containers": [container]},
    }
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": metadata,
        "spec": {
            "backoffLimit": 0,
            "completions": 1,
            "parallelism": 1,
            "ttlSecondsAfterFinished": ttl_s,
            "template": template,
            "selector": {"matchLabels": {"controller-uid": metadata["uid"]}},
        },
        "status": {"active": 1, "ready": 1, "startTime": now},
    }


def service(
    metadata: Object, kind: str, selector: dict[str, str], port: Object, address: str
) -> Object:
    """A Service with one port."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata,
        "spec": {
            "type": kind,
            **({"selector": dict(selector)} if selector else {}),
            "clusterIP": address,
            "clusterIPs": [address],
            "ports": [{"protocol": "TCP", **port}],
        },
        "status": {"loadBalancer": {}},
    }
