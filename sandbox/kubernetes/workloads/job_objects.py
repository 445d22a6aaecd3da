"""The objects that the server makes for a job."""

import random
import uuid
from typing import Any

from sandbox.faults import ActiveFaults
from sandbox.focus_server.jobs import Job
from sandbox.kubernetes.objects.store import Store
from sandbox.kubernetes.workloads import manifests
from sandbox.kubernetes.workloads.server_faults import (
    CLEANUP_LABEL,
    COMMAND_CHANNELS,
    COMMAND_FREQUENCIES,
    COMMAND_NFFT,
    COMMAND_TIMES,
    JOB_POD_FAILS,
    JOB_POD_WAITS,
    JOB_SERVICE_ELSEWHERE,
    JOB_SERVICE_INSIDE,
    LIVE_SERVICE_STAYS,
    SERVICE_STAYS,
)
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

    def job_started(self, job: Job) -> None:
        """Add the Jobs, their pods and the Service of a new job."""
        grpc, cleanup = f"grpc-job-{job.id}", f"cleanup-job-{job.id}"
        self._pods[job.id] = []
        if not job.is_service_only:
            self._pods[job.id] = [
                self._add_job(grpc, _analyzer(job, self._faults), 120),
                self._add_job(cleanup, _cleaner(job), 10),
            ]
        self._add(
            "services",
            manifests.service(
                self._metadata(f"grpc-service-{job.id}", {"app": grpc}),
                "ClusterIP" if self._faults.on(JOB_SERVICE_INSIDE) else "NodePort",
                {"app": f"{grpc}0" if self._faults.on(JOB_SERVICE_ELSEWHERE) else grpc},
                {"port": _GRPC_PORT, "targetPort": _GRPC_PORT, "nodePort": job.port},
                "127.0.0.1",
            ),
        )

    def job_ended(self, job: Job) -> None:
        """Remove all objects of a job."""
        for pod in self._pods.pop(job.id):
            self._remove("pods", pod)
        if not self._faults.on(SERVICE_STAYS if job.historic else LIVE_SERVICE_STAYS):
            self._remove("services", f"grpc-service-{job.id}")
        for name in (f"grpc-job-{job.id}", f"cleanup-job-{job.id}"):
            self._remove("jobs", name)

    def _remove(self, plural: str, name: str) -> None:
        """Remove what is still there: a client may have deleted it."""
        if self._store.has((plural, self._namespace, name)):
            self._store.remove(plural, self._namespace, name)

    def _add_job(self, name: str, container: Object, ttl_s: int) -> str:
        """Add a batch Job with its one pod; return the pod's name."""
        uid = str(uuid.uuid4())
        labels = {"app": name, "job-name": name, "controller-uid": uid}
        pod_name = f"{name}-{self._suffix(5)}"
        self._add(
            "jobs", manifests.job(self._metadata(name, labels, uid), container, ttl_s, self._now())
        )
        if self._faults.on(CLEANUP_LABEL):
            labels["job-name"] = name.replace("cleanup-", "grpc-")
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
        pod = manifests.pod(metadata, container, now, restart_policy="Never")
        if self._faults.on(JOB_POD_WAITS):
            pod["status"]["phase"] = "Pending"
        self._add("pods", manifests.failed(pod, now) if self._faults.on(JOB_POD_FAILS) else pod)
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


def _analyzer(job: Job, faults: ActiveFaults) -> Object:
    """The container that computes and streams the job's spectrogram."""
    channels, end = job.request.get("channels"), job.request.get("end_time")
    if faults.on(COMMAND_CHANNELS) and isinstance(channels, dict):
        channels = {**channels, "max": channels["max"] + 1}
    frequencies = job.request.get("frequencyRange")
    if faults.on(COMMAND_FREQUENCIES) and isinstance(frequencies, dict):
        frequencies = {**frequencies, "min": 0}
    if faults.on(COMMAND_TIMES):
        end = job.request.get("start_time")
    command = [
        "python",
        "-m",
        "baby_analyzer",
        *_range("--roi", channels),
        "-sg",
        "1024" if faults.on(COMMAND_NFFT) else str(job.request.get("nfftSelection")),
        *_range("--sg-range", frequencies),
        "--queue-name",
        f"focus_baby.{job.id}",
        "--grpc-streams-num",
        str(job.response.get("stream_amount", SPEC.streams)),
    ]
    if job.historic:
        command += [
            "--time-start",
            str(job.request.get("start_time")),
            "--time-end",
            str(end),
            "--time-zone",
            "UTC",
        ]
    return {
        "name": f"grpc-job-{job.id}",
        "image": "sandbox/baby-analyzer:1",
        "command": command,
        "ports": [{"containerPort": _GRPC_PORT, "protocol": "TCP"}],
        "resources": {"limits": {"nvidia.com/gpu.shared": "1"}},
    }


def _range(flag: str, bounds: object) -> list[str]:
    """The flag with both bounds, which a lenient server need not have; nothing without a range."""
    if not isinstance(bounds, dict):
        return []
    return [flag, str(bounds.get("min")), str(bounds.get("max"))]


def _cleaner(job: Job) -> Object:
    """The container that watches the job's pod and removes all of it when it idles."""
    return {
        "name": f"cleanup-job-{job.id}",
        "image": "sandbox/cleanup:1",
        "command": ["/bin/sh"],
        "args": ["-c", f"cleanup grpc-job-{job.id}"],
    }
