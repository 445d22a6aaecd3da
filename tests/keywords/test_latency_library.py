"""LatencyLibrary in real Robot runs against a local server: status, message, log and files."""

import html
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from bench_server import bench_server
from forked import FOLDERS
from keywords.conftest import messages
from robot.api import ExecutionResult
from robot_process import robot

pytestmark = pytest.mark.measured
PROJECT = Path(__file__).parents[2]
TLS = PROJECT / "tests" / "tls"
HEAD = """\
*** Settings ***
Resource    latency.resource
Test Tags    latency    exclusive

*** Variables ***
${LATENCY_WARM_UP}    100 ms

*** Test Cases ***
"""


@dataclass(frozen=True)
class Case:
    """How one case ended, its metadata, and everything that was logged in it."""

    status: str
    message: str
    metadata: dict[str, str]
    log: str


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with bench_server("--delay", "5") as found:
        yield found


@pytest.fixture
def run_cases(address: str, tmp_path: Path) -> Callable[..., dict[str, Case]]:
    def run(cases: str, **variables: str) -> dict[str, Case]:
        suite, results = tmp_path / "suite.robot", tmp_path / "results"
        suite.write_text(HEAD + cases, encoding="utf-8")
        console = tmp_path / "console.txt"
        variables = {
            "PYTHONPATH": FOLDERS,
            "FOCUS_ENVIRONMENT": "sandbox",
            "FOCUS_BASE_URL": address,
            "FOCUS_RUN_DIR": str(tmp_path),
            "FOCUS_JOB_LIFE": "0.2",
            "FOCUS_BASELINES": str(tmp_path / "baselines"),
            **variables,
        }
        options = ["--outputdir", str(results), "--log", "NONE", "--report", "NONE"]
        robot([*options, str(suite)], {**os.environ, **variables}, tmp_path, console)
        assert (results / "output.xml").exists(), console.read_text(encoding="utf-8")
        found = ExecutionResult(results / "output.xml").suite.all_tests
        return {case.name: _case(case) for case in found}

    return run


def _case(case: Any) -> Case:
    log = "\n".join(message.message for message in messages(case))
    return Case(case.status, case.message, dict(case.metadata), log)


BY_TWO = """\
Whole
    ${measured}=    Measure Latency    GET /channels    rate=100    samples=100    warm_up=0 s
    Latency Should Be Within    ${measured}    p95=300 ms
    Should Be Equal As Integers    ${measured.summary()}[requests]    100

*** Variables ***
${LOAD_WORKERS}    2
"""


def test_two_workers_send_shares_of_one_measurement(run_cases: Callable) -> None:
    pytest.importorskip("distributed")
    case = run_cases(BY_TWO)["Whole"]
    assert (case.status, case.message) == ("PASS", "")
    for share in ("share 1 of 2 on", "share 2 of 2 on"):
        assert share in case.log


NEXT_YEAR = str(datetime.now(UTC).date() + timedelta(days=366))
WAIVER = """
waivers:
  - {{endpoint: GET /channels, percentile: 95, environment: sandbox, limit_ms: 400,
     reason: old disks, owner: Dana, until: {until}}}
"""


@pytest.mark.parametrize(
    ("until", "status", "message", "logged"),
    [
        (NEXT_YEAR, "PASS", "", f"P95 <= 400 ms, waived from 300 ms until {NEXT_YEAR} by Dana"),
        ("2025-12-31", "FAIL", "ERROR: the waiver of P95 of GET /channels for environment", ""),
    ],
)
def test_a_waiver_is_shown_until_it_ends_and_fails_after_that(
    run_cases: Callable, tmp_path: Path, until: str, status: str, message: str, logged: str
) -> None:
    shipped = (PROJECT / "variables" / "thresholds.yaml").read_text(encoding="utf-8")
    file = tmp_path / "thresholds.yaml"
    waived = shipped.replace("waivers: []", WAIVER.format(until=until))
    file.write_text(waived, encoding="utf-8")
    row = "Channels\n    GET Latency Should Meet Thresholds    GET /channels    rate=200\n"
    case = run_cases(row, FOCUS_THRESHOLDS=str(file))["Channels"]
    assert case.status == status, case.message
    assert case.message.startswith(message)
    assert logged in html.unescape(case.log)


