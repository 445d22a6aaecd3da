"""What commands work on, and the checks of their arguments that all share."""

from collections.abc import Callable
from typing import Any

import mongomock

from sandbox.mongo.cursors import Cursors
from sandbox.mongo.errors import CommandError
from sandbox.mongo.wire import Document

_ENVELOPE = frozenset(
    {
        "$db",
        "lsid",
        "$clusterTime",
        "$readPreference",
        "readConcern",
        "writeConcern",
        "txnNumber",
        "maxTimeMS",
        "comment",
        "apiVersion",
        "apiStrict",
        "apiDeprecationErrors",
    }
)
"""Fields that drivers add to any command; one standalone server may ignore them."""


class Storage:
    """The databases and the open cursors."""

    def __init__(self) -> None:
        self.client: Any = mongomock.MongoClient()
        self.cursors = Cursors()
        self.connections = 0


Command = Callable[[Storage, Any, Document], Document]
"""Gets the storage, the database and the command; returns the answer without `ok`."""


def collection_of(database: Any, command: Document) -> Any:
    """The collection that the command's first field names."""
    name = next(iter(command.values()))
    if not isinstance(name, str) or not name:
        raise CommandError(73, "InvalidNamespace", "The collection's name must be a string.")
    return database[name]


def refuse_unknown(name: str, given: Document, allowed: frozenset[str]) -> None:
    """Refuse fields that would otherwise be ignored silently."""
    unknown = set(given) - allowed - _ENVELOPE - {name}
    if unknown:
        raise CommandError(
            40415, "Location40415", f"{name}: unknown or unsupported field {min(unknown)!r}"
        )
