"""Real Robot runs against a running sandbox: what a tester would see, status and message."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from forked import FOLDERS
from robot.api import ExecutionResult
from robot_process import robot
from running_sandbox import RunningSandbox

PROJECT = Path(__file__).parents[2]
JOB_LIFE = 5.0  # seconds: beside other tests a reader comes late
MEASURED_JOB_LIFE = 1.0  # what measures has precedence, and loads mostly wait for jobs to end
TRIES = 4
TOO_BUSY = "on a quieter machine"  # what an invalid measurement advises
HEAD = """\
*** Settings ***
Library    RequestsLibrary
Library    FocusServerLibrary
Variables    focus_variables.py

*** Test Cases ***
"""

SWITCH = """

*** Keywords ***
Switch
    [Arguments]    ${fault}
    ${body} =    Create Dictionary    ${fault}=${True}
    Create Session    control    %{FOCUS_CONTROL_URL}    max_retries=0
    PUT On Session    control    /faults    json=${body}
"""
PZ_HEAD = """\
*** Settings ***
Library    PzConfigLibrary
Resource    pz_config.resource

*** Test Cases ***
"""


class Sandbox(RunningSandbox):
    """A running sandbox and the variables that lead a test run to it."""

    def __init__(self, job_life: float) -> None:
        self._job_life = job_life
        super().__init__("--job-life", str(job_life))

    @property
    def variables(self) -> dict[str, str]:
        return {
            "FOCUS_BASE_URL": self.addresses["base_url"],
            "FOCUS_MONGO_URI": self.addresses["mongo_uri"],
            "FOCUS_AMQP_URI": self.addresses["amqp_uri"],
            "FOCUS_KUBECONFIG": self.addresses["kubeconfig"],
            "FOCUS_NAMESPACE": self.addresses["namespace"],
            "FOCUS_CONTROL_URL": self.addresses["control_url"],
            "FOCUS_TOXIPROXY_URL": self.addresses["toxiproxy_url"] or "",
            "FOCUS_JOB_LIFE": str(self._job_life),
        }


@dataclass(frozen=True)
class Case:
    """How one case ended, and what was logged in it: everything, and the HTML alone."""

    status: str
    message: str
    log: str
    html: str
    tags: frozenset[str] = frozenset()


# Without these the libraries refuse to disturb, to measure and to lay load.
TAGGED = [
    word for tag in ("disruptive", "latency", "load", "exclusive") for word in ("--settag", tag)
]


@dataclass
class RobotRun:
    """Runs cases with real Robot in a process of their own."""

    folder: Path
    variables: Mapping[str, str]
    count: int = field(default=0)

    def __call__(self, cases: str, /, **variables: str) -> dict[str, Case]:
        """Run the rows of a `*** Test Cases ***` section; `variables` go on top."""
        return self.suite(HEAD + cases, **variables)

    def suite(self, text: str, /, *, tagged: bool = True, **variables: str) -> dict[str, Case]:
        """How the cases of a suite ended; it is run again where the machine was too busy."""
        for _ in range(TRIES):
            cases = self._run(text, tagged=tagged, **variables)
            if not any(TOO_BUSY in case.message for case in cases.values()):
                break
        return cases

    def _run(self, text: str, *, tagged: bool, **variables: str) -> dict[str, Case]:
        self.count += 1
        suite = self.folder / f"suite_{self.count}.robot"
        suite.write_text(text, encoding="utf-8")
        output = self.folder / f"output_{self.count}.xml"
        console = self.folder / f"console_{self.count}.txt"
        files = ["--outputdir", str(self.folder), "--output", str(output)]
        options = [*files, "--log", "NONE", "--report", "NONE"]
        robot(
            [*options, "--loglevel", "DEBUG", *(TAGGED if tagged else ()), str(suite)],
            {**os.environ, **self.variables, **variables},
            self.folder,
            console,
        )
        assert output.exists(), console.read_text(encoding="utf-8")
        return {case.name: _case(case) for case in ExecutionResult(output).suite.all_tests}


def _case(case: Any) -> Case:
    logged = list(messages(case))
    return Case(
        status=case.status,
        message=case.message,
        log="\n".join(message.message for message in logged),
        html="\n".join(message.message for message in logged if message.html),
        tags=frozenset(case.tags),
    )


def messages(item: Any) -> Iterator[Any]:
    if hasattr(item, "html"):
        yield item
    for child in getattr(item, "body", ()):
        yield from messages(child)


@pytest.fixture(scope="session")
def running_sandbox() -> Iterator[Callable[[float], Sandbox]]:
    """The one sandbox whose jobs live so long; started on first use."""
    with ExitStack() as running:
        yield cache(lambda job_life: running.enter_context(Sandbox(job_life)))


@pytest.fixture
def sandbox(request: pytest.FixtureRequest, running_sandbox: Callable[[float], Sandbox]) -> Sandbox:
    """The shared sandbox, as it was when it started."""
    measures = request.node.get_closest_marker("measured")
    shared = running_sandbox(MEASURED_JOB_LIFE if measures else JOB_LIFE)
    shared.control("POST", "/reset")
    return shared


@pytest.fixture
def faults(sandbox: Sandbox) -> Callable[..., None]:
    """Switch exactly these faults on."""

    def switch(*active: str) -> None:
        sandbox.control("PUT", "/faults", dict.fromkeys(active, True))

    return switch


@pytest.fixture
def run_robot(sandbox: Sandbox, tmp_path: Path) -> RobotRun:
    run = {"PYTHONPATH": FOLDERS, "FOCUS_RUN_DIR": str(tmp_path), "FOCUS_ENVIRONMENT": "sandbox"}
    run["FOCUS_BASELINES"] = str(tmp_path / "baselines")
    return RobotRun(tmp_path, {**run, **sandbox.variables})


@pytest.fixture
def run_pz(tmp_path: Path) -> Callable[..., dict[str, Case]]:
    """Runs cases with PzConfigLibrary; no server is needed for what judges files."""
    robot = RobotRun(tmp_path, {"PYTHONPATH": FOLDERS, "FOCUS_ENVIRONMENT": "sandbox"})
    return lambda cases, **variables: robot.suite(PZ_HEAD + cases, **variables)
