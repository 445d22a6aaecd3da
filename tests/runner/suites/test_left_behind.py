"""What an earlier run left, damaged in any way: what it should be, or one sentence."""

import json
import os
import sys
from argparse import Namespace
from pathlib import Path

import pytest
from fuzzing import Maker, fuzzed, made, noise, one_of, pick, record, several, values
from hypothesis import given

from runner.cases import read_outcome
from runner.problem import ProblemError
from runner.suites import plan, robot_options, shards
from runner.suites import record as records
from runner.suites.merge import _shard
from runner.suites.target import RunTarget

ANY = values("environment own_sandbox seed path tags")
TARGET = record(
    {},
    dict.fromkeys(["environment", "own_sandbox", "sandbox_options", "job_life", "seed"], ANY),
)
RECORD = record(
    {"executed": one_of(pick("all", "exclusive", "1/3", "4/3"), ANY)},
    {
        "target": one_of(TARGET, pick(RunTarget("sandbox", True, (), "1", 1).as_record())),
        "robot": one_of(several(pick("--suite", "x", 5)), ANY),
        "pabot": one_of(pick([]), ANY),
        "has_variables": pick(True),
        "salt": one_of(pick("x"), ANY),
        "words": pick("x"),
        "variables": one_of(pick({}), ANY),
    },
)
CASE = record({}, {"path": one_of(several(pick("a", 1)), ANY), "tags": ANY, "source": ANY})
PLAN = record({}, {"root": ANY, "cases": one_of(several(CASE), ANY), "mine": ANY, "every": ANY})
DURATIONS = one_of(record({}, dict.fromkeys(["a", "b"], ANY)), ANY)


def files(maker: Maker) -> Maker:
    return one_of(*[lambda chance: json.dumps(maker(chance)).encode()] * 4, noise(30))


def _repeat(file: Path) -> None:
    found = records.read(file)
    options = robot_options.RobotOptions(found.robot, found.pabot)
    records.repeated(found, [], found.target, options)
    _shard(found)


READERS = {
    "run.json": (RECORD, _repeat),
    "plan.json": (PLAN, lambda file: [case.suite for case in plan.read(file)[0].cases]),
    "durations.json": (DURATIONS, shards.read_durations),
}


@fuzzed
@given(contents=made(lambda chance: {name: files(READERS[name][0])(chance) for name in READERS}))
def test_no_record_escapes(tmp_path_factory, contents: dict[str, bytes]) -> None:
    for name, content in contents.items():
        file = tmp_path_factory.getbasetemp() / name
        file.write_bytes(content)
        try:
            READERS[name][1](file)
        except ProblemError as problem:
            assert str(problem)  # noqa: PT017 - mostly refused, sometimes not


WHOLE = {
    "root": "Root",
    "cases": [{"path": ["a", "b"], "tags": ["x"], "place": "a.robot:1"}],
    "mine": [["a", "b"]],
}


@pytest.mark.parametrize("key", [*WHOLE, "path", "tags", "place"])
@pytest.mark.parametrize("value", [7, None, "ab", {}, [{}, None], [7], [[]], [["ab"]], [{}]])
def test_a_plan_with_one_part_of_another_kind_is_damaged(tmp_path: Path, key: str, value) -> None:
    spoilt = json.loads(json.dumps(WHOLE))
    (spoilt if key in WHOLE else spoilt["cases"][0])[key] = value
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(spoilt), encoding="utf-8")
    if isinstance(value, str) and key in {"root", "place"}:
        plan.read(file)
        return
    with pytest.raises(ProblemError, match=r"plan\.json is missing or damaged"):
        plan.read(file)


@pytest.mark.parametrize("status", ["MAYBE", "", "pass", "NOT RUN"])
def test_an_output_with_a_status_that_robot_does_not_know_is_damaged(
    tmp_path: Path, status: str
) -> None:
    file = tmp_path / "output.xml"
    case = f'<test name="One"><status status="{status}"/></test>'
    file.write_text(f'<robot><suite name="S">{case}</suite></robot>', encoding="utf-8")
    with pytest.raises(ProblemError, match=f"is damaged or cut.*ended as '{status}': One"):
        read_outcome([file])


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes with a name here")
@pytest.mark.parametrize("name", [*READERS, "args"])
@pytest.mark.parametrize("kind", ["pipe", "device", "deep"])
def test_what_is_no_file_of_ours_is_not_waited_for(tmp_path: Path, name: str, kind: str) -> None:
    file = tmp_path / name
    if kind == "pipe":
        os.mkfifo(file)
    elif kind == "device":
        file.symlink_to("/dev/zero")
    else:
        file.write_bytes(b"[" * 200_000)
    read = READERS[name][1] if name in READERS else _argument_file
    if name == "durations.json" and kind != "deep":
        assert read(file) == {}  # as where no run has left them
        return
    with pytest.raises(ProblemError):
        read(file)


def _argument_file(file: Path) -> Namespace:
    robot_options.parse(["--argumentfile", str(file)])


def test_argument_files_that_name_one_another_end(tmp_path: Path) -> None:
    file = tmp_path / "args"
    file.write_text(f"--argumentfile {file}\n", encoding="utf-8")
    with pytest.raises(ProblemError, match="without end"):
        _argument_file(file)
