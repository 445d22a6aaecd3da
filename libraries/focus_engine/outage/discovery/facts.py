"""Everything that is asked of cluster and proxy before an outage, in one answer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from focus_engine.environment import Environment
from focus_engine.kubernetes.client import Cluster
from focus_engine.kubernetes.resources import ENDPOINT_SLICES, NAMESPACES, PODS, POLICIES, SERVICES
from focus_engine.kubernetes.selectors import Labels, labels_of, text_of
from focus_engine.outage.backends.toxiproxy import ToxiproxyClient
from focus_engine.outage.dependency import Dependency
from focus_engine.outage.discovery.pods import Pod, pods_labelled
from focus_engine.outage.discovery.rights import EVERY_OUTAGE, TO_KILL, Right
from focus_engine.outage.discovery.target import OutageTarget, resolve_target
from focus_engine.outage.model import OutageRequest

Object = Mapping[str, Any]

_SERVICE_OF_SLICE = "kubernetes.io/service-name"


@dataclass(frozen=True)
class Facts:
    """Answers of the cluster and the proxy at one time."""

    annotations: Labels
    namespace_labels: Labels
    target: OutageTarget | None
    clients: tuple[Pod, ...]
    client_labels: Labels
    policies: tuple[Object, ...]
    selected_pods: tuple[str, ...] = ()  # all that a policy on the dependency would select
    selected_clients: tuple[str, ...] = ()  # and one on the client: ended ones as well
    missing_rights: tuple[Right, ...] = ()
    may_kill: bool = False
    proxy: str | None = None  # its name, where the environment has one before the dependency


def gather(
    cluster: Cluster,
    environment: Environment,
    dependency: Dependency,
    request: OutageRequest,
    *,
    toxiproxy: ToxiproxyClient | None = None,
    rights: Iterable[Right] = (),
) -> Facts:
    """`rights` are those that backends need on top of `EVERY_OUTAGE`.

    Raises ToolError when the cluster or the proxy cannot be asked.
    """
    wanted = dict.fromkeys([*EVERY_OUTAGE, *rights])
    missing = tuple(right for right in wanted if not _may(cluster, right))
    unreadable = {right.resource for right in missing if right.verb in {"get", "list"}}
    namespace = {} if NAMESPACES in unreadable else _namespace(cluster)
    labels = labels_of(request.clients or environment.file.labels.server)
    may_look = not {SERVICES, ENDPOINT_SLICES, PODS} & unreadable
    clients = () if PODS in unreadable else pods_labelled(cluster, labels)
    service = cluster.get(SERVICES, dependency.service) if may_look else None
    selector = _selector(service, dependency)
    selected = pods_labelled(cluster, selector) if service is not None and selector else ()
    return Facts(
        annotations=namespace.get("annotations") or {},
        namespace_labels=namespace.get("labels") or {},
        target=None if service is None else _target(cluster, dependency, service, selected),
        clients=tuple(pod for pod in clients if pod.ready),
        client_labels=labels,
        policies=() if POLICIES in unreadable else tuple(cluster.items(POLICIES)),
        selected_pods=tuple(pod.name for pod in selected),
        selected_clients=tuple(pod.name for pod in clients),
        missing_rights=missing,
        may_kill=_may(cluster, TO_KILL),
        proxy=_proxy(toxiproxy, dependency),
    )


def _may(cluster: Cluster, right: Right) -> bool:
    return cluster.may(right.verb, right.resource, right.subresource, right.name)


def _namespace(cluster: Cluster) -> dict[str, Any]:
    found = cluster.get(NAMESPACES, cluster.namespace) or {}
    metadata: dict[str, Any] = found.get("metadata") or {}
    return metadata


def _selector(service: Object | None, dependency: Dependency) -> Labels:
    spec = service["spec"] if service is not None else {}
    return spec.get("selector") or dependency.labels


def _target(
    cluster: Cluster, dependency: Dependency, service: Object, selected: Iterable[Pod]
) -> OutageTarget:
    slices = cluster.items(ENDPOINT_SLICES, text_of({_SERVICE_OF_SLICE: dependency.service}))
    living = [pod for pod in selected if not pod.ended]
    return resolve_target(service, slices, living, dependency.port, dependency.labels)


def _proxy(toxiproxy: ToxiproxyClient | None, dependency: Dependency) -> str | None:
    if toxiproxy is None or dependency.proxy is None:
        return None
    return dependency.proxy if toxiproxy.is_known(dependency.proxy) else None
