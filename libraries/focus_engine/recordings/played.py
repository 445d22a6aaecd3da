"""Whether an answer tells the metadata of a recording that MongoDB holds of the time asked for."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from focus_engine.checks.report import Report, shorten
from focus_engine.recordings.database import RecordingsDatabase
from focus_engine.recordings.survey import METADATA, collections_in_use
from focus_engine.verdict import PreconditionUnmet

AT_MOST = 50  # recordings of one range and base path: they are large
WITH_CREDENTIALS = "cmd"  # the commands of recorders: told of by name alone
_ABSENT = object()


def metadata_between(database: RecordingsDatabase, start: int, end: int) -> list[Any]:
    """`fiber_metadata` of the recordings below paths in use that overlap the range, epoch seconds.

    None for a recording that has none. Deleted recordings are left out.
    """
    first, last = (datetime.fromtimestamp(second, UTC) for second in (start, end))
    overlapping = {
        "deleted": {"$ne": True},
        "start_time": {"$lte": last},
        "$or": [{"end_time": {"$gte": first}}, {"end_time": None}],
    }
    return [
        document.get(METADATA)
        for name in collections_in_use(database)
        for document in database.newest(name, AT_MOST, overlapping, METADATA)
    ]


def judge_played(told: Any, held: Sequence[Any], start: int, end: int) -> Report:
    """That `told`, the `metadata` of a historic answer, equals that of one of `held`.

    It is held against the one that fits best. Raises PreconditionUnmet where recordings of that
    time have no metadata.
    """
    asked = f"POST /configure from {start} to {end} (epoch seconds)"
    findings = Report()
    found = "recordings in MongoDB"
    said = f"{asked} is answered with metadata, but MongoDB holds no recording of that time."
    if not findings.expect("recordings", bool(held), found, len(held), said):
        return findings
    known = [each for each in held if isinstance(each, Mapping)]
    if not known:
        raise PreconditionUnmet(
            f"no recording from {start} to {end} (epoch seconds) has {METADATA}, so the answer "
            "cannot be held against it. Record some data with the present recorder."
        )
    nearest = min((list(_differences(each, told, "metadata")) for each in known), key=len)
    for place, stored, seen in nearest:
        findings.expect(
            place,
            False,
            _shown(place, stored),
            _shown(place, seen),
            f"{asked} should answer the metadata of the recording that is played, but {place} is "
            f"{_shown(place, seen)} where MongoDB holds {_shown(place, stored)}.",
        )
    if not nearest:
        findings.expect("metadata", True, "as MongoDB holds it", "the same")
    return findings


def _differences(stored: Any, seen: Any, place: str) -> Iterator[tuple[str, Any, Any]]:
    """Where `seen` is not `stored`: place, what is stored, what was seen."""
    if isinstance(stored, Mapping) and isinstance(seen, Mapping):
        for key in [*stored, *(key for key in seen if key not in stored)]:
            inner = stored.get(key, _ABSENT), seen.get(key, _ABSENT)
            yield from _differences(*inner, f"{place}.{key}")
    elif isinstance(stored, list) and isinstance(seen, list) and len(stored) == len(seen):
        for index, inner in enumerate(zip(stored, seen, strict=True)):
            yield from _differences(*inner, f"{place}[{index}]")
    elif not _same(stored, seen):
        yield place, stored, seen


def _same(stored: Any, seen: Any) -> bool:
    if isinstance(stored, datetime):  # JSON has no times: how they are written is not agreed
        return isinstance(seen, str | int | float) and not isinstance(seen, bool) and seen != ""
    if isinstance(stored, bool) or isinstance(seen, bool):
        return stored is seen
    return bool(stored == seen)


def _shown(place: str, value: Any) -> str:
    if value is _ABSENT:
        return "not there"
    if isinstance(value, Mapping | list):  # may hold commands further down
        return f"a {'list' if isinstance(value, list) else 'layer'} of {len(value)}"
    hidden = isinstance(value, str) and place.endswith(f".{WITH_CREDENTIALS}")
    return "a text that is not shown" if hidden else shorten(value)
