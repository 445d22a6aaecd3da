"""Finding and removing what outages left behind: only what carries our label."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from focus_engine.kubernetes.errors import brief
from focus_engine.kubernetes.resources import JOBS, LEASES, POLICIES, Resource
from focus_engine.kubernetes.selectors import text_of
from focus_engine.outage.backends.toxiproxy import OurToxic, ToxiproxyClient
from focus_engine.outage.context import Connections
from focus_engine.outage.lease import holder_of
from focus_engine.outage.ownership import (
    DEPENDENCY_LABEL,
    EXPIRES_AT,
    LEASE,
    MANAGED,
    RUN_LABEL,
    STILL_THERE,
    read_stamp,
    why_still_there,
)
from focus_engine.outage.rollback import sentence_of

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


@dataclass(frozen=True)
class Swept:
    """What a sweep removed (or would), and what it left and why; one line each."""

    removed: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        return [*self.removed, *self.skipped]


class Sweeper:
    """Looks into one namespace, and into the proxy of the environment."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def found(self) -> list[Leftover]:
        """Everything of ours, expired or not; policies before their owners."""
        return [each for source in self._sources() for each in source]

    def chosen(self, found: Iterable[Leftover], run: str | None = None) -> list[Leftover]:
        """What is expired, or belongs to `run`."""
        return [each for each in found if each.expired or (run and each.run == run)]

    def sweep(self, run: str | None = None, *, dry_run: bool = False) -> Swept:
        """Remove what is expired, or belongs to `run`. 404 counts as removed.

        What does not say legibly when it ends is named and left; what cannot be looked at or
        removed is named, and the next one is tried.
        """
        troubles: list[str] = []
        found = self._found_of(troubles)
        chosen = self.chosen(found, run)
        removed = dict.fromkeys(map(str, chosen))
        for each in [] if dry_run else chosen:
            try:
                each.remove()
            except Exception as error:  # noqa: BLE001 - the next one must have its turn
                troubles.append(f"{each} was not removed: {sentence_of(error)}")
                del removed[str(each)]
        if removed and not dry_run:
            for each in self.chosen(self._found_of(troubles), run):
                if str(each) in removed:
                    troubles.append(f"{each}: {each.held}")
                    del removed[str(each)]
        left = [
            f"{each} was left. Remove it by hand, or sweep with --run."
            for each in found
            if each.illegible and each not in chosen
        ]
        return Swept(list(removed), [*dict.fromkeys(troubles), *left])

    def _sources(self) -> list[Iterator[Leftover]]:
        return [
            self._objects("NetworkPolicy", POLICIES),
            self._objects("Job", JOBS),
            self._lease(),
            self._toxics(),
        ]

    def _found_of(self, troubles: list[str]) -> list[Leftover]:
        found = []
        for source in self._sources():
            try:
                found += list(source)
            except Exception as error:  # noqa: BLE001 - the next one must have its turn
                troubles.append(sentence_of(error))
        return found

    def _objects(self, kind: str, resource: Resource) -> Iterator[Leftover]:
        cluster = self._connections.cluster
        for item in cluster.items(resource, text_of(MANAGED)):
            yield self._leftover(kind, resource, item)

    def _lease(self) -> Iterator[Leftover]:
        """By its name: the Role lets us see no other Lease."""
        item = self._connections.cluster.get(LEASES, LEASE)
        if item is not None and MANAGED.items() <= (item["metadata"].get("labels") or {}).items():
            yield self._leftover("Lease", LEASES, item)

    def _leftover(self, kind: str, resource: Resource, item: dict[str, Any]) -> Leftover:
        metadata = item["metadata"]
        labels = metadata.get("labels") or {}
        written = (metadata.get("annotations") or {}).get(EXPIRES_AT)
        name, now = str(metadata["name"]), self._connections.cluster.now
        expires = _believable(read_stamp(written), now)
        needs_no_end = resource is LEASES  # whoever waits for one takes it over
        return Leftover(
            kind=kind,
            name=name,
            dependency=str(labels.get(DEPENDENCY_LABEL) or ""),
            run=str(labels.get(RUN_LABEL) or holder_of(item).partition("/")[0]),
            expires_at=expires,
            expired=expires is not None and expires < now,
            remove=_deletion(self._connections, resource, name),
            illegible="" if expires or needs_no_end else str(written or "(nothing)"),
            held=why_still_there(item),
        )

    def _toxics(self) -> Iterator[Leftover]:
        toxiproxy = self._connections.toxiproxy
        if toxiproxy is None:
            return
        ours, now = list(toxiproxy.ours()), self._connections.cluster.now
        for found in ours:
            expiry = _believable(found.name.expiry, now)
            yield Leftover(
                kind="toxic",
                name=f"{found.name.outage or found.raw} in proxy {found.proxy}",
                dependency=found.name.outage.partition("-")[0],
                run=found.name.run,
                expires_at=expiry,
                expired=expiry is not None and expiry < now,
                remove=_lifting(toxiproxy, found, alone=_is_alone(found, ours)),
                illegible="" if expiry else found.raw,
                held=STILL_THERE,
            )


def _believable(end: datetime | None, now: datetime) -> datetime | None:
    """None as well for an end that no outage can have: what claims it would stay for ever."""
    return None if end is None or end > now + LATEST_END else end


def _deletion(connections: Connections, resource: Resource, name: str) -> Callable[[], object]:
    return lambda: connections.cluster.delete(resource, name)


def _is_alone(found: OurToxic, ours: list[OurToxic]) -> bool:
    """Whether nothing else of ours lives in the proxy that still needs it as it is."""
    end = found.name.expires_at or 0
    return not any(
        other.proxy == found.proxy and (other.name.expires_at or 0) > end for other in ours
    )


def _lifting(toxiproxy: ToxiproxyClient, found: OurToxic, *, alone: bool) -> Callable[[], object]:
    def remove() -> None:
        if alone:
            toxiproxy.enable(found.proxy)
        toxiproxy.remove_named(found.proxy, found.raw)

    return remove
