"""Commands of monitoring: sizes of collections and databases, and the state of the server."""

# ruff: noqa: ARG001 - every command has the same signature, whether it needs all of it or not

import os
import time
from datetime import UTC, datetime
from typing import Any

import bson

from sandbox.mongo.errors import CommandError
from sandbox.mongo.storage import Storage, collection_of
from sandbox.mongo.wire import VERSION, Document

_MOST_CONNECTIONS = 1000
_INDEX_BYTES = 4096
"""What an index is said to take: nothing here takes any."""
_IN_BYTES = ("size", "storageSize", "totalIndexSize", "dataSize", "indexSize", "totalSize")
_BEGAN = time.monotonic()


def collection_statistics(storage: Storage, database: Any, command: Document) -> Document:
    collection = collection_of(database, command)
    return {
        "ns": f"{database.name}.{collection.name}",
        **_scaled(_sizes(collection), command.get("scale")),
    }


def statistics_stage(collection: Any, stage: Document) -> list[Document] | None:
    """What a first stage of a pipeline tells that reads no documents; None for another one.

    Raises CommandError for a change stream, which one server alone cannot serve.
    """
    if "$changeStream" in stage:
        text = "The $changeStream stage is only supported on replica sets"
        raise CommandError(40573, "Location40573", text)
    about = {
        "ns": f"{collection.database.name}.{collection.name}",
        "host": "sandbox",
        "localTime": datetime.now(UTC),
    }
    if "$collStats" in stage:
        sizes, asked = _sizes(collection), stage["$collStats"]
        scaled = _scaled(sizes, (asked.get("storageStats") or {}).get("scale"))
        told = {"storageStats": scaled, "count": sizes["count"]}
        return [about | {name: told[name] for name in asked if name in told}]
    if "$indexStats" in stage:
        used = {"ops": bson.Int64(0), "since": about["localTime"]}
        return [
            {"name": name, "key": dict(details["key"]), "host": "sandbox", "accesses": dict(used)}
            for name, details in collection.index_information().items()
        ]
    return None


def database_statistics(storage: Storage, database: Any, command: Document) -> Document:
    each = [_sizes(database[name]) for name in database.list_collection_names()]
    objects, size = (sum(one[key] for one in each) for key in ("count", "size"))
    index_size = sum(one["totalIndexSize"] for one in each)
    told = {
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
    }
    return _scaled(told, command.get("scale"))


def server_status(storage: Storage, database: Any, command: Document) -> Document:
    uptime = int(time.monotonic() - _BEGAN)
    current = storage.connections
    return {
        "host": "sandbox",
        "version": ".".join(map(str, VERSION)),
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
    }


def _scaled(told: Document, scale: object) -> Document:
    """Sizes in units of `scale` bytes, whole ones, as MongoDB tells them."""
    factor = int(str(scale or 1))
    sizes = {name: told[name] // factor for name in _IN_BYTES if name in told}
    indexes = {name: size // factor for name, size in told.get("indexSizes", {}).items()}
    return {**told, **sizes, **({"indexSizes": indexes} if indexes else {}), "scaleFactor": factor}
