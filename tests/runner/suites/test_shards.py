"""A run on four machines has the cases and verdicts of a run on one; what is missing is named."""

import json
import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_project import Done, Project

from runner.cases import Case
from runner.problem import ProblemError
from runner.suites.plan import PlannedCase, RunPlan
from runner.suites.shards import divided, read_durations, write_durations

ROWS = (
    "*** Test Cases ***\nGood\n    No Operation\nBad\n    Fail    got 500.\n"
    "Undecided\n    Skip    UNDETERMINED: nobody knows.\n"
)
EXCLUSIVE = "*** Settings ***\nTest Tags    exclusive\n\n"
ONE = ("--processes", "1")
SHARDS = [f"{number}/4" for number in range(1, 5)]


@pytest.fixture
def divisible(project: Project) -> Project:
    for name in "abcdef":
        project.suite(f"1__alignment/{name}.robot", ROWS)
    project.suite("2__performance_api/alone.robot", EXCLUSIVE + ROWS)
    return project


def _parts(project: Project, tmp_path: Path) -> list[Path]:
    folders = [tmp_path / each.replace("/", "-") for each in SHARDS]
    for shard, folder in zip(SHARDS, folders, strict=True):
        project.focus("run", *ONE, "--shard", shard, "--results", str(folder))
    exclusive = tmp_path / "exclusive"
    project.focus("run", "--exclusive", "--results", str(exclusive))
    return [*folders, exclusive]


def case_lost(folder: Path, _: list[Path]) -> None:
    """Its output is whole, and lacks a case that it was to run."""
    output = ET.parse(folder / "output.xml")  # noqa: S314 - it is our own
    suite = next(each for each in output.iter("suite") if each.find("test") is not None)
    suite.remove(suite.find("test"))
    output.write(folder / "output.xml", encoding="utf-8")


def output_of_another(folder: Path, parts: list[Path]) -> None:
    shutil.copy(parts[2] / "output.xml", folder)


def output_cut(folder: Path, _: list[Path]) -> None:
    (folder / "output.xml").write_bytes((folder / "output.xml").read_bytes()[:-500])


def of_three_shards(folder: Path, _: list[Path]) -> None:
    _rewrite(folder / "run.json", executed="2/3")


def with_another_seed(folder: Path, _: list[Path]) -> None:
    target = json.loads((folder / "run.json").read_text("utf-8"))["target"]
    _rewrite(folder / "run.json", target={**target, "seed": 7})


def of_no_shard(folder: Path, _: list[Path]) -> None:
    _rewrite(folder / "run.json", executed=["2", "4"])


def plan_of_another_kind(folder: Path, _: list[Path]) -> None:
    (folder / "plan.json").write_text("[" * 100_000, encoding="utf-8")


def _rewrite(file: Path, **changes: object) -> None:
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | changes), encoding="utf-8")


# What is done to a folder, the code of `merge`, and what it says.
SPOILT = (
    (case_lost, 255, "the results of --shard 2/4 in"),
    (output_of_another, 252, "cases of it were not this part's to run, such as"),
    (output_cut, 252, "is damaged or cut"),
    (of_three_shards, 252, "are not parts of one run"),
    (with_another_seed, 252, "are not parts of one run"),
    (of_no_shard, 252, "run.json is damaged"),
    (plan_of_another_kind, 252, "plan.json is missing or damaged"),
)


def _merged(project: Project, *folders: Path) -> Done:
    return project.focus("merge", *map(str, folders))


