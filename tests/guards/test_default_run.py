"""A default run executes every case there is, and skips exactly what is expected."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from guards.suites import ROOT

from runner import processes
from runner.cases import RunResult, read_outcome

pytestmark = pytest.mark.measured
EXPECTED_SKIPS = ROOT / "tests" / "guards" / "expected_skips.yaml"


@dataclass(frozen=True)
class DefaultRun:
    code: int
    console: str
    outcome: RunResult


@pytest.fixture(scope="session")
def default_run(tmp_path_factory: pytest.TempPathFactory) -> DefaultRun:
    results = tmp_path_factory.mktemp("default-run")
    command = [sys.executable, str(ROOT / "focus.py"), "run", "--results", str(results)]
    done = _run(command)
    return DefaultRun(done.returncode, done.stdout, read_outcome([results / "output.xml"]))


@pytest.fixture(scope="session")
def listed(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The long name of every case that `robot --dryrun` lists."""
    folder = tmp_path_factory.mktemp("dry-run")
    options = ["-A", "robot.args", "--dryrun", "--log", "NONE", "--report", "NONE"]
    dry = _run([sys.executable, "-m", "robot", *options, "--outputdir", str(folder), "robot"])
    assert dry.returncode == 0, dry.stdout
    return set(read_outcome([folder / "output.xml"]).cases)


def test_every_listed_case_is_executed(default_run: DefaultRun, listed: set[str]) -> None:
    assert set(default_run.outcome.cases) == listed, default_run.console


def test_nothing_is_red_without_a_fault(default_run: DefaultRun) -> None:
    assert default_run.outcome.with_status("FAIL") == []
    assert default_run.code == 0, default_run.console


def test_skips_are_the_expected_ones(default_run: DefaultRun) -> None:
    expected = yaml.safe_load(EXPECTED_SKIPS.read_text(encoding="utf-8"))
    skipped = {case.name: case.message for case in default_run.outcome.with_status("SKIP")}
    assert sorted(skipped) == sorted(entry["case"] for entry in expected)
    for entry in expected:
        assert re.match(entry["message"], skipped[entry["case"]]), skipped[entry["case"]]


def _run(command: list[str]) -> "subprocess.CompletedProcess[str]":
    """Run `command`; who interrupts us interrupts it: a run that is killed leaves robots behind."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("FOCUS_")}
    process = processes.start(
        command,
        Path(ROOT),
        env={**env, "FOCUS_PYTHON": sys.executable},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        console, _ = process.communicate()
    finally:
        if process.poll() is None:
            processes.interrupt(process)
    return subprocess.CompletedProcess(command, process.returncode, console)
