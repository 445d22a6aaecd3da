"""Commands of the handshake, and those that read documents."""

# ruff: noqa: ARG001 - every command has the same signature, whether it needs all of it or not

from datetime import UTC, datetime
from typing import Any

import mongomock

from sandbox.mongo.plans import explain, refuse_unknown_hint
from sandbox.mongo.sasl import mechanisms_of
from sandbox.mongo.statistics import statistics_stage
from sandbox.mongo.storage import Storage, collection_of
from sandbox.mongo.wire import LONGEST_MESSAGE, VERSION, Document


def hello(storage: Storage, database: Any, command: Document) -> Document:
    return {
        "helloOk": True,
        "ismaster": True,
        "isWritablePrimary": True,
        "maxBsonObjectSize": 16 * 1024 * 1024,
        "maxMessageSizeBytes": LONGEST_MESSAGE,
        "maxWriteBatchSize": 100_000,
        "localTime": datetime.now(UTC),
        "logicalSessionTimeoutMinutes": 30,
        "connectionId": 1,
        "minWireVersion": 0,
        "maxWireVersion": 21,
        "readOnly": False,
        **mechanisms_of(command.get("saslSupportedMechs")),
    }


def build_info(storage: Storage, database: Any, command: Document) -> Document:
    return {
        "version": ".".join(map(str, VERSION)),
        "versionArray": [*VERSION, 0],
        "gitVersion": "sandbox",
        "bits": 64,
        "maxBsonObjectSize": 16 * 1024 * 1024,
    }


def nothing(storage: Storage, database: Any, command: Document) -> Document:
    return {}


def find_documents(storage: Storage, database: Any, command: Document) -> Document:
    collection = collection_of(database, command)
    refuse_unknown_hint(collection, command)
    cursor = collection.find(
        command.get("filter") or {},
        command.get("projection") or None,
        skip=int(command.get("skip", 0)),
        limit=abs(int(command.get("limit", 0))),
    )
    if command.get("sort"):
        cursor = cursor.sort(list(command["sort"].items()))
    single = bool(command.get("singleBatch", False))
    return storage.cursors.open(
        f"{database.name}.{collection.name}", list(cursor), command.get("batchSize"), single
    )


def aggregate(storage: Storage, database: Any, command: Document) -> Document:
    collection = collection_of(database, command)
    refuse_unknown_hint(collection, command)
    if command.get("explain"):
        return explain(storage, database, {"explain": command})
    first, *rest = command["pipeline"] or [{}]
    told = statistics_stage(collection, first)
    if told is None:
        documents = list(collection.aggregate(command["pipeline"]))
    else:
        documents = _piped(told, rest)
    batch = command.get("cursor", {}).get("batchSize")
    return storage.cursors.open(f"{database.name}.{collection.name}", documents, batch)


def _piped(documents: list[Document], pipeline: list[Document]) -> list[Document]:
    """Documents that stand in no collection, after the other stages."""
    if not pipeline:
        return documents
    passing: Any = mongomock.MongoClient()["passing"]["stage"]
    passing.insert_many(documents)
    return list(passing.aggregate([{"$project": {"_id": 0}}, *pipeline]))


def get_more(storage: Storage, database: Any, command: Document) -> Document:
    return storage.cursors.more(int(command["getMore"]), command.get("batchSize"))


def kill_cursors(storage: Storage, database: Any, command: Document) -> Document:
    return storage.cursors.kill([int(each) for each in command["cursors"]])


def count(storage: Storage, database: Any, command: Document) -> Document:
    options = {name: int(command[name]) for name in ("skip", "limit") if command.get(name)}
    collection = collection_of(database, command)
    refuse_unknown_hint(collection, command)
    return {"n": collection.count_documents(command.get("query", {}), **options)}


def distinct(storage: Storage, database: Any, command: Document) -> Document:
    collection = collection_of(database, command)
    return {"values": collection.find(command.get("query", {})).distinct(command["key"])}
