"""Connections to the server's MongoDB, every operation bounded in time; one alone may write.

The URI holds credentials: it appears in no message, and no error is chained that may quote it.
"""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from focus_engine.causes import told_by
from focus_engine.causes.mongodb import mongodb_cause
from focus_engine.decoding.undecodable import UndecodableError, refusing
from focus_engine.environment import Environment
from focus_engine.verdict import PreconditionUnmet, ToolError

if TYPE_CHECKING:  # heavy, and loaded by what really opens a connection
    from pymongo import MongoClient
    from pymongo.database import Database
    from pymongo.errors import PyMongoError
    from pymongo.server_description import ServerDescription

DEFAULT_DATABASE = "prisma"  # observed; used where the URI names none
VARIABLE = "FOCUS_MONGO_URI"
_MILLISECONDS = 1000
MOST_DOCUMENTS = 1_000_000  # of one collection
LONGEST_READING = 60.0  # seconds for one collection; the driver's limit is for each batch

# One date beyond the years of Python, or one text that is no UTF-8, is for the rules to judge:
# it must not end the reading of all the others. Such a date is no `datetime` then.
_READ_AS_IT_IS: dict[str, Any] = {
    "datetime_conversion": "DATETIME_AUTO",
    "unicode_decode_error_handler": "replace",
}

T = TypeVar("T")
Document = Mapping[str, Any]


@dataclass(frozen=True)
class Index:
    """An index by the fields of its key, in order; `expires` removes documents by itself."""

    fields: tuple[str, ...]
    unique: bool
    expires: bool = False


class RecordingsDatabase:
    """Reads only: find, count, listIndexes, listCollections and hello. Times are UTC."""

    def __init__(self, database: "Database[dict[str, Any]]") -> None:
        self._database = database

    def now(self) -> datetime:
        """The server's clock: runner and server were seen to differ by seconds."""
        options = self._database.codec_options  # a command's own default has no time zone
        with _reading():
            told = self._database.command("hello", codec_options=options)["localTime"]
            return _checked(told, datetime)

    def collections(self) -> frozenset[str]:
        with _reading():
            return frozenset(_checked(each, str) for each in self._database.list_collection_names())

    def documents(self, collection: str, *fields: str) -> Iterator[Document]:
        """Every document with these fields alone; others may hold commands with credentials."""
        yield from _each(self._database[collection].find({}, dict.fromkeys(fields, 1)))

    def newest(self, collection: str, limit: int, query: Document, *fields: str) -> list[Document]:
        """The documents that fit `query` and started last, at most `limit` of them."""
        found = self._database[collection].find(query, dict.fromkeys(fields, 1))
        return list(_each(found.sort("start_time", -1).limit(limit)))

    def count(self, collection: str, query: Document) -> int:
        """Asked by the command itself: the driver counts an answer without a cursor as 0."""
        counting = [{"$match": query}, {"$group": {"_id": 1, "n": {"$sum": 1}}}]
        command = {"aggregate": collection, "pipeline": counting, "cursor": {}}
        with _reading():
            batch = _checked(self._database.command(command)["cursor"]["firstBatch"], list)
            return _checked(batch[0]["n"], int) if batch else 0

    def indexes(self, collection: str) -> tuple[Index, ...]:
        with _reading():
            return tuple(
                Index(
                    tuple(entry["key"]),
                    bool(entry.get("unique", False)),
                    "expireAfterSeconds" in entry,
                )
                for entry in _each(self._database[collection].list_indexes())
            )


def _each(cursor: Iterator[Document]) -> Iterator[Document]:
    """Its documents. Raises ToolError for one without end and for what is no document."""
    deadline = time.monotonic() + LONGEST_READING
    for _ in range(MOST_DOCUMENTS):
        with _reading():
            document = next(cursor, None)
            if document is None:
                return
            checked = _checked(document, dict)
        if time.monotonic() > deadline:
            break
        yield checked
    raise ToolError(
        f"MongoDB cannot be read: a collection did not end within {MOST_DOCUMENTS} documents and "
        f"{LONGEST_READING:g} s. Does {VARIABLE} lead to the database of the server?"
    )


