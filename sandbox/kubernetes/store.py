"""Objects of the cluster with their identity, by kind, namespace and name."""

import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

Object = dict[str, Any]
Source = Callable[[], Iterable[tuple[str, Object]]]


class Store:
    """Keeps objects and gives each a uid, a creation time and a resource version."""

    def __init__(self) -> None:
        self._objects: dict[tuple[str, str, str], Object] = {}
        self._before_reading: list[Callable[[], None]] = []
        self._sources: list[Source] = []
        self._version = 1

    @property
    def version(self) -> str:
        """Resource version of the collection as a whole."""
        return str(self._version)

    def before_reading(self, refresh: Callable[[], None]) -> None:
        """Call ``refresh`` before each look, so that what is over has gone."""
        self._before_reading.append(refresh)

    def show(self, source: Source) -> None:
        """Show what ``source`` yields at each look: plurals with complete objects."""
        self._sources.append(source)

    def add(self, kind: str, item: Object) -> Object:
        """Take a new object; its metadata is completed in place."""
        metadata = item["metadata"]
        self._version += 1
        metadata.setdefault("uid", str(uuid.uuid4()))
        metadata["creationTimestamp"] = timestamp()
        metadata["resourceVersion"] = self.version
        self._objects[kind, metadata["namespace"], metadata["name"]] = item
        return item

    def remove(self, kind: str, namespace: str, name: str) -> None:
        """Remove an object; KeyError when it is not there."""
        del self._objects[kind, namespace, name]
        self._version += 1

    def get(self, kind: str, namespace: str, name: str) -> Object | None:
        """Return one object."""
        return self._everything().get((kind, namespace, name))

    def list(self, kind: str, namespace: str | None) -> list[Object]:
        """Return the objects of a kind, of one namespace or of all, in order of name."""
        everything = self._everything()
        return [
            everything[key]
            for key in sorted(everything)
            if key[0] == kind and namespace in (None, key[1])
        ]

    def _everything(self) -> dict[tuple[str, str, str], Object]:
        """Return all objects of this moment by kind, namespace ("" without one) and name."""
        for refresh in self._before_reading:
            refresh()
        shown = [item for source in self._sources for item in source()]
        return {
            **self._objects,
            **{
                (kind, item["metadata"].get("namespace", ""), item["metadata"]["name"]): item
                for kind, item in shown
            },
        }


def timestamp() -> str:
    """Return the time as Kubernetes writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
