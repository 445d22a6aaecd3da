"""The objects of one namespace as they come and go: a list, and a watch from there on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Protocol

from focus.environment import Environment
from focus.verdict import PreconditionUnmet, ToolError

OWN_LABEL = ("app.kubernetes.io/managed-by", "focus-server-tests")
CONNECT_SECONDS = 5.0
READ_SECONDS = 15.0


class Kind(StrEnum):
    """What the Focus Server makes for its jobs, by the plural of the API."""

    JOBS = "jobs"
    SERVICES = "services"
    PODS = "pods"


@dataclass(frozen=True)
class Thing:
    """An object by kind, name and UID, as of a version of the cluster."""

    kind: Kind
    name: str
    uid: str
    version: str
    labels: Mapping[str, str]

    @property
    def is_ours(self) -> bool:
        """Whether these tests made it."""
        label, value = OWN_LABEL
        return self.labels.get(label) == value


@dataclass(frozen=True)
class PodState:
    """A pod as far as it can be disturbed. `restarts` are those of all its containers."""

    name: str
    uid: str
    restarts: int
    ready: bool


@dataclass(frozen=True)
class Listing:
    """What there is of a kind, and the version from which a watch goes on."""

    things: tuple[Thing, ...]
    version: str


class WatchTooOldError(ToolError):
    """The API has forgotten what happened since the version that was asked for."""


class Cluster(Protocol):
    """The namespace under test. Everything raises ToolError when it cannot be asked."""

    def look(self, kind: Kind) -> Listing:
        """Every object of `kind`."""
        ...

    def watch(self, kind: Kind, version: str, seconds: float) -> Iterator[Thing]:
        """What is added, changed or deleted after `version`, for `seconds`."""
        ...

    def pods(self, selector: str) -> list[PodState]:
        """The pods with labels `selector`; all of them when it is empty."""
        ...


class KubernetesCluster:
    """`Cluster` through the Kubernetes client; one connection per watch."""

    def __init__(self, settings: Any, namespace: str) -> None:
        self._settings = settings
        self._namespace = namespace

    @classmethod
    def connect(cls, environment: Environment) -> "KubernetesCluster":
        """Raises PreconditionUnmet without a kubeconfig, ToolError when it cannot be read."""
        if environment.kubeconfig is None or not environment.file.capabilities.kubernetes:
            raise PreconditionUnmet(
                f"environment '{environment.name}' gives no Kubernetes access, so nobody can see "
                "what the server leaves in the cluster. Set FOCUS_KUBECONFIG."
            )
        # Imported here: the client costs half a second, and most keywords need none.
        from kubernetes import client, config  # noqa: PLC0415

        settings = client.Configuration()
        settings.retries = False  # a repeated request would hide an unreachable cluster
        try:
            config.load_kube_config(environment.kubeconfig, client_configuration=settings)
        except (config.ConfigException, OSError) as error:
            raise ToolError(f"kubeconfig {environment.kubeconfig} is unusable: {error}.") from error
        return cls(settings, environment.namespace)

    def look(self, kind: Kind) -> Listing:
        answer = self._ask(kind, lambda call: call(_request_timeout=_BOUNDED))
        things = tuple(_thing(kind, item) for item in answer.items or [])
        return Listing(things, str(answer.metadata.resource_version))

    def watch(self, kind: Kind, version: str, seconds: float) -> Iterator[Thing]:
        from kubernetes import watch  # noqa: PLC0415
        from kubernetes.client.exceptions import ApiException  # noqa: PLC0415
        from urllib3.exceptions import HTTPError  # noqa: PLC0415

        watcher = watch.Watch()
        try:
            for event in watcher.stream(
                self._call(kind),
                self._namespace,
                resource_version=version,
                timeout_seconds=max(1, int(seconds)),
                _request_timeout=(CONNECT_SECONDS, seconds + READ_SECONDS),
            ):
                yield _thing(kind, event["object"])
        except ApiException as error:
            broken = WatchTooOldError if error.status == HTTPStatus.GONE else ToolError
            raise broken(_refused(kind, error)) from error
        except (HTTPError, OSError) as error:
            raise ToolError(f"the watch of {kind} broke: {error}.") from error

    def pods(self, selector: str) -> list[PodState]:
        answer = self._ask(
            Kind.PODS,
            lambda call: call(label_selector=selector, _request_timeout=_BOUNDED),
        )
        return [_pod(item) for item in answer.items or []]

    def _ask(self, kind: Kind, run: Any) -> Any:
        from kubernetes.client.exceptions import ApiException  # noqa: PLC0415
        from urllib3.exceptions import HTTPError  # noqa: PLC0415

        call = self._call(kind)
        try:
            return run(lambda **options: call(self._namespace, **options))
        except ApiException as error:
            raise ToolError(_refused(kind, error)) from error
        except (HTTPError, OSError) as error:
            raise ToolError(
                f"the Kubernetes API did not answer for {kind}: {error}. Is FOCUS_KUBECONFIG right "
                "and the cluster up?"
            ) from error

    def _call(self, kind: Kind) -> Any:
        from kubernetes import client  # noqa: PLC0415

        api = client.ApiClient(self._settings)
        core = client.CoreV1Api(api)
        return {
            Kind.JOBS: client.BatchV1Api(api).list_namespaced_job,
            Kind.SERVICES: core.list_namespaced_service,
            Kind.PODS: core.list_namespaced_pod,
        }[kind]


_BOUNDED = (CONNECT_SECONDS, READ_SECONDS)


def _refused(kind: Kind, error: Any) -> str:
    said = f"the Kubernetes API refused to tell of {kind}: {error.status} {error.reason}."
    if error.status not in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return said
    return f"{said} Give the user of the kubeconfig list and watch on {kind} (deploy/rbac)."


def _thing(kind: Kind, item: Any) -> Thing:
    meta = item.metadata
    version = str(meta.resource_version)
    return Thing(kind, str(meta.name), str(meta.uid), version, dict(meta.labels or {}))


def _pod(item: Any) -> PodState:
    statuses = item.status.container_statuses or []
    conditions = item.status.conditions or []
    return PodState(
        name=str(item.metadata.name),
        uid=str(item.metadata.uid),
        restarts=sum(status.restart_count for status in statuses),
        ready=any(one.type == "Ready" and one.status == "True" for one in conditions),
    )
