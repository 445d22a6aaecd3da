"""What recordings must satisfy. No rule forbids overlaps: consecutive recordings were seen to."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from enum import Enum, StrEnum
from typing import TypeAlias

from focus_engine.checks.report import Report
from focus_engine.masking import head_of
from focus_engine.on_use import on_use
from focus_engine.verdict import PreconditionUnmet, Undetermined

with on_use(__name__):
    from focus_engine import settings
    from focus_engine.recordings import survey as surveys

CLOCK_TOLERANCE = timedelta(seconds=60)
CHUNK_TOLERANCE = 0.01  # seconds
UUID_FORM = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
SHOWN = 3
SHOWN_CHARACTERS = 200  # of each


class Hidden(Enum):
    """Why the server must not know a recording that MongoDB holds."""

    DELETED = "deleted"
    ARCHIVED = "archived"


class RecordingsRule(StrEnum):
    """A property of the recordings; the values are the words of the tables."""

    base_paths = "base paths"
    base_paths_once = "base paths once"
    collections_exist = "collections exist"
    no_orphan_collections = "no orphan collections"
    path_in_use = "path in use"
    start_time_indexed = "start_time indexed"
    end_time_indexed = "end_time indexed"
    deleted_indexed = "deleted indexed"
    uuid_indexed = "uuid indexed"
    uuid_index_unique = "uuid index unique"
    nothing_expires = "nothing expires"
    uuids_are_text = "uuids are text"
    uuids_are_unique = "uuids are unique"
    uuids_are_alike = "uuids are alike"
    starts_are_times = "starts are times"
    ends_are_times = "ends are times"
    deleted_is_boolean = "deleted is boolean"
    metadata_is_object = "metadata is object"
    durations_positive = "durations positive"
    durations_are_chunks = "durations are chunks"
    paths_have_recordings = "paths have recordings"
    starts_in_the_past = "starts in the past"
    ends_in_the_past = "ends in the past"
    durations_bounded = "durations bounded"
    live_are_last = "live are last"
    live_is_fresh = "live is fresh"
    historic_exists = "historic exists"
    unrecognised_share = "unrecognised share"


def judge_recordings(
    rule: RecordingsRule, seen: surveys.Survey, required: settings.Requirements
) -> Report:
    """The report on `rule`, with one finding.

    Raises PreconditionUnmet when a rule about recordings has none to look at.
    """
    if rule not in OF_BASE_PATHS and not seen.recordings:
        raise PreconditionUnmet(
            f"base_paths leads to {len(seen.collections)} collections without any recording, so "
            f"'{rule.value}' has nothing to judge. Record some data."
        )
    wrong = RULES[rule](seen, required)
    report = Report()
    counted = f"{len(seen.recordings)} recordings below {len(seen.base_paths)} base paths"
    report.expect(rule.value, not wrong, "the rule holds", counted, wrong or "")
    untimed = sum(not each.is_timed for each in seen.recordings) if rule in OF_TIMES else 0
    if untimed:
        report.not_checked(
            rule.value,
            f"{untimed} of {len(seen.recordings)} recordings have a start or an end that is no "
            "time; rows of their own judge that.",
        )
    return report


def _base_paths(seen: surveys.Survey, _: settings.Requirements) -> str | None:
    wrong = [
        f"base_path {path.path!r} with guid {path.guid!r} and is_archive {path.is_archive!r}"
        for path in seen.base_paths
        if not (isinstance(path.path, str) and path.path and path.has_guid)
        or not (path.is_archive is None or isinstance(path.is_archive, bool))
    ]
    if not seen.base_paths:
        return "base_paths is empty; at least one path with its GUID is expected."
    return _several(wrong, "entries of base_paths that are not a path, a GUID and a boolean")


def _base_paths_once(seen: surveys.Survey, _: settings.Requirements) -> str | None:
    """A server looks one up by its path, and takes whichever it finds.

    Which of two spellings of one folder it looks up is its own affair: they are one path.
    """
    told = [path.path for path in seen.base_paths if isinstance(path.path, str)]
    times = Counter(posixpath.normpath(path) if path else path for path in told)
    repeated = [f"{path} ({count} times)" for path, count in times.items() if count > 1]
    return _several(repeated, "base paths that are there more than once")


def _nothing_expires(seen: surveys.Survey, _: settings.Requirements) -> str | None:
    wrong = [
        f"{part.guid}: {', '.join(index.fields)}"
        for part in seen.collections
        for index in part.indexes
        if index.expires
    ]
    return _several(wrong, "indexes by which MongoDB removes recordings when their time is over")


def _collections_exist(seen: surveys.Survey, _: settings.Requirements) -> str | None:
    return _several(seen.without_collection, "GUIDs of base_paths without a collection")


def _no_orphans(seen: surveys.Survey, _: settings.Requirements) -> str | None:
    return _several(seen.orphans, "GUID collections that no entry of base_paths names")


def _path_in_use(seen: surveys.Survey, _: settings.Requirements) -> str | None:
    if any(not path.archived for path in seen.base_paths):
        return None
    return f"all {len(seen.base_paths)} base paths are archived; one in use is expected."


def _indexed(field: str, *, unique: bool = False) -> Rule:
    def rule(seen: surveys.Survey, _: settings.Requirements) -> str | None:
        wanted = "unique index" if unique else "index"
        lacking = [
            part.guid
            for part in seen.collections
            if not any(
                index.fields[0] == field and (index.unique or not unique) for index in part.indexes
            )
        ]
        return _several(lacking, f"collections without {wanted} on {field}")

    return rule


def _uuids_are_text(seen: surveys.Survey, _: settings.Requirements) -> str | None:
    wrong = [repr(each.uuid) for each in seen.recordings if not _is_text(each.uuid)]
    return _several(wrong, "recordings whose uuid is missing or no text")


def _uuids_are_unique(seen: surveys.Survey, _: settings.Requirements) -> str | None:
    times = Counter(each.uuid for each in seen.recordings if _is_text(each.uuid))
    repeated = [f"{uuid} ({count} times)" for uuid, count in times.items() if count > 1]
    return _several(repeated, "uuids that are there more than once")


def _uuids_are_alike(seen: surveys.Survey, _: settings.Requirements) -> str | None:
    """Where most are UUIDs, the others are of another origin."""
    texts = [str(each.uuid) for each in seen.recordings if _is_text(each.uuid)]
    others = [text for text in texts if not UUID_FORM.fullmatch(text)]
    if 2 * len(others) >= len(texts):
        return None
    return _several(
        others, f"uuids that are not 8-4-4-4-12 hexadecimal digits, as most of {len(texts)} are"
    )


def _starts_are_times(seen: surveys.Survey, _: settings.Requirements) -> str | None:
    wrong = [
        f"{each.uuid}: {each.start!r}"
        for each in seen.recordings
        if not isinstance(each.start, datetime)
    ]
    return _several(wrong, "recordings whose start_time is no time with its zone")


def _ends_are_times(seen: surveys.Survey, _: settings.Requirements) -> str | None:
    wrong = [
        f"{each.uuid}: {each.end!r}"
        for each in seen.recordings
        if each.end is not None and not isinstance(each.end, datetime)
    ]
    return _several(wrong, "recordings whose end_time is no time with its zone")


def _deleted_is_boolean(seen: surveys.Survey, _: settings.Requirements) -> str | None:
    wrong = [
        f"{each.uuid}: {each.deleted!r}"
        for each in seen.recordings
        if not isinstance(each.deleted, bool)
    ]
    return _several(wrong, "recordings that do not say by a boolean whether they are deleted")


def _metadata_is_object(seen: surveys.Survey, _: settings.Requirements) -> str | None:
    wrong = [
        f"{part.guid} ({part.wrong_metadata} of them)"
        for part in seen.collections
        if part.wrong_metadata
    ]
    return _several(wrong, "collections with a fiber_metadata that is no object")


def _durations_positive(seen: surveys.Survey, _: settings.Requirements) -> str | None:
    wrong = [
        f"{each.uuid}: {each.duration.total_seconds():g} s"
        for each in seen.recordings
        if each.duration is not None and each.duration <= timedelta(0)
    ]
    return _several(wrong, "recordings that do not end after they start")


def _durations_are_chunks(seen: surveys.Survey, required: settings.Requirements) -> str | None:
    """Recordings end with a chunk. Milliseconds are what MongoDB can tell, and two were seen."""
    chunk = required.recording_chunk_seconds.value
    if chunk is None:
        raise Undetermined(
            "how long a chunk of a recording is was not agreed; set recording_chunk_seconds in "
            "requirements.yaml."
        )
    wrong = [
        f"{each.uuid}: {seconds:g} s"
        for each in seen.recordings
        if each.duration is not None
        and abs((seconds := each.duration.total_seconds()) - round(seconds / chunk) * chunk)
        > CHUNK_TOLERANCE
    ]
    return _several(wrong, f"recordings that are no whole number of {chunk:g} s long")


def _paths_have_recordings(seen: surveys.Survey, _: settings.Requirements) -> str | None:
    empty = [part.guid for part in seen.collections if not part.archived and not part.recordings]
    return _several(empty, "GUIDs of base paths in use without any recording")


def _starts_in_the_past(seen: surveys.Survey, required: settings.Requirements) -> str | None:
    earliest = datetime(required.recordings_since_year.value, 1, 1, tzinfo=UTC)
    starts = [(each.uuid, each.start) for each in seen.recordings]
    return _outside(starts, earliest, seen.now, "start")


def _ends_in_the_past(seen: surveys.Survey, required: settings.Requirements) -> str | None:
    earliest = datetime(required.recordings_since_year.value, 1, 1, tzinfo=UTC)
    ends = [(each.uuid, each.end) for each in seen.recordings]
    return _outside(ends, earliest, seen.now, "end")


def _outside(
    times: Iterable[tuple[object, object]], earliest: datetime, now: datetime, verb: str
) -> str | None:
    latest = now + CLOCK_TOLERANCE
    wrong = [
        f"{uuid}: {at.isoformat()}"
        for uuid, at in times
        if isinstance(at, datetime) and not earliest <= at <= latest
    ]
    return _several(
        wrong,
        f"recordings that {verb} before {earliest.year} or after the database's own "
        f"{now.isoformat()}",
    )


def _durations_bounded(seen: surveys.Survey, required: settings.Requirements) -> str | None:
    """A recording that lasted longer was live for longer than a live one may be."""
    hours = required.live_recording_hours_max.value
    wrong = [
        f"{each.uuid}: {each.duration.total_seconds() / 3600:.1f} h"
        for each in seen.recordings
        if each.duration is not None and each.duration > timedelta(hours=hours)
    ]
    return _several(wrong, f"recordings that are longer than {hours} h")


def _live_are_last(seen: surveys.Survey, _: settings.Requirements) -> str | None:
    """What goes on was not followed by another: it ended, and nobody wrote down when."""
    wrong = []
    for part in seen.collections:
        starts = [each.start for each in part.recordings if isinstance(each.start, datetime)]
        last = max(starts, default=None)
        wrong += [
            f"{each.uuid}: since {each.start}"
            for each in part.recordings
            if each.state is surveys.RecordingState.LIVE
            and each.start in starts
            and each.start != last
        ]
    return _several(wrong, "recordings without an end that others followed below their path")


def _live_is_fresh(seen: surveys.Survey, required: settings.Requirements) -> str | None:
    hours = required.live_recording_hours_max.value
    wrong = [
        f"{each.uuid}: since {each.start}"
        for each in seen.recordings
        if each.stale(seen.now, timedelta(hours=hours))
    ]
    return _several(wrong, f"live recordings that have gone on for more than {hours} h")


def _historic_exists(seen: surveys.Survey, _: settings.Requirements) -> str | None:
    in_use = [each for part in seen.collections if not part.archived for each in part.recordings]
    if any(each.state is surveys.RecordingState.HISTORIC for each in in_use):
        return None
    return f"none of {len(in_use)} recordings below paths in use is historic (ended, not deleted)."


def _unrecognised_share(seen: surveys.Survey, required: settings.Requirements) -> str | None:
    folders = sum(part.unrecognised for part in seen.collections)
    share = folders / (folders + len(seen.recordings))
    limit = required.unrecognised_share_max.value
    said = (
        f"{folders} unrecognised folders beside {len(seen.recordings)} recordings are {share:.0%}"
    )
    if limit is None:
        raise Undetermined(f"{said}; set unrecognised_share_max in requirements.yaml.")
    return None if share <= limit else f"{said}; at most {limit:.0%} is expected."


def _is_text(value: object) -> bool:
    """Whether it is a text with something in it; code is a type of its own in MongoDB."""
    return type(value) is str and bool(value)


def _several(wrong: Iterable[str], what: str) -> str | None:
    """One sentence that counts all of them and shows the first; None when there is none."""
    found = list(wrong)
    if not found:
        return None
    more = "" if len(found) <= SHOWN else ", …"
    shown = ", ".join(head_of(each, SHOWN_CHARACTERS) for each in found[:SHOWN])
    return f"There are {what}: {len(found)} ({shown}{more})."


Rule: TypeAlias = "Callable[[surveys.Survey, settings.Requirements], str | None]"
OF_BASE_PATHS = {
    RecordingsRule.base_paths,
    RecordingsRule.base_paths_once,
    RecordingsRule.collections_exist,
    RecordingsRule.no_orphan_collections,
    RecordingsRule.path_in_use,
    RecordingsRule.paths_have_recordings,
}
OF_TIMES = {
    RecordingsRule.durations_positive,
    RecordingsRule.durations_are_chunks,
    RecordingsRule.starts_in_the_past,
    RecordingsRule.ends_in_the_past,
    RecordingsRule.durations_bounded,
    RecordingsRule.live_are_last,
    RecordingsRule.live_is_fresh,
    RecordingsRule.historic_exists,
}
RULES: dict[RecordingsRule, Rule] = {
    RecordingsRule.base_paths: _base_paths,
    RecordingsRule.base_paths_once: _base_paths_once,
    RecordingsRule.collections_exist: _collections_exist,
    RecordingsRule.no_orphan_collections: _no_orphans,
    RecordingsRule.path_in_use: _path_in_use,
    RecordingsRule.start_time_indexed: _indexed("start_time"),
    RecordingsRule.nothing_expires: _nothing_expires,
    RecordingsRule.end_time_indexed: _indexed("end_time"),
    RecordingsRule.deleted_indexed: _indexed("deleted"),
    RecordingsRule.uuid_indexed: _indexed("uuid"),
    RecordingsRule.uuid_index_unique: _indexed("uuid", unique=True),
    RecordingsRule.uuids_are_text: _uuids_are_text,
    RecordingsRule.uuids_are_unique: _uuids_are_unique,
    RecordingsRule.uuids_are_alike: _uuids_are_alike,
    RecordingsRule.starts_are_times: _starts_are_times,
    RecordingsRule.ends_are_times: _ends_are_times,
    RecordingsRule.deleted_is_boolean: _deleted_is_boolean,
    RecordingsRule.metadata_is_object: _metadata_is_object,
    RecordingsRule.durations_positive: _durations_positive,
    RecordingsRule.durations_are_chunks: _durations_are_chunks,
    RecordingsRule.paths_have_recordings: _paths_have_recordings,
    RecordingsRule.starts_in_the_past: _starts_in_the_past,
    RecordingsRule.ends_in_the_past: _ends_in_the_past,
    RecordingsRule.durations_bounded: _durations_bounded,
    RecordingsRule.live_are_last: _live_are_last,
    RecordingsRule.live_is_fresh: _live_is_fresh,
    RecordingsRule.historic_exists: _historic_exists,
    RecordingsRule.unrecognised_share: _unrecognised_share,
}
