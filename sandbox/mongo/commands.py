"""MongoDB commands, executed on mongomock. What is not listed here is refused, never ignored."""

import datetime
import logging
from collections.abc import Callable
from typing import Any

import mongomock
from bson.errors import BSONError
from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure, PyMongoError

from sandbox.mongo.cursors import Cursors
from sandbox.mongo.errors import CommandError, failure
from sandbox.mongo.wire import LONGEST_MESSAGE, Document

Command = Callable[["Engine", Any, Document], Document]

_LOG = logging.getLogger(__name__)

_VERSION = (7, 0, 0)
_ENVELOPE = frozenset({
    "$db", "lsid", "$clusterTime", "$readPreference", "readConcern", "writeConcern", "txnNumber",
    "maxTimeMS", "comment", "apiVersion", "apiStrict", "apiDeprecationErrors",
})


class Engine:
    """Executes commands. Not thread-safe: its server calls it from one thread."""

    def __init__(self) -> None:
        self.client: Any = mongomock.MongoClient()
        self.cursors = Cursors()

    def execute(self, command: Document) -> Document:
        """Return the answer of ``command``; errors come back as documents too."""
        name = next(iter(command))
        try:
            implementation, allowed = _find(name)
            _refuse_unknown(name, command, allowed)
            database = self.client[str(command.get("$db", "admin"))]
            return {**implementation(self, database, command), "ok": 1.0}
        except CommandError as error:
            return failure(error.code, error.name, str(error))
        except DuplicateKeyError as error:
            return failure(11000, "DuplicateKey", str(error))
        except OperationFailure as error:
            return failure(error.code or 2, "BadValue", str(error))
        except NotImplementedError as error:
            return failure(115, "CommandNotSupported", f"Not supported here: {error}")
        except (PyMongoError, BSONError, KeyError, TypeError, ValueError) as error:
            return failure(2, "BadValue", f"{type(error).__name__}: {error}")
        except Exception as error:  # the engine's own defects must not cut other clients off
            _LOG.exception("mongomock failed at %s.", name)
            return failure(8, "UnknownError", f"{type(error).__name__}: {error}")


def _find(name: str) -> tuple[Command, frozenset[str]]:
    if name not in COMMANDS:
        raise CommandError(59, "CommandNotFound", f"no such command: '{name}'")
    return COMMANDS[name]


def _refuse_unknown(name: str, command: Document, allowed: frozenset[str]) -> None:
    unknown = set(command) - allowed - _ENVELOPE - {name}
    if unknown and "*" not in allowed:
        raise CommandError(
            40415, "Location40415", f"{name}: unknown or unsupported field {sorted(unknown)[0]!r}")


def _collection(database: Any, command: Document) -> Any:
    name = next(iter(command.values()))
    if not isinstance(name, str) or not name:
        raise CommandError(73, "InvalidNamespace", "The collection's name must be a string.")
    return database[name]


def _hello(engine: Engine, database: Any, command: Document) -> Document:
    return {
        "helloOk": True, "ismaster": True, "isWritablePrimary": True,
        "maxBsonObjectSize": 16 * 1024 * 1024, "maxMessageSizeBytes": LONGEST_MESSAGE,
        "maxWriteBatchSize": 100_000, "localTime": datetime.datetime.now(datetime.timezone.utc),
        "logicalSessionTimeoutMinutes": 30, "connectionId": 1,
        "minWireVersion": 0, "maxWireVersion": 21, "readOnly": False,
    }


def _build_info(engine: Engine, database: Any, command: Document) -> Document:
    return {"version": ".".join(map(str, _VERSION)), "versionArray": [*_VERSION, 0],
            "gitVersion": "sandbox", "bits": 64, "maxBsonObjectSize": 16 * 1024 * 1024}


def _nothing(engine: Engine, database: Any, command: Document) -> Document:
    return {}


def _find_documents(engine: Engine, database: Any, command: Document) -> Document:
    collection = _collection(database, command)
    cursor = collection.find(
        command.get("filter") or {}, command.get("projection") or None,
        skip=int(command.get("skip", 0)), limit=abs(int(command.get("limit", 0))))
    if command.get("sort"):
        cursor = cursor.sort(list(command["sort"].items()))
    single = bool(command.get("singleBatch", False))
    return engine.cursors.open(
        f"{database.name}.{collection.name}", list(cursor), command.get("batchSize"), single)


