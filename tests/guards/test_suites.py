"""What holds for every suite, whoever adds the next one."""

import tomllib
from collections import defaultdict
from pathlib import Path

from guards.suites import ROOT, SUITES, cases

from focus_engine.declared.known_bugs import NEVER_EXCUSED_TAG, read_known_bugs

MEASURED_OR_DISRUPTIVE = {"latency", "load", "disruptive"}


def test_no_python_in_the_folder_of_the_suites() -> None:
    """A robot/__init__.py would hide the package robot from every `python -m robot`."""
    assert sorted(SUITES.rglob("*.py")) == []


def tags_by_file() -> dict[Path, list[frozenset[str]]]:
    of_file: defaultdict[Path, list[frozenset[str]]] = defaultdict(list)
    for file, _name, tags in cases():
        of_file[file].append(tags)
    return of_file


def test_an_outage_that_could_not_be_decided_does_not_pass_for_a_whole_file() -> None:
    undecided = [
        file
        for file, tags_of_cases in tags_by_file().items()
        if any("disruptive" in tags for tags in tags_of_cases)
        and not any("gate" in tags for tags in tags_of_cases)
    ]
    assert undecided == []


def test_what_must_be_alone_is_exclusive_as_a_whole_file() -> None:
    mixed = [
        file
        for file, tags_of_cases in tags_by_file().items()
        if any(tags & {*MEASURED_OR_DISRUPTIVE, "exclusive"} for tags in tags_of_cases)
        and not all("exclusive" in tags for tags in tags_of_cases)
    ]
    assert mixed == []


def test_robot_toml_mirrors_robot_args() -> None:
    toml = tomllib.loads((ROOT / "robot.toml").read_text(encoding="utf-8"))
    mirrored = {
        "pythonpath": toml["python-path"],
        "prerunmodifier": list(toml["pre-run-modifiers"]),
        "listener": list(toml["listeners"]),
        "loglevel": [toml["log-level"]],
        "maxerrorlines": [str(toml["max-error-lines"])],
        "removekeywords": toml["remove-keywords"],
        "tagstatinclude": toml["tag-stat-include"],
    }
    assert mirrored == _robot_args()
    assert toml["paths"] == ["robot"]


def test_known_bugs_excuse_cases_that_exist_and_nothing_that_the_plan_demands() -> None:
    bugs = read_known_bugs().bugs
    for bug in bugs:
        concerned = [
            (name, tags)
            for _file, name, tags in cases()
            if any(bug.concerns(name, environment) for environment in bug.environments)
        ]
        assert concerned, f"{bug.ticket} names no case that exists"
        assert [name for name, tags in concerned if NEVER_EXCUSED_TAG in tags] == []


def _robot_args() -> dict[str, list[str]]:
    options: defaultdict[str, list[str]] = defaultdict(list)
    for line in (ROOT / "robot.args").read_text(encoding="utf-8").splitlines():
        if line.startswith("--"):
            name, value = line[2:].split(maxsplit=1)
            options[name].append(value)
    return dict(options)
