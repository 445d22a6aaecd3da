"""The words of the tables about recordings, and the sentence about what breaks a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum, StrEnum
from typing import TypeAlias

from focus_engine.masking import head_of
from focus_engine.on_use import on_use

with on_use(__name__):
    from focus_engine import settings
    from focus_engine.recordings import survey as surveys

SHOWN = 3
SHOWN_CHARACTERS = 200  # of each

Rule: TypeAlias = "Callable[[surveys.Survey, settings.Requirements], str | None]"


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


def several(wrong: Iterable[str], what: str) -> str | None:
    """One sentence that counts all of them and shows the first; None when there is none."""
    found = list(wrong)
    if not found:
        return None
    more = "" if len(found) <= SHOWN else ", …"
    shown = ", ".join(head_of(each, SHOWN_CHARACTERS) for each in found[:SHOWN])
    return f"There are {what}: {len(found)} ({shown}{more})."
