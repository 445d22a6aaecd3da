"""Claims about the running server, on the sandbox: what a tester sees in unusual states."""

import json
import os
import re
from pathlib import Path

import pytest
from keywords.conftest import PROJECT, Case, RobotRun, Sandbox

HEAD = """\
*** Settings ***
Resource    pz_config.resource
Test Setup    Use PZ Profile

*** Test Cases ***
"""
STABLE = "Stable\n    Loading Claim Should Hold    L5    soak=0 s\n"
ALL = "All\n    Server Should Have Taken The Configuration\n"
RESTART = "Restart\n    Restarted Server Should Have Taken The Configuration\n"


@pytest.fixture
def run_pz(sandbox: Sandbox, tmp_path: Path) -> RobotRun:
    folders = ("libraries", "variables", "resources")
    paths = os.pathsep.join(str(PROJECT / folder) for folder in folders)
    run = {"PYTHONPATH": paths, "FOCUS_RUN_DIR": str(tmp_path), "FOCUS_ENVIRONMENT": "sandbox"}
    return RobotRun(tmp_path, {**run, **sandbox.variables})


def _case(run: RobotRun, text: str, **variables: str) -> Case:
    (case,) = run.suite(HEAD + text, **variables).values()
    return case


CLAIMS = """\
Stable
    Loading Claim Should Hold    L5    soak=0 s
Log
    Start Log Should Be Clean
Effect
    Parameter Effects Should Be Observed
Real
    Load PZ Profile    pz
    Loading Claim Should Hold    L1
No Job
    Focus Server Should Have Loaded Configuration    soak=0 s
Refused Job
    Focus Server Should Have Loaded Configuration    Answer 503    soak=0 s

*** Keywords ***
Answer 503
    ${reply} =    Evaluate    types.SimpleNamespace(status=503, text='{}')    modules=types
    RETURN    ${reply}
"""


def test_each_claim_is_decided_by_itself(run_pz: RobotRun, tmp_path: Path) -> None:
    cases = run_pz.suite(HEAD + CLAIMS)
    seen = {name: (case.status, case.message[:25]) for name, case in cases.items()}
    assert seen == {
        **dict.fromkeys(("Stable", "Log", "Effect"), ("PASS", "")),
        "Real": ("SKIP", "NEEDS INPUT: L1 the file "),
        "No Job": ("SKIP", "UNDETERMINED: L6 a job st"),
        "Refused Job": ("FAIL", seen["Refused Job"][1]),
    }
    assert re.search(r"^L6 .* FAIL, configuring .* answered with 503", cases["Refused Job"].message)
    claims = json.loads((tmp_path / "pz" / "live.json").read_text(encoding="utf-8"))["claims"]
    assert sorted({claim["claim"] for claim in claims}) == [f"L{number}" for number in range(1, 7)]


def test_claims_without_kubernetes_skip(run_pz: RobotRun) -> None:
    away = {"FOCUS_BASE_URL": "http://127.0.0.1:9/focus-server", "FOCUS_KUBECONFIG": ""}
    cases = run_pz.suite(HEAD + CLAIMS, **away)
    assert cases["Log"].status == "SKIP"
    assert cases["Log"].message.startswith("PRECONDITION: environment 'sandbox' gives no Kubern")
    assert cases["Effect"].status == "FAIL"
    assert cases["Effect"].message.startswith("ERROR: GET http://127.0.0.1:9/focus-server/channels")


def test_a_crash_that_the_previous_log_explains_is_no_fault(
    run_pz: RobotRun, sandbox: Sandbox
) -> None:
    sandbox.control("PUT", "/faults", {"crashed-for-mongodb": True})
    explained = _case(run_pz, STABLE)
    assert (explained.status, explained.message) == ("PASS", "")
    assert "MongoDB could not be reached when the server started" in explained.log
    sandbox.control("PUT", "/faults", {"crashed-and-recovered": True})
    assert re.match(r"L5 .* FAIL, .*LG003", _case(run_pz, STABLE).message)


def test_no_restart_without_the_opt_in_of_the_namespace(run_pz: RobotRun, sandbox: Sandbox) -> None:
    sandbox.control("PUT", "/faults", {"namespace-without-opt-in": True})
    case = _case(run_pz, RESTART)
    assert case.status == "SKIP"
    assert re.match(
        "NOT ALLOWED: .* needs annotation focus-server-tests/disruptive=allowed", case.message
    )


def test_a_restart_heals_a_stale_process(run_pz: RobotRun, sandbox: Sandbox) -> None:
    sandbox.control("PUT", "/faults", {"server-process-stale": True})
    assert re.match(r"L2 .* FAIL, .* it must be restarted", _case(run_pz, ALL).message)
    case = _case(run_pz, RESTART)
    assert (case.status, case.message) == ("PASS", "")


def test_what_makes_the_job_fail_is_said_by_its_claim(run_pz: RobotRun, sandbox: Sandbox) -> None:
    sandbox.control("PUT", "/faults", {"lines-dt-wrong": True})
    message = _case(run_pz, ALL).message
    assert re.match(r"L6 .* FAIL, the answer to the job is not valid: lines_dt is", message)


def test_a_tool_that_breaks_while_the_job_starts_is_an_error(
    run_pz: RobotRun, sandbox: Sandbox
) -> None:
    broken = "Broken\n    Focus Server Should Have Loaded Configuration    Break    soak=0 s\n"
    keyword = "*** Keywords ***\nBreak\n    Fail    ERROR: the job budget stays used up.\n"
    message = _case(run_pz, broken + keyword).message
    assert message == "ERROR: the job budget stays used up."


def test_without_fibre_no_job_is_tried(run_pz: RobotRun, sandbox: Sandbox) -> None:
    sandbox.control("PUT", "/state", {"state": "waiting"})
    case = _case(run_pz, ALL)
    assert (case.status, case.message[:13]) == ("SKIP", "PRECONDITION:")


def test_the_environment_chooses_the_profile(run_pz: RobotRun) -> None:
    text = "Which\n    Heatmap Summary Should Be Valid\n"
    assert _case(run_pz, text).status == "PASS"
    real = _case(run_pz, text, FOCUS_PZ_PROFILE="pz")
    assert real.message.startswith("NEEDS INPUT: heatmap summary (profile 'pz')")
    staging = _case(run_pz, text, FOCUS_ENVIRONMENT="staging")
    assert staging.message.startswith("NEEDS INPUT: heatmap summary (profile 'pz')")
    files = str(PROJECT / "variables" / "pz" / "example" / "files" / "before")
    assert "CF0" in _case(run_pz, text, FOCUS_PZ_FILES=files).message
