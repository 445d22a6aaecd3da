"""What the Focus Server depends on. A new one is an entry here and a stand-in for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class DependencyService:
    """One dependency: its name for proxies, its Service, and the labels of its pod."""

    name: str
    service: str
    port: int
    labels: Mapping[str, str] = field(compare=False)
    stateful: bool = False
    """Whether a StatefulSet brings its pod back under the same name; else a Deployment does."""


def labels(name: str, instance: str) -> dict[str, str]:
    """The labels by which a pod is selected."""
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/instance": instance}


MONGODB = DependencyService("mongodb", "mongodb", 27017, labels("mongodb", "mongodb"))
RABBITMQ = DependencyService(
    "rabbitmq", "rabbitmq-panda", 5672, labels("rabbitmq", "rabbitmq-panda"), stateful=True
)
DEPENDENCIES = (MONGODB, RABBITMQ)
