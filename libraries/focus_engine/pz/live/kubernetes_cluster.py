"""`Cluster` by the Kubernetes client. Exec runs only `sha256sum`; one call changes things."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from focus_engine.environment import Environment
from focus_engine.kubernetes.client import KubernetesError, ask, client_of
from focus_engine.pz.live.cluster import ConfigMapState, Rollout, ServerPod, Termination
from focus_engine.verdict import ToolError

T = TypeVar("T")
_NOT_FOUND = 404
_BAD_REQUEST = 400  # what the API answers when there is no previous container
_TIMEOUT = 30  # seconds
_HASH = re.compile(r"^\\?([0-9a-f]{64})\s")


class KubernetesCluster:
    """The namespace and label of one environment, through one API client."""

    def __init__(self, api_client: Any, namespace: str, label: str, container: str | None) -> None:
        from kubernetes import client  # noqa: PLC0415 - a heavy import, needed by live checks only

        self._core = client.CoreV1Api(api_client)
        self._apps = client.AppsV1Api(api_client)
        self._namespace = namespace
        self._label = label
        self._container = container

    @classmethod
    def connect(cls, environment: Environment, container: str | None) -> "KubernetesCluster":
        """Raises PreconditionUnmet without a kubeconfig, ToolError when it cannot be read."""
        client = client_of(environment, "check what the running server loaded")
        return cls(client, environment.namespace, environment.file.labels.server, container)

    def server_pods(self) -> list[ServerPod]:
        return self.pods(self._label)

    def pods(self, selector: str) -> list[ServerPod]:
        items = self._ask(
            f"pods with label {selector}",
            lambda: (
                self._core.list_namespaced_pod(
                    self._namespace, label_selector=selector, _request_timeout=_TIMEOUT
                ).items
            ),
        )
        found = [_pod(item, self._container) for item in items or []]
        return sorted(found, key=lambda pod: str(pod.created_at or ""), reverse=True)

    def rollouts(self) -> list[Rollout]:
        items = self._ask(
            f"deployments with label {self._label}",
            lambda: (
                self._apps.list_namespaced_deployment(
                    self._namespace, label_selector=self._label, _request_timeout=_TIMEOUT
                ).items
            ),
        )
        return [_rollout(item) for item in items or []]

    def config_map(self, name: str) -> ConfigMapState | None:
        item = self._ask(
            f"ConfigMap {name}",
            lambda: self._core.read_namespaced_config_map(
                name, self._namespace, _request_timeout=_TIMEOUT
            ),
            absent=(_NOT_FOUND,),
        )
        if item is None:
            return None
        fields = item.metadata.managed_fields or []
        times = [entry.time for entry in fields if entry.time is not None and _wrote_data(entry)]
        version = str(item.metadata.resource_version)
        return ConfigMapState(name, version, max(times, default=None), dict(item.data or {}))

    def sha256(self, pod: ServerPod, path: str) -> str | None:
        code, output = self._exec(pod, ["sha256sum", path])
        match = _HASH.match(output)
        if code == 0 and match is not None:
            return match.group(1)
        if "No such file" in output:
            return None
        raise ToolError(
            f"sha256sum {path} in pod {pod.name} ended with {code}: {output.strip()[:200]}"
        )

    def log(self, pod: ServerPod, *, previous: bool = False) -> str | None:
        which = "previous log" if previous else "log"
        answer = self._ask(
            f"the {which} of {pod.name}/{pod.container}",
            # Preloaded, the client would turn the bytes into the text of a Python literal.
            lambda: (
                self._core.read_namespaced_pod_log(
                    pod.name,
                    self._namespace,
                    container=pod.container,
                    timestamps=True,
                    previous=previous,
                    _preload_content=False,
                    _request_timeout=_TIMEOUT,
                ).data
            ),
            absent=(_BAD_REQUEST, _NOT_FOUND) if previous else (),
        )
        return None if answer is None else bytes(answer).decode("utf-8", errors="replace")

    def warnings(self, pod: ServerPod) -> list[str]:
        events = self._ask(
            f"events of {pod.name}",
            lambda: (
                self._core.list_namespaced_event(
                    self._namespace,
                    field_selector=f"involvedObject.name={pod.name}",
                    _request_timeout=_TIMEOUT,
                ).items
            ),
        )
        return [
            str(event.reason)
            for event in events or []
            if event.type == "Warning" and _since(event, pod.started_at)
        ]

    def namespace_annotations(self) -> dict[str, str]:
        item = self._ask(
            f"namespace {self._namespace}",
            lambda: self._core.read_namespace(self._namespace, _request_timeout=_TIMEOUT),
        )
        return dict((item.metadata.annotations if item else None) or {})

    def patch_deployment(self, name: str, patch: dict[str, Any]) -> None:
        """The one change: `focus_engine.pz.live.restart` decides whether it is allowed."""
        self._ask(
            f"a patch of deployment {name}",
            lambda: self._apps.patch_namespaced_deployment(
                name, self._namespace, patch, _request_timeout=_TIMEOUT
            ),
        )

    def _exec(self, pod: ServerPod, command: list[str]) -> tuple[int, str]:
        from kubernetes.stream import stream  # noqa: PLC0415 - needed by this call only

        def run() -> tuple[int, str]:
            session = stream(
                self._core.connect_get_namespaced_pod_exec,
                pod.name,
                self._namespace,
                container=pod.container,
                command=command,
                stdout=True,
                stderr=True,
                stdin=False,
                tty=False,
                _preload_content=False,
            )
            session.run_forever(timeout=_TIMEOUT)
            if session.is_open():
                session.close()
                raise ToolError(f"{' '.join(command)} in pod {pod.name} took over {_TIMEOUT} s.")
            return int(session.returncode), session.read_stdout() + session.read_stderr()

        result = self._ask(f"exec in {pod.name}", run)
        assert result is not None  # noqa: S101 - no status is absent here
        return result

    def _ask(self, what: str, call: Callable[[], T], absent: tuple[int, ...] = ()) -> T | None:
        try:
            return ask(what, self._namespace, call)
        except KubernetesError as error:
            if error.status in absent:
                return None
            raise


def _wrote_data(entry: Any) -> bool:
    """Whether a managed-fields entry is about the values: a new label does not make them newer."""
    fields = entry.fields_v1
    return fields is None or "f:data" in fields or "f:binaryData" in fields


def _pod(item: Any, wanted: str | None) -> ServerPod:
    statuses = item.status.container_statuses or []
    status = next((entry for entry in statuses if wanted in {None, entry.name}), None)
    name = status.name if status else wanted or item.spec.containers[0].name
    running = status.state.running if status and status.state else None
    waiting = status.state.waiting if status and status.state else None
    ended = status.last_state.terminated if status and status.last_state else None
    return ServerPod(
        name=item.metadata.name,
        phase=item.status.phase or "",
        container=name,
        ready=bool(status and status.ready),
        leaving=item.metadata.deletion_timestamp is not None,
        created_at=item.metadata.creation_timestamp,
        started_at=running.started_at if running else None,
        restarts=status.restart_count if status else 0,
        previous=_termination(ended),
        waiting=(waiting.reason or "") if waiting else "",
    )


def _termination(ended: Any) -> Termination | None:
    if ended is None:
        return None
    return Termination(ended.exit_code, ended.reason or "", ended.finished_at)


def _rollout(item: Any) -> Rollout:
    status = item.status
    return Rollout(
        name=item.metadata.name,
        generation=item.metadata.generation or 0,
        observed_generation=status.observed_generation or 0,
        desired=item.spec.replicas if item.spec.replicas is not None else 1,
        updated=status.updated_replicas or 0,
        available=status.available_replicas or 0,
        replicas=status.replicas or 0,
    )


def _since(event: Any, start: datetime | None) -> bool:
    when = event.last_timestamp or event.event_time or event.first_timestamp
    return start is None or when is None or when >= start
