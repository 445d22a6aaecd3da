"""One watch: what the API says happens to the objects of a kind, and never more than it says.

A watch ends cleanly when the API closes it at the end of a line. Everything else raises: an ERROR
event, an event of a type that is unknown, a line that is no event.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from focus_engine.decoding.bounded_json import decode_object
from focus_engine.decoding.undecodable import UndecodableError
from focus_engine.kubernetes.connection import Lines
from focus_engine.kubernetes.errors import (
    FOREIGN_BYTES,
    ApiFailure,
    KubernetesError,
    brief,
    not_kubernetes,
)
from focus_engine.kubernetes.resources import Resource, is_named

TOO_OLD_REASONS = frozenset({"Expired", "Gone"})
VERSION = "resourceVersion"
BOOKMARK = "BOOKMARK"  # nothing happened until the version that it names


class EventType(StrEnum):
    """What happened to an object."""

    ADDED = "ADDED"
    MODIFIED = "MODIFIED"
    DELETED = "DELETED"


@dataclass(frozen=True)
class WatchEvent:
    """One change, and the object after it (before it, where it was deleted)."""

    change: EventType
    object: dict[str, Any]


class Watch:
    """The events of one watch, in their order; `stop()` may be called from another thread.

    `version` is how far it has told: from there another watch goes on. Bookmarks move it, too:
    versions rise with whatever changes, and the last one of a kind that rests grows too old.
    """

    def __init__(self, lines: Lines, resource: Resource, what: str, version: str) -> None:
        self.version = version
        self._lines = lines
        self._resource = resource
        self._what = what

    def __iter__(self) -> Iterator[WatchEvent]:
        for line in self._lines:
            event = self._event(line)
            if event is not None:
                yield event

    def stop(self) -> None:
        """End the watch; whoever iterates is done at once."""
        self._lines.stop()

    def _event(self, line: bytes) -> WatchEvent | None:
        """What the line tells, None for a bookmark."""
        try:
            said = decode_object(line)
        except UndecodableError:
            said = {}
        kind, item = said.get("type"), said.get("object")
        if kind == "ERROR":
            raise self._error(item)
        if isinstance(item, dict) and kind == BOOKMARK and self._is_of_kind(item, VERSION):
            self.version = str(item["metadata"][VERSION])
            return None
        if isinstance(item, dict) and kind in tuple(EventType) and self._is_whole(item):
            self.version = str(item["metadata"][VERSION])
            return WatchEvent(EventType(kind), item)
        shown = brief(line[:FOREIGN_BYTES].decode(errors="replace"))
        raise not_kubernetes(self._what, f"no event of a {self._resource.kind}: {shown}")

    def _is_whole(self, item: dict[str, Any]) -> bool:
        """Whether that is an object of the kind, with what tells it from others."""
        return is_named(item) and self._is_of_kind(item, "name", "uid", VERSION)

    def _is_of_kind(self, item: dict[str, Any], *keys: str) -> bool:
        """Whether it is of the kind, and its metadata have texts under `keys`."""
        metadata = item.get("metadata")
        return (
            item.get("kind") == self._resource.kind
            and isinstance(metadata, dict)
            and all(isinstance(metadata.get(key), str) and metadata[key] for key in keys)
        )

    def _error(self, item: Any) -> KubernetesError:
        """What an ERROR event says; its Status may lack anything. Cause.GONE: list anew."""
        status = item if isinstance(item, dict) else {}
        code, reason = status.get("code"), status.get("reason")
        said = brief(str(status.get("message") or reason or code or "no reason given"))
        sentence = f"{self._what} was ended by the API with an ERROR event: {said}."
        if code == HTTPStatus.GONE or str(reason) in TOO_OLD_REASONS:
            return KubernetesError(sentence, HTTPStatus.GONE, ApiFailure.GONE)
        known = code if isinstance(code, int) else None
        cause = (
            ApiFailure.of_status(known)
            if known and known >= HTTPStatus.BAD_REQUEST
            else ApiFailure.OTHER
        )
        return KubernetesError(f"{sentence} {cause.advice}", known, cause)
