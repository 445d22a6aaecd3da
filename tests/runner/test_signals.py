"""A run that is stopped leaves no process behind and keeps the results of what has run."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from runner_runs import running, wait_until
from small_project import Project

from runner.processes import marked_processes

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")

QUICK = "*** Test Cases ***\nQuick\n    Evaluate    pathlib.Path(r'{mark}.quick').touch()\n"
PARALLEL = """*** Settings ***
Library    OperatingSystem

*** Test Cases ***
Waits
    Wait Until Created    {mark}.quick    60 s
    Evaluate    pathlib.Path(r'{mark}').touch()
    Sleep    600
"""
SERIAL = PARALLEL.replace("Library ", "Test Tags    exclusive\nLibrary ")
HOLDS = "import sys; sys.path.insert(0, {root!r}); from runner import processes; {act}"


@pytest.mark.parametrize(
    ("suite", "number"),
    [
        (PARALLEL, signal.SIGINT),
        (PARALLEL, signal.SIGTERM),
        (SERIAL, signal.SIGTERM),
        (SERIAL, signal.SIGHUP),
    ],
    ids=["parallel, Ctrl-C", "parallel, TERM", "serial, TERM", "serial, HUP"],
)
def test_no_process_is_left(
    project: Project, tmp_path: Path, suite: str, number: signal.Signals
) -> None:
    mark = tmp_path / "started"
    project.suite("1__alignment/a_quick.robot", QUICK.format(mark=mark))
    project.suite("4__resilience/waits.robot", suite.format(mark=mark))
    with running(project, tmp_path / "tmp", "--processes", "2") as run:
        wait_until(mark.exists, "the waiting case runs")
        run_dir = run.run_dir
        assert len(run.all()) >= 2
        run.process.send_signal(number)
        done = run.end()
    assert done.code == 253, done.console
    assert marked_processes(run_dir) == []
    assert not run_dir.exists()
    assert f"Stopped by {number.name}" in done.console
    cases = project.outcome().cases
    assert cases["Focus Server.Alignment.A Quick.Quick"].status == "PASS", done.console


@pytest.mark.parametrize("act", ["processes.run({})", "processes.finished({}, dict(os.environ))"])
def test_a_program_of_the_set_up_dies_with_focus(
    project: Project, tmp_path: Path, act: str
) -> None:
    """As pip, which would go on in the `.venv` that a second run then works in."""
    mark = tmp_path / "pid"
    program = (
        "import os, pathlib, time; "
        f"pathlib.Path({str(mark)!r}).write_text(str(os.getpid())); time.sleep(600)"
    )
    command = [sys.executable, "-c", program]
    script = HOLDS.format(root=str(project.root), act="import os; " + act.format(command))
    parent = subprocess.Popen([sys.executable, "-c", script])
    wait_until(lambda: mark.exists() and mark.read_text(), "the program runs")
    parent.kill()
    parent.wait()
    wait_until(lambda: not _lives(int(mark.read_text())), "the program has ended")


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state != "Z"  # nobody may be there to bury it
