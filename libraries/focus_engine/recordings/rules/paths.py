"""Rules of base paths, of the collections that they lead to, and of these collections' indexes."""

from __future__ import annotations

import posixpath
from collections import Counter

from focus_engine.on_use import on_use
from focus_engine.recordings.rules.rule import RecordingsRule, Rule, several
from focus_engine.verdict import Undetermined

with on_use(__name__):
    from focus_engine import settings
    from focus_engine.recordings import survey as surveys


def _base_paths(seen: surveys.Survey, _: settings.Requirements) -> str | None:
    wrong = [
        f"base_path {path.path!r} with guid {path.guid!r} and is_archive {path.is_archive!r}"
        for path in seen.base_paths
        if not (isinstance(path.path, str) and path.path and path.has_guid)
        or not (path.is_archive is None or isinstance(path.is_archive, bool))
    ]
    if not seen.base_paths:
        return "base_paths is empty; at least one path with its GUID is expected."
    return several(wrong, "entries of base_paths that are not a path, a GUID and a boolean")


def _base_paths_once(seen: surveys.Survey, _: settings.Requirements) -> str | None:
    """A server looks one up by its path, and takes whichever it finds.

    Which of two spellings of one folder it looks up is its own affair: they are one path.
    """
    told = [path.path for path in seen.base_paths if isinstance(path.path, str)]
    times = Counter(posixpath.normpath(path) if path else path for path in told)
    repeated = [f"{path} ({count} times)" for path, count in times.items() if count > 1]
    return several(repeated, "base paths that are there more than once")


def _collections_exist(seen: surveys.Survey, _: settings.Requirements) -> str | None:
    return several(seen.without_collection, "GUIDs of base_paths without a collection")


def _no_orphans(seen: surveys.Survey, _: settings.Requirements) -> str | None:
    return several(seen.orphans, "GUID collections that no entry of base_paths names")


def _path_in_use(seen: surveys.Survey, _: settings.Requirements) -> str | None:
    if any(not path.archived for path in seen.base_paths):
        return None
    return f"all {len(seen.base_paths)} base paths are archived; one in use is expected."


def _paths_have_recordings(seen: surveys.Survey, _: settings.Requirements) -> str | None:
    empty = [part.guid for part in seen.collections if not part.archived and not part.recordings]
    return several(empty, "GUIDs of base paths in use without any recording")


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
        return several(lacking, f"collections without {wanted} on {field}")

    return rule


def _nothing_expires(seen: surveys.Survey, _: settings.Requirements) -> str | None:
    wrong = [
        f"{part.guid}: {', '.join(index.fields)}"
        for part in seen.collections
        for index in part.indexes
        if index.expires
    ]
    return several(wrong, "indexes by which MongoDB removes recordings when their time is over")


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
    RecordingsRule.paths_have_recordings: _paths_have_recordings,
    RecordingsRule.unrecognised_share: _unrecognised_share,
}
WITHOUT_RECORDINGS = {
    RecordingsRule.base_paths,
    RecordingsRule.base_paths_once,
    RecordingsRule.collections_exist,
    RecordingsRule.no_orphan_collections,
    RecordingsRule.path_in_use,
    RecordingsRule.paths_have_recordings,
}
"""Those that judge also where there is no recording."""
