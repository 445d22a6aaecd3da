"""`focus.py run` as a whole, on a small project."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from small_project import Project

ROWS = """*** Test Cases ***
Good row
    Should Be Equal    %{FOCUS_ENVIRONMENT} %{FOCUS_JOB_LIFE} %{FOCUS_SEED}    sandbox 1 1

Temporary files are those of this run alone
    Should Be Equal    %{TMPDIR}    %{FOCUS_RUN_DIR}

Odd [name] * "x"
    Fail    expected 400, got 200.

Undecided
    Skip    UNDETERMINED: nobody has said.

Undecided at the gate
    [Tags]    gate
    Skip    UNDETERMINED: nobody has said.

Placeholder
    Skip    NEEDS INPUT: give a value.
"""
MEASURED = """*** Settings ***
Test Tags    exclusive    latency

*** Test Cases ***
Slow answer
    Fail    it took 2 s.
"""
FLAKY = """*** Test Cases ***
Only at the second time
    ${seen} =    Evaluate    pathlib.Path(r'${CURDIR}/seen').exists()
    Evaluate    pathlib.Path(r'${CURDIR}/seen').touch()
    Should Be True    ${seen}    not seen before.
"""


@pytest.fixture
def mixed(project: Project) -> Project:
    project.suite("1__alignment/rows.robot", ROWS)
    project.suite("2__performance_api/measured.robot", MEASURED)
    return project


def test_a_run_executes_both_passes_into_one_report(mixed: Project) -> None:
    done = mixed.focus("run")
    outcome = mixed.outcome()
    assert done.code == 3, done.console
    assert len(outcome.cases) == 7
    assert "Focus Server.Performance Api.Measured.Slow answer" in outcome.cases
    assert outcome.metadata["Skipped"] == "NEEDS INPUT 1, UNDETERMINED 1"
    assert outcome.metadata["Server version"] == "11.17.1"
    assert {"Environment", "Seed", "Commit"} <= set(outcome.metadata)
    assert "7 cases: 2 passed, 3 failed, 2 skipped" in done.console
    assert "skipped by reason: NEEDS INPUT 1, UNDETERMINED 1" in done.console
    assert outcome.metadata["Cases"] == "7 about the product, 0 about ourselves (self-check)"
    for name in ("log.html", "report.html", "xunit.xml"):
        assert str(mixed.results / name) in done.console


def test_pabot_is_quiet_and_leaves_nothing_in_the_project(mixed: Project) -> None:
    before = set(mixed.root.iterdir())
    done = mixed.focus("run", "--", "--suite", "Rows")
    assert set(mixed.root.iterdir()) - before <= {mixed.results}
    assert "[PID:" not in done.console  # as each of its own lines has it
    assert "Odd [name]" in done.console


def test_a_failure_shows_the_command_that_reruns_it(mixed: Project) -> None:
    mixed.focus("run")
    case = mixed.outcome().cases['Focus Server.Alignment.Rows.Odd [name] * "x"']
    _, _, quoted = case.metadata["Rerun"].partition("python3 focus.py run -- --test ")
    mixed.focus("run", "--", "--test", quoted.strip("'"))
    assert list(mixed.outcome().cases) == [case.name]


def test_results_of_the_run_before_are_kept(mixed: Project) -> None:
    mixed.focus("run")
    mixed.focus("run", "--", "--suite", "Measured")
    assert (mixed.results / "previous" / "report.html").is_file()
    assert len(mixed.outcome().cases) == 1


def test_nothing_executed_is_no_success(mixed: Project) -> None:
    done = mixed.focus("run", "--", "--test", "No such row")
    assert done.code == 252
    assert "No case was executed" in done.console


def test_options_reach_the_sandbox(mixed: Project, tmp_path: Path) -> None:
    arguments = tmp_path / "arguments"
    shaped = ["--contract", "observed-2025-10", "--fault", "a", "--fault", "b=2", "--prr", "1000",
              "--cni", "packets"]  # fmt: skip
    selected = ["--seed", "7", "--job-life", "200ms", "--", "--suite", "Measured"]
    done = mixed.focus("run", *shaped, *selected, STUB_ARGUMENTS=str(arguments))
    assert arguments.read_text(encoding="utf-8") == (
        "up --job-life 0.2 --contract observed-2025-10 --prr 1000 --cni packets --fault a "
        "--fault b=2 --seed 7"
    )
    rerun = (
        "focus.py run --contract observed-2025-10 --prr 1000 --cni packets --fault a --fault b=2"
    )
    assert rerun in done.console


def test_a_sandbox_that_does_not_start_says_why(mixed: Project) -> None:
    done = mixed.focus("run", STUB_BROKEN="1")
    assert done.code == 252
    assert "the sandbox did not start. Its last words: no port is free." in done.console


def test_rerun_of_what_failed_keeps_the_first_verdict(project: Project) -> None:
    project.suite("1__alignment/flaky.robot", FLAKY)
    project.suite("2__performance_api/measured.robot", MEASURED)
    assert project.focus("run").code == 2
    done = project.focus("run", "--rerun-failed")
    assert done.code == 1, done.console
    assert "Only at the second time was FAIL, is PASS" in done.console
    assert "Old message:" in (project.results / "output.xml").read_text(encoding="utf-8")
    junit = ET.parse(project.results / "xunit.xml").getroot()  # noqa: S314 - our own file
    assert junit.get("failures") == "2"
    again = project.focus("run", "--rerun-failed")
    assert again.code == 1
    assert "never run again" in again.console


def test_rerun_without_results_is_refused(project: Project) -> None:
    done = project.focus("run", "--rerun-failed")
    assert done.code == 252
    assert "Run without --rerun-failed first" in done.console
