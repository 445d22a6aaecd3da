"""A run goes on where nobody can read what it says: its results are what matters."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from small_project import Project
from waiting import LIMIT, wait_until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no such terminals there")

ROW = "*** Test Cases ***\nRow\n    Fail    it failed\n"
EXCLUSIVE = "*** Settings ***\nTest Tags    exclusive\n\n"
WAITS = (
    "*** Test Cases ***\nWaits\n    Evaluate    pathlib.Path(r'{mark}').touch()\n    Sleep    60\n"
)


@pytest.mark.parametrize("reader", ["a full disk", "a pipe that is left"])
def test_who_stops_reading_loses_no_results(project: Project, reader: str) -> None:
    parallel = reader == "a full disk"
    project.suite("1__alignment/row.robot", ROW if parallel else EXCLUSIVE + ROW)
    project.suite("2__performance_api/alone.robot", EXCLUSIVE + ROW)
    command = [sys.executable, str(project.root / "focus.py"), "run"]
    output = os.open("/dev/full", os.O_WRONLY) if reader == "a full disk" else _left_pipe()
    done = subprocess.run(
        command, check=False, env=project.environment({}), stdout=output, stderr=subprocess.PIPE
    )
    os.close(output)
    assert (done.returncode, done.stderr) == (2, b"")
    assert {case.message for case in project.outcome().cases.values()} == {"it failed"}


@pytest.mark.parametrize("head", ["", EXCLUSIVE], ids=["in parallel", "alone"])
def test_a_closed_terminal_stops_the_run(project: Project, tmp_path: Path, head: str) -> None:
    mark = tmp_path / "started"
    project.suite("1__alignment/rows.robot", head + ROW + WAITS.format(mark=mark))
    terminal, side = os.openpty()
    run = subprocess.Popen(
        [sys.executable, str(project.root / "focus.py"), "run"],
        env=project.environment({}),
        stdin=side,
        stdout=side,
        stderr=side,
        start_new_session=True,
    )
    os.close(side)
    wait_until(mark.exists, "the case runs")
    os.close(terminal)
    run.send_signal(signal.SIGHUP)
    assert run.wait(LIMIT) == 253
    cases = {case.path[-1]: case for case in project.outcome().cases.values()}
    assert cases["Row"].message == "it failed"
    assert cases["Waits"].message == "NOT RUN: stopped by SIGHUP while it ran."
    page = (project.results / "summary.md").read_text(encoding="utf-8")
    assert "* Stopped by SIGHUP: 1 cases not run" in page


def _left_pipe() -> int:
    reader, writer = os.pipe()
    os.close(reader)
    return writer
