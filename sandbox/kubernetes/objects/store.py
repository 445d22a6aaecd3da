"""All objects of the cluster: identity, resource versions, and what has changed since when.

Everything runs in the event loop's thread. An object that is in the store is never changed in
place: a change puts a new one in its place, so that whoever holds the old one may compare.
"""

import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from itertools import takewhile
from typing import Any

from sandbox.kubernetes.objects.merge_patch import difference, merged

Object = dict[str, Any]
Key = tuple[str, str, str]
"""Plural, namespace ("" without one), name."""
Source = Callable[[], Iterable[tuple[str, Object]]]

_REMEMBERED = 2_000
"""Changes; ten times as many are felt in every answer: the garbage collector looks at them all."""
_FIRST_VERSION = 1000
_FOLLOWING = ("endpointslices",)
"""Kinds that follow others by themselves."""


class ChangeType(Enum):
    """What happened, in the words of a watch."""

    ADDED = "ADDED"
    MODIFIED = "MODIFIED"
    DELETED = "DELETED"


@dataclass(frozen=True)
class Change:
    """One change: the object as it is since (for DELETED: as it was last), and before."""

    type: ChangeType
    plural: str
    object: Object
    before: Object | None
    version: int


class TooOldError(LookupError):
    """The changes since a resource version are not remembered any more."""


