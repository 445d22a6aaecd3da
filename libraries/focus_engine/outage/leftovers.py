"""What outages left behind: whose it is, until when it lives, and how it is removed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from focus_engine.kubernetes.errors import brief
from focus_engine.kubernetes.resources import LEASES, Resource
from focus_engine.kubernetes.selectors import text_of
from focus_engine.outage.context import Connections
from focus_engine.outage.lease import holder_of
from focus_engine.outage.ownership import (
    DEPENDENCY_LABEL,
    EXPIRES_AT,
    MANAGED,
    RUN_LABEL,
    read_stamp,
    why_still_there,
)

LATEST_END = timedelta(days=1)  # from now; an outage lives for minutes


@dataclass(frozen=True)
class Leftover:
    """An object of an outage. `expires_at` is None where it does not say, or not legibly."""

    kind: str
    name: str
    dependency: str
    run: str
    expires_at: datetime | None
    expired: bool
    remove: Callable[[], object]
    illegible: str = ""  # what stands there instead of a time
    held: str = ""  # what is to be said where it stays after its removal

    def as_json(self) -> dict[str, Any]:
        expires = self.expires_at.isoformat(timespec="seconds") if self.expires_at else None
        return {
            "kind": self.kind,
            "name": self.name,
            "dependency": self.dependency,
            "run": self.run,
            "expires_at": expires,
            "expired": self.expired,
        }

    def __str__(self) -> str:
        until = f"{self.expires_at:%Y-%m-%dT%H:%M:%SZ}" if self.expires_at else "not said"
        if self.illegible:
            until = f"'{self.illegible[:60]}', which is no time that an outage ends at"
        return brief(f"{self.kind} {self.name} (run {self.run or 'unknown'}, until {until})")


def labelled_leftovers(
    connections: Connections, kind: str, resource: Resource
) -> Iterator[Leftover]:
    """Every object of a kind that bears our label, expired or not."""
    for item in connections.cluster.items(resource, text_of(MANAGED)):
        yield object_leftover(connections, kind, resource, item)


def object_leftover(
    connections: Connections, kind: str, resource: Resource, item: dict[str, Any]
) -> Leftover:
    """An object of the cluster that bears our label, with how it is removed."""
    metadata = item["metadata"]
    labels = metadata.get("labels") or {}
    written = (metadata.get("annotations") or {}).get(EXPIRES_AT)
    name, now = str(metadata["name"]), connections.cluster.now
    expires = believable(read_stamp(written), now)
    needs_no_end = resource is LEASES  # whoever waits for one takes it over
    return Leftover(
        kind=kind,
        name=name,
        dependency=str(labels.get(DEPENDENCY_LABEL) or ""),
        run=str(labels.get(RUN_LABEL) or holder_of(item).partition("/")[0]),
        expires_at=expires,
        expired=expires is not None and expires < now,
        remove=_deletion(connections, resource, name),
        illegible="" if expires or needs_no_end else str(written or "(nothing)"),
        held=why_still_there(item),
    )


def believable(end: datetime | None, now: datetime) -> datetime | None:
    """None as well for an end that no outage can have: what claims it would stay for ever."""
    return None if end is None or end > now + LATEST_END else end


def _deletion(connections: Connections, resource: Resource, name: str) -> Callable[[], object]:
    return lambda: connections.cluster.delete(resource, name)
