"""Commands about databases, collections and indexes."""

# ruff: noqa: ARG001 - every command has the same signature, whether it needs all of it or not

from typing import Any

from sandbox.mongo.errors import CommandError
from sandbox.mongo.storage import Storage, collection_of, refuse_unknown
from sandbox.mongo.wire import Document


def list_collections(storage: Storage, database: Any, command: Document) -> Document:
    wanted = command.get("filter", {}).get("name")
    names = [
        name
        for name in sorted(database.list_collection_names())
        if not isinstance(wanted, str) or name == wanted
    ]
    documents = [
        {
            "name": name,
            "type": "collection",
            "options": {},
            "info": {"readOnly": False},
            "idIndex": {"v": 2, "key": {"_id": 1}, "name": "_id_"},
        }
        for name in names
    ]
    return storage.cursors.open(f"{database.name}.$cmd.listCollections", documents, None)


def list_databases(storage: Storage, database: Any, command: Document) -> Document:
    names = [
        name
        for name in sorted(storage.client.list_database_names())
        if storage.client[name].list_collection_names()
    ]
    databases = [{"name": name, "sizeOnDisk": 0, "empty": False} for name in names]
    return {"databases": databases, "totalSize": 0}


def create(storage: Storage, database: Any, command: Document) -> Document:
    database.create_collection(command["create"])
    return {}


def drop(storage: Storage, database: Any, command: Document) -> Document:
    collection = collection_of(database, command)
    if collection.name not in database.list_collection_names():
        raise CommandError(26, "NamespaceNotFound", "ns not found")
    database.drop_collection(collection.name)
    return {"ns": f"{database.name}.{collection.name}"}


def drop_database(storage: Storage, database: Any, command: Document) -> Document:
    storage.client.drop_database(database.name)
    return {"dropped": database.name}


def create_indexes(storage: Storage, database: Any, command: Document) -> Document:
    collection = collection_of(database, command)
    before = len(collection.index_information())
    for index in command["indexes"]:
        refuse_unknown(
            "createIndexes",
            index,
            frozenset({"key", "name", "unique", "sparse", "expireAfterSeconds", "background", "v"}),
        )
        options = {
            name: index[name]
            for name in ("unique", "sparse", "expireAfterSeconds")
            if name in index
        }
        collection.create_index(list(index["key"].items()), name=index["name"], **options)
    return {"numIndexesBefore": before, "numIndexesAfter": len(collection.index_information())}


def list_indexes(storage: Storage, database: Any, command: Document) -> Document:
    collection = collection_of(database, command)
    if collection.name not in database.list_collection_names():
        raise CommandError(26, "NamespaceNotFound", f"ns does not exist: {collection.name}")
    documents = [
        {
            "v": 2,
            "key": dict(details["key"]),
            "name": name,
            **{
                option: details[option]
                for option in ("unique", "sparse", "expireAfterSeconds")
                if details.get(option)
            },
        }
        for name, details in collection.index_information().items()
    ]
    return storage.cursors.open(f"{database.name}.{collection.name}", documents, None)


def drop_indexes(storage: Storage, database: Any, command: Document) -> Document:
    collection = collection_of(database, command)
    before = len(collection.index_information())
    if command["index"] == "*":
        collection.drop_indexes()
    else:
        collection.drop_index(command["index"])
    return {"nIndexesWas": before}
