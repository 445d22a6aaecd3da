"""Rules of what each document of a recording holds: its uuid and the types of its fields."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime

from focus_engine.on_use import on_use
from focus_engine.recordings.rules.rule import RecordingsRule, Rule, several

with on_use(__name__):
    from focus_engine import settings
    from focus_engine.recordings import survey as surveys

UUID_FORM = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def _uuids_are_text(seen: surveys.Survey, _: settings.Requirements) -> str | None:
    wrong = [repr(each.uuid) for each in seen.recordings if not _is_text(each.uuid)]
    return several(wrong, "recordings whose uuid is missing or no text")


def _uuids_are_unique(seen: surveys.Survey, _: settings.Requirements) -> str | None:
    times = Counter(each.uuid for each in seen.recordings if _is_text(each.uuid))
    repeated = [f"{uuid} ({count} times)" for uuid, count in times.items() if count > 1]
    return several(repeated, "uuids that are there more than once")


def _uuids_are_alike(seen: surveys.Survey, _: settings.Requirements) -> str | None:
    """Where most are UUIDs, the others are of another origin."""
    texts = [str(each.uuid) for each in seen.recordings if _is_text(each.uuid)]
    others = [text for text in texts if not UUID_FORM.fullmatch(text)]
    if 2 * len(others) >= len(texts):
        return None
    return several(
        others, f"uuids that are not 8-4-4-4-12 hexadecimal digits, as most of {len(texts)} are"
    )


def _starts_are_times(seen: surveys.Survey, _: settings.Requirements) -> str | None:
    wrong = [
        f"{each.uuid}: {each.start!r}"
        for each in seen.recordings
        if not isinstance(each.start, datetime)
    ]
    return several(wrong, "recordings whose start_time is no time with its zone")


def _ends_are_times(seen: surveys.Survey, _: settings.Requirements) -> str | None:
    wrong = [
        f"{each.uuid}: {each.end!r}"
        for each in seen.recordings
        if each.end is not None and not isinstance(each.end, datetime)
    ]
    return several(wrong, "recordings whose end_time is no time with its zone")


def _deleted_is_boolean(seen: surveys.Survey, _: settings.Requirements) -> str | None:
    wrong = [
        f"{each.uuid}: {each.deleted!r}"
        for each in seen.recordings
        if not isinstance(each.deleted, bool)
    ]
    return several(wrong, "recordings that do not say by a boolean whether they are deleted")


def _metadata_is_object(seen: surveys.Survey, _: settings.Requirements) -> str | None:
    wrong = [
        f"{part.guid} ({part.wrong_metadata} of them)"
        for part in seen.collections
        if part.wrong_metadata
    ]
    return several(wrong, "collections with a fiber_metadata that is no object")


def _is_text(value: object) -> bool:
    """Whether it is a text with something in it; code is a type of its own in MongoDB."""
    return type(value) is str and bool(value)


RULES: dict[RecordingsRule, Rule] = {
    RecordingsRule.uuids_are_text: _uuids_are_text,
    RecordingsRule.uuids_are_unique: _uuids_are_unique,
    RecordingsRule.uuids_are_alike: _uuids_are_alike,
    RecordingsRule.starts_are_times: _starts_are_times,
    RecordingsRule.ends_are_times: _ends_are_times,
    RecordingsRule.deleted_is_boolean: _deleted_is_boolean,
    RecordingsRule.metadata_is_object: _metadata_is_object,
}
