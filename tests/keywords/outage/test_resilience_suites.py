"""The resilience suites as they stand, where a cluster does not allow what the sandbox does."""

import os
from pathlib import Path

import pytest
from forked import FOLDERS
from keywords.conftest import PROJECT, Sandbox
from robot_process import robot

from runner.cases import Case, read_outcome

CLIENT_SIDE, ANY_WAY = "Mongodb Outage Policy Client Side", "Mongodb Outage Any Way"
SAFETY = "Outage Safety"
NOT_ENFORCED = "PRECONDITION: mongodb was still reachable 3 s after the NetworkPolicy was created"


@pytest.fixture
def on(sandbox: Sandbox, tmp_path: Path):
    """Run one row of a suite on a network."""

    def run(cni: str, suite: str, row: str = "Historic configuration", **variables: str) -> Case:
        sandbox.control("PUT", "/cni", {"cni": cni})
        options = ["--suite", suite, "--test", row, "--log", "NONE", "--report", "NONE"]
        run_dir = {"FOCUS_ENVIRONMENT": "sandbox", "FOCUS_RUN_DIR": str(tmp_path)}
        console = tmp_path / "console.txt"
        words = ["-A", "robot.args", *options, "--outputdir", str(tmp_path), "robot"]
        robot(words, {**os.environ, **sandbox.variables, **run_dir, **variables}, PROJECT, console)
        assert (tmp_path / "output.xml").exists(), console.read_text(encoding="utf-8")
        [case] = read_outcome([tmp_path / "output.xml"]).cases.values()
        return case

    return run


def test_without_enforcement_there_is_no_outage_and_the_gate_is_red(on) -> None:
    explored = on("none", CLIENT_SIDE, "Acknowledgement")
    gated = on("none", SAFETY, "Outage that is claimed is real")
    assert (explored.status, gated.status) == ("SKIP", "FAIL")
    assert explored.message.startswith(NOT_ENFORCED)
    assert gated.message.startswith(NOT_ENFORCED)


@pytest.mark.parametrize("proxy", ["there", "not there"])
def test_the_gate_is_decided_by_whichever_way_there_is(on, proxy: str) -> None:
    without = {"FOCUS_TOXIPROXY_URL": ""} if proxy == "not there" else {}
    case = on("connections", ANY_WAY, **without)
    assert (case.status, case.message) == ("PASS", "")


def test_a_row_below_the_end_of_the_outage_is_an_error(run_robot) -> None:
    text = (
        "*** Settings ***\nResource    outage.resource\nLibrary    OutageLibrary\n"
        "Suite Setup    Cut Dependency Off    mongodb    server\n"
        "Suite Teardown    Put Everything Back\n\n*** Test Cases ***\n"
        "Server recovers by itself\n    Server Should Recover    ${HISTORIC}\n"
        "Too late\n    Request Should Be Answered    ${ACK}    200    1 s\n"
    )
    cases = run_robot.suite(text, PYTHONPATH=os.pathsep.join([FOLDERS, str(PROJECT)]))
    assert cases["Server recovers by itself"].status == "PASS"
    assert cases["Too late"].status == "FAIL"
    assert cases["Too late"].message.startswith("ERROR: the outage mongodb-server-")
    assert "has ended" in cases["Too late"].message
