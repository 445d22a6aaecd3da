"""Which index a query would use, as `explain` tells it, and the hints that queries give."""

# ruff: noqa: ARG001 - every command has the same signature, whether it needs all of it or not

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.mongo.errors import CommandError
from sandbox.mongo.storage import Storage, collection_of
from sandbox.mongo.wire import Document

_EXPLAINED = ("find", "count", "distinct", "aggregate")


def explain(storage: Storage, database: Any, command: Document) -> Document:
    """Answer with the winning plan, and with what executing it looks at."""
    query: Document = command["explain"]
    name = next(iter(query))
    if name not in _EXPLAINED:
        raise CommandError(115, "CommandNotSupported", f"explain of {name} is not supported here")
    collection = collection_of(database, query)
    query = {**query, **_leading_stages(query.get("pipeline") or [])}
    wanted = query.get("filter", query.get("query")) or {}
    found = collection.count_documents(wanted)
    index = _chosen(collection, query, wanted)
    plan = _plan(index, wanted)
    scanned = collection.count_documents({}) if index is None else found
    return {
        "explainVersion": "1",
        "queryPlanner": {
            "namespace": f"{database.name}.{collection.name}",
            "indexFilterSet": False,
            "parsedQuery": wanted,
            "winningPlan": plan,
            "rejectedPlans": [],
        },
        "executionStats": {
            "executionSuccess": True,
            "nReturned": found,
            "executionTimeMillis": 0,
            "totalKeysExamined": 0 if index is None else found,
            "totalDocsExamined": scanned,
            "executionStages": {**plan, "nReturned": found},
        },
        "command": query,
    }


def _leading_stages(pipeline: Sequence[Document]) -> Document:
    """What a pipeline finds and sorts by at its start: the part of it that an index can serve."""
    stages = {name: value for stage in pipeline[:2] for name, value in stage.items()}
    known = {"filter": stages.get("$match"), "sort": stages.get("$sort")}
    return {name: value for name, value in known.items() if value}


def refuse_unknown_hint(collection: Any, command: Document) -> None:
    """Refuse a hint that names no index, as MongoDB does; results are the same with any."""
    hint = command.get("hint")
    if hint is not None:
        _hinted(collection, hint)


def _hinted(collection: Any, hint: object) -> tuple[str, Document]:
    for name, details in collection.index_information().items():
        key = dict(details["key"])
        if hint in (name, key) and (isinstance(hint, str) or list(hint) == list(key)):  # type: ignore[call-overload]
            return name, key
    raise CommandError(
        2,
        "BadValue",
        "error processing query: hint provided does not correspond to an existing index",
    )


def _chosen(
    collection: Any, query: Document, wanted: Mapping[str, Any]
) -> tuple[str, Document] | None:
    """The hinted index, else the first whose leading field the query has; None to scan all."""
    if query.get("hint") is not None:
        return _hinted(collection, query["hint"])
    fields = {*wanted, *(query.get("sort") or {})}
    for name, details in collection.index_information().items():
        key = dict(details["key"])
        if next(iter(key)) in fields:
            return name, key
    return None


def _plan(index: tuple[str, Document] | None, wanted: Mapping[str, Any]) -> Document:
    if index is None:
        return {"stage": "COLLSCAN", "filter": dict(wanted), "direction": "forward"}
    name, key = index
    scan = {"stage": "IXSCAN", "keyPattern": key, "indexName": name, "direction": "forward"}
    return {"stage": "FETCH", "inputStage": scan}
