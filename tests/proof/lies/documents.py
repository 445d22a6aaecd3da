"""Lies told in MongoDB: a document says something else, or is not there, or is there twice."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from bson import encode
from proof.lies.changes import BY_TYPE, DROP, change_named, changed_at, changes_of, paths_of
from proof.lies.lie import Channel, Lie
from pymongo import MongoClient
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from focus_engine.arrays.metadata.chain import NUMBERS_OF_LEAF, WHOLE_OF_LEAF
from focus_engine.recordings.fibre import OF_THE_FIBRE
from focus_engine.recordings.survey import METADATA
from sandbox.recordings.fibre_metadata import layers
from sandbox.recordings.seed import INDEXES
from sandbox.spec import SPEC

TABLES = (
    "recordings_quality",
    "recordings_plausible",
    "recordings_found",
    "recordings_at_edges",
    "metadata",
)
Document = dict[str, Any]
Target = Database[Document]

WHOLE = "the document"
ALL = "every recording"
# What nobody can contradict: the server tells what the database holds of one recording.
NOT_JUDGED = {
    ("$.deleted", "the opposite"): "whether a recording is deleted stands nowhere else",
    ("$.uuid", "longer"): "what a recording is called stands nowhere else",
}
JUDGED_METADATA = {*NUMBERS_OF_LEAF, *WHOLE_OF_LEAF, *OF_THE_FIBRE, "layer_type", "parent"}
TYPED = {*WHOLE_OF_LEAF} - {*NUMBERS_OF_LEAF}  # whole numbers, where they stand: nothing tells more
# What says the same: a path is archived where it says so.
HARMLESS = {("$.is_archive", "dropped"), ("$.is_archive", "null")}
ENTRY = "the base path in use"
INDEX = "index"
ADDED, REMOVED = "added", "removed"
_FINISHED = {"end_time": {"$type": "date"}, "deleted": False}
PLACES: dict[str, tuple[Document, int]] = {
    "the newest finished recording": (_FINISHED, -1),
    "the oldest finished recording": (_FINISHED, 1),
    "the recording that goes on": ({"end_time": None, "deleted": False}, -1),
    ALL: ({}, -1),
}
NOW = datetime.now(UTC)
RECORDING: Document = {
    "uuid": "00000000-0000-4000-8000-000000000001",
    "start_time": NOW,
    "end_time": NOW,
    "deleted": False,
    "fiber_metadata": layers("00000000-0000-4000-8000-000000000001", SPEC.default_prr_hz),
}
PATH: Document = {"base_path": SPEC.base_path, "guid": RECORDING["uuid"], "is_archive": False}


def document_lies() -> Iterator[Lie]:
    """Each field of a recording and of a base path by its type; indexes gone; documents gone.

    Of the metadata the fields that something else tells too, of all recordings at once.
    """
    for place in PLACES:
        fields = _metadata(RECORDING) if place == ALL else paths_of({**RECORDING, METADATA: None})
        yield from _changes(place, fields)
        yield Lie(Channel.DOCUMENT, place, "$.x_later_version", ADDED, harmless=True)
    yield from _changes(ENTRY, paths_of(PATH))
    for place in (ENTRY, ALL):
        yield Lie(Channel.DOCUMENT, place, WHOLE, REMOVED)
    for field, _ in INDEXES:
        yield Lie(Channel.DOCUMENT, INDEX, field, REMOVED)


def _metadata(document: Document) -> Iterator[tuple[str, Any]]:
    path, layer = f"$.{METADATA}", document[METADATA]
    yield path, layer
    while layer is not None:
        yield from (
            (f"{path}.{key}", value)
            for key, value in layer.items()
            if key in JUDGED_METADATA and not (key in TYPED and "parent" in layer)
        )
        path, layer = f"{path}.parent", layer.get("parent")


def _changes(place: str, fields: Iterable[tuple[str, Any]]) -> Iterator[Lie]:
    for path, value in fields:
        for change in changes_of(value) if value is not None and path != "$" else ():
            typed = path.rpartition(".")[2] in TYPED
            if (path, change) not in NOT_JUDGED and (change == BY_TYPE or not typed):
                harmless = (path, change) in HARMLESS
                yield Lie(Channel.DOCUMENT, place, path, change, harmless=harmless)


class DocumentTeller:
    """The documents are changed before anybody asks; `told` counts those that differ."""

    def __init__(self, told: int) -> None:
        self.told = told

    def start_over(self) -> None:
        """The documents stay as they are."""


@contextmanager
def telling(lie: Lie, uri: str) -> Iterator[DocumentTeller]:
    """The database lies meanwhile, and is as it was afterwards."""
    with MongoClient[Document](uri, tz_aware=True, serverSelectionTimeoutMS=5000) as client:
        target = client.get_default_database(SPEC.database)
        entry = target["base_paths"].find_one({"base_path": SPEC.base_path}) or {}
        recordings = target[str(entry["guid"])]
        if lie.place == INDEX:
            told, undo = _drop_index(recordings, lie.subject)
        elif lie.place == ENTRY:
            told, undo = _change(target["base_paths"], [entry], lie)
        else:
            query, order = PLACES[lie.place]
            found = (
                recordings.find(query).sort("start_time", order).limit(0 if lie.place == ALL else 1)
            )
            told, undo = _change(recordings, list(found), lie)
        try:
            yield DocumentTeller(told)
        finally:
            undo()


def _drop_index(recordings: Collection[Document], field: str) -> tuple[int, Callable[[], Any]]:
    recordings.drop_index(f"{field}_1")
    unique = dict(INDEXES)[field]
    return 1, lambda: recordings.create_index(field, unique=unique)


def _change(
    collection: Collection[Document], documents: list[Document], lie: Lie
) -> tuple[int, Callable[[], Any]]:
    """How many documents differ, and what puts them back."""
    told = 0
    for document in documents:
        changed = _changed(document, lie)
        if lie.change == REMOVED:
            told += collection.delete_one({"_id": document["_id"]}).deleted_count
        elif encode(changed) != encode(document):
            told += _replaced(collection, document, changed)

    def undo() -> None:
        for document in documents:
            collection.replace_one({"_id": document["_id"]}, document, upsert=True)

    return told, undo


def _changed(document: Document, lie: Lie) -> Document:
    if lie.change == ADDED:
        return {**document, "x_later_version": {"a": [1]}}
    if lie.subject == WHOLE:
        return document
    if lie.subject == "$.end_time" and document.get("end_time") is None:  # it says that it goes on
        given = change_named(lie.change, document["start_time"])
        return document if given is DROP or given is None else {**document, "end_time": given}
    return changed_at(document, lie.subject, lie.change)


def _replaced(collection: Collection[Document], document: Document, changed: Document) -> bool:
    try:
        collection.replace_one({"_id": document["_id"]}, changed)
    except DuplicateKeyError:  # a uuid that two have: MongoDB itself takes no such lie
        return False
    return True
