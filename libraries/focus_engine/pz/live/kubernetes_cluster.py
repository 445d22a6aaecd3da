"""`Cluster` by the Kubernetes client. Exec runs only `sha256sum`; one call changes things."""

import re
from datetime import datetime
from typing import Any

from focus_engine.environment import Environment
from focus_engine.kubernetes import client
from focus_engine.kubernetes.client import STRATEGIC, Object
from focus_engine.kubernetes.errors import ApiFailure, KubernetesError
from focus_engine.kubernetes.exec import run_program
from focus_engine.kubernetes.fields import count_in, objects_in, reading, value_in
from focus_engine.kubernetes.resources import CONFIG_MAPS, DEPLOYMENTS, EVENTS, NAMESPACES, PODS
from focus_engine.masking import head_of
from focus_engine.pz.live.cluster import ConfigMapState, Rollout, ServerPod, Termination
from focus_engine.verdict import ToolError

# What the API answers when there is no previous container.
_NO_PREVIOUS = frozenset({ApiFailure.INVALID, ApiFailure.NOT_FOUND})
_HASH = re.compile(r"^\\?([0-9a-f]{64})\s")


class KubernetesCluster:
    """The namespace and label of one environment."""

    def __init__(self, cluster: client.Cluster, label: str, container: str | None) -> None:
        self._cluster = cluster
        self._label = label
        self._container = container

    @classmethod
    def connect(cls, environment: Environment, container: str | None) -> "KubernetesCluster":
        """Raises PreconditionUnmet without a kubeconfig, ToolError when it cannot be read."""
        purpose = "check what the running server loaded"
        cluster = client.Cluster.connect(environment, purpose)
        return cls(cluster, environment.file.labels.server, container)

    def server_pods(self) -> list[ServerPod]:
        return self.pods(self._label)

    def pods(self, selector: str) -> list[ServerPod]:
        found = [_pod(item, self._container) for item in self._cluster.items(PODS, selector)]
        return sorted(found, key=lambda pod: str(pod.created_at or ""), reverse=True)

    def rollouts(self) -> list[Rollout]:
        return [_rollout(item) for item in self._cluster.items(DEPLOYMENTS, self._label)]

    @reading("a ConfigMap")
    def config_map(self, name: str) -> ConfigMapState | None:
        item = self._cluster.get(CONFIG_MAPS, name)
        if item is None:
            return None
        meta = item["metadata"]
        entries = [entry for entry in meta.get("managedFields") or [] if _wrote_data(entry)]
        times = [at for entry in entries if (at := _time(entry.get("time")))]
        version = str(meta.get("resourceVersion"))
        return ConfigMapState(name, version, max(times, default=None), dict(item.get("data") or {}))

    def sha256(self, pod: ServerPod, path: str) -> str | None:
        command = ["sha256sum", path]
        code, output = run_program(self._cluster, pod.name, pod.container, command)
        match = _HASH.match(output)
        if code == 0 and match is not None:
            return match.group(1)
        if "No such file" in output:
            return None
        raise ToolError(
            f"sha256sum {path} in pod {pod.name} ended with {code}: {head_of(output.strip(), 200)}"
        )

    def log(self, pod: ServerPod, *, previous: bool = False) -> str | None:
        try:
            return self._cluster.log(pod.name, pod.container, previous=previous, timestamps=True)
        except KubernetesError as error:
            if previous and error.cause in _NO_PREVIOUS:
                return None
            raise

    @reading("an Event")
    def warnings(self, pod: ServerPod) -> list[str]:
        events = self._cluster.items(EVENTS, fields=f"involvedObject.name={pod.name}")
        told = [
            (value_in(event, "type", str, ""), value_in(event, "reason", str, ""), event)
            for event in events
        ]
        return [
            reason
            for sort, reason, event in told
            if sort == "Warning" and _since(event, pod.started_at)
        ]

    def namespace_annotations(self) -> dict[str, str]:
        name = self._cluster.namespace
        item = self._cluster.get(NAMESPACES, name)
        if item is None:
            raise ToolError(f"there is no namespace {name}. Check FOCUS_NAMESPACE.")
        return dict(item["metadata"].get("annotations") or {})

    def patch_deployment(self, name: str, patch: dict[str, Any]) -> None:
        """The one change: `focus_engine.pz.live.restart` decides whether it is allowed."""
        if self._cluster.patch(DEPLOYMENTS, name, patch, kind=STRATEGIC) is None:
            raise ToolError(f"Deployment {name} is gone, so it cannot be restarted.")


def _wrote_data(entry: Object) -> bool:
    """Whether a managed-fields entry is about the values: a new label does not make them newer."""
    fields = entry.get("fieldsV1")
    return fields is None or "f:data" in fields or "f:binaryData" in fields


@reading("a pod")
def _pod(item: Object, wanted: str | None) -> ServerPod:
    meta, status = item["metadata"], item.get("status") or {}
    containers = status.get("containerStatuses") or []
    own: Object = next((entry for entry in containers if wanted in {None, entry["name"]}), {})
    state, last = own.get("state") or {}, own.get("lastState") or {}
    return ServerPod(
        name=meta["name"],
        phase=value_in(status, "phase", str, ""),
        container=own.get("name") or wanted or item["spec"]["containers"][0]["name"],
        ready=bool(own) and value_in(own, "ready", bool),
        leaving=meta.get("deletionTimestamp") is not None,
        created_at=_time(meta.get("creationTimestamp")),
        started_at=_time((state.get("running") or {}).get("startedAt")),
        restarts=count_in(own, "restartCount") if own else 0,
        previous=_termination(last.get("terminated")),
        waiting=value_in(state.get("waiting") or {}, "reason", str, ""),
        images=_images(item["spec"]),
    )


def _images(spec: Object) -> dict[str, str]:
    """What each container of a pod, or of a template of pods, is to run."""
    containers = objects_in(spec, "containers")
    return {value_in(one, "name", str): value_in(one, "image", str, "") for one in containers}


def _termination(ended: Object | None) -> Termination | None:
    if ended is None:
        return None
    return Termination(value_in(ended, "exitCode", int), value_in(ended, "reason", str, ""))


@reading("a Deployment")
def _rollout(item: Object) -> Rollout:
    meta, status = item["metadata"], item.get("status") or {}
    return Rollout(
        name=meta["name"],
        generation=count_in(meta, "generation", 0),
        observed_generation=count_in(status, "observedGeneration", 0),
        desired=count_in(item["spec"], "replicas", 1),
        updated=count_in(status, "updatedReplicas", 0),
        ready=count_in(status, "readyReplicas", 0),
        available=count_in(status, "availableReplicas", 0),
        replicas=count_in(status, "replicas", 0),
        images=_images(item["spec"]["template"].get("spec") or {}),
    )


def _since(event: Object, start: datetime | None) -> bool:
    stamps = (event.get(key) for key in ("lastTimestamp", "eventTime", "firstTimestamp"))
    when = next((at for stamp in stamps if (at := _time(stamp))), None)
    return start is None or when is None or when >= start


def _time(stamp: str | None) -> datetime | None:
    """A time of the API, with its zone; None where there is none."""
    if not stamp:
        return None
    time = datetime.fromisoformat(stamp)
    if time.tzinfo is None:
        raise ValueError(f"'{stamp}' has no time zone")
    return time
