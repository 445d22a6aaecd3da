"""Watches: a line of JSON for each change of what is watched."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.kubernetes.api.lists import matcher_of
from sandbox.kubernetes.api.options import whole_number
from sandbox.kubernetes.api.request_info import is_true
from sandbox.kubernetes.api.responses import expired
from sandbox.kubernetes.objects.discovery import ServedResource
from sandbox.kubernetes.objects.selectors import ObjectMatcher
from sandbox.kubernetes.objects.store import Change, ChangeType, Object, Store, TooOldError

_DEFAULT_TIMEOUT_S = 1800
_INITIAL_END = {"k8s.io/initial-events-end": "true"}


@dataclass(frozen=True)
class Watched:
    """What a watch is about."""

    resource: ServedResource
    namespace: str
    matches: ObjectMatcher

    def event(self, change: Change) -> tuple[str, Object] | None:
        """Return type and object of a change as the watcher sees it, None when it does not."""
        if change.plural != self.resource.plural or not self._is_here(change.object):
            return None
        was = change.before is not None and self.matches(change.before)
        is_now = change.type is not ChangeType.DELETED and self.matches(change.object)
        if is_now:
            return ("MODIFIED" if was else "ADDED"), change.object
        return ("DELETED", change.object) if was else None

    def _is_here(self, item: Object) -> bool:
        return self.namespace in ("", item["metadata"].get("namespace", ""))


class WatchStream:
    """One watch; iterate over its lines. Raises ApiError before the first one is asked for."""

    def __init__(
        self,
        store: Store,
        resource: ServedResource,
        namespace: str,
        query: Mapping[str, str],
        closing: asyncio.Event,
    ) -> None:
        self._store = store
        self._watched = Watched(resource, namespace, matcher_of(resource, query))
        self._since = whole_number(query, "resourceVersion")
        self._initial = is_true(query, "sendInitialEvents") or not self._since
        self._bookmarks = is_true(query, "allowWatchBookmarks")
        self._announces_end = is_true(query, "sendInitialEvents")
        timeout_s = whole_number(query, "timeoutSeconds") or _DEFAULT_TIMEOUT_S
        self._ends_at = time.monotonic() + timeout_s
        self._closing = closing
        self._changed = asyncio.Event()
        self._is_idle = False

    async def lines(self) -> AsyncIterator[bytes]:
        """The lines until the time is over or the server closes."""
        self._store.refresh()
        self._store.follow(self._note)
        try:
            for line in self._beginning():
                yield line
            while self._remaining_s > 0 and not self._closing.is_set():
                try:
                    lines = list(self._news())
                except TooOldError as error:
                    yield _line("ERROR", expired(str(error)).body)
                    return
                for line in lines:
                    yield line
                await self._wait()
            if self._bookmarks and not self._closing.is_set():
                yield self._bookmark({})
        finally:
            self._store.unfollow(self._note)

    @property
    def _remaining_s(self) -> float:
        return self._ends_at - time.monotonic()

    def _note(self, change: Change) -> None:
        if change.plural == self._watched.resource.plural:
            self._changed.set()
        elif self._is_idle and not self._changed.is_set():
            self._since = change.version  # nothing of what is watched: it need not be looked at

    def _beginning(self) -> Iterator[bytes]:
        if not self._initial:
            return
        self._since = int(self._store.version)
        watched = self._watched
        for item in self._store.list(watched.resource.plural, watched.namespace or None):
            if watched.matches(item):
                yield _line("ADDED", item)
        if self._announces_end:
            yield self._bookmark(_INITIAL_END)

    def _news(self) -> Iterator[bytes]:
        for change in self._store.changes_since(self._since):
            self._since = change.version
            event = self._watched.event(change)
            if event is not None:
                yield _line(*event)

    async def _wait(self) -> None:
        self._changed.clear()
        if int(self._store.version) > self._since:
            return
        self._is_idle = True
        waits = [asyncio.ensure_future(one.wait()) for one in (self._changed, self._closing)]
        try:
            await asyncio.wait(
                waits, timeout=max(0.0, self._remaining_s), return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            self._is_idle = False
            for one in waits:
                one.cancel()

    def _bookmark(self, annotations: Mapping[str, str]) -> bytes:
        resource = self._watched.resource
        metadata: Object = {"resourceVersion": str(self._since), "creationTimestamp": None}
        if annotations:
            metadata["annotations"] = dict(annotations)
        item = {"kind": resource.kind, "apiVersion": resource.api_version, "metadata": metadata}
        return _line("BOOKMARK", item)


def _line(kind: str, item: Mapping[str, Any]) -> bytes:
    return json.dumps({"type": kind, "object": item}, separators=(",", ":")).encode() + b"\n"
