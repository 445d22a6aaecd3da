"""Each rule holds on the seeded data, and each fault of the data breaks its own rule."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from focus_engine.recordings.database import open_database
from focus_engine.recordings.rules import times
from focus_engine.recordings.rules.judge import RULES, judge_recordings
from focus_engine.recordings.rules.rule import RecordingsRule
from focus_engine.recordings.survey import BasePath, Recording, RecordingState, newest_metadata
from focus_engine.settings import requirements
from focus_engine.verdict import PreconditionUnmet, ProductFailure, Undetermined

Rule = RecordingsRule
DAY = timedelta(days=1)
NOW = datetime(2025, 12, 1, tzinfo=UTC)
BROKEN = {
    "base-path-without-guid": {Rule.base_paths},
    "base-path-orphan-guid": {Rule.collections_exist},
    "collection-orphan": {Rule.no_orphan_collections},
    "base-paths-all-archived": {Rule.path_in_use, Rule.historic_exists},
    "index-start-time-missing": {Rule.start_time_indexed},
    "index-expires": {Rule.nothing_expires},
    "base-path-twice": {Rule.base_paths_once, Rule.paths_have_recordings},
    "index-end-time-missing": {Rule.end_time_indexed},
    "index-deleted-missing": {Rule.deleted_indexed},
    "index-uuid-missing": {Rule.uuid_indexed, Rule.uuid_index_unique},
    "index-uuid-not-unique": {Rule.uuid_index_unique},
    "recording-uuid-null": {Rule.uuids_are_text},
    "recording-uuid-odd": {Rule.uuids_are_alike},
    "recording-uuid-duplicate": {Rule.uuids_are_unique, Rule.uuid_index_unique},
    "recording-start-naive": {Rule.starts_are_times},
    "recording-end-epoch": {Rule.ends_are_times},
    "recording-deleted-text": {Rule.deleted_is_boolean},
    "recording-metadata-text": {Rule.metadata_is_object},
    "recording-ends-first": {Rule.durations_positive},
    "recording-duration-odd": {Rule.durations_are_chunks},
    "base-path-empty": {Rule.paths_have_recordings},
    "recording-in-future": {Rule.starts_in_the_past, Rule.live_are_last},
    "recording-before-all": {Rule.starts_in_the_past, Rule.ends_in_the_past},
    "recording-ends-tomorrow": {Rule.ends_in_the_past, Rule.durations_bounded},
    "recording-too-long": {Rule.durations_bounded},
    "recording-never-ended": {Rule.live_are_last},
    "recordings-stale": {Rule.live_is_fresh, Rule.live_are_last},
    "recordings-none-finished": {Rule.historic_exists, Rule.live_is_fresh, Rule.live_are_last},
}


def _broken(seen) -> set[RecordingsRule]:
    found = set()
    for rule in RULES:
        try:
            judge_recordings(rule, seen, requirements()).conclude()
        except ProductFailure:
            found.add(rule)
    return found


@pytest.mark.parametrize("spelling", ["{}/", "{}/.", "{}//"])
def test_two_spellings_of_a_path_are_one(surveyed, spelling: str) -> None:
    seen = surveyed()
    again = replace(seen.base_paths[0], path=spelling.format(seen.base_paths[0].path))
    twice = replace(seen, base_paths=(*seen.base_paths, again))
    with pytest.raises(ProductFailure, match=r"\(2 times\)"):
        judge_recordings(Rule.base_paths_once, twice, requirements()).conclude()


def test_seeded_recordings_satisfy_every_rule(surveyed) -> None:
    assert _broken(surveyed()) == set()


@pytest.mark.parametrize("fault", BROKEN)
def test_a_fault_breaks_its_own_rules(fault, surveyed) -> None:
    assert _broken(surveyed(fault)) == BROKEN[fault]


def test_stale_recordings_are_all_counted(surveyed) -> None:
    counts = surveyed("recordings-stale").counts(DAY)
    assert counts["stale"] == 12
    assert counts["live"] == 13


def test_counts_by_state(surveyed) -> None:
    assert surveyed().counts(DAY) == {
        "historic": 9,
        "live": 1,
        "deleted": 1,
        "stale": 0,
        "unrecognised": 2,
    }


def test_a_limit_of_unrecognised_folders_decides(surveyed) -> None:
    required = requirements()
    open_ = required.unrecognised_share_max
    for limit, broken in ((0.5, False), (0.1, True)):
        strict = required.model_copy(
            update={"unrecognised_share_max": open_.model_copy(update={"value": limit})}
        )
        seen = surveyed()
        if broken:
            with pytest.raises(ProductFailure, match="15%; at most 10% is expected"):
                judge_recordings(Rule.unrecognised_share, seen, strict).conclude()
        else:
            judge_recordings(Rule.unrecognised_share, seen, strict).conclude()


def test_nothing_to_judge_is_no_pass(surveyed) -> None:
    empty = replace(surveyed(), collections=())
    with pytest.raises(PreconditionUnmet, match="has nothing to judge"):
        judge_recordings(Rule.uuids_are_unique, empty, requirements()).conclude()


@pytest.mark.parametrize("field", ["start", "end"])
def test_recordings_without_times_are_told_as_not_checked(field, surveyed) -> None:
    seen = surveyed()
    part, *others = (each for each in seen.collections if each.recordings)
    texts = replace(
        part, recordings=tuple(replace(each, **{field: "x"}) for each in part.recordings)
    )
    seen = replace(seen, collections=(texts, *others))
    for rule in times.RULES:
        report = judge_recordings(rule, seen, requirements())
        (said,) = report.unchecked(rule.value)
        assert said.startswith(f"{len(part.recordings)} of {len(seen.recordings)} recordings have")
        assert judge_recordings(rule, surveyed(), requirements()).unchecked(rule.value) == []


@pytest.mark.parametrize(
    ("end", "deleted", "state"),
    [
        (None, False, RecordingState.LIVE),
        (None, None, RecordingState.LIVE),
        (NOW, False, RecordingState.HISTORIC),
        (NOW, True, RecordingState.DELETED),
        (None, True, RecordingState.DELETED),
    ],
)
def test_state(end, deleted, state) -> None:
    assert Recording("a", NOW - DAY, end, deleted).state is state


@pytest.mark.parametrize(("is_archive", "archived"), [(None, False), (False, False), (True, True)])
def test_an_absent_mark_means_not_archived(is_archive, archived) -> None:
    assert BasePath("/prisma", "x", is_archive).archived is archived


def test_no_agreed_chunk_is_no_verdict(surveyed) -> None:
    required = requirements()
    open_ = required.recording_chunk_seconds.model_copy(update={"value": None})
    undecided = required.model_copy(update={"recording_chunk_seconds": open_})
    with pytest.raises(Undetermined, match="set recording_chunk_seconds"):
        judge_recordings(Rule.durations_are_chunks, surveyed(), undecided).conclude()


def test_what_is_archived_can_not_be_played(surveyed) -> None:
    seen = surveyed()
    archived = tuple(replace(part, archived=True) for part in seen.collections)
    with pytest.raises(ProductFailure, match="none of 0 recordings below paths in use"):
        judge_recordings(
            Rule.historic_exists, replace(seen, collections=archived), requirements()
        ).conclude()


def test_newest_metadata_is_of_those_that_have_some(surveyed, environment) -> None:
    surveyed("recording-metadata-text")
    with open_database(environment) as database:
        found = newest_metadata(database, 5)
    assert len(found) == 7  # five below the path in use, two below the archive
    assert all(each["layer_type"] == "smart_recorder" for each in found.values())


def test_only_recordings_collections_are_read(surveyed) -> None:
    seen = surveyed()
    assert len(seen.collections) == 2
    assert all("unrecognized" not in part.guid for part in seen.collections)


def test_times_are_aware(surveyed) -> None:
    seen = surveyed()
    assert seen.now.tzinfo is not None
    assert all(each.start.tzinfo is not None for each in seen.recordings)