def _aggregate(engine: Engine, database: Any, command: Document) -> Document:
    collection = _collection(database, command)
    documents = list(collection.aggregate(command["pipeline"]))
    batch = command.get("cursor", {}).get("batchSize")
    return engine.cursors.open(f"{database.name}.{collection.name}", documents, batch)


def _get_more(engine: Engine, database: Any, command: Document) -> Document:
    return engine.cursors.more(int(command["getMore"]), command.get("batchSize"))


def _kill_cursors(engine: Engine, database: Any, command: Document) -> Document:
    return engine.cursors.kill([int(id) for id in command["cursors"]])


def _insert(engine: Engine, database: Any, command: Document) -> Document:
    collection = _collection(database, command)

    def insert(document: Document) -> int:
        collection.insert_one(document)
        return 1

    inserted, errors = _each(command["documents"], insert, command)
    return {"n": inserted, **errors}


def _update(engine: Engine, database: Any, command: Document) -> Document:
    collection = _collection(database, command)
    modified = 0
    upserted: list[Document] = []

    def update(statement: Document) -> int:
        nonlocal modified
        result = _apply_update(collection, statement)
        modified += result.modified_count
        if result.upserted_id is not None:
            upserted.append({"index": len(upserted), "_id": result.upserted_id})
            return 1
        return int(result.matched_count)

    matched, errors = _each(command["updates"], update, command)
    return {"n": matched, "nModified": modified,
            **({"upserted": upserted} if upserted else {}), **errors}


def _apply_update(collection: Any, statement: Document) -> Any:
    _refuse_unknown("update", statement, frozenset({"q", "u", "upsert", "multi"}))
    change, upsert = statement["u"], bool(statement.get("upsert", False))
    if not isinstance(change, dict):
        raise NotImplementedError("updates by pipeline")
    if not any(key.startswith("$") for key in change):
        return collection.replace_one(statement["q"], change, upsert=upsert)
    method = collection.update_many if statement.get("multi") else collection.update_one
    return method(statement["q"], change, upsert=upsert)


def _delete(engine: Engine, database: Any, command: Document) -> Document:
    collection = _collection(database, command)

    def delete(statement: Document) -> int:
        _refuse_unknown("delete", statement, frozenset({"q", "limit"}))
        method = collection.delete_one if statement.get("limit") else collection.delete_many
        return int(method(statement["q"]).deleted_count)

    deleted, errors = _each(command["deletes"], delete, command)
    return {"n": deleted, **errors}


def _each(
    statements: list[Document], apply: Callable[[Document], int], command: Document
) -> tuple[int, Document]:
    """Apply the statements of a write; return the affected count and the write errors."""
    affected, errors = 0, []
    for index, statement in enumerate(statements):
        try:
            affected += apply(statement)
        except (DuplicateKeyError, BulkWriteError) as error:
            errors.append({"index": index, "code": 11000, "errmsg": str(error)})
        except OperationFailure as error:
            errors.append({"index": index, "code": error.code or 2, "errmsg": str(error)})
        if errors and command.get("ordered", True):
            break
    return affected, {"writeErrors": errors} if errors else {}


def _find_and_modify(engine: Engine, database: Any, command: Document) -> Document:
    collection = _collection(database, command)
    sort = list(command["sort"].items()) if command.get("sort") else None
    options = {"projection": command.get("fields"), "sort": sort}
    query = command.get("query", {})
    if command.get("remove"):
        return {"value": collection.find_one_and_delete(query, **options)}
    change = command["update"]
    operators = any(key.startswith("$") for key in change)
    method = collection.find_one_and_update if operators else collection.find_one_and_replace
    value = method(query, change, upsert=bool(command.get("upsert", False)),
                   return_document=bool(command.get("new", False)), **options)
    return {"value": value}


def _count(engine: Engine, database: Any, command: Document) -> Document:
    options = {name: int(command[name]) for name in ("skip", "limit") if command.get(name)}
    return {"n": _collection(database, command).count_documents(command.get("query", {}), **options)}


def _distinct(engine: Engine, database: Any, command: Document) -> Document:
    collection = _collection(database, command)
    return {"values": collection.find(command.get("query", {})).distinct(command["key"])}


def _list_collections(engine: Engine, database: Any, command: Document) -> Document:
    wanted = command.get("filter", {}).get("name")
    names = [name for name in sorted(database.list_collection_names())
             if not isinstance(wanted, str) or name == wanted]
    documents = [{"name": name, "type": "collection", "options": {}, "info": {"readOnly": False},
                  "idIndex": {"v": 2, "key": {"_id": 1}, "name": "_id_"}} for name in names]
    return engine.cursors.open(f"{database.name}.$cmd.listCollections", documents, None)


