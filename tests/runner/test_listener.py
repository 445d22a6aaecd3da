"""`robot -A robot.args robot` and pabot, without focus.py."""

from pathlib import Path

import pytest
from small_project import Project

from runner.cases import Outcome, read_outcome

ROWS = """*** Test Cases ***
Row
    Should Start With    %{FOCUS_BASE_URL}    http://127.0.0.1:
    Should Not Be Empty    %{FOCUS_RUN_DIR}
"""
OUTPUT = ("--outputdir", "results", "-A", "robot.args")


@pytest.mark.parametrize("tool", ["robot", "pabot.pabot"])
def test_each_process_has_a_sandbox_of_its_own(project: Project, tool: str) -> None:
    project.suite("1__alignment/one.robot", ROWS)
    project.suite("1__alignment/two.robot", ROWS)
    library = [] if tool == "robot" else ["--no-pabotlib"]
    done = project.module(tool, *library, *OUTPUT, "robot")
    assert done.code == 0, done.console
    assert project.outcome().metadata["Server version"] == "11.17.1"


def test_a_system_that_cannot_be_started_fails_every_case(project: Project) -> None:
    setup = "*** Settings ***\nSuite Setup    Fail    x\nTest Setup    Fail    y\n\n"
    project.suite("1__alignment/one.robot", setup + ROWS)
    done = project.module("robot", *OUTPUT, "robot", STUB_BROKEN="1")
    (case,) = _cases(project).values()
    assert done.code == 1
    assert case == "ERROR: the sandbox did not start. Its last words: no port is free."


def test_environment_as_robot_variable(project: Project) -> None:
    project.suite("1__alignment/one.robot", ROWS)
    project.module("robot", *OUTPUT, "-v", "ENVIRONMENT:staging", "robot")
    (case,) = _cases(project).values()
    assert case.startswith("ERROR: environment 'staging' has no address: set FOCUS_BASE_URL")


def test_thresholds_that_cannot_be_read_fail_every_case(project: Project, tmp_path: Path) -> None:
    project.suite("1__alignment/one.robot", ROWS)
    file = tmp_path / "thresholds.yaml"
    file.write_text("targets: []\n", encoding="utf-8")
    project.module("robot", *OUTPUT, "robot", FOCUS_THRESHOLDS=str(file))
    (case,) = _cases(project).values()
    assert case.startswith("ERROR: ")
    assert "key 'error_rates' is missing" in case


def test_dry_run_starts_nothing(project: Project, tmp_path: Path) -> None:
    project.suite("1__alignment/one.robot", ROWS)
    started = tmp_path / "arguments"
    done = project.module("robot", "--dryrun", *OUTPUT, "robot", STUB_ARGUMENTS=str(started))
    assert done.code == 0
    assert not started.exists()


def test_known_bugs_in_a_run(project: Project) -> None:
    project.suite(
        "1__alignment/one.robot",
        "*** Test Cases ***\n"
        "Known\n    Fail    got 500.\n"
        "Repaired\n    No Operation\n"
        "Demanded\n    [Tags]    plan\n    Fail    got 500.\n"
        "Broken tool\n    Fail    ERROR: got 500.\n",
    )
    (project.root / "variables" / "known_bugs.yaml").write_text(
        "never_excused: ['*latency*']\n"
        "never_excused_messages: ['grpc-job-']\n"
        "bugs:\n"
        "  - {ticket: PZ-1, environments: [sandbox], cases: ['*.One.*'], since: 2025-12-01,\n"
        "     message: got 500, reason: not built}\n",
        encoding="utf-8",
    )
    done = project.module("robot", *OUTPUT, "robot")
    outcome = project.outcome()
    statuses = {name.rpartition(".")[2]: case.status for name, case in outcome.cases.items()}
    assert done.code == 2
    assert statuses == {
        "Known": "SKIP",
        "Repaired": "PASS",
        "Demanded": "FAIL",
        "Broken tool": "FAIL",
    }
    assert outcome.with_status("SKIP")[0].message == "KNOWN BUG PZ-1: got 500."
    assert outcome.metadata["Skipped"] == "KNOWN BUG 1"
    note = "PZ-1 no longer reproduces: Focus Server.Alignment.One.Repaired"
    assert outcome.metadata["No longer reproduces"] == note
    assert note in done.console


def _cases(project: Project) -> dict[str, str]:
    outcome: Outcome = read_outcome([project.results / "output.xml"])
    return {name: case.message for name, case in outcome.cases.items()}


def test_a_skip_of_a_set_up_says_its_reason_first_and_fails_a_gate(project: Project) -> None:
    setup = "*** Settings ***\nSuite Setup    Skip    PRECONDITION: not enforced.\n\n"
    tagged = "*** Test Cases ***\n{}\n    [Tags]    {}\n    No Operation\n"
    rows = [("Explored", "disruptive"), ("Gated", "disruptive    gate"), ("Other", "gate")]
    for name, tags in rows:
        project.suite(f"1__alignment/{name}.robot", setup + tagged.format(name, tags))
    project.module("robot", *OUTPUT, "robot")
    outcome = project.outcome()
    assert set(_cases(project).values()) == {"PRECONDITION: not enforced."}
    failed = [case.name.rpartition(".")[2] for case in outcome.with_status("FAIL")]
    assert failed == ["Gated"]
