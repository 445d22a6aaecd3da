"""Recordings of our own: like the others, marked, and removed again without touching any other."""

from dataclasses import replace

import pytest
from pymongo import MongoClient

from focus_engine.recordings.added import LIFE, MARK, add_recording, remove_added
from focus_engine.recordings.database import open_database
from focus_engine.recordings.rules.judge import judge_recordings
from focus_engine.recordings.rules.rule import RecordingsRule
from focus_engine.recordings.survey import survey
from focus_engine.settings import requirements
from focus_engine.verdict import NotAllowed, PreconditionUnmet


@pytest.fixture(autouse=True)
def run(monkeypatch, surveyed):
    surveyed()
    monkeypatch.setenv("FOCUS_RUN_DIR", "/somewhere/focus-run-1")


def marked(environment) -> list[dict]:
    with MongoClient(environment.mongo_uri) as client:
        database = client.get_default_database()
        guids = [entry["guid"] for entry in database["base_paths"].find()]
        return [one for guid in guids for one in database[guid].find({MARK: {"$exists": True}})]


def test_it_is_like_the_others_and_found_by_its_range(environment, surveyed) -> None:
    before = len(surveyed().recordings)
    added = add_recording(environment)
    seen = surveyed_now(environment)
    assert len(seen.recordings) == before + 1
    for rule in RecordingsRule:
        if "unrecognised" not in rule:
            judge_recordings(rule, seen, requirements()).conclude()
    [one] = [each for each in seen.recordings if each.uuid == added.uuid]
    assert int(one.start.timestamp()) == added.start
    assert added.end - added.start == 60
    assert remove_added(environment) == 1


def surveyed_now(environment):
    with open_database(environment) as database:
        return survey(database)


def test_only_what_this_run_added_is_removed(environment, monkeypatch) -> None:
    add_recording(environment)
    monkeypatch.setenv("FOCUS_RUN_DIR", "/somewhere/focus-run-2")
    add_recording(environment)
    assert remove_added(environment) == 1
    assert [one[MARK]["run"] for one in marked(environment)] == ["focus-run-1"]
    monkeypatch.setenv("FOCUS_RUN_DIR", "/somewhere/focus-run-1")
    assert remove_added(environment) == 1
    assert remove_added(environment) == 0


def test_what_another_run_left_behind_is_removed_in_the_end(environment, monkeypatch) -> None:
    monkeypatch.setattr("focus_engine.recordings.added.LIFE", -LIFE)
    add_recording(environment)
    monkeypatch.setenv("FOCUS_RUN_DIR", "/somewhere/focus-run-2")
    assert remove_added(environment) == 1


def test_it_needs_a_permission(environment) -> None:
    allow = environment.file.allow.model_copy(update={"disruptive": False})
    other = replace(environment, file=environment.file.model_copy(update={"allow": allow}))
    for change in (add_recording, remove_added):
        with pytest.raises(NotAllowed, match="needs 'disruptive'"):
            change(other)


def test_without_a_database_there_is_nothing_to_add_to(environment) -> None:
    with pytest.raises(PreconditionUnmet, match="Set FOCUS_MONGO_URI"):
        add_recording(replace(environment, mongo_uri=None))
