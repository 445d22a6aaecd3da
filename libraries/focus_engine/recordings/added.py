"""Recordings that these tests add: marked as theirs, bounded in time, removed again.

They are copies of a recording that is there, so that the server finds every field that it expects.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from focus_engine.declared.permission import Permission
from focus_engine.on_use import on_use
from focus_engine.verdict import PreconditionUnmet

with on_use(__name__):
    import uuid

    from focus_engine import environment as environments
    from focus_engine.recordings import database as databases
    from focus_engine.recordings import survey as surveys

if TYPE_CHECKING:  # heavy, and loaded by what really opens a connection
    from pymongo.database import Database

MARK = "focus_server_tests"  # a field of our own: {run, expires_at}
LENGTH = timedelta(minutes=1)
BEFORE_THE_OLDEST = timedelta(hours=2)
LIFE = timedelta(minutes=30)  # after which any run may remove it

# MongoDB holds dates of any year, and two hours before it must be one as well.
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_FINISHED = {"end_time": {"$type": "date"}, "start_time": {"$type": "date"}}
_LOOKED_AT = 50  # documents, which are large

Documents: TypeAlias = "Database[dict[str, Any]]"


@dataclass(frozen=True)
class AddedRecording:
    """A recording that was added. `start` and `end` are epoch seconds."""

    uuid: str
    start: int
    end: int


def add_recording(environment: environments.Environment) -> AddedRecording:
    """Add a finished recording of one minute, before the oldest one of the path in use.

    Raises NotAllowed without `disruptive`, PreconditionUnmet without a recording to copy, ToolError
    when the database cannot be written.
    """
    with _allowed(environment) as database:
        for guid in _paths_in_use(database):
            collection = database[guid]
            found = collection.find(_FINISHED).sort("start_time", 1).limit(_LOOKED_AT)
            oldest = next(filter(_can_be_copied, found), None)
            if oldest is not None:
                document = _copy(oldest)
                collection.insert_one(document)
                return _described(document)
    raise PreconditionUnmet(
        "there is no finished recording that could be copied. Record some data first."
    )


def remove_added(environment: environments.Environment) -> int:
    """Remove what this run added, and what any run left behind. Returns how many there were."""
    gone = {"$or": [{f"{MARK}.run": _run()}, {f"{MARK}.expires_at": {"$lt": datetime.now(UTC)}}]}
    with _allowed(environment) as database:
        return sum(
            database[guid].delete_many(gone).deleted_count for guid in _paths_in_use(database)
        )


@contextmanager
def _allowed(environment: environments.Environment) -> Iterator[Documents]:
    environment.require(Permission.DISRUPTIVE, "a recording of our own in the database")
    with databases.writable_database(environment) as database:
        yield database


def _paths_in_use(database: Documents) -> list[str]:
    entries = database[surveys.BASE_PATHS].find({"is_archive": {"$ne": True}}, {"guid": 1})
    return [guid for entry in entries if surveys.GUID.fullmatch(guid := str(entry.get("guid")))]


def _can_be_copied(document: dict[str, Any]) -> bool:
    """Whether it starts in a year of Python: those of MongoDB go on for long after."""
    start = document.get("start_time")
    return isinstance(start, datetime) and start >= _EARLIEST


def _copy(oldest: dict[str, Any]) -> dict[str, Any]:
    start = (oldest["start_time"] - BEFORE_THE_OLDEST).replace(microsecond=0)
    fields = {key: value for key, value in oldest.items() if key != "_id"}
    mark = {"run": _run(), "expires_at": datetime.now(UTC) + LIFE}
    own = {"uuid": str(uuid.uuid4()), "start_time": start, "end_time": start + LENGTH, MARK: mark}
    return {**fields, "deleted": False, **own}


def _described(document: dict[str, Any]) -> AddedRecording:
    start, end = document["start_time"], document["end_time"]
    return AddedRecording(document["uuid"], int(start.timestamp()), int(end.timestamp()))


def _run() -> str:
    """A run is known by its folder; without one, by its process."""
    folder = os.environ.get("FOCUS_RUN_DIR")
    return Path(folder).name if folder else f"process {os.getpid()}"