class Store:
    """Keeps objects; gives each a uid, a creation time and a resource version."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._clock = clock
        self._objects: dict[Key, Object] = {}
        self._keys: dict[str, dict[tuple[str, str], None]] = {}
        self._before_reading: list[Callable[[], None]] = []
        self._mirrors: list[_Mirror] = []
        self._listeners: list[Callable[[Change], None]] = []
        self._history: deque[Change] = deque(maxlen=_REMEMBERED)
        self._untold: deque[Change] = deque()
        self._telling = False
        self._version = _FIRST_VERSION

    @property
    def version(self) -> str:
        """Resource version of the store as a whole."""
        return str(self._version)

    def timestamp(self) -> str:
        """The cluster's time as Kubernetes writes it."""
        return self._clock().strftime("%Y-%m-%dT%H:%M:%SZ")

    def follow(self, listener: Callable[[Change], None]) -> None:
        """Call `listener` after every change from now on; it may itself change objects."""
        self._listeners.append(listener)

    def unfollow(self, listener: Callable[[Change], None]) -> None:
        """Tell `listener` of nothing any more."""
        self._listeners.remove(listener)

    def before_reading(self, refresh: Callable[[], None]) -> None:
        """Call `refresh` before each look, so that what is over has gone."""
        self._before_reading.append(refresh)

    def mirror(self, source: Source) -> None:
        """Keep in step with what `source` yields at each look: plurals with whole objects.

        What others changed in such an object stays until the source changes the same field.
        """
        self._mirrors.append(_Mirror(source))

    def refresh(self) -> None:
        """Bring everything up to this moment, as each look does."""
        for refresh in self._before_reading:
            refresh()
        for mirror in self._mirrors:
            mirror.bring_up_to_date(self)

    def add(self, plural: str, item: Object) -> Object:
        """Take a new object and complete its metadata. KeyError when it is there."""
        key = key_of(plural, item)
        if key in self._objects:
            raise KeyError(key)
        system = {"uid": str(uuid.uuid4()), "creationTimestamp": self.timestamp()}
        complete = {**item, "metadata": {**system, **item["metadata"]}}
        return self._put(ChangeType.ADDED, key, complete)

    def replace(self, plural: str, item: Object) -> Object:
        """Put `item` in the place of the object of its name; KeyError when there is none.

        Nothing happens when nothing differs. Returns the object that is there now.
        """
        key = key_of(plural, item)
        before = self._objects[key]
        if _at(item, before["metadata"]["resourceVersion"]) == before:
            return before
        return self._put(ChangeType.MODIFIED, key, item)

    def update(self, plural: str, namespace: str, name: str, changes: Object) -> Object:
        """Change an object by a JSON merge patch; KeyError when there is none."""
        return self.replace(plural, merged(self._objects[plural, namespace, name], changes))

    def remove(self, plural: str, namespace: str, name: str) -> Object:
        """Remove an object; KeyError when it is not there. Returns what it was."""
        key = (plural, namespace, name)
        item = self._objects.pop(key)
        del self._keys[plural][namespace, name]
        return self._note(ChangeType.DELETED, plural, item, item)

    def get(self, plural: str, namespace: str, name: str) -> Object | None:
        """One object."""
        self.refresh()
        return self._objects.get((plural, namespace, name))

    def find(self, plural: str, namespace: str, name: str) -> Object | None:
        """One object as of the last look; cheaper than `get`."""
        return self._objects.get((plural, namespace, name))

    def list(self, plural: str, namespace: str | None) -> list[Object]:
        """The objects of a kind, of one namespace or of all, in order of name."""
        self.refresh()
        return list(self._of(plural, namespace))

    def changes_since(self, version: int) -> Iterator[Change]:
        """What changed after `version`, oldest first. Raises TooOldError at once."""
        oldest = self._history[0].version if self._history else self._version + 1
        if version + 1 < oldest:
            raise TooOldError(f"too old resource version: {version} ({oldest - 1})")
        news = takewhile(lambda change: change.version > version, reversed(self._history))
        return reversed(list(news))

    def return_to_start(self) -> None:
        """Drop what clients have made, and what they have changed in mirrored objects."""
        self.refresh()
        mirrored = {key: item for mirror in self._mirrors for key, item in mirror.last.items()}
        for key in [key for key in self._objects if key not in mirrored]:
            if key[0] not in _FOLLOWING and self.has(key):
                self.remove(*key)
        for key, item in mirrored.items():
            if self.has(key):
                self.replace(key[0], item)
            else:
                self.add(key[0], item)

    def has(self, key: Key) -> bool:
        """Whether there is such an object, without a look at the sources."""
        return key in self._objects

    def _of(self, plural: str, namespace: str | None) -> Iterator[Object]:
        for place, name in sorted(self._keys.get(plural, ())):
            if namespace in (None, place):
                yield self._objects[plural, place, name]

    def _put(self, change: ChangeType, key: Key, item: Object) -> Object:
        plural, namespace, name = key
        before = self._objects.get(key)
        self._keys.setdefault(plural, {})[namespace, name] = None
        self._objects[key] = _at(item, str(self._version + 1))
        return self._note(change, plural, self._objects[key], before)

    def _note(self, change: ChangeType, plural: str, item: Object, before: Object | None) -> Object:
        self._version += 1
        noted = Change(change, plural, _at(item, self.version), before, self._version)
        self._history.append(noted)
        self._untold.append(noted)
        self._tell()
        return noted.object

    def _tell(self) -> None:
        """Tell of changes in their order, also of those that listeners make meanwhile."""
        if self._telling:
            return
        self._telling = True
        try:
            while self._untold:
                change = self._untold.popleft()
                for listener in list(self._listeners):
                    listener(change)
        finally:
            self._telling = False


class _Mirror:
    """One source, and what it yielded at the last look."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.last: dict[Key, Object] = {}

    def bring_up_to_date(self, store: Store) -> None:
        """Carry what differs from the last look over to the store."""
        seen = {key_of(plural, item): item for plural, item in self._source()}
        last, self.last = self.last, seen
        for key in last.keys() - seen.keys():
            if store.has(key):
                store.remove(*key)
        for key, item in seen.items():
            if key not in last:
                store.add(key[0], item)
            elif item != last[key] and store.has(key):
                store.update(*key, difference(last[key], item))


def key_of(plural: str, item: Object) -> Key:
    """The key of an object."""
    metadata = item["metadata"]
    return plural, metadata.get("namespace", ""), metadata["name"]


def _at(item: Object, version: str) -> Object:
    return {**item, "metadata": {**item["metadata"], "resourceVersion": version}}
