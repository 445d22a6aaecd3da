"""Finding and removing what outages left behind: only what carries our label."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from focus_engine.kubernetes.resources import JOBS, LEASES
from focus_engine.outage.backends.base import backends
from focus_engine.outage.context import Connections
from focus_engine.outage.leftovers import Leftover, labelled_leftovers, object_leftover
from focus_engine.outage.ownership import LEASE, MANAGED
from focus_engine.outage.rollback import sentence_of


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
        """Everything of ours, expired or not; effects before their owners."""
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
        effects = [backend.leftovers(self._connections) for backend in backends()]
        return [*effects, labelled_leftovers(self._connections, "Job", JOBS), self._lease()]

    def _found_of(self, troubles: list[str]) -> list[Leftover]:
        found = []
        for source in self._sources():
            try:
                found += list(source)
            except Exception as error:  # noqa: BLE001 - the next one must have its turn
                troubles.append(sentence_of(error))
        return found

    def _lease(self) -> Iterator[Leftover]:
        """By its name: the Role lets us see no other Lease."""
        item = self._connections.cluster.get(LEASES, LEASE)
        if item is not None and MANAGED.items() <= (item["metadata"].get("labels") or {}).items():
            yield object_leftover(self._connections, "Lease", LEASES, item)