def test_a_limit_in_a_cell_does_not_hide_that_its_waiver_has_ended(
    run_cases: Callable, tmp_path: Path
) -> None:
    shipped = (PROJECT / "variables" / "thresholds.yaml").read_text(encoding="utf-8")
    file = tmp_path / "thresholds.yaml"
    ended = WAIVER.format(until="2025-12-31").replace("GET /channels", "POST /configure")
    file.write_text(shipped.replace("waivers: []", ended), encoding="utf-8")
    case = run_cases(
        "Configure\n    Import Variables    threshold_variables.py\n"
        "    VAR    &{configuration}    view_type=0\n"
        "    Configure Latency Should Be Within    ${configuration}    p95=${CONFIGURE_P95}\n",
        FOCUS_THRESHOLDS=str(file),
    )["Configure"]
    assert case.message.startswith("ERROR: the waiver of P95 of POST /configure")


def test_the_rows_of_the_resource(run_cases: Callable, tmp_path: Path) -> None:
    cases = run_cases(
        """\
Channels
    GET Latency Should Meet Thresholds    GET /channels    rate=200    samples=300
Placeholder
    GET Latency Should Meet Thresholds    GET /metadata/{job_id}    rate=200    samples=300
    ...    path=/metadata/1-1
Configure
    VAR    &{configuration}    view_type=0
    Configure Latency Should Be Within    ${configuration}    p95=300 ms    samples=60    rate=60
"""
    )
    assert {name: case.message for name, case in cases.items() if case.status != "PASS"} == {}
    channels = cases["Channels"]
    names = ("P50", "P95", "P99", "Covers")
    assert set(channels.metadata) == {f"{name} GET /channels" for name in names}
    assert channels.metadata["P95 GET /channels"].endswith(" ms")
    assert channels.log.count("<svg") == 2
    assert "P99 &lt;= 500 ms" in channels.log
    stored = sorted(path.name for path in (tmp_path / "results" / "latency").iterdir())
    assert stored[:2] == ["01-channels-get-channels.csv", "01-channels-get-channels.npy"]
    console = (tmp_path / "console.txt").read_text(encoding="utf-8")
    assert "GET /channels, open loop, regular arrivals, 200/s for 1.5 s: 300 requests" in console
    assert "POST /configure, open loop" in console


VERDICTS = """\
Slow
    ${measured}=    Collect Latencies    GET /channels    ${{[0.4] * 60}}
    Latency Should Be Within    ${measured}    p95=300 ms
Too Few
    ${measured}=    Collect Latencies    GET /channels    ${{[0.01] * 60}}
    Latency Should Be Within    ${measured}    p99=500 ms
Errors
    ${measured}=    Measure Latency    GET /status/500    rate=100    duration=1 s    warm_up=0 s
    Latency Should Be Within    ${measured}    p95=300 ms
Broken Off
    ${measured}=    Measure Latency    GET /close    rate=100    samples=50    warm_up=0 s
    Latency Should Be Within    ${measured}    p95=300 ms
Loose
    ${measured}=    Collect Latencies    GET /channels    ${{[0.01] * 60}}
    Latency Should Be Within    ${measured}    p95=301 ms
Nothing Demanded
    ${measured}=    Collect Latencies    GET /other    ${{[0.01] * 60}}
    Latency Should Be Within    ${measured}
Nothing Runs
    Mark Event    outage    begin
No Events
    ${measured}=    Collect Latencies    GET /channels    ${{[0.01] * 60}}
    Latency Should Be Within    ${measured}    p95=300 ms    phase=during
Closed Without End
    Measure Latency    GET /channels    load=closed    users=2
No Baseline
    ${measured}=    Measure Latency    GET /channels    rate=100    samples=60    warm_up=0 s
    Compare Latency With Baseline    ${measured}
Two At Once
    Measure Latency    GET /channels    rate=50    duration=20 s    warm_up=0 s    background=True
    Sleep    1 s    # something is measured
    Measure Latency    GET /channels    rate=50    duration=20 s
    [Teardown]    Finish Measuring Latency    early=True
"""


