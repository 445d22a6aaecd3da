"""Objects that refused requests leave in the namespace, where a fault has them do so."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

Object = dict[str, Any]


class LeftoverObjects:
    """Yields what was left since the last reset; the store mirrors it."""

    def __init__(self, namespace: str) -> None:
        self._namespace = namespace
        self._left: list[tuple[str, Object]] = []

    def leave(self, plural: str, kind: str) -> None:
        """Leave one more object of that kind."""
        metadata = {
            "name": f"configuration-{uuid.uuid4().hex[:8]}",
            "namespace": self._namespace,
            "uid": str(uuid.uuid4()),
            "creationTimestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        self._left.append((plural, {"apiVersion": "v1", "kind": kind, "metadata": metadata}))

    def clear(self) -> None:
        """Take everything away."""
        self._left.clear()

    def objects(self) -> Iterator[tuple[str, Object]]:
        """Each object with its plural."""
        yield from self._left
