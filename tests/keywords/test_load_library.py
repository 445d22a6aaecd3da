"""LoadLibrary in real Robot runs against the sandbox: verdict, log, and what really went out."""

import json
from pathlib import Path

import pytest

from focus_engine.settings import client_settings, multichannel_nfft_options, requirements

pytestmark = pytest.mark.measured
HEAD = """\
*** Settings ***
Library    LoadLibrary
Variables    focus_variables.py

*** Test Cases ***
"""
WAVES = """\
Waves
    ${load} =    Run Load    waves    jobs=[10, 30]    step=100 ms
    Load Should Succeed    ${load}
"""


@pytest.fixture
def run_load(run_robot):
    def run(cases: str, **variables: str):
        return run_robot.suite(HEAD + cases, **variables)

    return run


def test_the_default_load_really_sends_the_client_settings(run_load, sandbox) -> None:
    """Judged by the sandbox's own record of what it received."""
    case = run_load("Default\n    Run Load    waves    jobs=[16]    step=500 ms\n")["Default"]
    assert case.status == "PASS", case.message
    received = [
        json.loads(one["body"])
        for one in sandbox.control("GET", "/requests")
        if one["path"].endswith("/configure")
    ]
    multichannel = [body for body in received if body["view_type"] == "0"]
    singlechannel = [body for body in received if body["view_type"] == "1"]
    client = client_settings()
    channels = [body["channels"] for body in multichannel]
    default = client.Defaults
    assert {"min": default.StartChannel, "max": default.EndChannel} in channels
    assert {"min": 1, "max": client.Constraints.SensorsRange} in channels
    assert {body["frequencyRange"]["max"] for body in received} == {default.EndFrequency_hz}
    options = client.Options.nfftSingleChannel
    assert [body["nfftSelection"] for body in singlechannel] == options
    multichannel_options = multichannel_nfft_options(client, requirements())
    assert {body["nfftSelection"] for body in multichannel} == set(multichannel_options)


def test_what_happened_is_in_the_log_and_beside_it(run_load, tmp_path: Path) -> None:
    case = run_load(WAVES)["Waves"]
    assert case.status == "PASS", case.message
    assert "<svg" in case.html
    assert "holds" in case.html
    [stored] = tmp_path.rglob("load/*.json")
    steps = json.loads(stored.read_text(encoding="utf-8"))["steps"]
    assert [step["counts"]["requests"] for step in steps] == [10, 30]
    assert [len(step["started"]) for step in steps] == [10, 30]
    assert steps[1]["alive"] > 20


def test_two_workers_lay_the_same_load_on(run_robot, sandbox, tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    head = HEAD.replace("LoadLibrary", "LoadLibrary    workers=2", 1)
    case = run_robot.suite(head + WAVES)["Waves"]
    assert case.status == "PASS", case.message
    [stored] = tmp_path.rglob("load/*.json")
    steps = json.loads(stored.read_text(encoding="utf-8"))["steps"]
    assert [step["counts"]["requests"] for step in steps] == [10, 30]
    assert [len(step["started"]) for step in steps] == [10, 30]
    for share in ("share 1 of 2 on", "share 2 of 2 on"):
        assert share in case.html
    received = [one for one in sandbox.control("GET", "/requests") if one["method"] == "POST"]
    assert len(received) == 40


def test_the_step_that_breaks_is_found_and_ends_the_load(run_load, sandbox) -> None:
    sandbox.control("PUT", "/faults", {"slower-with-live-jobs": 0.1})
    case = run_load(
        "Broken\n    ${load} =    Run Load    waves    jobs=[3, 30, 5]    step=300 ms\n"
        "    ${broken} =    Get Breaking Step    ${load}\n"
        "    Should Be Equal As Integers    ${broken}[jobs]    30\n"
        "    ${result} =    Get Load Result    ${load}\n"
        "    Length Should Be    ${result}[steps]    2\n"
        "    Load Should Succeed    ${load}\n"
    )["Broken"]
    assert case.status == "FAIL"
    assert "breaks the server at step 2 of 3 (30 investigations at once)" in case.message


LEFT = """\
Left
    ${load} =    Run Load    waves    jobs=[10]    step=300 ms
    ${read} =    Run Load    read_waves    jobs=[5]    step=300 ms
    VAR    ${READ}    ${read}    scope=SUITE
    Load Should Succeed    ${load}
    Load Should Leave Nothing Behind    ${load}
Read
    Load Should Leave Nothing Behind    ${READ}
"""


def test_jobs_that_outlive_their_time_are_named_read_or_not(run_load, faults) -> None:
    faults("job-never-ends")
    cases = run_load(LEFT)
    assert [case.status for case in cases.values()] == ["FAIL", "FAIL"]
    assert "2 of 10 jobs are still in the cluster" in cases["Left"].message
    assert "Load 'read_waves': 1 of 5 jobs are still in the cluster" in cases["Read"].message


def test_a_server_that_stays_slow_has_not_recovered(run_load, sandbox) -> None:
    sandbox.control("PUT", "/faults", {"worn-after-load": 5})
    case = run_load(
        "Worn\n    ${load} =    Run Load    waves    jobs=[10]    step=300 ms\n"
        "    Load Should Succeed    ${load}\n    Server Should Recover Within    ${load}    1 s\n"
    )["Worn"]
    assert case.status == "FAIL"
    assert "served again after the load (3 times in a row, each within 300 ms)" in case.message


CARRIED = """\
Carried
    ${load} =    Run Load    waves    jobs=[10]    step=300 ms
    Load Should Be Carried    ${load}    5 s
"""


def test_a_server_that_breaks_fails_also_where_no_cluster_is_given(run_load, faults) -> None:
    case = run_load(CARRIED, FOCUS_KUBECONFIG="")["Carried"]
    assert case.status == "PASS", case.message
    assert "left behind: not checked" in case.log
    faults("errors-answer-fast")
    case = run_load(CARRIED, FOCUS_KUBECONFIG="")["Carried"]
    assert case.status == "FAIL"
    assert "Load 'waves' breaks the server at step 1 of 1" in case.message


def test_a_load_that_never_had_so_many_alive_is_undetermined(run_load) -> None:
    case = run_load(
        "Few\n    ${load} =    Run Load    waves    jobs=[10]    step=3 s\n"
        "    Run Keyword And Expect Error    ERROR: up_to=0 judges nothing.*\n"
        "    ...    Load Should Succeed    ${load}    up_to=0\n"
        "    Run Keyword And Expect Error    ERROR: nothing recovers within 0 s.*\n"
        "    ...    Server Should Recover Within    ${load}    0 s\n"
        "    Load Should Succeed    ${load}\n"
    )["Few"]
    assert case.status == "SKIP"
    assert "should have had 10 investigations alive at once" in case.message


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("Run Load    storm", "ERROR: there is no load 'storm'"),
        ("Run Load    waves    jobs=[0]", "ERROR: a load needs at least 1 investigation"),
        ("Run Load    waves    jobs=[101]", "PRECONDITION: load 'waves' has up to 101"),
        ("Get Historic Load    windows=[90000]", "ERROR: historic windows are [90000] s"),
    ],
)
def test_what_cannot_be_laid_on_is_said_before_anything_is_sent(run_load, row, message) -> None:
    case = run_load(f"Row\n    {row}\n")["Row"]
    assert case.message.startswith(message)