def _checked(value: Any, kind: type[T]) -> T:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise TypeError(type(value).__name__)
    return value


@contextmanager
def _reading() -> Iterator[None]:
    """Whatever the driver stumbles over in an answer that is none becomes a ToolError."""
    from bson.errors import BSONError  # noqa: PLC0415 - heavy

    try:
        with refusing(BSONError):
            yield
    except UndecodableError:
        raise ToolError(
            "MongoDB cannot be read: what was answered is not what MongoDB answers. "
            f"Does {VARIABLE} lead to the database itself?"
        ) from None


@contextmanager
def open_database(environment: Environment) -> Iterator[RecordingsDatabase]:
    """The database of the environment; its errors become verdicts.

    Raises PreconditionUnmet when no address is given, ToolError when it cannot be read.
    """
    with writable_database(environment) as database:
        yield RecordingsDatabase(database)


@contextmanager
def writable_database(environment: Environment) -> "Iterator[Database[dict[str, Any]]]":
    """As `open_database`, but bare: for `recordings.added`, which removes what it adds."""
    from pymongo.errors import PyMongoError  # noqa: PLC0415 - heavy

    if not environment.mongo_uri:
        raise PreconditionUnmet(
            f"no MongoDB is given for environment '{environment.name}'. Set {VARIABLE}."
        )
    limit = environment.file.request_timeout
    own = partial(_own, environment)
    with _client(environment.mongo_uri, limit, server_selector=own) as client:
        try:
            yield client.get_default_database(DEFAULT_DATABASE)
        except PyMongoError as error:
            raise ToolError(_sentence(error, environment)) from None  # may quote the URI


def _own(environment: Environment, servers: "list[ServerDescription]") -> "list[ServerDescription]":
    """A replica set sends its clients to members that no address of ours names."""
    for server in servers:
        host, port = server.address
        environment.require_own({f"The replica set of {VARIABLE}": f"{host}:{port}"})
    return servers


def _client(uri: str, timeout: float, **options: Any) -> "MongoClient[dict[str, Any]]":
    from pymongo import MongoClient  # noqa: PLC0415 - heavy
    from pymongo.errors import ConfigurationError, InvalidURI  # noqa: PLC0415

    # At DEBUG, pymongo tells replies to the log, and documents hold commands with credentials.
    logging.getLogger("pymongo").setLevel(logging.WARNING)
    milliseconds = int(timeout * _MILLISECONDS)
    try:
        return MongoClient(
            uri,
            tz_aware=True,
            tzinfo=UTC,
            timeoutMS=milliseconds,
            appname="focus-server-tests",
            **options,
            **_READ_AS_IT_IS,
        )
    except (InvalidURI, ConfigurationError, ValueError) as error:
        kind = type(error).__name__
        raise ToolError(
            f"{VARIABLE} is no usable MongoDB address ({kind}; it is not shown, because it may "
            "hold a password). Write it as mongodb://USER:PASSWORD@HOST/DATABASE."
        ) from None


def _sentence(error: "PyMongoError", environment: Environment) -> str:
    """The cause alone: what the driver says may quote the URI."""
    from pymongo.errors import OperationFailure  # noqa: PLC0415

    code = f"code {error.code}" if isinstance(error, OperationFailure) else ""
    name = (error.details or {}).get("codeName", "") if isinstance(error, OperationFailure) else ""
    cause = mongodb_cause(f"{code} {name} {told_by(error)}", _hosts(environment.mongo_uri or ""))
    what = cause.what.replace(" in time", f" within {environment.file.request_timeout:g} s")
    shown = f" ({code}{f', {name}' if name else ''})" if code else ""
    return f"MongoDB cannot be read: {what}{shown}. {cause.advice}"


def _hosts(uri: str) -> list[str]:
    from pymongo.errors import PyMongoError  # noqa: PLC0415 - heavy
    from pymongo.uri_parser import parse_uri  # noqa: PLC0415

    try:
        return [str(host) for host, _port in parse_uri(uri, connect_timeout=1)["nodelist"]]
    except (PyMongoError, ValueError):  # it was parsed before; an SRV record may not answer now
        return []
