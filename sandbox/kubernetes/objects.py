"""The objects in the namespace: the standing services, and what the server makes for a job."""

import random
import uuid
from typing import Any

from sandbox.faults import ActiveFaults
from sandbox.jobs import Job
from sandbox.kubernetes import server_objects
from sandbox.kubernetes.server_faults import JOB_POD_FAILS
from sandbox.kubernetes.server_process import NAME
from sandbox.kubernetes.store import Store
from sandbox.spec import SPEC

Object = dict[str, Any]

_SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789"
_GRPC_PORT = 5000


class Workloads:
    """Keeps the store in step with the jobs. Names and labels as the server makes them."""

    def __init__(self, store: Store, namespace: str, seed: int, faults: ActiveFaults) -> None:
        self._store = store
        self._faults = faults
        self._namespace = namespace
        self._random = random.Random(seed)  # noqa: S311 - names, not secrets
        self._pods: dict[str, list[str]] = {}

    def add_standing(self) -> None:
        """Add the server's Service (its pod is in ``server_objects``) and its dependencies."""
        self._add_service(NAME, server_objects.LABELS, server_objects.PORT)
        for name, labels, port in (
            ("mongodb", _labels("mongodb", "mongodb"), 27017),
            ("rabbitmq-panda", _labels("rabbitmq", "rabbitmq-panda"), 5672),
        ):
            pod = f"{name}-{self._suffix(10)}-{self._suffix(5)}"
            container = {
                "name": name,
                "image": f"sandbox/{name}:1",
                "ports": [{"containerPort": port, "protocol": "TCP"}],
            }
            self._add("pods", _pod(self._metadata(pod, labels), container, self._now()))
            self._add_service(name, labels, port)

    def job_started(self, job: Job) -> None:
        """Add the Jobs, their pods and the Service of a new job."""
        grpc, cleanup = f"grpc-job-{job.id}", f"cleanup-job-{job.id}"
        self._pods[job.id] = []
        if not job.is_service_only:
            self._pods[job.id] = [
                self._add_job(grpc, _analyzer(job), 120),
                self._add_job(cleanup, _cleaner(job), 10),
            ]
        self._add(
            "services",
            _service(
                self._metadata(f"grpc-service-{job.id}", {"app": grpc}),
                "NodePort",
                {"app": grpc},
                {"port": _GRPC_PORT, "targetPort": _GRPC_PORT, "nodePort": job.port},
            ),
        )

    def job_ended(self, job: Job) -> None:
        """Remove all objects of a job."""
        for pod in self._pods.pop(job.id):
            self._store.remove("pods", self._namespace, pod)
        self._store.remove("services", self._namespace, f"grpc-service-{job.id}")
        if job.is_service_only:
            return
        for name in (f"grpc-job-{job.id}", f"cleanup-job-{job.id}"):
            self._store.remove("jobs", self._namespace, name)

    def _add_service(self, name: str, labels: dict[str, str], port: int) -> None:
        ports = {"port": port, "targetPort": port}
        self._add("services", _service(self._metadata(name, labels), "ClusterIP", labels, ports))

    def _add_job(self, name: str, container: Object, ttl_s: int) -> str:
        """Add a batch Job with its one pod; return the pod's name."""
        uid = str(uuid.uuid4())
        labels = {"app": name, "job-name": name, "controller-uid": uid}
        pod_name = f"{name}-{self._suffix(5)}"
        self._add("jobs", _job(self._metadata(name, labels, uid), container, ttl_s, self._now()))
        metadata = self._metadata(pod_name, labels)
        metadata["ownerReferences"] = [
            {
                "apiVersion": "batch/v1",
                "kind": "Job",
                "name": name,
                "uid": uid,
                "controller": True,
                "blockOwnerDeletion": True,
            }
        ]
        now = self._now()
        pod = _pod(metadata, container, now, restart_policy="Never")
        self._add("pods", _failed(pod, now) if self._faults.on(JOB_POD_FAILS) else pod)
        return pod_name

    def _add(self, plural: str, item: Object) -> None:
        self._store.add(plural, item)

    def _now(self) -> str:
        return self._store.timestamp()

    def _metadata(self, name: str, labels: dict[str, str], uid: str | None = None) -> Object:
        return {
            "name": name,
            "namespace": self._namespace,
            "labels": dict(labels),
            "uid": uid or str(uuid.uuid4()),
        }

    def _suffix(self, length: int) -> str:
        return "".join(self._random.choice(_SUFFIX_LETTERS) for _ in range(length))


def _labels(name: str, instance: str) -> dict[str, str]:
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/instance": instance}


def _analyzer(job: Job) -> Object:
    """The container that computes and streams the job's spectrogram."""
    channels = job.request.get("channels")
    bounds = channels if isinstance(channels, dict) else {}
    args = [
        "-m",
        "baby_analyzer",
        "--roi",
        str(bounds.get("min")),
        str(bounds.get("max")),
        "-sg",
        str(job.request.get("nfftSelection")),
        "--queue-name",
        f"focus_baby.{job.id}",
        "--grpc-streams-num",
        str(job.response.get("stream_amount", SPEC.streams)),
    ]
    if job.historic:
        args += [
            "--time-start",
            str(job.request.get("start_time")),
            "--time-end",
            str(job.request.get("end_time")),
        ]
    return {
        "name": f"grpc-job-{job.id}",
        "image": "sandbox/baby-analyzer:1",
        "command": ["python"],
        "args": args,
        "ports": [{"containerPort": _GRPC_PORT, "protocol": "TCP"}],
        "resources": {"limits": {"nvidia.com/gpu.shared": "1"}},
    }


def _cleaner(job: Job) -> Object:
    """The container that watches the job's pod and removes all of it when it idles."""
    return {
        "name": f"cleanup-job-{job.id}",
        "image": "sandbox/cleanup:1",
        "command": ["/bin/sh"],
        "args": ["-c", f"cleanup grpc-job-{job.id}"],
    }


def _pod(metadata: Object, container: Object, now: str, restart_policy: str = "Always") -> Object:
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
            "podIP": "127.0.0.1",
            "hostIP": "127.0.0.1",
            "conditions": conditions,
            "containerStatuses": [status],
        },
    }


def _failed(pod: Object, now: str) -> Object:
    """Return the pod as it is when its container has ended with an error."""
    (container,) = pod["status"]["containerStatuses"]
    ended = {"exitCode": 1, "reason": "Error", "finishedAt": now}
    container |= {"ready": False, "state": {"terminated": ended}}
    pod["status"] |= {"phase": "Failed", "conditions": []}
    return pod


def _job(metadata: Object, container: Object, ttl_s: int, now: str) -> Object:
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
            "ttlSecondsAfterFinished": ttl_s,
            "template": template,
            "selector": {"matchLabels": {"controller-uid": metadata["uid"]}},
        },
        "status": {"active": 1, "ready": 1, "startTime": now},
    }


def _service(metadata: Object, kind: str, selector: dict[str, str], port: Object) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata,
        "spec": {
            "type": kind,
            "selector": dict(selector),
            "clusterIP": "127.0.0.1",
            "ports": [{"protocol": "TCP", **port}],
        },
        "status": {"loadBalancer": {}},
    }
