"""What the account of a run must be allowed in the cluster."""

from dataclasses import dataclass

from focus_engine.kubernetes.resources import (
    ENDPOINT_SLICES,
    JOBS,
    LEASES,
    NAMESPACES,
    PODS,
    SERVICES,
    Resource,
)
from focus_engine.outage.ownership import LEASE


@dataclass(frozen=True)
class Right:
    """One thing that the account must be allowed."""

    verb: str
    resource: Resource
    subresource: str = ""
    name: str = ""  # of the one object that it is needed for, where a Role may name it

    def __str__(self) -> str:
        within = f"/{self.subresource}" if self.subresource else ""
        return f"{self.verb} {self.resource.plural}{within}"


EVERY_OUTAGE = (
    Right("get", NAMESPACES),
    Right("get", SERVICES),
    Right("list", ENDPOINT_SLICES),
    Right("list", PODS),
    Right("create", PODS, "exec"),
    Right("create", LEASES),
    *(Right(verb, LEASES, name=LEASE) for verb in ("get", "update", "delete")),
    Right("create", JOBS),
    Right("patch", JOBS),
    Right("delete", JOBS),
)
TO_KILL = Right("patch", PODS, "ephemeralcontainers")