def test_verdicts(run_cases: Callable) -> None:
    cases = run_cases(VERDICTS)
    expected = {
        "Slow": ("FAIL", "GET /channels: expected P95 <= 300 ms, but 60 of 60 requests exceed"),
        "Too Few": ("SKIP", "UNDETERMINED: GET /channels: expected P99 <= 500 ms, but 0 of 60"),
        "Errors": ("FAIL", "GET /status/500: expected P95 <= 300 ms, but 100 of 100"),
        "Broken Off": ("FAIL", "GET /close: expected P95 <= 300 ms, but 50 of 50"),
        "Loose": ("FAIL", "ERROR: P95 <= 301 ms is looser than P95 <= 300 ms"),
        "Nothing Demanded": ("FAIL", "ERROR: nothing is demanded of GET /other"),
        "Nothing Runs": ("FAIL", "ERROR: nothing is being measured"),
        "No Events": ("FAIL", "ERROR: the measurement has no 'begin' event"),
        "Closed Without End": ("FAIL", "ERROR: a closed loop has no rate"),
        "No Baseline": ("SKIP", "PRECONDITION: environment 'sandbox' has no baseline of GET"),
        "Two At Once": ("FAIL", "ERROR: GET /channels is still being measured"),
    }
    for name, (status, message) in expected.items():
        assert (cases[name].status, cases[name].message[: len(message)]) == (status, message)
    assert "connection broken off (the connection was closed" in cases["Broken Off"].message
    assert "most by: unexpected status (500: " in cases["Errors"].message
    long = [case.message for case in cases.values() if len(case.message.splitlines()) > 3]
    assert long == []


def test_an_unreachable_server_is_an_error(run_cases: Callable) -> None:
    cases = run_cases(
        "Down\n    Measure Latency    GET /channels    rate=50    samples=10    warm_up=0 s\n",
        FOCUS_BASE_URL="http://127.0.0.1:9",
    )
    assert cases["Down"].status == "FAIL"
    assert cases["Down"].message.startswith(
        "ERROR: http://127.0.0.1:9/channels could not be reached by any of 10 requests ("
    )


def test_a_slower_server_than_the_baseline_is_a_regression(run_cases: Callable) -> None:
    measure = "Measure Latency    GET /channels    rate=50    duration=5 s    warm_up=0 s"
    usual = f"""\
Usual
    ${{measured}}=    {measure}
    Save Latency Baseline    ${{measured}}
    ${{ratio}}=    Compare Latency With Baseline    ${{measured}}    P50    tolerance=0.3
    Should Be Equal As Numbers    ${{ratio}}    1    precision=2
"""
    slower = f"""\
Slower
    ${{measured}}=    {measure}
    Compare Latency With Baseline    ${{measured}}    P50    tolerance=0.3
"""
    assert (case := run_cases(usual)["Usual"]).status == "PASS", case.message
    with bench_server("--delay", "60") as address:
        case = run_cases(slower, FOCUS_BASE_URL=address)["Slower"]
    assert case.status == "FAIL"
    assert re.match(r"GET /channels: P50 is \d+\.\d ms, [\d.]+ times the \d+\.\d ms", case.message)


