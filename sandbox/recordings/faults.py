"""Faults of the recorded data: the database is seeded anew and then spoilt as they say."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from pymongo import MongoClient
from pymongo.database import Database

from sandbox.faults import ActiveFaults, Fault, knob
from sandbox.recordings import metadata_faults
from sandbox.recordings.seed import INDEXES, Document
from sandbox.spec import SPEC

Target = Database[Document]
Spoil = Callable[[Target, str], object]
_STALE = 12  # more than a look-up that is limited to ten would count
_DAY = timedelta(days=1)
_CHUNK = timedelta(seconds=5)


class SeededRecordings:
    """The data of one sandbox; it follows the faults in force and the contract."""

    def __init__(self, uri: str, database: str, seed: Callable[[], None]) -> None:
        """`seed` fills the database."""
        self._uri = uri
        self._database = database
        self._seed = seed
        self._shown: tuple[bool, tuple[str, ...]] | None = None

    def follow(self, active: ActiveFaults, indexed: bool) -> None:
        """Make the data what the active faults say; untouched when nothing of it changed."""
        wanted = tuple(fault.id for fault in (*KNOBS, *FAULTS) if active.on(fault))
        if (indexed, wanted) == self._shown:
            return
        with MongoClient[Document](self._uri, serverSelectionTimeoutMS=5000) as client:
            client.drop_database(self._database)
            self._seed()
            target = client[self._database]
            guid = _own_guid(target)
            for fault in wanted:
                _SPOILS[fault](target, guid)
            if not indexed:
                for name in target.list_collection_names():
                    target[name].drop_indexes()
        self._shown = indexed, wanted


def _own_guid(target: Target) -> str:
    entry = target["base_paths"].find_one({"base_path": SPEC.base_path})
    if entry is None:
        raise LookupError(f"the seed left no base path {SPEC.base_path}")
    return str(entry["guid"])


def _set_on_one(**fields: Any) -> Spoil:
    """Change fields of one finished recording."""

    def spoil(target: Target, guid: str) -> None:
        target[guid].update_one(_finished(target, guid), {"$set": fields})

    return spoil


def _finished(target: Target, guid: str) -> Document:
    found = target[guid].find_one({"end_time": {"$type": "date"}, "deleted": False})
    if found is None:
        raise LookupError("the seed left no finished recording")
    return {"_id": found["_id"]}


def _drop_index(field: str) -> Spoil:
    return lambda target, guid: target[guid].drop_index(f"{field}_1")


def _expiring_index(target: Target, guid: str) -> None:
    target[guid].drop_index("start_time_1")
    target[guid].create_index("start_time", expireAfterSeconds=10 * 366 * 86_400)


def _path_twice(target: Target, _guid: str) -> None:
    other = str(uuid4())
    entry = {"base_path": SPEC.base_path, "guid": other, "is_archive": False}
    target["base_paths"].insert_one(entry)
    target.create_collection(other)
    for field, unique in INDEXES:
        target[other].create_index(field, unique=unique)


def _plain_uuid_index(target: Target, guid: str) -> None:
    target[guid].drop_index("uuid_1")
    target[guid].create_index("uuid")


def _duplicate_uuid(target: Target, guid: str) -> None:
    _plain_uuid_index(target, guid)
    copied = target[guid].find_one(_finished(target, guid), {"_id": 0})
    target[guid].insert_one({**(copied or {})})


def _naive_start(target: Target, guid: str) -> None:
    """BSON has no naive time: what is meant is a text, which says no zone."""
    chosen = _finished(target, guid)
    found = target[guid].find_one(chosen) or {}
    text = found["start_time"].replace(tzinfo=None).isoformat()
    target[guid].update_one(chosen, {"$set": {"start_time": text}})


def _epoch_end(target: Target, guid: str) -> None:
    chosen = _finished(target, guid)
    found = target[guid].find_one(chosen) or {}
    seconds = int(found["end_time"].replace(tzinfo=UTC).timestamp())
    target[guid].update_one(chosen, {"$set": {"end_time": seconds}})


def _ends_first(target: Target, guid: str) -> None:
    chosen = _finished(target, guid)
    found = target[guid].find_one(chosen) or {}
    earlier = found["start_time"] - timedelta(minutes=1)
    target[guid].update_one(chosen, {"$set": {"end_time": earlier}})


def _lasting(length: timedelta | None, *, from_now: bool = False) -> Spoil:
    """The oldest finished recording lasts so long; the newest until so long after now, or on."""

    def spoil(target: Target, guid: str) -> None:
        query = {"end_time": {"$type": "date"}, "deleted": False}
        found = (
            target[guid].find_one(
                query, sort=[("start_time", 1 if length and not from_now else -1)]
            )
            or {}
        )
        start = found["start_time"].replace(tzinfo=UTC)
        lasting = length and length + (datetime.now(UTC) - start if from_now else timedelta(0))
        end = lasting and start + lasting // _CHUNK * _CHUNK
        target[guid].update_one({"_id": found["_id"]}, {"$set": {"end_time": end}})

    return spoil


def _before_all(target: Target, guid: str) -> None:
    start = datetime(1971, 1, 1, tzinfo=UTC)
    times = {"start_time": start, "end_time": start + _CHUNK}
    target[guid].update_one(_finished(target, guid), {"$set": times})


def _in_the_future(target: Target, guid: str) -> None:
    start = datetime.now(UTC) + _DAY
    target[guid].insert_one({"uuid": str(uuid4()), "start_time": start, "deleted": False})


def _stale(target: Target, guid: str) -> None:
    """Half of them without end_time, half with null: both mean that it goes on."""
    began = datetime.now(UTC) - 2 * _DAY
    target[guid].insert_many(
        {
            "uuid": str(uuid4()),
            "start_time": began - timedelta(minutes=number),
            "deleted": False,
            **({"end_time": None} if number % 2 else {}),
        }
        for number in range(_STALE)
    )


def _orphan_guid(target: Target, _: str) -> None:
    entry = {"base_path": "/prisma/root/gone", "guid": str(UUID(int=1)), "is_archive": True}
    target["base_paths"].insert_one(entry)


def _orphan_collection(target: Target, _: str) -> None:
    target[str(UUID(int=2))].insert_one({"uuid": str(uuid4()), "deleted": False})


def _no_guid(target: Target, _: str) -> None:
    target["base_paths"].insert_one({"base_path": "/prisma/root/new", "is_archive": False})


def _no_recordings(target: Target, _: str) -> None:
    """A path in use, by its absent mark, whose collection holds nothing."""
    guid = str(UUID(int=3))
    target["base_paths"].insert_one({"base_path": "/prisma/root/empty", "guid": guid})
    for field, unique in INDEXES:
        target[guid].create_index(field, unique=unique)


def _odd_duration(target: Target, guid: str) -> None:
    chosen = _finished(target, guid)
    found = target[guid].find_one(chosen) or {}
    later = found["end_time"] + timedelta(seconds=1.7)
    target[guid].update_one(chosen, {"$set": {"end_time": later}})


def _all_archived(target: Target, _: str) -> None:
    target["base_paths"].update_many({}, {"$set": {"is_archive": True}})


def _nothing_finished(target: Target, _: str) -> None:
    for entry in target["base_paths"].find({}):
        target[str(entry["guid"])].update_many({}, {"$set": {"end_time": None}})


def _unrecognised(target: Target, guid: str) -> None:
    target[f"{guid}-unrecognized_recordings"].insert_many(
        {"folder_name": f"more_{number:03d}", "file_count": 1} for number in range(100)
    )


def _unmark(target: Target, guid: str) -> None:  # noqa: ARG001 - as every change
    target["base_paths"].update_many({"is_archive": False}, {"$unset": {"is_archive": ""}})


_DECLARED: tuple[tuple[str, str, Spoil], ...] = (
    (
        "index-start-time-missing",
        "start_time is not indexed",
        _drop_index("start_time"),
    ),
    ("index-end-time-missing", "end_time is not indexed", _drop_index("end_time")),
    ("index-deleted-missing", "deleted is not indexed", _drop_index("deleted")),
    ("index-uuid-missing", "uuid is not indexed", _drop_index("uuid")),
    ("index-uuid-not-unique", "the index on uuid does not enforce uniqueness", _plain_uuid_index),
    ("index-expires", "MongoDB removes recordings by an index after ten years", _expiring_index),
    ("base-path-twice", "base_paths names the same path twice, with two GUIDs", _path_twice),
    ("recording-uuid-duplicate", "two recordings have the same uuid", _duplicate_uuid),
    ("recording-uuid-null", "a recording has the uuid null", _set_on_one(uuid=None)),
    ("recording-uuid-odd", "a recording has the uuid 17", _set_on_one(uuid="17")),
    ("recording-start-naive", "a start_time is a text without time zone", _naive_start),
    ("recording-end-epoch", "an end_time is a number of seconds", _epoch_end),
    ("recording-deleted-text", 'deleted is the text "false"', _set_on_one(deleted="false")),
    ("recording-metadata-text", "fiber_metadata is a text", _set_on_one(fiber_metadata="{}")),
    ("recording-ends-first", "a recording ends before it starts", _ends_first),
    ("recording-duration-odd", "a recording lasts 1.7 s more than whole chunks", _odd_duration),
    ("base-path-empty", "a path without is_archive has no recording", _no_recordings),
    ("recording-in-future", "a recording starts tomorrow", _in_the_future),
    ("recording-before-all", "a recording is of the year 1971", _before_all),
    ("recording-ends-tomorrow", "a recording ends tomorrow", _lasting(_DAY, from_now=True)),
    ("recording-too-long", "a recording lasts 25 hours", _lasting(_DAY + _DAY / 24)),
    ("recording-never-ended", "the recording before the live one has no end", _lasting(None)),
    ("recordings-stale", "twelve recordings have been going on for two days", _stale),
    ("recordings-none-finished", "no recording has an end_time", _nothing_finished),
    ("recordings-unrecognised", "a hundred folders more are unrecognised", _unrecognised),
    ("base-path-orphan-guid", "base_paths names a GUID that has no collection", _orphan_guid),
    ("collection-orphan", "base_paths lacks the GUID of a collection", _orphan_collection),
    ("base-path-without-guid", "an entry of base_paths has no GUID", _no_guid),
    ("base-paths-all-archived", "every base path is archived", _all_archived),
)
UNMARKED = knob(
    "base-paths-unmarked", "base paths that are in use have no is_archive, as was seen once"
)
KNOBS = (UNMARKED,)
FAULTS: tuple[Fault, ...] = tuple(
    Fault(name, sentence) for name, sentence, _ in (*_DECLARED, *metadata_faults.DECLARED)
)
_SPOILS: Mapping[str, Spoil] = {
    UNMARKED.id: _unmark,
    **{name: spoil for name, _, spoil in (*_DECLARED, *metadata_faults.DECLARED)},
}
