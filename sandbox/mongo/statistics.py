"""Commands of monitoring: sizes of collections and databases, and the state of the server."""

# ruff: noqa: ARG001 - every command has the same signature, whether it needs all of it or not

import os
import time
from datetime import UTC, datetime
from typing import Any

import bson

from sandbox.mongo.reads import build_info
from sandbox.mongo.storage import Storage, collection_of
from sandbox.mongo.wire import Document

_MOST_CONNECTIONS = 1000
_INDEX_BYTES = 4096
"""What an index is said to take: nothing here takes any."""
_BEGAN = time.monotonic()


def collection_statistics(storage: Storage, database: Any, command: Document) -> Document:
    collection = collection_of(database, command)
    return {"ns": f"{database.name}.{collection.name}", **_sizes(collection)}


def database_statistics(storage: Storage, database: Any, command: Document) -> Document:
    each = [_sizes(database[name]) for name in database.list_collection_names()]
    objects, size = (sum(one[key] for one in each) for key in ("count", "size"))
    index_size = sum(one["totalIndexSize"] for one in each)
    return {
        "db": database.name,
        "collections": len(each),
        "views": 0,
        "objects": objects,
        "avgObjSize": size / objects if objects else 0.0,
        "dataSize": size,
        "storageSize": size,
        "indexes": sum(one["nindexes"] for one in each),
        "indexSize": index_size,
        "totalSize": size + index_size,
        "scaleFactor": 1,
    }


def server_status(storage: Storage, database: Any, command: Document) -> Document:
    uptime = int(time.monotonic() - _BEGAN)
    current = storage.connections
    return {
        "host": "sandbox",
        "version": build_info(storage, database, command)["version"],
        "process": "mongod",
        "pid": os.getpid(),
        "uptime": uptime,
        "uptimeMillis": uptime * 1000,
        "localTime": datetime.now(UTC),
        "connections": {
            "current": current,
            "available": _MOST_CONNECTIONS - current,
            "active": current,
        },
    }


def _sizes(collection: Any) -> Document:
    documents = [len(bson.encode(document)) for document in collection.find()]
    indexes = dict.fromkeys(collection.index_information() or {"_id_": None}, _INDEX_BYTES)
    return {
        "count": len(documents),
        "size": sum(documents),
        "avgObjSize": sum(documents) // len(documents) if documents else 0,
        "storageSize": sum(documents),
        "nindexes": len(indexes),
        "indexSizes": indexes,
        "totalIndexSize": sum(indexes.values()),
        "capped": False,
        "scaleFactor": 1,
    }
