"""The objects of the Focus Server as the cluster shows them now: pod, Deployment, files, events."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sandbox.faults import ActiveFaults
from sandbox.kubernetes.addresses import NODE, pod_address
from sandbox.kubernetes.objects.admission import RESTARTED_AT
from sandbox.kubernetes.workloads import server_faults as faults_of
from sandbox.kubernetes.workloads.config_files import MOUNT, ConfigFiles, as_data
from sandbox.kubernetes.workloads.server_log import Line, current_log, previous_log
from sandbox.kubernetes.workloads.server_process import NAME, ServerProcess

Object = dict[str, Any]


LABELS = {"app.kubernetes.io/name": NAME}
CONFIG_MAP = "pz-config"
OPT_IN = {"focus-server-tests/disruptive": "allowed"}
PORT = 5000

_WRITTEN_BEFORE_BOOT = timedelta(minutes=15)
_WRITTEN_TOO_LATE = timedelta(minutes=5)
_RESTARTS_BEFORE_BOOT = 3
_FIRST_ADDRESS = 100


class ServerWorkload:
    """Answers what is asked of the server's part of the namespace, as the faults have it."""

    def __init__(
        self,
        process: ServerProcess,
        faults: ActiveFaults,
        files: ConfigFiles,
        namespace: str,
    ) -> None:
        self.process = process
        self._faults = faults
        self._files = files
        self._namespace = namespace

    def objects(self) -> Iterator[tuple[str, Object]]:
        """Each object with its plural."""
        yield "namespaces", self._namespace_object()
        yield "pods", self._pod()
        yield "deployments", self._deployment()
        yield "configmaps", self._config_map()
        for event in self._events():
            yield "events", event

    def owns(self, namespace: str, pod: str, container: str | None) -> bool:
        """Whether that is the server's own container; None is a pod's only one."""
        return (namespace, pod) == (self._namespace, self.process.pod) and container in (None, NAME)

    def log(self, previous: bool) -> list[Line] | None:
        """The lines of the container's log, or of the one before (None without one)."""
        read = previous_log if previous else current_log
        return read(self.process, self._faults)

    def file(self, path: str) -> bytes | None:
        """A file as the container sees it, None where there is none."""
        if self._faults.on(faults_of.VOLUME_MISSING) or not path.startswith(f"{MOUNT}/"):
            return None
        former = self._holds_former() or self._faults.on(faults_of.MOUNT_NOT_UPDATED)
        return self._contents(former=former).get(path.removeprefix(f"{MOUNT}/"))

    def _holds_former(self) -> bool:
        return self._faults.on(faults_of.FILES_NOT_DEPLOYED)

    def _contents(self, former: bool) -> Mapping[str, bytes]:
        return self._files.former if former else self._files.current

    def _namespace_object(self) -> Object:
        annotations = {} if self._faults.on(faults_of.NO_OPT_IN) else dict(OPT_IN)
        metadata = {
            "name": self._namespace,
            "uid": "sandbox-namespace",
            "labels": {"kubernetes.io/metadata.name": self._namespace},
            "annotations": annotations,
        }
        return {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {**metadata, "creationTimestamp": _stamp(self.process.booted_at)},
            "status": {"phase": "Active"},
        }

    def _pod(self) -> Object:
        container = {
            "name": NAME,
            "image": f"sandbox/{NAME}:{0 if self._faults.on(faults_of.OLDER_IMAGE) else 1}",
            "ports": [{"containerPort": PORT, "protocol": "TCP"}],
            "volumeMounts": [{"name": CONFIG_MAP, "mountPath": MOUNT, "readOnly": True}],
        }
        volume = {"name": CONFIG_MAP, "configMap": {"name": CONFIG_MAP}}
        status = self._container_status()
        started = _stamp(self.process.started_at)
        ready = [
            {"type": kind, "status": str(status["ready"]), "lastTransitionTime": started}
            for kind in ("Ready", "ContainersReady")
        ]
        return {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": self._metadata(self.process.pod, self.process.started_at),
            "spec": {
                "restartPolicy": "Always",
                "nodeName": "sandbox",
                "containers": [container],
                "volumes": [volume],
            },
            "status": {
                "phase": "Running",
                "startTime": started,
                "podIP": self._address(),
                "podIPs": [{"ip": self._address()}],
                "hostIP": NODE,
                "conditions": ready,
                "containerStatuses": [status],
            },
        }

    def _address(self) -> str:
        """Address of the pod; each one has its own."""
        return pod_address(_FIRST_ADDRESS + self.process.generation)

    def _container_status(self) -> Object:
        looping = self._faults.on(faults_of.RESTART_LOOP)
        running = {"running": {"startedAt": _stamp(self.process.started_at)}}
        waiting = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off restarting"}}
        return {
            "name": NAME,
            "image": f"sandbox/{NAME}:1",
            "imageID": "",
            "ready": self._is_available(),
            "restartCount": self._restarts(),
            "state": waiting if looping else running,
            "lastState": self._last_state(),
        }

    def _is_available(self) -> bool:
        return self.process.ready and not self._faults.on(faults_of.RESTART_LOOP)

    def _restarts(self) -> int:
        if self._faults.on(faults_of.RESTART_LOOP):
            running = self.process.now - self.process.booted_at
            return _RESTARTS_BEFORE_BOOT + int(running.total_seconds())
        return self.process.crashes + int(self._has_crashed())

    def _has_crashed(self) -> bool:
        return any(map(self._faults.on, (faults_of.CRASHED, faults_of.CRASHED_FOR_MONGO)))

    def _last_state(self) -> Object:
        lines = self.log(previous=True)
        if not lines:
            return {}
        return {
            "terminated": {
                "exitCode": 1,
                "reason": "Error",
                "startedAt": _stamp(lines[0][0]),
                "finishedAt": _stamp(lines[-1][0]),
            }
        }

    def _deployment(self) -> Object:
        stuck = self._faults.on(faults_of.ROLLOUT_STUCK)
        available = int(self._is_available())
        generation = self.process.generation + int(stuck)
        template_metadata: Object = {"labels": dict(LABELS)}
        if self.process.restarted_by:
            template_metadata["annotations"] = {RESTARTED_AT: self.process.restarted_by}
        container = {"name": NAME, "image": f"sandbox/{NAME}:1"}
        return {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {
                **self._metadata(NAME, self.process.booted_at),
                "generation": generation,
            },
            "spec": {
                "replicas": 1,
                "selector": {"matchLabels": dict(LABELS)},
                "template": {"metadata": template_metadata, "spec": {"containers": [container]}},
            },
            "status": {
                "observedGeneration": generation,
                "replicas": 1,
                "updatedReplicas": 0 if stuck else 1,
                "readyReplicas": available,
                "availableReplicas": available,
                "unavailableReplicas": 1 - available,
            },
        }

    def _config_map(self) -> Object:
        late = self._faults.on(faults_of.PROCESS_STALE)
        before = _WRITTEN_TOO_LATE if late else _WRITTEN_BEFORE_BOOT
        written = self.process.booted_at - before
        manager = {
            "manager": "helm",
            "operation": "Update",
            "apiVersion": "v1",
            "time": _stamp(written),
            "fieldsType": "FieldsV1",
            "fieldsV1": {"f:data": {}},
        }
        former = self._holds_former() or self._faults.on(faults_of.MAP_FORMER)
        text, binary = as_data(self._contents(former=former))
        return {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {**self._metadata(CONFIG_MAP, written), "managedFields": [manager]},
            "data": text,
            **({"binaryData": binary} if binary else {}),
        }

    def _events(self) -> Iterator[Object]:
        started = self.process.started_at
        before = started - timedelta(seconds=2)
        yield self._event("Warning", "FailedScheduling", before, "no node was free")
        yield self._event("Normal", "Started", started, f"Started container {NAME}")
        if self._faults.on(faults_of.RESTART_LOOP):
            yield self._event("Warning", "BackOff", self.process.now, "Back-off restarting")

    def _event(self, kind: str, reason: str, at: datetime, message: str) -> Object:
        pod = self.process.pod
        return {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": self._metadata(f"{pod}.{reason.lower()}", at),
            "involvedObject": {"kind": "Pod", "name": pod, "namespace": self._namespace},
            "type": kind,
            "reason": reason,
            "message": message,
            "count": 1,
            "firstTimestamp": _stamp(at),
            "lastTimestamp": _stamp(at),
            "source": {"component": "sandbox"},
        }

    def _metadata(self, name: str, created: datetime) -> Object:
        return {
            "name": name,
            "namespace": self._namespace,
            "labels": dict(LABELS),
            "uid": f"sandbox-{name}",
            "creationTimestamp": _stamp(created),
        }


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