def test_a_load_needs_an_environment_that_allows_it(run_load) -> None:
    case = run_load(WAVES, FOCUS_ENVIRONMENT="kefar_saba")["Waves"]
    assert case.status == "SKIP"
    assert case.message.startswith("NOT ALLOWED: load 'waves' needs 'load'")


def test_an_unreachable_server_is_an_error(run_load) -> None:
    case = run_load(WAVES, FOCUS_BASE_URL="http://127.0.0.1:9/focus-server")["Waves"]
    assert case.status == "FAIL"
    assert case.message.startswith("ERROR:")


READ = """\
Read
    ${load} =    Run Load    read_waves    jobs=[4]    step=300 ms
    Load Should Succeed    ${load}
"""
READ_SLOWLY = """\
Read Slowly
    ${load} =    Run Load    slow_readers    jobs=[3]    step=300 ms
    Load Should Succeed    ${load}
"""


def test_streams_that_serve_nothing_break_a_load_that_is_read(run_load, sandbox) -> None:
    sandbox.control("PUT", "/faults", {"stream-missing-one": True})
    for case in run_load(READ + READ_SLOWLY, FOCUS_STREAM_TIMEOUT="2").values():
        assert case.status == "FAIL"
        assert "streams did not serve" in case.message
        assert "no frame (nothing came within 3 s)" in case.message


def test_what_readers_found_is_in_the_log_and_beside_it(run_load, tmp_path: Path) -> None:
    case = run_load(READ)["Read"]
    assert case.status == "PASS", case.message
    assert "Readers (first frames" in case.html
    found = [json.loads(path.read_bytes()) for path in tmp_path.rglob("load/*.json")]
    [step] = next(one["steps"] for one in found if one["shape"] == "read_waves")
    assert step["readers"]["frames"] > step["readers"]["first"]["requests"] > 4


READ_ANY = """\
Read
    ${bodies} =    Get Historic Load    windows=[60]
    ${waves} =    Run Load    waves    ${bodies}    jobs=[3]    step=300 ms    readers=each_stream
    ${soak} =    Run Load    soak    jobs=[2, 2]    step=300 ms    readers=each_stream
    Load Should Be Carried    ${waves}    20 s
    Load Should Be Carried    ${soak}    20 s
"""


def test_any_load_can_be_read_and_its_jobs_end(run_load, tmp_path: Path) -> None:
    case = run_load(READ_ANY)["Read"]
    assert case.status == "PASS", case.message
    found = [json.loads(path.read_bytes()) for path in tmp_path.rglob("load/*.json")]
    steps = {one["shape"]: one["steps"] for one in found}
    assert {shape: len(of_shape) for shape, of_shape in steps.items()} == {"waves": 1, "soak": 2}
    for step in (*steps["waves"], *steps["soak"]):
        assert step["readers"]["first"]["requests"] > 0
        assert step["readers"]["frames"] > 0
