"""`focus.py run` as a whole, on a small project."""

import json
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from small_project import Done, Project, small_project

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

Skips at the second time
    ${seen} =    Evaluate    pathlib.Path(r'${CURDIR}/seen too').exists()
    Evaluate    pathlib.Path(r'${CURDIR}/seen too').touch()
    Skip If    ${seen}    UNDETERMINED: too busy.
    Fail    got 500.
"""


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Done]:
    """A project after one run of both passes, for tests that only look."""
    project = small_project(tmp_path_factory.mktemp("finished") / "a project with spaces")
    project.suite("1__alignment/rows.robot", ROWS)
    project.suite("2__performance_api/measured.robot", MEASURED)
    before = set(project.root.iterdir())
    done = project.focus("run")
    assert set(project.root.iterdir()) - before <= {project.results}
    return project, done


@pytest.fixture
def measured(project: Project) -> Project:
    project.suite("2__performance_api/measured.robot", MEASURED)
    return project


def test_a_run_executes_both_passes_into_one_report(finished: tuple[Project, Done]) -> None:
    project, done = finished
    outcome = project.outcome()
    assert done.code == 3, done.console
    assert len(outcome.cases) == 7
    assert "Focus Server.Performance Api.Measured.Slow answer" in outcome.cases
    assert outcome.metadata["Skipped"] == "NEEDS INPUT 1, UNDETERMINED 1"
    assert outcome.metadata["Server version"] == "11.17.1"
    assert {"Environment", "Seed", "Commit"} <= set(outcome.metadata)
    assert "7 cases: 2 passed, 3 failed, 2 skipped" in done.console
    assert "skipped by reason: NEEDS INPUT 1, UNDETERMINED 1" in done.console
    assert outcome.metadata["Cases"] == "7 about the product, 0 about ourselves (self-check)"
    durations = json.loads((project.results / "durations.json").read_text(encoding="utf-8"))
    assert set(durations) == {"Alignment.Rows", "Performance Api.Measured"}
    for name in ("log.html", "report.html", "xunit.xml"):
        assert str(project.results / name) in done.console


def test_pabot_is_quiet(finished: tuple[Project, Done]) -> None:
    """The fixture holds that it leaves nothing in the project."""
    _, done = finished
    assert "[PID:" not in done.console  # as each of its own lines has it
    assert "Odd [name]" in done.console


def test_a_failure_shows_the_command_that_reruns_it(
    finished: tuple[Project, Done], tmp_path: Path
) -> None:
    """And the results of the run before are kept."""
    project = Project(Path(shutil.copytree(finished[0].root, tmp_path / "a copy")))
    case = project.outcome().cases['Focus Server.Alignment.Rows.Odd [name] * "x"']
    _, _, quoted = case.metadata["Rerun"].partition("python3 focus.py run -- --test ")
    project.focus("run", "--", "--test", quoted.strip("'"))
    assert list(project.outcome().cases) == [case.name]
    assert (project.results / "previous" / "report.html").is_file()


def test_options_reach_the_sandbox_and_what_is_measured_runs_once(
    measured: Project, tmp_path: Path
) -> None:
    arguments = tmp_path / "arguments"
    shaped = ["--contract", "observed-2025-10", "--fault", "a", "--fault", "b=2", "--prr", "1000",
              "--cni", "packets"]  # fmt: skip
    selected = ["--seed", "7", "--job-life", "200ms", "--", "--suite", "Measured"]
    done = measured.focus("run", *shaped, *selected, STUB_ARGUMENTS=str(arguments))
    assert arguments.read_text(encoding="utf-8") == (
        "up --job-life 0.2 --contract observed-2025-10 --prr 1000 --cni packets --fault a "
        "--fault b=2 --seed 7"
    )
    rerun = (
        "focus.py run --contract observed-2025-10 --prr 1000 --cni packets --fault a --fault b=2"
    )
    assert rerun in done.console
    again = measured.focus("run", "--rerun-failed")
    assert again.code == 1
    assert "never run again" in again.console


def test_rerun_of_what_failed_keeps_the_first_verdict(project: Project) -> None:
    project.suite("1__alignment/flaky.robot", FLAKY)
    project.suite("2__performance_api/measured.robot", MEASURED)
    assert project.focus("run").code == 3
    _says_when_it_began(project)
    done = project.focus("run", "--rerun-failed")
    assert done.code == 2, done.console
    _says_when_it_began(project)
    assert "Only at the second time was FAIL, is PASS" in done.console
    assert "got 500." in done.console, "a skip does not excuse the failure"
    assert "Old message:" in (project.results / "output.xml").read_text(encoding="utf-8")
    junit = ET.parse(project.results / "xunit.xml").getroot()  # noqa: S314 - our own file
    assert junit.get("failures") == "3"


def _says_when_it_began(project: Project) -> None:
    """In JUnit and in the root suite."""
    junit = (project.results / "xunit.xml").read_text(encoding="utf-8")
    output = (project.results / "output.xml").read_text(encoding="utf-8")
    assert re.search(r'<testsuite name="Focus Server"[^>]* timestamp="\d{4}-', junit)
    last_status = output.rpartition("<status ")[2].partition(">")[0]  # of the root suite
    assert re.search(r'start="\d{4}-', last_status)


def test_rerun_without_results_is_refused(project: Project) -> None:
    done = project.focus("run", "--rerun-failed")
    assert done.code == 252
    assert "Run without --rerun-failed first" in done.console
