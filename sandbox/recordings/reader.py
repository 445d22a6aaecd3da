"""Recordings as the Focus Server reads them: from MongoDB, over a real connection."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo import AsyncMongoClient
from pymongo.asynchronous.collection import AsyncCollection

_CONNECT_TIMEOUT_MS = 1000
"""So short that a database that is there again is noticed at once."""
_NOT_DELETED: Mapping[str, Any] = {"deleted": {"$ne": True}}
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(9999, 1, 1, tzinfo=UTC)

Document = dict[str, Any]
Hidden = tuple[float, float]
"""From when to when, in epoch seconds."""


class BasePathUnknownError(LookupError):
    """The server's own base path is not in `base_paths`."""


@dataclass(frozen=True)
class StoredRecording:
    """One recording; `end` is None while it goes on. Times are UTC.

    `metadata` is its `fiber_metadata` as it stands.
    """

    uuid: str
    start: datetime
    end: datetime | None
    metadata: Any

    def lies_within(self, start_s: int, end_s: int) -> bool:
        """Whether all of it lies in the range, epoch seconds."""
        return self.start.timestamp() >= start_s and (
            self.end is not None and self.end.timestamp() <= end_s
        )

    def as_range(self) -> list[int]:
        """`[start, end]` in epoch seconds, end -1 while it goes on."""
        return [int(self.start.timestamp()), -1 if self.end is None else int(self.end.timestamp())]


class Recordings:
    """The recordings below one base path. Time limits are the caller's, by pymongo.timeout."""

    def __init__(self, uri: str, database: str, base_path: str) -> None:
        self._client: AsyncMongoClient[Document] = AsyncMongoClient(
            uri, tz_aware=True, connectTimeoutMS=_CONNECT_TIMEOUT_MS
        )
        self._database = self._client[database]
        self._base_path = base_path
        self._shown: Document = dict(_NOT_DELETED)

    def hide(self, added: list[Hidden]) -> None:
        """Leave out what was added to the database in these times, from now on."""
        self._shown = dict(_NOT_DELETED)
        if added:
            self._shown["$nor"] = [{"_id": _made_within(times)} for times in added]

    async def ping(self) -> None:
        """When MongoDB answers."""
        await self._database.command("ping")

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def containing(self, epoch_s: int, index_delay_s: float = 0.0) -> StoredRecording | None:
        """The recording that contains the instant.

        One that ended less than `index_delay_s` ago is not found yet.
        """
        instant, now = _instant(epoch_s), datetime.now(UTC)
        ended: Document = {"$gte": instant}
        if index_delay_s:
            ended["$lte"] = now - timedelta(seconds=index_delay_s)
        holding: list[Document] = [{"end_time": ended}]
        if instant <= now:  # one that goes on holds what has been, not what will be
            holding.append({"end_time": None})
        return await self._first({**self._shown, "start_time": {"$lte": instant}, "$or": holding})

    async def newest(self) -> StoredRecording | None:
        """The recording that started last."""
        return await self._first(self._shown)

    async def between(
        self, start_s: int, end_s: int, with_deleted: bool = False
    ) -> list[StoredRecording]:
        """The recordings that overlap the range, oldest first."""
        query = {
            **({} if with_deleted else self._shown),
            "start_time": {"$lte": _instant(end_s)},
            "$or": [{"end_time": {"$gte": _instant(start_s)}}, {"end_time": None}],
        }
        cursor = (await self._collection()).find(query).sort("start_time", 1)
        return [_recording(document) async for document in cursor]

    async def _first(self, query: Mapping[str, Any]) -> StoredRecording | None:
        collection = await self._collection()
        document = await collection.find_one(query, sort=[("start_time", -1)])
        return None if document is None else _recording(document)

    async def _collection(self) -> AsyncCollection[Document]:
        entry = await self._database["base_paths"].find_one({"base_path": self._base_path})
        if entry is None:
            raise BasePathUnknownError(f"base_paths has no entry for {self._base_path}.")
        return self._database[entry["guid"]]


def _recording(document: Document) -> StoredRecording:
    return StoredRecording(
        document["uuid"],
        document["start_time"],
        document.get("end_time"),
        document.get("fiber_metadata"),
    )


def _made_within(times: Hidden) -> Document:
    """The condition on an `_id` that was made then; it knows whole seconds only."""
    first, last = (datetime.fromtimestamp(at, UTC) for at in times)
    end = last + timedelta(seconds=1)
    return {"$gte": ObjectId.from_datetime(first), "$lt": ObjectId.from_datetime(end)}


def _instant(epoch_s: int) -> datetime:
    """The instant, held within what a datetime can say."""
    try:
        return min(max(datetime.fromtimestamp(epoch_s, UTC), _EARLIEST), _LATEST)
    except (ValueError, OverflowError, OSError):
        return _LATEST if epoch_s > 0 else _EARLIEST