def test_four_shards_are_one_run(divisible: Project, tmp_path: Path) -> None:
    suites = [f"Alignment.{name}" for name in "ABCDEF"] + ["Performance Api.Alone"]
    statuses = {"Good": "PASS", "Bad": "FAIL", "Undecided": "SKIP"}
    expected = {f"Focus Server.{suite}.{row}": s for suite in suites for row, s in statuses.items()}
    parts = _parts(divisible, tmp_path)
    done = _merged(divisible, *parts)
    assert done.code == 7, done.console
    assert {n: case.status for n, case in divisible.outcome().cases.items()} == expected
    assert "21 cases: 7 passed, 7 failed, 7 skipped" in done.console
    for name in ("log.html", "report.html", "xunit.xml"):
        assert (divisible.results / name).is_file()

    durations = (divisible.results / "durations.json").read_text(encoding="utf-8")
    assert set(json.loads(durations)) == set(suites)
    missing = _merged(divisible, *parts[:2], *parts[3:])
    assert (divisible.results / "durations.json").read_text(encoding="utf-8") == durations
    assert missing.code == 255, missing.console
    assert "the results of shard 3/4 are missing" in missing.console
    cases = divisible.outcome().cases
    assert set(cases) == set(expected)
    said = {case.message for case in cases.values() if case.message.startswith("ERROR: not run")}
    assert said == {"ERROR: not run: the results of shard 3/4 are missing."}

    alone = _merged(divisible, *parts[:4])
    assert alone.code == 255
    assert "the results of `run --exclusive` are missing" in alone.console

    twice = _merged(divisible, parts[0], *parts)
    assert twice.code == 252
    assert "both hold --shard 1/4" in twice.console
    assert _merged(divisible, divisible.results).code == 252

    for spoil, code, said in SPOILT:
        spoilt = tmp_path / spoil.__name__
        shutil.copytree(parts[1], spoilt)
        spoil(spoilt, parts)
        done = _merged(divisible, parts[0], spoilt, *parts[2:])
        assert (done.code, said in done.console) == (code, True), (spoil.__name__, done.console)
        assert "Traceback" not in done.console

    shutil.rmtree(parts[1])
    gone = _merged(divisible, *parts)
    assert gone.code == 252
    assert str(parts[1]) in gone.console


DAMAGED = ("[]", "{", '{"a": "x"}', '{"a": null}')


@pytest.mark.parametrize("text", DAMAGED)
def test_durations_that_cannot_be_read(tmp_path: Path, text: str) -> None:
    file = tmp_path / "durations.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ProblemError, match=r"durations\.json is damaged"):
        read_durations(file)


def test_a_shard_of_damaged_durations_is_refused(divisible: Project) -> None:
    divisible.results.mkdir()
    (divisible.results / "durations.json").write_text("{", encoding="utf-8")
    done = divisible.focus("run", "--shard", "1/4")
    assert done.code == 252
    assert "durations.json is damaged" in done.console


@pytest.mark.parametrize(("before", "kept"), [('{"A": 2.0, "B": 9.0}', {"A": 2.0}), ("{", {})])
def test_a_run_leaves_how_long_its_suites_took(tmp_path: Path, before: str, kept: dict) -> None:
    file = tmp_path / "durations.json"
    file.write_text(before, encoding="utf-8")
    cases = [Case(f"Root.B.{row}", "PASS", "", seconds=1.5, path=("B", row)) for row in "xy"]
    write_durations(file, cases)
    assert read_durations(file) == {**kept, "B": 3.0}


SUITES = st.dictionaries(st.sampled_from("abcdefghij"), st.integers(1, 9), min_size=1)


@given(SUITES, st.integers(1, 12), st.dictionaries(st.sampled_from("abcdefghij"), st.floats(0, 99)))
def test_every_case_is_in_one_shard(sizes, count, durations) -> None:
    cases = [
        PlannedCase((suite, f"{n}"), (), "x:1") for suite in sizes for n in range(sizes[suite])
    ]
    parts = divided(RunPlan("root", tuple(cases)), count, durations)
    assert sorted(c.path for part in parts for c in part.cases) == sorted(c.path for c in cases)
    assert len(parts) == count
    owners = [{case.suite for case in part.cases} for part in parts]
    assert sum(map(len, owners)) == len(sizes), "a suite stays whole"


def test_shards_take_about_equally_long() -> None:
    cases = tuple(PlannedCase((suite, "x"), (), "x:1") for suite in "abcdef")
    took = {"a": 60.0, "b": 30.0, "c": 20.0, "d": 10.0, "e": 1.0, "f": 1.0}
    parts = divided(RunPlan("root", cases), 2, took)
    sums = [sum(took[case.suite[0]] for case in part.cases) for part in parts]
    assert max(sums) - min(sums) <= 2