def _list_databases(engine: Engine, database: Any, command: Document) -> Document:
    names = [name for name in sorted(engine.client.list_database_names())
             if engine.client[name].list_collection_names()]
    databases = [{"name": name, "sizeOnDisk": 0, "empty": False} for name in names]
    return {"databases": databases, "totalSize": 0}


def _create(engine: Engine, database: Any, command: Document) -> Document:
    database.create_collection(command["create"])
    return {}


def _drop(engine: Engine, database: Any, command: Document) -> Document:
    collection = _collection(database, command)
    if collection.name not in database.list_collection_names():
        raise CommandError(26, "NamespaceNotFound", "ns not found")
    database.drop_collection(collection.name)
    return {"ns": f"{database.name}.{collection.name}"}


def _drop_database(engine: Engine, database: Any, command: Document) -> Document:
    engine.client.drop_database(database.name)
    return {"dropped": database.name}


def _create_indexes(engine: Engine, database: Any, command: Document) -> Document:
    collection = _collection(database, command)
    before = len(collection.index_information())
    for index in command["indexes"]:
        _refuse_unknown("createIndexes", index, frozenset(
            {"key", "name", "unique", "sparse", "expireAfterSeconds", "background", "v"}))
        options = {name: index[name] for name in ("unique", "sparse", "expireAfterSeconds")
                   if name in index}
        collection.create_index(list(index["key"].items()), name=index["name"], **options)
    return {"numIndexesBefore": before, "numIndexesAfter": len(collection.index_information())}


def _list_indexes(engine: Engine, database: Any, command: Document) -> Document:
    collection = _collection(database, command)
    if collection.name not in database.list_collection_names():
        raise CommandError(26, "NamespaceNotFound", f"ns does not exist: {collection.name}")
    documents = [
        {"v": 2, "key": dict(details["key"]), "name": name,
         **{option: details[option] for option in ("unique", "sparse", "expireAfterSeconds")
            if details.get(option)}}
        for name, details in collection.index_information().items()
    ]
    return engine.cursors.open(f"{database.name}.{collection.name}", documents, None)


def _drop_indexes(engine: Engine, database: Any, command: Document) -> Document:
    collection = _collection(database, command)
    before = len(collection.index_information())
    if command["index"] == "*":
        collection.drop_indexes()
    else:
        collection.drop_index(command["index"])
    return {"nIndexesWas": before}


_ANYTHING = frozenset({"*"})
_NO_FIELDS: frozenset[str] = frozenset()

COMMANDS: dict[str, tuple[Command, frozenset[str]]] = {
    "hello": (_hello, _ANYTHING),
    "isMaster": (_hello, _ANYTHING),
    "ismaster": (_hello, _ANYTHING),
    "ping": (_nothing, _NO_FIELDS),
    "endSessions": (_nothing, _NO_FIELDS),
    "buildInfo": (_build_info, _NO_FIELDS),
    "buildinfo": (_build_info, _NO_FIELDS),
    "find": (_find_documents, frozenset({
        "filter", "projection", "sort", "skip", "limit", "batchSize", "singleBatch",
        "noCursorTimeout", "allowDiskUse"})),
    "getMore": (_get_more, frozenset({"collection", "batchSize"})),
    "killCursors": (_kill_cursors, frozenset({"cursors"})),
    "aggregate": (_aggregate, frozenset({"pipeline", "cursor", "allowDiskUse"})),
    "insert": (_insert, frozenset({"documents", "ordered"})),
    "update": (_update, frozenset({"updates", "ordered"})),
    "delete": (_delete, frozenset({"deletes", "ordered"})),
    "findAndModify": (_find_and_modify, frozenset({
        "query", "sort", "remove", "update", "new", "fields", "upsert"})),
    "count": (_count, frozenset({"query", "skip", "limit"})),
    "distinct": (_distinct, frozenset({"key", "query"})),
    "listCollections": (_list_collections, frozenset({
        "filter", "nameOnly", "authorizedCollections", "cursor"})),
    "listDatabases": (_list_databases, frozenset({"nameOnly", "authorizedDatabases"})),
    "create": (_create, _NO_FIELDS),
    "drop": (_drop, _NO_FIELDS),
    "dropDatabase": (_drop_database, _NO_FIELDS),
    "createIndexes": (_create_indexes, frozenset({"indexes"})),
    "listIndexes": (_list_indexes, frozenset({"cursor"})),
    "dropIndexes": (_drop_indexes, frozenset({"index"})),
}
