"""A run that is stopped leaves no process behind and keeps the results of what has run."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from small_project import Project
from waiting import LIMIT, wait_until

from runner.processes import marked_processes

SERIAL = """*** Settings ***
Test Tags    exclusive

*** Test Cases ***
Waits
    Sleep    2    the quick suite is finished by then
    Evaluate    pathlib.Path(r'{mark}').touch()
    Sleep    60
"""
QUICK = "*** Test Cases ***\nQuick\n    No Operation\n"


@pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")
def test_no_process_is_left(project: Project, tmp_path: Path) -> None:
    mark = tmp_path / "started"
    project.suite("1__alignment/a_quick.robot", QUICK)
    project.suite("4__resilience/waits.robot", SERIAL.format(mark=mark))
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
    run.send_signal(signal.SIGTERM)
    console, _ = run.communicate(timeout=LIMIT)
    assert run.returncode == 253, console
    assert marked_processes(run_dir) == []
    assert not run_dir.exists()
    assert "Stopped by SIGTERM" in console
    assert project.outcome().cases["Focus Server.Alignment.A Quick.Quick"].status == "PASS", console
