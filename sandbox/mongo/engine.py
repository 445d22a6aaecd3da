"""Executes commands. What is not listed here is refused, never ignored."""

import logging

from bson.errors import BSONError
from pymongo.errors import DuplicateKeyError, OperationFailure, PyMongoError

from sandbox.mongo import plans, reads, sasl, statistics, structure, writes
from sandbox.mongo.errors import CommandError, failure
from sandbox.mongo.storage import Command, Storage, refuse_unknown
from sandbox.mongo.wire import Document

_LOG = logging.getLogger(__name__)


class CommandEngine:
    """Executes commands. Not thread-safe: its server calls it from one thread."""

    def __init__(self) -> None:
        self._storage = Storage()

    def execute(self, command: Document, conversation: sasl.Conversation) -> Document:
        """The answer of `command`; errors come back as documents too.

        `conversation` is the connection's own.
        """
        try:
            if next(iter(command)) in sasl.COMMANDS:
                return {**conversation.execute(command), "ok": 1.0}
            return {**self._execute(command), "ok": 1.0}
        except Exception as error:  # noqa: BLE001 - a defect here must not cut clients off
            return _failure(error)

    def count_connections(self, current: int) -> None:
        """Note how many clients are connected, for those who ask."""
        self._storage.connections = current

    def _execute(self, command: Document) -> Document:
        name = next(iter(command))
        if name in _HANDSHAKE:
            implementation = _HANDSHAKE[name]
        else:
            implementation, allowed = _find(name)
            if "autocommit" in command:
                raise CommandError(20, "IllegalOperation", _NO_TRANSACTIONS)
            refuse_unknown(name, command, allowed)
        database = self._storage.client[str(command.get("$db", "admin"))]
        return implementation(self._storage, database, command)


def _failure(error: Exception) -> Document:
    """The answer of a failed command, with MongoDB's code where there is one."""
    if isinstance(error, CommandError):
        return failure(error.code, error.name, str(error))
    if isinstance(error, DuplicateKeyError):
        return failure(11000, "DuplicateKey", str(error))
    if isinstance(error, NotImplementedError):
        return failure(115, "CommandNotSupported", f"Not supported here: {error}")
    code = error.code if isinstance(error, OperationFailure) else None
    message = f"{type(error).__name__}: {error}"
    if isinstance(error, (PyMongoError, BSONError, KeyError, TypeError, ValueError)):
        return failure(code or 2, "BadValue", message)
    _LOG.error("The embedded MongoDB failed.", exc_info=error)
    return failure(8, "UnknownError", message)


def _find(name: str) -> tuple[Command, frozenset[str]]:
    if name not in _COMMANDS:
        raise CommandError(59, "CommandNotFound", f"no such command: '{name}'")
    return _COMMANDS[name]


_NO_TRANSACTIONS = "Transaction numbers are only allowed on a replica set member or mongos"
_NO_FIELDS: frozenset[str] = frozenset()
_HANDSHAKE: dict[str, Command] = dict.fromkeys(("hello", "isMaster", "ismaster"), reads.hello)

_COMMANDS: dict[str, tuple[Command, frozenset[str]]] = {
    "ping": (reads.nothing, _NO_FIELDS),
    "endSessions": (reads.nothing, _NO_FIELDS),
    "buildInfo": (reads.build_info, _NO_FIELDS),
    "buildinfo": (reads.build_info, _NO_FIELDS),
    "find": (
        reads.find_documents,
        frozenset(
            {
                "filter",
                "projection",
                "sort",
                "skip",
                "limit",
                "batchSize",
                "singleBatch",
                "noCursorTimeout",
                "allowDiskUse",
                "hint",
            }
        ),
    ),
    "getMore": (reads.get_more, frozenset({"collection", "batchSize"})),
    "killCursors": (reads.kill_cursors, frozenset({"cursors"})),
    "aggregate": (
        reads.aggregate,
        frozenset({"pipeline", "cursor", "allowDiskUse", "hint", "explain"}),
    ),
    "insert": (writes.insert, frozenset({"documents", "ordered"})),
    "update": (writes.update, frozenset({"updates", "ordered"})),
    "delete": (writes.delete, frozenset({"deletes", "ordered"})),
    "findAndModify": (
        writes.find_and_modify,
        frozenset({"query", "sort", "remove", "update", "new", "fields", "upsert"}),
    ),
    "count": (reads.count, frozenset({"query", "skip", "limit", "hint"})),
    "distinct": (reads.distinct, frozenset({"key", "query", "hint"})),
    "explain": (plans.explain, frozenset({"verbosity"})),
    "collStats": (statistics.collection_statistics, frozenset({"scale"})),
    "collstats": (statistics.collection_statistics, frozenset({"scale"})),
    "dbStats": (statistics.database_statistics, frozenset({"scale"})),
    "dbstats": (statistics.database_statistics, frozenset({"scale"})),
    "serverStatus": (statistics.server_status, _NO_FIELDS),
    "listCollections": (
        structure.list_collections,
        frozenset({"filter", "nameOnly", "authorizedCollections", "cursor"}),
    ),
    "listDatabases": (structure.list_databases, frozenset({"nameOnly", "authorizedDatabases"})),
    "create": (structure.create, _NO_FIELDS),
    "drop": (structure.drop, _NO_FIELDS),
    "dropDatabase": (structure.drop_database, _NO_FIELDS),
    "createIndexes": (structure.create_indexes, frozenset({"indexes"})),
    "listIndexes": (structure.list_indexes, frozenset({"cursor"})),
    "dropIndexes": (structure.drop_indexes, frozenset({"index"})),
}
