"""One pass over the recordings: what `base_paths` names, and what those collections hold.

A collection of recordings is named by the bare GUID of its base path. Its neighbour
`<GUID>-unrecognized_recordings` has another schema and is only counted.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from focus_engine.recordings.database import Document, Index, RecordingsDatabase

BASE_PATHS = "base_paths"
METADATA = "fiber_metadata"
UNRECOGNISED_SUFFIX = "-unrecognized_recordings"
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
WITH_METADATA = {METADATA: {"$type": "object"}}
_WRONG_METADATA = {"$exists": True, "$ne": None, "$not": {"$type": "object"}}


class RecordingState(StrEnum):
    """Every recording is in one state. A missing `end_time` and a null one mean the same."""

    HISTORIC = "historic"
    LIVE = "live"
    DELETED = "deleted"


@dataclass(frozen=True)
class BasePath:
    """An entry of `base_paths` as it stands there; `is_archive` absent means not archived."""

    path: object
    guid: object
    is_archive: object

    @property
    def archived(self) -> bool:
        return self.is_archive is True

    @property
    def has_guid(self) -> bool:
        return isinstance(self.guid, str) and GUID.fullmatch(self.guid) is not None


@dataclass(frozen=True)
class Recording:
    """The fields of a recording as they stand there; None for missing and null alike."""

    uuid: object
    start: object
    end: object
    deleted: object

    @property
    def state(self) -> RecordingState:
        if self.deleted is True:
            return RecordingState.DELETED
        return RecordingState.LIVE if self.end is None else RecordingState.HISTORIC

    @property
    def duration(self) -> timedelta | None:
        if isinstance(self.start, datetime) and isinstance(self.end, datetime):
            return self.end - self.start
        return None

    @property
    def is_timed(self) -> bool:
        """Whether it starts at a time, and ends at one or goes on."""
        ends = self.end is None or isinstance(self.end, datetime)
        return isinstance(self.start, datetime) and ends

    def stale(self, now: datetime, limit: timedelta) -> bool:
        """Live for longer than `limit`."""
        started = isinstance(self.start, datetime) and now - self.start > limit
        return self.state is RecordingState.LIVE and started


@dataclass(frozen=True)
class Collection:
    """What the collection of one base path holds."""

    guid: str
    archived: bool
    recordings: tuple[Recording, ...]
    indexes: tuple[Index, ...]
    wrong_metadata: int
    unrecognised: int


@dataclass(frozen=True)
class Survey:
    """All that the rules look at; `orphans` are GUID collections that no base path names."""

    now: datetime
    base_paths: tuple[BasePath, ...]
    collections: tuple[Collection, ...]
    without_collection: tuple[str, ...]
    orphans: tuple[str, ...]

    @property
    def recordings(self) -> tuple[Recording, ...]:
        return tuple(each for part in self.collections for each in part.recordings)

    def counts(self, stale_after: timedelta) -> dict[str, int]:
        """Recordings by state; stale ones are counted among the live ones, and none is left out."""
        found = self.recordings
        return {
            **{state.value: sum(each.state is state for each in found) for state in RecordingState},
            "stale": sum(each.stale(self.now, stale_after) for each in found),
            "unrecognised": sum(part.unrecognised for part in self.collections),
        }


def survey(database: RecordingsDatabase) -> Survey:
    """Read everything once."""
    present = database.collections()
    paths = tuple(
        _base_path(entry)
        for entry in database.documents(BASE_PATHS, "base_path", "guid", "is_archive")
    )
    named = {str(path.guid): path for path in paths if path.has_guid}
    return Survey(
        now=database.now(),
        base_paths=paths,
        collections=tuple(
            _collection(database, guid, path.archived, present)
            for guid, path in named.items()
            if guid in present
        ),
        without_collection=tuple(guid for guid in named if guid not in present),
        orphans=tuple(sorted(name for name in present - set(named) if GUID.fullmatch(name))),
    )


def collections_in_use(database: RecordingsDatabase) -> list[str]:
    """The collections of the base paths that are not archived, where they are there."""
    return _named_collections(database, archived=False)


def newest_metadata(database: RecordingsDatabase, limit: int) -> dict[str, Document]:
    """`fiber_metadata` by uuid, of the recordings that started last below each base path.

    At most `limit` per path, because each holds many fields. Recordings without are left out:
    whether they may be is a rule of its own, and old ones have none.
    """
    found = [
        document
        for name in _named_collections(database, archived=True)
        for document in database.newest(name, limit, WITH_METADATA, "uuid", METADATA)
    ]
    return {
        str(document.get("uuid")): document[METADATA]
        for document in found
        if isinstance(document.get(METADATA), Mapping)
    }


def _named_collections(database: RecordingsDatabase, *, archived: bool) -> list[str]:
    """Of base paths, of archived ones only where those are wanted; what is no GUID names none."""
    present = database.collections()
    entries = database.documents(BASE_PATHS, "base_path", "guid", "is_archive")
    paths = [_base_path(entry) for entry in entries]
    return [
        collection_name(str(path.guid))
        for path in paths
        if path.has_guid and str(path.guid) in present and (archived or not path.archived)
    ]


def _base_path(entry: Document) -> BasePath:
    return BasePath(entry.get("base_path"), entry.get("guid"), entry.get("is_archive"))


def collection_name(guid: str) -> str:
    """The collection of the recordings below a base path: its GUID and nothing else."""
    return guid


def _collection(
    database: RecordingsDatabase, guid: str, archived: bool, present: Iterable[str]
) -> Collection:
    name, neighbour = collection_name(guid), guid + UNRECOGNISED_SUFFIX
    documents = database.documents(name, "uuid", "start_time", "end_time", "deleted")
    return Collection(
        guid=guid,
        archived=archived,
        recordings=tuple(_recording(document) for document in documents),
        indexes=database.indexes(name),
        wrong_metadata=database.count(name, {METADATA: _WRONG_METADATA}),
        unrecognised=database.count(neighbour, {}) if neighbour in present else 0,
    )


def _recording(document: Document | Mapping[str, Any]) -> Recording:
    return Recording(
        document.get("uuid"),
        document.get("start_time"),
        document.get("end_time"),
        document.get("deleted"),
    )
