"""Cursors: results that are longer than one batch."""

import itertools
from typing import Any

from bson.int64 import Int64

from sandbox.mongo.errors import CommandError

Document = dict[str, Any]

_FIRST_BATCH = 101
_LATER_BATCH = 10_000


class Cursors:
    """Open cursors by id; 0 means that a result is complete."""

    def __init__(self) -> None:
        self._ids = itertools.count(1)
        self._open: dict[int, tuple[str, list[Document]]] = {}

    def open(
        self, namespace: str, documents: list[Document], batch: int | None, single: bool = False
    ) -> Document:
        """The first batch, and keep the rest unless a single batch is wanted."""
        size = _FIRST_BATCH if batch is None else int(batch)
        first, rest = documents[:size], documents[size:]
        cursor_id = 0
        if rest and not single:
            cursor_id = next(self._ids)
            self._open[cursor_id] = (namespace, rest)
        return {"cursor": {"id": Int64(cursor_id), "ns": namespace, "firstBatch": first}}

    def more(self, cursor_id: int, batch: int | None) -> Document:
        """The next batch of an open cursor."""
        if cursor_id not in self._open:
            raise CommandError(43, "CursorNotFound", f"cursor id {cursor_id} not found")
        namespace, documents = self._open.pop(cursor_id)
        size = int(batch) if batch else _LATER_BATCH
        if documents[size:]:
            self._open[cursor_id] = (namespace, documents[size:])
        still_open = cursor_id if cursor_id in self._open else 0
        return {"cursor": {"id": Int64(still_open), "ns": namespace, "nextBatch": documents[:size]}}

    def kill(self, ids: list[int]) -> Document:
        """Forget cursors; unknown ones are reported as such."""
        killed = [each for each in ids if self._open.pop(each, None) is not None]
        return {
            "cursorsKilled": [Int64(each) for each in killed],
            "cursorsNotFound": [Int64(each) for each in ids if each not in killed],
            "cursorsAlive": [],
            "cursorsUnknown": [],
        }
