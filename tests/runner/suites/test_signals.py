"""A run that is stopped leaves no process behind and keeps the results of what has run."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from small_project import Project
from waiting import LIMIT, wait_until

from runner.processes import marked_processes

PARALLEL = """*** Test Cases ***
Waits
    Sleep    2    the quick suite is finished by then
    Evaluate    pathlib.Path(r'{mark}').touch()
    Sleep    60
"""
SERIAL = "*** Settings ***\nTest Tags    exclusive\n\n" + PARALLEL
QUICK = "*** Test Cases ***\nQuick\n    No Operation\n"


@pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")
@pytest.mark.parametrize(
    ("suite", "number"),
    [(PARALLEL, signal.SIGINT), (SERIAL, signal.SIGTERM)],
    ids=["parallel, Ctrl-C", "serial, TERM"],  # HUP is tried with a terminal that is closed
)
def test_no_process_is_left(
    project: Project, tmp_path: Path, suite: str, number: signal.Signals
) -> None:
    mark = tmp_path / "started"
    project.suite("1__alignment/a_quick.robot", QUICK)
    project.suite("4__resilience/waits.robot", suite.format(mark=mark))
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    run = subprocess.Popen(
        [sys.executable, str(project.root / "focus.py"), "run"],
        env=project.environment({"TMPDIR": str(temporary)}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    wait_until(mark.exists, "the case runs")
    (run_dir,) = temporary.glob("focus-run-*")
    assert len(marked_processes(run_dir)) >= 2
    run.send_signal(number)
    console, _ = run.communicate(timeout=LIMIT)
    assert run.returncode == 253, console
    assert marked_processes(run_dir) == []
    assert not run_dir.exists()
    assert f"Stopped by {number.name}" in console
    assert project.outcome().cases["Focus Server.Alignment.A Quick.Quick"].status == "PASS", console
