"""The names under which outages know the one Kubernetes client."""

from focus_engine.kubernetes.client import STRATEGIC, Cluster, Object
from focus_engine.kubernetes.errors import CONFLICT, NOT_FOUND
from focus_engine.kubernetes.resources import (
    ENDPOINT_SLICES,
    EVENTS,
    JOBS,
    LEASES,
    NAMESPACES,
    PODS,
    POLICIES,
    SERVICES,
    Resource,
)

__all__ = [
    "CONFLICT",
    "ENDPOINT_SLICES",
    "EVENTS",
    "JOBS",
    "LEASES",
    "NAMESPACES",
    "NOT_FOUND",
    "PODS",
    "POLICIES",
    "SERVICES",
    "STRATEGIC",
    "Cluster",
    "Object",
    "Resource",
]
