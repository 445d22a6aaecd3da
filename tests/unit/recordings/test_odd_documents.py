"""Whatever BSON can hold: each keyword ends with a verdict of its own, in bounded words."""

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from bson import (
    Binary,
    Code,
    DatetimeMS,
    Decimal128,
    Int64,
    MaxKey,
    MinKey,
    ObjectId,
    Regex,
    Timestamp,
    decode,
    encode,
)
from bson.codec_options import CodecOptions

from focus_engine.recordings import database
from focus_engine.recordings.added import add_recording
from focus_engine.recordings.database import RecordingsDatabase, _client
from focus_engine.recordings.fibre import fibre_recorded_now
from focus_engine.recordings.played import metadata_between
from focus_engine.recordings.rules.judge import judge_recordings
from focus_engine.recordings.rules.rule import RecordingsRule
from focus_engine.recordings.survey import METADATA, newest_metadata, survey
from focus_engine.settings import requirements
from focus_engine.verdict import PreconditionUnmet, Undetermined

from .test_database import _Lying

GUID = "11111111-2222-3333-4444-555555555555"
ODD = (
    *(Decimal128("NaN"), Decimal128("1E+6000"), float("nan"), float("-inf"), Int64(2**63 - 1), 0),
    *(DatetimeMS(-(2**63)), DatetimeMS(2**63 - 1), DatetimeMS(-62_135_596_800_000)),
    *(MinKey(), MaxKey(), Timestamp(1, 1), Regex("a(", "i"), Code("x", {"a": 1}), ObjectId()),
    *(Binary(b"x" * 2_000_000), Binary.from_uuid(uuid4()), b"", "x" * 2_000_000, "\x1b[31m\u202e"),
    *([], [[1]], {}, {"a": {"a": [None]}}, True, None, datetime(1, 1, 1, tzinfo=UTC)),
)
LONGEST = 2_000  # characters that a person may read of one rule


class _Collection:
    """Documents as the driver reads them, with the options of our client; it finds all of them."""

    def __init__(self, documents: list[dict], options: CodecOptions) -> None:
        self._documents = iter([decode(encode(each), options) for each in documents])
        self.inserted: list[dict] = []

    def find(self, *_: object, **__: object) -> "_Collection":
        return self

    sort = limit = find

    def __iter__(self) -> Iterator[dict]:
        return self

    def __next__(self) -> dict:
        return next(self._documents)

    def list_indexes(self) -> Iterator[dict]:
        return iter([])

    def insert_one(self, document: dict) -> None:
        self.inserted.append(document)


class _Database:
    """A MongoDB that holds one odd document beside a sound one, below one path in use."""

    def __init__(self, odd: dict) -> None:
        with _client("mongodb://127.0.0.1:1", 0.1) as client:
            self.codec_options = client.codec_options
        self._odd = odd

    def __getitem__(self, name: str) -> _Collection:
        path = {"base_path": "/data", "guid": GUID, "is_archive": False}
        documents = [path] if name == "base_paths" else [{**SOUND, **self._odd}, SOUND]
        return _Collection(documents, self.codec_options)

    def list_collection_names(self) -> list[str]:
        return ["base_paths", GUID]

    def command(self, *_: object, **__: object) -> dict:
        counted = {"firstBatch": [{"n": 0}]}
        return {"localTime": datetime.now(UTC), "cursor": counted}


START = datetime.now(UTC) - timedelta(hours=1)
TIMES = {"start_time": START, "end_time": START + timedelta(minutes=4)}
SOUND = {"uuid": "sound", "deleted": False, METADATA: {"dx": 1.0}, **TIMES}


@pytest.mark.parametrize("field", ["uuid", "start_time", "end_time", "deleted", METADATA])
@pytest.mark.parametrize("value", ODD, ids=lambda value: f"{type(value).__name__}")
def test_a_value_of_any_type_is_judged(monkeypatch, environment, field, value) -> None:
    held = RecordingsDatabase(_Database({field: value}))
    seen = survey(held)
    assert len(seen.recordings) == 2
    newest_metadata(held, 5)
    fibre_recorded_now(held)
    metadata_between(held, 0, 2**31)
    seen.counts(timedelta(hours=1))
    for rule in RecordingsRule:
        assert len(" ".join(_said(rule, seen))) < LONGEST
    monkeypatch.setattr(
        database, "writable_database", lambda _: nullcontext(_Database({field: value}))
    )
    add_recording(environment)


def _said(rule: RecordingsRule, seen) -> list[str]:
    try:
        return judge_recordings(rule, seen, requirements()).failures
    except (Undetermined, PreconditionUnmet) as verdict:
        return [str(verdict)]


@pytest.mark.parametrize("year", [-200_000, 200_000])
def test_a_date_beyond_the_years_of_python_is_told_of_the_recording(year: int) -> None:
    far = DatetimeMS(int(year * 365.25 * 86_400_000))
    seen = survey(RecordingsDatabase(_Database({"uuid": "far", "start_time": far})))
    said = _said(RecordingsRule.starts_are_times, seen)
    assert said
    assert "far: DatetimeMS" in said[0]


@pytest.mark.parametrize("guid", ["$x", "a..b", "", "x" * 300, 7, None, Binary(b"x"), "system.x"])
def test_a_base_path_that_names_no_collection_is_not_asked_for(monkeypatch, guid: object) -> None:
    held = RecordingsDatabase(_Lying([{"guid": guid, "base_path": "/data"}]))
    monkeypatch.setattr(held, "collections", lambda: frozenset([str(guid)]))
    assert newest_metadata(held, 1) == {}
    assert metadata_between(held, 0, 1) == []
    with pytest.raises(PreconditionUnmet):
        fibre_recorded_now(held)
