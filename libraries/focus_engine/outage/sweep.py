"""Finding and removing what outages left behind: only what carries our label."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from focus_engine.outage.cluster import JOBS, LEASES, POLICIES, Resource
from focus_engine.outage.policy import DEPENDENCY_LABEL, EXPIRES_AT, MANAGED, RUN_LABEL
from focus_engine.outage.selectors import text_of
from focus_engine.outage.toxiproxy import OurToxic, Toxiproxy
from focus_engine.outage.undo import Means


@dataclass(frozen=True)
class Leftover:
    """An object of an outage. `expires_at` is None where it does not say."""

    kind: str
    name: str
    dependency: str
    run: str
    expires_at: datetime | None
    expired: bool
    remove: Callable[[], object]

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
        return f"{self.kind} {self.name} (run {self.run}, until {until})"


class Sweeper:
    """Looks into one namespace, and into the proxy of the environment."""

    def __init__(self, means: Means) -> None:
        self._means = means

    def found(self) -> list[Leftover]:
        """Everything of ours, expired or not; policies before their owners."""
        kinds = (("NetworkPolicy", POLICIES), ("Job", JOBS), ("Lease", LEASES))
        objects = [each for kind, resource in kinds for each in self._objects(kind, resource)]
        return [*objects, *self._toxics()]

    def chosen(self, run: str | None = None) -> list[Leftover]:
        """What is expired, or belongs to `run`."""
        return [each for each in self.found() if each.expired or (run and each.run == run)]

    def sweep(self, run: str | None = None, *, dry_run: bool = False) -> list[str]:
        """Remove what is expired, or belongs to `run`; one line each. 404 counts as removed."""
        lines = []
        for each in self.chosen(run):
            if not dry_run:
                each.remove()
            lines.append(str(each))
        return lines

    def _objects(self, kind: str, resource: Resource) -> Iterator[Leftover]:
        cluster = self._means.cluster
        for item in cluster.items(resource, text_of(MANAGED)):
            metadata = item["metadata"]
            labels = metadata.get("labels") or {}
            stamp = (metadata.get("annotations") or {}).get(EXPIRES_AT)
            expires = datetime.fromisoformat(stamp) if stamp else None
            name = str(metadata["name"])
            yield Leftover(
                kind=kind,
                name=name,
                dependency=str(labels.get(DEPENDENCY_LABEL) or ""),
                run=str(labels.get(RUN_LABEL) or _holding_run(item)),
                expires_at=expires,
                expired=expires is not None and expires < cluster.now,
                remove=_deletion(self._means, resource, name),
            )

    def _toxics(self) -> Iterator[Leftover]:
        toxiproxy = self._means.toxiproxy
        if toxiproxy is None:
            return
        ours = list(toxiproxy.ours())
        for found in ours:
            yield Leftover(
                kind="toxic",
                name=f"{found.name.outage} in proxy {found.proxy}",
                dependency=found.name.outage.partition("-")[0],
                run=found.name.run,
                expires_at=found.name.expiry,
                expired=found.name.expiry < self._means.cluster.now,
                remove=_lifting(toxiproxy, found, alone=_is_alone(found, ours)),
            )


def _holding_run(item: dict[str, Any]) -> str:
    """A Lease is of the run that holds it."""
    holder = (item.get("spec") or {}).get("holderIdentity") or ""
    return str(holder).partition("/")[0]


def _deletion(means: Means, resource: Resource, name: str) -> Callable[[], object]:
    return lambda: means.cluster.delete(resource, name)


def _is_alone(found: OurToxic, ours: list[OurToxic]) -> bool:
    """Whether nothing else of ours lives in the proxy that still needs it as it is."""
    return not any(
        other.proxy == found.proxy and other.name.expires_at > found.name.expires_at
        for other in ours
    )


def _lifting(toxiproxy: Toxiproxy, found: OurToxic, *, alone: bool) -> Callable[[], object]:
    undo = toxiproxy.lift if alone else toxiproxy.remove_toxic
    return lambda: undo(found.proxy, found.name)
