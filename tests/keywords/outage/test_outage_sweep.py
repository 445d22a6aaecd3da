"""`focus.py sweep` after a run that was killed during a fault of the proxy."""

import os
import subprocess
import sys
from pathlib import Path

from keywords.conftest import RobotRun, Sandbox

PROJECT = Path(__file__).parents[3]
DIES = """\
*** Settings ***
Library    OutageLibrary
Test Tags    disruptive    exclusive

*** Test Cases ***
Dies
    Start Proxy Fault    mongodb    down    ttl=60 s
    Evaluate    os.kill(os.getpid(), 9)
"""
REACHABLE = """\
*** Settings ***
Library    OutageLibrary
Test Tags    disruptive    exclusive

*** Test Cases ***
Reachable
    Dependency Should Be Reachable    mongodb
"""


def _sweep(sandbox: Sandbox, *options: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(PROJECT / "focus.py"), "sweep", *options],
        env={**os.environ, **sandbox.variables, "FOCUS_PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_sweep_lifts_what_a_killed_run_left_in_the_proxy(
    run_robot: RobotRun, sandbox: Sandbox, tmp_path: Path
) -> None:
    suite = tmp_path / "dies.robot"
    suite.write_text(DIES, encoding="utf-8")
    died = subprocess.run(
        [sys.executable, "-m", "robot", "--output", "NONE", "--log", "NONE", str(suite)],
        env={**os.environ, **run_robot.variables, "FOCUS_RUN_ID": "killed-7"},
        cwd=tmp_path,
        check=False,
        capture_output=True,
        timeout=60,
    )
    assert died.returncode == -9
    assert run_robot.suite(REACHABLE)["Reachable"].status == "SKIP"
    assert _sweep(sandbox).stdout == "Nothing to sweep.\n"  # it is not expired
    listed = _sweep(sandbox, "--dry-run", "--run", "killed-7").stdout.splitlines()
    assert [line.split()[:3] for line in listed] == [
        ["Would", "remove", "toxic"],
        ["Would", "remove", "Job"],
        ["Would", "remove", "Lease"],
    ]
    removed = _sweep(sandbox, "--run", "killed-7").stdout
    assert removed == "\n".join(listed).replace("Would remove", "Removed") + "\n"
    assert run_robot.suite(REACHABLE)["Reachable"].status == "PASS"


def test_without_a_cluster_there_is_nothing_to_sweep(sandbox: Sandbox) -> None:
    bare = dict.fromkeys(sandbox.variables, "")
    done = subprocess.run(
        [sys.executable, str(PROJECT / "focus.py"), "sweep"],
        env={**os.environ, **bare, "FOCUS_PYTHON": sys.executable, "FOCUS_ENVIRONMENT": "sandbox"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0
    assert done.stdout.startswith("Nothing to sweep")
