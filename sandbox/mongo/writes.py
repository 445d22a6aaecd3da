"""Commands that change documents."""

# ruff: noqa: ARG001 - every command has the same signature, whether it needs all of it or not

from collections.abc import Callable
from typing import Any

from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure

from sandbox.mongo.storage import Storage, collection_of, refuse_unknown
from sandbox.mongo.wire import Document


def insert(storage: Storage, database: Any, command: Document) -> Document:
    collection = collection_of(database, command)

    def insert(document: Document) -> int:
        collection.insert_one(document)
        return 1

    inserted, errors = _each(command["documents"], insert, command)
    return {"n": inserted, **errors}


def update(storage: Storage, database: Any, command: Document) -> Document:
    collection = collection_of(database, command)
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
    return {
        "n": matched,
        "nModified": modified,
        **({"upserted": upserted} if upserted else {}),
        **errors,
    }


def _apply_update(collection: Any, statement: Document) -> Any:
    refuse_unknown("update", statement, frozenset({"q", "u", "upsert", "multi"}))
    change, upsert = statement["u"], bool(statement.get("upsert", False))
    if not isinstance(change, dict):
        raise NotImplementedError("updates by pipeline")
    if not any(key.startswith("$") for key in change):
        return collection.replace_one(statement["q"], change, upsert=upsert)
    method = collection.update_many if statement.get("multi") else collection.update_one
    return method(statement["q"], change, upsert=upsert)


def delete(storage: Storage, database: Any, command: Document) -> Document:
    collection = collection_of(database, command)

    def delete(statement: Document) -> int:
        refuse_unknown("delete", statement, frozenset({"q", "limit"}))
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


def find_and_modify(storage: Storage, database: Any, command: Document) -> Document:
    collection = collection_of(database, command)
    sort = list(command["sort"].items()) if command.get("sort") else None
    options = {"projection": command.get("fields"), "sort": sort}
    query = command.get("query", {})
    if command.get("remove"):
        return {"value": collection.find_one_and_delete(query, **options)}
    change = command["update"]
    operators = any(key.startswith("$") for key in change)
    method = collection.find_one_and_update if operators else collection.find_one_and_replace
    value = method(
        query,
        change,
        upsert=bool(command.get("upsert", False)),
        return_document=bool(command.get("new", False)),
        **options,
    )
    return {"value": value}
