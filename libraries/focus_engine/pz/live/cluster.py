"""What the live checks ask of Kubernetes, and its answers as plain facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Termination:
    """How the previous container of a pod ended."""

    exit_code: int
    reason: str


@dataclass(frozen=True)
class ServerPod:
    """A pod and the one container that matters. Times are the server's clock.

    `images` are what each of its containers is to run, by name.
    """

    name: str
    phase: str
    container: str
    ready: bool
    leaving: bool
    created_at: datetime | None
    started_at: datetime | None
    restarts: int
    previous: Termination | None
    waiting: str = ""
    images: Mapping[str, str] = field(default_factory=dict)

    @property
    def serves(self) -> bool:
        """Whether it runs, is ready and stays."""
        return self.phase == "Running" and self.ready and not self.leaving


@dataclass(frozen=True)
class Rollout:
    """A Deployment's own account of its rollout; `images` are those of its template, by name."""

    name: str
    generation: int
    observed_generation: int
    desired: int
    updated: int
    ready: int
    available: int
    replicas: int
    images: Mapping[str, str] = field(default_factory=dict)

    @property
    def counts(self) -> set[int]:
        """How many pods there are of each sort; only the desired number once all is done."""
        return {self.updated, self.ready, self.available, self.replicas}


@dataclass(frozen=True)
class ConfigMapState:
    """A ConfigMap's text values, and when they were last written (None when not recorded)."""

    name: str
    resource_version: str
    changed_at: datetime | None
    data: dict[str, str]


class NamespaceReader(Protocol):
    """The namespace of the Focus Server. Everything raises ToolError when it cannot be asked."""

    def server_pods(self) -> list[ServerPod]:
        """The pods of the Focus Server, the newest first."""
        ...

    def pods(self, selector: str) -> list[ServerPod]:
        """The pods with labels `selector`, the newest first."""
        ...

    def rollouts(self) -> list[Rollout]:
        """The Deployments that carry the Focus Server's label."""
        ...

    def config_map(self, name: str) -> ConfigMapState | None:
        """A ConfigMap, or None when there is none of that name."""
        ...

    def sha256(self, pod: ServerPod, path: str) -> str | None:
        """The hash of a file in the container, or None when it is not there."""
        ...

    def log(self, pod: ServerPod, *, previous: bool = False) -> str | None:
        """The whole log with time stamps; None when there is no previous container."""
        ...

    def warnings(self, pod: ServerPod) -> list[str]:
        """Reasons of the pod's warning events since its container started."""
        ...