def test_over_tls_the_authority_is_asked_for(run_cases: Callable) -> None:
    case = "Tls\n    Measure Latency    GET /channels    rate=50    samples=10    warm_up=0 s\n"
    with bench_server("--certificate", str(TLS / "server.pem")) as address:
        trusted = run_cases(case, FOCUS_BASE_URL=address, REQUESTS_CA_BUNDLE=str(TLS / "ca.pem"))
        unknown = run_cases(case, FOCUS_BASE_URL=address)
    assert trusted["Tls"].status == "PASS", trusted["Tls"].message
    assert unknown["Tls"].status == "FAIL"
    assert "certificate verify failed" in unknown["Tls"].message
    assert "Give the server's CA by REQUESTS_CA_BUNDLE" in unknown["Tls"].message


def test_an_open_verdict_is_measured_on(run_cases: Callable) -> None:
    cases = run_cases(
        """\
Extended
    ${measured}=    Measure Latency    GET /channels    rate=200    samples=150    warm_up=0 s
    Latency Should Be Within    ${measured}    p99=500 ms    extend_up_to=2500 ms
    ${summary}=    Get Latency Summary    ${measured}
    Should Be Equal As Integers    ${summary}[requests]    600
"""
    )
    assert cases["Extended"].status == "PASS", cases["Extended"].message
    assert "not decided yet" in cases["Extended"].log


def test_an_outage_is_seen_before_during_and_after(run_cases: Callable) -> None:
    options = ("--delay", "5", "--stall-at", "2", "--stall-for", "2.5")
    with bench_server(*options) as address:
        cases = run_cases(
            """\
Outage
    Measure Latency    GET /channels    rate=50    duration=7 s    warm_up=0 s    background=True
    Sleep    2 s    # steady
    Mark Event    queue off    begin
    Sleep    2500 ms    # the server stalls
    Mark Event    queue on    end
    ${measured}=    Finish Measuring Latency
    Latency Should Be Within    ${measured}    p50=300 ms    phase=before
    Run Keyword And Expect Error    GET /channels during the outage: expected P50*
    ...    Latency Should Be Within    ${measured}    p50=300 ms    phase=during
    ${seconds}=    Latency Should Recover Within    ${measured}    3 s    p95=300 ms    hold=1 s
    Should Be True    0 <= ${seconds} <= 3
""",
            FOCUS_BASE_URL=address,
        )
    assert cases["Outage"].status == "PASS", cases["Outage"].message
    assert "queue off" in cases["Outage"].log


LEFT_RUNNING = """\
Leaves A Measurement
    Measure Latency    GET /channels    rate=50    duration=10 min    warm_up=0 s    background=True
    Fail    something else went wrong
Next
    ${measured}=    Measure Latency    GET /channels    rate=100    samples=100    warm_up=0 s
    Latency Should Be Within    ${measured}    p95=300 ms
Together
    Measure Latency    GET /channels    rate=50    samples=60    warm_up=0 s    background=True
    Measure Latency    GET /ack    rate=50    samples=60    warm_up=0 s    background=True
    Run Keyword And Expect Error    ERROR: no endpoint was named to be finished*
    ...    Finish Measuring Latency
    ${ack}=    Finish Measuring Latency    endpoint=GET /ack
    Latency Should Be Within    ${ack}    p95=300 ms
    ${channels}=    Finish Measuring Latency
    Latency Should Be Within    ${channels}    p95=300 ms
"""


def test_a_measurement_in_the_background_ends_with_its_case(run_cases: Callable) -> None:
    cases = run_cases(LEFT_RUNNING)
    assert cases["Leaves A Measurement"].message == "something else went wrong"
    assert (cases["Next"].status, cases["Next"].message) == ("PASS", "")
    assert (cases["Together"].status, cases["Together"].message) == ("PASS", "")
    charts = [line for line in cases["Next"].log.splitlines() if ">P50<" in line]
    assert [">P99<" in chart for chart in charts] == [True, False], "what is judged is drawn"
    covers = cases["Next"].metadata["Covers GET /channels"]
    assert "incidents that come less often than every" in covers
    assert "not judged by this case: P99 <= 500 ms" in covers
