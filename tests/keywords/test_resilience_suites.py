"""The resilience suites as they stand, on each kind of network that a cluster may have."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from keywords.conftest import PROJECT, Sandbox

from runner.cases import Case, read_outcome

SERVER_SIDE, CLIENT_SIDE = "Mongodb Outage Policy Server Side", "Mongodb Outage Policy Client Side"
NOT_ENFORCED = "PRECONDITION: mongodb was still reachable 3 s after the NetworkPolicy was created"


@pytest.fixture
def on(sandbox: Sandbox, tmp_path: Path):
    """Run the historic rows of suites on a network, and return the cases by suite."""

    def run(cni: str, *suites: str, test: str = "Historic configuration") -> dict[str, Case]:
        sandbox.control("PUT", "/cni", {"cni": cni})
        chosen = [word for suite in suites for word in ("--suite", suite)]
        options = ["--test", test, "--log", "NONE", "--report", "NONE"]
        run_dir = {"FOCUS_ENVIRONMENT": "sandbox", "FOCUS_RUN_DIR": str(tmp_path)}
        done = subprocess.run(
            [
                *[sys.executable, "-P", "-m", "robot", "-A", "robot.args", *options, *chosen],
                *["--outputdir", str(tmp_path), "robot"],
            ],
            env={**os.environ, **sandbox.variables, **run_dir},
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
            timeout=60,
        )
        assert (tmp_path / "output.xml").exists(), done.stdout
        outcome = read_outcome([tmp_path / "output.xml"])
        return {name.split(".")[-2]: case for name, case in outcome.cases.items()}

    return run


@pytest.mark.parametrize(
    ("cni", "suite"), [("connections-drop", CLIENT_SIDE), ("packets", SERVER_SIDE)]
)
def test_an_outage_is_decided_on_every_network_that_enforces(on, cni: str, suite: str) -> None:
    """The default run is on the remaining one, `connections`."""
    cases = on(cni, suite)
    assert {name: (case.status, case.message) for name, case in cases.items()} == {
        suite: ("PASS", "")
    }


def test_without_enforcement_there_is_no_outage_and_the_gate_is_red(on) -> None:
    cases = on("none", SERVER_SIDE, CLIENT_SIDE)
    assert cases[SERVER_SIDE].status == "FAIL"
    assert cases[CLIENT_SIDE].status == "SKIP"
    assert all(case.message.startswith(NOT_ENFORCED) for case in cases.values())


def test_a_row_below_the_end_of_the_outage_is_an_error(run_robot) -> None:
    text = (
        "*** Settings ***\nResource    outage.resource\nLibrary    OutageLibrary\n"
        "Suite Setup    Cut Dependency Off    mongodb    server\n"
        "Suite Teardown    Put Everything Back\n\n*** Test Cases ***\n"
        "Server recovers by itself\n    Server Should Recover    ${HISTORIC}\n"
        "Too late\n    Request Should Be Answered    ${ACK}    200    1 s\n"
    )
    cases = run_robot.suite(
        text,
        PYTHONPATH=os.pathsep.join(
            str(PROJECT / folder) for folder in ("libraries", "variables", "resources", ".")
        ),
    )
    assert cases["Server recovers by itself"].status == "PASS"
    assert cases["Too late"].status == "FAIL"
    assert cases["Too late"].message.startswith("ERROR: the outage mongodb-server-")
    assert "has ended" in cases["Too late"].message
