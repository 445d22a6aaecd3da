"""A red case carries what the server wrote meanwhile, which changes no verdict."""

import socket
from pathlib import Path

import pytest
from keywords.conftest import PROJECT, Case, RobotRun, Sandbox

SUITE = """\
*** Settings ***
Library    RequestsLibrary
Library    FocusServerLibrary

*** Test Cases ***
Green
    Open Focus Server Session
    Get Channels
Red
    Open Focus Server Session
    Get Channels
    Fail    seen by us
"""
LISTENERS = ("--listener", "FocusListener", "--listener", "MaskingListener")


@pytest.fixture
def red(run_robot: RobotRun, monkeypatch: pytest.MonkeyPatch):
    def run(**variables: str) -> dict[str, Case]:
        run_robot.variables = {**run_robot.variables, "ROBOT_OPTIONS": " ".join(LISTENERS)}
        path = run_robot.variables["PYTHONPATH"]
        return run_robot.suite(SUITE, **{"PYTHONPATH": f"{path}:{PROJECT}", **variables})

    return run


def test_a_red_case_shows_the_server_s_log_of_its_time(red) -> None:
    cases = red()
    assert "<details><summary>What panda-panda-focus-server-" in cases["Red"].html
    assert "GET /focus-server/channels HTTP/1.1&quot; 200" in cases["Red"].html
    assert "Uvicorn running" not in cases["Red"].html  # that was before the case
    assert cases["Red"].message == "seen by us"
    assert "<details>" not in cases["Green"].html


def test_secrets_in_the_server_s_log_are_masked(red, sandbox: Sandbox) -> None:
    host = sandbox.addresses["mongo_uri"].removeprefix("mongodb://").split("/")[0]
    # What stands in the log of the server is taken for a password here.
    cases = red(FOCUS_MONGO_URI=f"mongodb://robot:channels@{host}/x")
    assert "<details>" in cases["Red"].html
    assert "channels HTTP" not in cases["Red"].html


def test_without_kubernetes_the_absence_is_said(red) -> None:
    cases = red(FOCUS_KUBECONFIG="")
    assert "The server's own log is not here: no Kubernetes API is given." in cases["Red"].log
    assert cases["Red"].message == "seen by us"


@pytest.mark.parametrize("fault", ["api-unavailable"])
def test_a_cluster_that_fails_changes_no_verdict(red, faults, fault: str) -> None:
    faults(fault)
    cases = red()
    assert "is not here:" in cases["Red"].log
    assert cases["Red"].message == "seen by us"


KUBECONFIG = """\
apiVersion: v1
kind: Config
clusters: [{{name: c, cluster: {{server: "http://127.0.0.1:{port}"}}}}]
users: [{{name: u, user: {{token: none}}}}]
contexts: [{{name: c, context: {{cluster: c, user: u}}}}]
current-context: c
"""


def test_a_cluster_that_does_not_answer_holds_nobody_up(red, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        file = tmp_path / "kubeconfig"
        file.write_text(KUBECONFIG.format(port=deaf.getsockname()[1]), encoding="utf-8")
        case = red(FOCUS_KUBECONFIG=str(file))["Red"]
    assert "The server's own log is not here: no answer within" in case.log
    assert case.message == "seen by us"
