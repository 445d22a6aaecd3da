"""What disrupts its system runs side by side where each process can have a sandbox of its own."""

import os
import signal
import sys
from pathlib import Path

import pytest
from http_server import Answering, serving
from runner_runs import running
from small_project import Project
from waiting import wait_until

DISRUPTS = """*** Settings ***
Library      OperatingSystem
Test Tags    exclusive    disruptive

*** Test Cases ***
Disrupts
    Create File    {mark}    %{{FOCUS_BASE_URL}} %{{FOCUS_RUN_DIR}}
    Wait Until Created    {awaited}    60 s
"""
ALONE = """*** Settings ***
Library      OperatingSystem
Test Tags    exclusive    latency

*** Test Cases ***
Is Alone
    Create File    {mark}    %{{FOCUS_BASE_URL}} %{{FOCUS_RUN_DIR}}
"""


class FocusServer(Answering):
    def do_GET(self) -> None:
        self.send(200, b'{"prr": 1.0, "sw_version": "11.17.1"}')


class Marks:
    """What the cases leave: the address and the folder of the system that each one meets."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __getitem__(self, name: str) -> Path:
        return self._folder / name

    def systems(self) -> dict[str, tuple[str, ...]]:
        found = self._folder.glob("mark-*")
        return {file.name: tuple(file.read_text(encoding="utf-8").split()) for file in found}


@pytest.fixture
def marks(project: Project, tmp_path: Path) -> Marks:
    """Two suites that disrupt, each until the other does, and one that must be alone."""
    marks = Marks(tmp_path)
    for mine, other in (("a", "b"), ("b", "a")):
        rows = DISRUPTS.format(mark=marks[f"mark-{mine}"], awaited=marks[f"mark-{other}"])
        project.suite(f"4__resilience/{mine}.robot", rows)
    project.suite("2__performance_api/alone.robot", ALONE.format(mark=marks["mark-alone"]))
    return marks


def test_each_has_a_sandbox_of_its_own(project: Project, marks: Marks) -> None:
    done = project.focus("run", "--processes", "2")
    assert done.code == 0, done.console
    assert "Pass 3: what disrupts, on 2 sandboxes side by side" in done.console
    met = marks.systems()
    first, second = met["mark-a"], met["mark-b"]
    assert first[0] != second[0]
    assert first[1] != second[1], "two sandboxes would share a ledger of jobs"
    assert met["mark-alone"] in {first, second}
    passes = project.results / "passes"
    assert (passes / "sandbox.log").is_file()
    assert (passes / "sandbox-2.log").is_file()
    assert "3 cases: 3 passed" in done.console


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--processes", "1"], "as few processes are asked for"),
        (["--", "--dryrun"], "nothing is disrupted"),
        (["--", "--suite", "b"], "it is the only one"),
    ],
)
def test_they_run_one_at_a_time_where_there_is_no_use(
    project: Project, marks: Marks, words: list[str], why: str
) -> None:
    for name in "ab":
        marks[f"mark-{name}"].touch()
    done = project.focus("run", *words)
    assert done.code == 0, done.console
    assert "Pass 3" not in done.console, why
    assert not (project.results / "passes" / "sandbox-2.log").exists()
    met = {system for system in marks.systems().values() if system}
    assert len(met) == ("--dryrun" not in words), "more systems than one"


def test_one_that_measures_as_well_is_alone(project: Project, marks: Marks) -> None:
    for name in "ab":
        marks[f"mark-{name}"].touch()
        file = project.root / "robot" / "4__resilience" / f"{name}.robot"
        rows = file.read_text(encoding="utf-8")
        measured = rows.replace("    Wait Until", "    [Tags]    latency\n    Wait Until")
        file.write_text(measured if name == "a" else rows, encoding="utf-8")
    done = project.focus("run", "--processes", "2")
    assert done.code == 0, done.console
    assert "Pass 3" not in done.console, "only one is left for it"


def test_on_a_system_that_is_there_they_run_one_at_a_time(project: Project, marks: Marks) -> None:
    for name in "ab":
        marks[f"mark-{name}"].touch()
    with serving(FocusServer) as url:
        address = f"{url}/focus-server"
        done = project.focus("run", "--processes", "2", FOCUS_BASE_URL=address)
    assert done.code == 0, done.console
    assert "Pass 3" not in done.console
    assert {system[0] for system in marks.systems().values()} == {address}


def test_one_that_does_not_come_up_loses_no_result(project: Project, marks: Marks) -> None:
    done = project.focus("run", "--processes", "2", STUB_ONLY=str(marks["only"]))
    assert done.code == 255, done.console
    assert "Traceback" not in done.console
    statuses = {name.rpartition(".")[2]: case for name, case in project.outcome().cases.items()}
    assert statuses["Is Alone"].status == "PASS"
    assert statuses["Disrupts"].message.startswith("ERROR: not run: the sandbox did not start.")


@pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")
@pytest.mark.parametrize(
    ("victim", "number", "code", "said"),
    [
        ("-m sandbox up", signal.SIGKILL, 255, "ERROR: not run: the sandbox"),
        ("run_pabot --systems", signal.SIGKILL, 255, "ERROR: not run: its process ended"),
        ("", signal.SIGTERM, 253, "NOT RUN: stopped by SIGTERM"),
    ],
    ids=["sandbox", "pabot", "run"],
)
def test_what_ends_early_is_told(
    project: Project, tmp_path: Path, marks: Marks, victim: str, number: int, code: int, said: str
) -> None:
    rows = DISRUPTS.format(mark=marks["mark-b"], awaited=marks["never"])
    undone = f"    [Teardown]    Create File    {marks['undone']}\n"
    project.suite("4__resilience/b.robot", rows + undone)
    with running(project, tmp_path / "tmp", "--processes", "2") as run:
        wait_until(marks["mark-b"].exists, "the waiting case runs")
        os.kill(max(run.started(victim)) if victim else run.process.pid, number)
        done = run.end()
        assert not run.all()
    assert done.code == code, done.console
    assert marks["undone"].exists(), "its tear-down was not run"
    (waiting,) = [case for case in project.outcome().cases.values() if case.path[-2] == "B"]
    assert waiting.message.startswith(said), waiting.message
