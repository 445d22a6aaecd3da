"""The objects of one namespace as they come and go: a list, and a watch from there on."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Protocol, TypeVar

from focus_engine.environment import Environment
from focus_engine.kubernetes.client import TIMEOUT, KubernetesError, ask, client_of
from focus_engine.verdict import ToolError

T = TypeVar("T")
OWN_LABEL = ("app.kubernetes.io/managed-by", "focus-server-tests")


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

    def __init__(self, api: Any, namespace: str) -> None:
        from kubernetes import client  # noqa: PLC0415 - a heavy import, and most keywords need none

        core = client.CoreV1Api(api)
        self._namespace = namespace
        self._calls = {
            Kind.JOBS: client.BatchV1Api(api).list_namespaced_job,
            Kind.SERVICES: core.list_namespaced_service,
            Kind.PODS: core.list_namespaced_pod,
        }

    @classmethod
    def connect(cls, environment: Environment) -> "KubernetesCluster":
        """Raises PreconditionUnmet without a kubeconfig, ToolError when it cannot be used."""
        api = client_of(environment, "see what the server leaves in the cluster")
        return cls(api, environment.namespace)

    def look(self, kind: Kind) -> Listing:
        answer = self._list(kind)
        things = tuple(_thing(kind, item) for item in answer.items or [])
        return Listing(things, str(answer.metadata.resource_version))

    def watch(self, kind: Kind, version: str, seconds: float) -> Iterator[Thing]:
        from kubernetes import watch  # noqa: PLC0415

        events = watch.Watch().stream(
            self._calls[kind],
            self._namespace,
            resource_version=version,
            timeout_seconds=max(1, int(seconds)),
            _request_timeout=(TIMEOUT[0], seconds + TIMEOUT[1]),
        )
        while event := self._ask(f"a watch of {kind}", lambda: next(events, None)):
            yield _thing(kind, event["object"])

    def pods(self, selector: str) -> list[PodState]:
        answer = self._list(Kind.PODS, label_selector=selector)
        return [_pod(item) for item in answer.items or []]

    def _list(self, kind: Kind, **options: str) -> Any:
        call = self._calls[kind]
        return self._ask(
            f"a list of {kind}",
            lambda: call(self._namespace, _request_timeout=TIMEOUT, **options),
        )

    def _ask(self, what: str, call: Callable[[], T]) -> T:
        try:
            return ask(what, self._namespace, call)
        except KubernetesError as error:
            if error.status == HTTPStatus.GONE:
                raise WatchTooOldError(error.sentence) from error
            raise


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
