"""The data a sandbox starts with: the same for the same seed, relative to the start-up minute."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from pymongo import MongoClient
from pymongo.database import Database

from sandbox.recordings.fibre_metadata import layers
from sandbox.spec import SPEC

Document = dict[str, Any]

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class _Plan:
    """A recording by minutes before the anchor; no length means that it goes on."""

    started_before_min: float
    length_min: float | None
    deleted: bool = False


_RECORDINGS = (
    _Plan(25, None),
    _Plan(45, 40 / 60),
    _Plan(5 * 60, 180),
    _Plan(9 * 60, 150),
    _Plan(12 * 60, 60),
    _Plan(16 * 60, 60, deleted=True),
    _Plan(26 * 60, 30),
    _Plan(3 * 24 * 60, 400),
    _Plan(7 * 24 * 60, 130),
)
_ARCHIVED = (_Plan(60 * 24 * 60, 200), _Plan(61 * 24 * 60, 90))
INDEXES = (("start_time", False), ("end_time", False), ("deleted", False), ("uuid", True))
_UNRECOGNIZED = 1


def anchor_now() -> datetime:
    """This minute's beginning, UTC."""
    return datetime.now(UTC).replace(second=0, microsecond=0)


def seed_database(uri: str, database: str, seed: int, anchor: datetime, prr_hz: int) -> None:
    """Fill the database over a real connection."""
    with MongoClient[Document](uri, serverSelectionTimeoutMS=5000) as client:
        generator = random.Random(seed)  # noqa: S311 - repeatable, not secret
        target = client[database]
        for path, plans, archive in (
            (SPEC.base_path, _RECORDINGS, False),
            (SPEC.archive_path, _ARCHIVED, True),
        ):
            guid = _uuid(generator)
            entry = {"base_path": path, "guid": guid, "is_archive": archive}
            target["base_paths"].insert_one(entry)
            _seed_path(target, guid, list(_documents(generator, plans, anchor, prr_hz)), anchor)


def drop_database(uri: str, database: str) -> None:
    """Remove what `seed_database` made."""
    with MongoClient[Document](uri, serverSelectionTimeoutMS=5000) as client:
        client.drop_database(database)


def _seed_path(
    target: Database[Document], guid: str, documents: list[Document], anchor: datetime
) -> None:
    collection = target[guid]
    for field, unique in INDEXES:
        collection.create_index(field, unique=unique)
    collection.insert_many(documents)
    target[f"{guid}-unrecognized_recordings"].insert_many(
        {
            "folder_name": f"unrecognized_{number:03d}",
            "file_count": number * 7,
            "update_time": anchor - timedelta(days=number),
        }
        for number in range(1, _UNRECOGNIZED + 1)
    )


def _documents(
    generator: random.Random, plans: tuple[_Plan, ...], anchor: datetime, prr_hz: int
) -> Iterator[Document]:
    for plan in plans:
        start = (
            anchor
            - plan.started_before_min * _MINUTE
            - generator.randrange(60) * timedelta(seconds=1)
        )
        uuid = _uuid(generator)
        document: Document = {
            "uuid": uuid,
            "start_time": start,
            "deleted": plan.deleted,
            "fiber_metadata": layers(uuid, prr_hz),
        }
        if not plan.deleted:  # a deleted one has lost it
            length = plan.length_min
            document["end_time"] = None if length is None else start + length * _MINUTE
        yield document


def _uuid(generator: random.Random) -> str:
    return str(UUID(int=generator.getrandbits(128), version=4))
