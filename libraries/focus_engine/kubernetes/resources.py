"""The kinds of Kubernetes objects that are read or written, and where the API serves them."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Resource:
    """A kind of object in the API, such as `Job` of group `batch`, served as `jobs`."""

    group: str
    plural: str
    kind: str
    namespaced: bool = True

    def path(self, namespace: str, name: str = "", subresource: str = "") -> str:
        base = f"/apis/{self.group}/v1" if self.group else "/api/v1"
        within = f"/namespaces/{namespace}" if self.namespaced else ""
        parts = [base + within, self.plural, name, subresource]
        return "/".join(part for part in parts if part)

    def __str__(self) -> str:
        return self.plural


CONFIG_MAPS = Resource("", "configmaps", "ConfigMap")
CRON_JOBS = Resource("batch", "cronjobs", "CronJob")
DAEMON_SETS = Resource("apps", "daemonsets", "DaemonSet")
DEPLOYMENTS = Resource("apps", "deployments", "Deployment")
ENDPOINT_SLICES = Resource("discovery.k8s.io", "endpointslices", "EndpointSlice")
EVENTS = Resource("", "events", "Event")
INGRESSES = Resource("networking.k8s.io", "ingresses", "Ingress")
JOBS = Resource("batch", "jobs", "Job")
LEASES = Resource("coordination.k8s.io", "leases", "Lease")
NAMESPACES = Resource("", "namespaces", "Namespace", namespaced=False)
POLICIES = Resource("networking.k8s.io", "networkpolicies", "NetworkPolicy")
PODS = Resource("", "pods", "Pod")
REPLICA_SETS = Resource("apps", "replicasets", "ReplicaSet")
REPLICATION_CONTROLLERS = Resource("", "replicationcontrollers", "ReplicationController")
REVIEWS = Resource(
    "authorization.k8s.io", "selfsubjectaccessreviews", "SelfSubjectAccessReview", namespaced=False
)
ROLES = Resource("rbac.authorization.k8s.io", "roles", "Role")
ROLE_BINDINGS = Resource("rbac.authorization.k8s.io", "rolebindings", "RoleBinding")
SECRETS = Resource("", "secrets", "Secret")
SERVICES = Resource("", "services", "Service")
SERVICE_ACCOUNTS = Resource("", "serviceaccounts", "ServiceAccount")
STATEFUL_SETS = Resource("apps", "statefulsets", "StatefulSet")
VOLUME_CLAIMS = Resource("", "persistentvolumeclaims", "PersistentVolumeClaim")


def is_named(item: Any) -> bool:
    """Whether that is an object with a name, whose parts are of the types that Kubernetes has."""
    metadata = item.get("metadata") if isinstance(item, dict) else None
    return (
        isinstance(metadata, dict)
        and isinstance(metadata.get("name"), str)
        and all(_are_texts(metadata.get(key)) for key in ("labels", "annotations"))
        and all(isinstance(item.get(part), dict | None) for part in ("spec", "status"))
        and _are_all(str, metadata.get("finalizers"))
        and _are_all(dict, metadata.get("ownerReferences"))
    )


def _are_all(kind: type, value: Any) -> bool:
    return value is None or (
        isinstance(value, list) and all(isinstance(each, kind) for each in value)
    )


def _are_texts(value: Any) -> bool:
    return value is None or (
        isinstance(value, dict) and all(isinstance(each, str) for each in value.values())
    )
