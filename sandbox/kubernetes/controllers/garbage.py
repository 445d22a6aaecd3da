"""The garbage collector: what has lost its owner goes, half a second later as in a cluster."""

import time
from collections.abc import Callable, Iterable, Iterator

from sandbox.faults import ActiveFaults
from sandbox.kubernetes.api.faults import COLLECTOR_DEAD
from sandbox.kubernetes.api.options import DeleteOptions, Propagation
from sandbox.kubernetes.objects.deletion import FOREGROUND_FINALIZER, ORPHAN_FINALIZER, delete
from sandbox.kubernetes.objects.discovery import RESOURCES, resource_of_kind
from sandbox.kubernetes.objects.store import Change, ChangeType, Key, Object, Store, key_of

LATENCY_S = 0.5
"""From the owner's end to the dependents'; measured on a control plane."""
_FINISHING_S = 0.1

_BY_PLURAL = {resource.plural: resource for resource in RESOURCES}
_BACKGROUND = DeleteOptions(Propagation.BACKGROUND)


class GarbageCollector:
    """Follows the store; acts when it is ticked."""

    def __init__(
        self, store: Store, faults: ActiveFaults, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._faults = faults
        self._clock = clock
        self._dependents: dict[str, set[Key]] = {}
        self._due: dict[Key, float] = {}
        store.follow(self._note)

    def tick(self) -> None:
        """Do what is due, unless the collector is dead."""
        if self._faults.on(COLLECTOR_DEAD) or not self._due:
            return
        now = self._clock()
        for key in [key for key, due in self._due.items() if due <= now]:
            del self._due[key]
            item = self._store.find(*key)
            if item is not None:
                self._look_at(key, item)

    def _note(self, change: Change) -> None:
        key = key_of(change.plural, change.object)
        for uid in _owners(change.before):
            self._dependents.get(uid, set()).discard(key)
        if change.type is ChangeType.DELETED:
            self._note_end(change.object["metadata"]["uid"])
            return
        owners = list(_owners(change.object))
        for uid in owners:
            self._dependents.setdefault(uid, set()).add(key)
        if owners and change.type is ChangeType.ADDED and not self._has_all_owners(change.object):
            self._due.setdefault(key, self._clock() + LATENCY_S)
        if _finalizers(change.object) & {ORPHAN_FINALIZER, FOREGROUND_FINALIZER}:
            self._due.setdefault(key, self._clock() + _FINISHING_S)

    def _note_end(self, uid: str) -> None:
        for dependent in self._dependents.pop(uid, ()):
            self._due.setdefault(dependent, self._clock() + LATENCY_S)

    def _look_at(self, key: Key, item: Object) -> None:
        if "deletionTimestamp" in item["metadata"]:
            self._finish(key, item)
            return
        references = item["metadata"].get("ownerReferences", [])
        solid = [one for one in references if self._is_solid(item, one)]
        if references and not solid:
            delete(self._store, _BY_PLURAL[key[0]], item, _BACKGROUND)
        elif len(solid) < len(references):
            self._store.update(*key, {"metadata": {"ownerReferences": solid}})

    def _has_all_owners(self, item: Object) -> bool:
        return all(self._is_solid(item, one) for one in item["metadata"]["ownerReferences"])

    def _is_solid(self, item: Object, reference: Object) -> bool:
        """Whether that owner is there and will stay; of an unknown kind nobody can tell."""
        resource = resource_of_kind(reference["apiVersion"], reference["kind"])
        if resource is None:
            return True
        place = item["metadata"].get("namespace", "") if resource.namespaced else ""
        owner = self._store.find(resource.plural, place, reference["name"])
        if owner is None or owner["metadata"]["uid"] != reference["uid"]:
            return False
        return FOREGROUND_FINALIZER not in _finalizers(owner)

    def _finish(self, key: Key, item: Object) -> None:
        """Do what a deleted object waits for, and let it go."""
        waiting = _finalizers(item)
        dependents = [
            (one, found)
            for one in self._dependents.get(item["metadata"]["uid"], set())
            if (found := self._store.find(*one)) is not None
        ]
        if ORPHAN_FINALIZER in waiting:
            self._orphan(item["metadata"]["uid"], dependents)
            self._release(key, item, ORPHAN_FINALIZER)
        elif FOREGROUND_FINALIZER in waiting:
            for (plural, *_), dependent in dependents:
                if "deletionTimestamp" not in dependent["metadata"]:
                    delete(self._store, _BY_PLURAL[plural], dependent, _BACKGROUND)
            if any(self._blocks(one, item) for one, _ in dependents):
                self._due[key] = self._clock() + _FINISHING_S
            else:
                self._release(key, item, FOREGROUND_FINALIZER)

    def _orphan(self, uid: str, dependents: Iterable[tuple[Key, Object]]) -> None:
        for key, dependent in dependents:
            left = [one for one in dependent["metadata"]["ownerReferences"] if one["uid"] != uid]
            self._store.update(*key, {"metadata": {"ownerReferences": left or None}})

    def _blocks(self, key: Key, owner: Object) -> bool:
        item = self._store.find(*key)
        return item is not None and any(
            one["uid"] == owner["metadata"]["uid"] and one.get("blockOwnerDeletion", False)
            for one in item["metadata"].get("ownerReferences", [])
        )

    def _release(self, key: Key, item: Object, finalizer: str) -> None:
        left = [one for one in item["metadata"]["finalizers"] if one != finalizer]
        if left:
            self._store.update(*key, {"metadata": {"finalizers": left}})
        else:
            self._store.remove(*key)


def _owners(item: Object | None) -> Iterator[str]:
    for reference in (item or {"metadata": {}})["metadata"].get("ownerReferences", []):
        yield reference["uid"]


def _finalizers(item: Object) -> set[str]:
    return set(item["metadata"].get("finalizers", []))
