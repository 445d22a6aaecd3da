"""PzConfigLibrary in real Robot runs: status and message of what a tester would see."""

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest
from keywords.conftest import PROJECT, Case, RobotRun
from unit.pz.corpus import HEATMAP, SERVER, append, replace, valid_profile

HEAD = """\
*** Settings ***
Library    PzConfigLibrary
Resource    pz_config.resource

*** Test Cases ***
"""
Run = Callable[..., dict[str, Case]]


@pytest.fixture
def run_pz(tmp_path: Path) -> Run:
    """Runs cases with PzConfigLibrary; no server is needed for what judges files."""
    folders = ("libraries", "variables", "resources")
    paths = os.pathsep.join(str(PROJECT / folder) for folder in folders)
    robot = RobotRun(tmp_path, {"PYTHONPATH": paths, "FOCUS_ENVIRONMENT": "sandbox"})
    return lambda cases, **variables: robot.suite(HEAD + cases, **variables)


@pytest.fixture
def spoilt(tmp_path: Path) -> Callable[..., str]:
    """The valid files with edits, as the folder that `Load PZ Profile` takes."""

    def spoil(*edits: Callable[[Path], None]) -> str:
        folder = valid_profile(tmp_path / "spoilt")
        for edit in edits:
            edit(folder)
        return str(folder / "files" / "after")

    return spoil


def test_the_valid_set_passes_every_check_of_files(run_pz: Run) -> None:
    cases = run_pz("""\
Everything
    Load PZ Profile    example
    Heatmap Summary Should Be Valid
    Autocfg Should Load
    Supervisor Modules Should Cover Configuration
    Configuration Should Match Baseline    heatmap_summary
    Configuration Should Match Baseline    autocfg
    Configuration Should Match Baseline    supervisor_modules
    Reverted Change Should Be Gone
    Heatmap Recorder Should Be Defined    FreqSpan
    Configuration Values Should Have Type    heatmap_summary    $.recorders[*].period_s    integer
    Effective Parameter Should Be    focus_server.jobs.launcher    "k8s"
    ${life} =    Get Effective Parameter    focus_server.jobs.life_s
    Should Be Equal    ${life}    ${50}
    External Checker Should Accept Configuration
Resource
    Use PZ Profile
    Recorder Parameter Should Have Its Type    period
    Agreed Parameter Should Be In Force    job life
""")
    assert [case.message for case in cases.values()] == ["", ""]
    assert "Effective parameters" in cases["Everything"].html
    assert "components/focus_server.yaml:12" in cases["Everything"].log


def test_faults_fail_with_one_sentence_and_a_table(run_pz: Run, spoilt: Callable[..., str]) -> None:
    files = spoilt(
        replace(HEATMAP, '"period_s": 60', '"period_s": "<b>60</b>"'),
        replace(HEATMAP, '"type": "Poles"', '"type": "Pole"'),
        replace(HEATMAP, '"version": 5', '"version": 5, "compression": {}'),
        replace(SERVER, "forwarders.livefs", "forwarders.livefs_adaptive"),
        replace(SERVER, "life_s: 50", "life_s: 60.0"),
    )
    rows = {
        "Summary": "Heatmap Summary Should Be Valid",
        "Recorder": "Heatmap Recorder Should Be Defined    Poles",
        "Type": "Recorder Parameter Should Have Its Type    period",
        "Nothing There": (
            "Configuration Values Should Have Type    heatmap_summary"
            "    $.recorders[*].perod_s    integer"
        ),
        "Autocfg": "Autocfg Should Load",
        "Modules": "Supervisor Modules Should Cover Configuration",
        "Baseline": "Configuration Should Match Baseline    autocfg",
        "Reverted": "Reverted Change Should Be Gone",
        "Value": "Effective Parameter Should Be    focus_server.jobs.life_s    60",
        "Agreed": "Agreed Parameter Should Be In Force    job life",
        "Origin": (
            'Effective Parameter Should Be    focus_server.site    "sandbox"    origin=common.yaml'
        ),
    }
    load = f"    Load PZ Profile    example    files={files}\n"
    cases = run_pz("".join(f"{name}\n{load}    {row}\n" for name, row in rows.items()))
    patterns = {
        "Summary": r"^heatmap summary \(profile 'example', invented\): 4 findings \(3 fail, "
        r"1 warn\); worst CF0\d\d at heatMapSummary\.json:\d+ \$",
        "Recorder": r"worst CF041 at heatMapSummary\.json: recorder type 'Poles' is not defined\.$",
        "Type": r"worst CF012 at .*:10 \$\.recorders\[0\]\.period_s: string instead of integer\.$",
        "Nothing There": r"worst CF010 at .*: nothing stands at \$\.recorders\[\*\]\.perod_s\.$",
        "Autocfg": r"worst CF020 at components/focus_server\.yaml:5 .* was removed and is still",
        "Modules": r"worst CF020 at components/focus_server\.yaml:5 ",
        "Baseline": r"worst DF003 at .*:12 \$\.focus_server\.jobs\.life_s: was int and is float\.$",
        "Reverted": r"worst CF040 at heatMapSummary\.json:2 \$\.compression: left of the reverted",
        "Value": r"worst CF014 at components/focus_server\.yaml:12: .* is 60\.0, expected 60\.$",
        "Agreed": r"worst CF014 at components/focus_server\.yaml:12: .* is 60\.0, expected 50\.$",
        "Origin": r"worst AC009 at site\.yaml:3: focus_server\.site comes from site\.yaml",
    }
    assert {name: case.status for name, case in cases.items()} == dict.fromkeys(rows, "FAIL")
    for name, pattern in patterns.items():
        assert re.search(pattern, cases[name].message), cases[name].message
        assert cases[name].message.count("\n") == 0
    assert "&lt;b&gt;60&lt;/b&gt;" in cases["Summary"].html
    assert "<b>60" not in cases["Summary"].html


def test_a_secret_parameter_is_returned_and_not_logged(
    run_pz: Run, spoilt: Callable[..., str]
) -> None:
    files = spoilt(append(SERVER, "broker:\n  password: hunter2\n"))
    cases = run_pz(f"""\
Secret
    Load PZ Profile    example    files={files}
    ${{password}} =    Get Effective Parameter    focus_server.broker.password
    Should Be True    $password.value == 'hunter' + str(2)
    Autocfg Should Load
    Run Keyword And Expect Error    *DF001*    Configuration Should Match Baseline    autocfg
""")
    assert "hunter2" not in cases["Secret"].log + cases["Secret"].message


def test_reports_are_written_as_json(run_pz: Run, tmp_path: Path) -> None:
    run_pz("Report\n    Use PZ Profile\n    Heatmap Summary Should Be Valid\n")
    content = json.loads((tmp_path / "pz" / "heatmap-summary.json").read_text(encoding="utf-8"))
    assert content["outcome"] == "PASS"
    assert content["basis"][0]["status"] == "invented"


def test_a_run_that_writes_nothing_leaves_no_report(tmp_path: Path) -> None:
    suite = tmp_path / "quiet.robot"
    suite.write_text(HEAD + "Report\n    Use PZ Profile\n    Autocfg Should Load\n", "utf-8")
    paths = [word for name in ("libraries", "resources", "variables") for word in ("-P", name)]
    nothing = [word for name in ("output", "log", "report") for word in (f"--{name}", "NONE")]
    command = [sys.executable, "-P", "-m", "robot", *paths, *nothing, "-d", str(tmp_path)]
    assert subprocess.run([*command, str(suite)], cwd=PROJECT, check=False).returncode == 0
    assert list(tmp_path.iterdir()) == [suite]


def test_the_real_profile_skips_with_what_is_needed(run_pz: Run) -> None:
    rows = {
        "Summary": "Heatmap Summary Should Be Valid",
        "Recorder": "Heatmap Recorder Should Be Defined    Poles",
        "Autocfg": "Autocfg Should Load",
        "Parameter": "Get Effective Parameter    focus_server.livefs_forwarder",
        "Type": "Recorder Parameter Should Have Its Type    period",
        "Agreed": "Agreed Parameter Should Be In Force    job life",
        "Modules": "Supervisor Modules Should Cover Configuration",
        "Baseline": "Configuration Should Match Baseline    autocfg",
        "Reverted": "Reverted Change Should Be Gone",
        "Checker": "External Checker Should Accept Configuration",
    }
    load = "    Load PZ Profile    pz\n"
    cases = run_pz("".join(f"{name}\n{load}    {row}\n" for name, row in rows.items()))
    assert {case.status for case in cases.values()} == {"SKIP"}
    assert all(case.message.startswith("NEEDS INPUT: ") for case in cases.values())
    assert all("supply " in case.message for case in cases.values())
    assert "heatMapSummary.json before and after the revert of PR 1455" in cases["Summary"].message


def test_misuse_is_told_apart_from_a_fault(run_pz: Run) -> None:
    cases = run_pz("""\
No Profile
    Heatmap Summary Should Be Valid
Unknown Profile
    Load PZ Profile    exmple
Unknown Recorder
    Load PZ Profile    example
    Heatmap Recorder Should Be Defined    Pole
Unknown Parameter
    Load PZ Profile    example
    Get Effective Parameter    focus_server.jobs.life
Bare Word
    Load PZ Profile    example
    Effective Parameter Should Be    focus_server.jobs.launcher    k8s
Unknown Subject
    Load PZ Profile    example
    Configuration Should Match Baseline    heatmaps
""")
    patterns = {
        "No Profile": r"^ERROR: no profile is loaded; call Load PZ Profile first\.$",
        "Unknown Profile": r"^ERROR: there is no profile 'exmple' .* Known are: example, pz\.$",
        "Unknown Recorder": r"^ERROR: 'Pole' is no recorder type of the profile\. Known are: Def",
        "Unknown Parameter": r"^ERROR: there is no effective parameter .*\.jobs\.life_s",
        "Bare Word": r'^ERROR: k8s is not JSON\. Text needs quotes: "k8s"\.$',
        "Unknown Subject": r"^ValueError: Argument 'subject' got value 'heatmaps' that cannot be",
    }
    for name, pattern in patterns.items():
        assert cases[name].status == "FAIL"
        assert re.search(pattern, cases[name].message), cases[name].message


def test_an_invented_profile_may_not_judge_a_real_system(run_pz: Run) -> None:
    cases = run_pz("Staging\n    Load PZ Profile    example\n", FOCUS_ENVIRONMENT="staging")
    assert cases["Staging"].status == "SKIP"
    assert cases["Staging"].message.startswith("NOT ALLOWED: profile 'example' is invented")


STARTED = "2025-12-08T09:14:02Z"
LOG = (PROJECT / "tests/unit/pz/transcripts/clean_start.txt").read_text(encoding="utf-8")
POD = {
    "metadata": {"name": "server-1", "creationTimestamp": STARTED},
    "spec": {"containers": [{"name": "server"}]},
    "status": {
        "phase": "Running",
        "containerStatuses": [
            {
                "name": "server",
                "ready": True,
                "restartCount": 0,
                "image": "i",
                "imageID": "",
                "state": {"running": {"startedAt": STARTED}},
            }
        ],
    },
}


DEPLOYMENT = {
    "metadata": {"name": "server", "generation": 1},
    "spec": {"replicas": 1, "selector": {}, "template": {}},
    "status": {
        "observedGeneration": 1,
        "updatedReplicas": 1,
        "availableReplicas": 1,
        "replicas": 1,
    },
}
CONFIG_MAP = {
    "metadata": {
        "name": "pz-config",
        "resourceVersion": "1",
        "managedFields": [{"time": "2025-12-08T09:00:00Z", "fieldsV1": {"f:data": {}}}],
    },
    "data": {},
}
FILES = PROJECT / "variables" / "pz" / "example" / "files" / "after"
WEBSOCKET_KEY = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455


def frame(opcode: int, payload: bytes) -> bytes:
    """A server's WebSocket frame of less than 126 bytes."""
    assert len(payload) < 126
    return bytes([0x80 | opcode, len(payload)]) + payload


class Api(BaseHTTPRequestHandler):
    """A namespace with one pod that loaded the files, and GET /channels."""

    protocol_version = "HTTP/1.1"
    log = LOG
    highest = 2337
    deployments: ClassVar[list[dict]] = [DEPLOYMENT]
    spoil = b""

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        answers = {
            "log": self.log,
            "channels": json.dumps({"lowest_channel": 1, "highest_channel": self.highest}),
            "pods": json.dumps({"items": [POD]}),
            "deployments": json.dumps({"items": self.deployments}),
            "pz-config": json.dumps(CONFIG_MAP),
            "events": json.dumps({"items": []}),
        }
        if url.path.endswith("/exec"):
            self._exec(parse_qs(url.query)["command"])
        else:
            self._send(answers[url.path.rsplit("/", 1)[-1]].encode())

    def _exec(self, command: list[str]) -> None:
        """`sha256sum PATH`, spoken as v4.channel.k8s.io: channel 1 is stdout, 3 the exit status."""
        assert command[0] == "sha256sum"
        content = (FILES / command[1].removeprefix("/prisma/config/pz/")).read_bytes()
        digest = hashlib.sha256(content + self.spoil).hexdigest()
        key = self.headers["Sec-WebSocket-Key"].encode() + WEBSOCKET_KEY
        accept = base64.b64encode(hashlib.sha1(key).digest()).decode()  # noqa: S324 - RFC 6455
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", accept)
        self.send_header("Sec-WebSocket-Protocol", "v4.channel.k8s.io")
        self.end_headers()
        self.wfile.write(frame(2, f"\x01{digest}  {command[1][-20:]}\n".encode()))
        self.wfile.write(frame(2, b'\x03{"metadata":{},"status":"Success"}'))
        self.wfile.write(frame(8, b"\x03\xe8"))
        self.close_connection = True

    def _send(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Keep the test output quiet."""


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Api]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    kubeconfig = tmp_path / "kubeconfig"
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": address}}],
        "users": [{"name": "u", "user": {}}],
    }
    kubeconfig.write_text(json.dumps(content), encoding="utf-8")
    monkeypatch.setenv("FOCUS_KUBECONFIG", str(kubeconfig))
    monkeypatch.setenv("FOCUS_BASE_URL", f"{address}/focus-server")
    yield Api
    server.shutdown()
    thread.join()
    server.server_close()


LIVE = """\
Log
    Load PZ Profile    example
    Start Log Should Be Clean
Stable
    Load PZ Profile    example
    Loading Claim Should Hold    L5    soak=0 s
Rollout
    Load PZ Profile    example
    Loading Claim Should Hold    L3
Effect
    Load PZ Profile    example
    Parameter Effects Should Be Observed
Real
    Load PZ Profile    pz
    Loading Claim Should Hold    L1
"""


JOB = """\
All
    Load PZ Profile    example
    Focus Server Should Have Loaded Configuration    Start A Job    200    soak=0 s
No Job
    Load PZ Profile    example
    Focus Server Should Have Loaded Configuration    soak=0 s
Refused Job
    Load PZ Profile    example
    Focus Server Should Have Loaded Configuration    Start A Job    503    soak=0 s

*** Keywords ***
Start A Job
    [Arguments]    ${status}
    VAR    ${text}    {"job_id": "1-7"}
    ${reply} =    Evaluate    types.SimpleNamespace(status=${status}, text=$text)    modules=types
    RETURN    ${reply}
"""


def test_all_six_claims_are_decided_against_an_api(
    run_pz: Run, cluster: type[Api], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cases = run_pz(JOB)
    assert (cases["All"].status, cases["All"].message) == ("PASS", "")
    assert cases["No Job"].message.startswith("UNDETERMINED: L6 a job starts")
    assert re.search(r"^L6 .* FAIL, configuring .* answered with 503", cases["Refused Job"].message)
    claims = json.loads((tmp_path / "pz" / "live.json").read_text(encoding="utf-8"))["claims"]
    assert [claim["claim"] for claim in claims] == ["L1", "L1", "L2", "L3", "L4", "L5", "L6"]
    monkeypatch.setattr(cluster, "spoil", b" ")
    message = run_pz(JOB)["All"].message
    assert re.search(
        r"^L1 .* FAIL, /prisma/config/pz/heatMapSummary\.json in pod server-1", message
    )


def test_claims_about_the_running_server(
    run_pz: Run, cluster: type[Api], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "deployments", [])
    cases = run_pz(LIVE)
    seen = {name: (case.status, case.message[:25]) for name, case in cases.items()}
    assert seen == {
        "Log": ("PASS", ""),
        "Stable": ("PASS", ""),
        "Rollout": ("SKIP", "UNDETERMINED: L3 the roll"),
        "Effect": ("PASS", ""),
        "Real": ("SKIP", "NEEDS INPUT: L1 the file "),
    }
    stamp = "2025-12-08T09:15:00.1Z 2025-12-08T09:15:00+0000 ERROR pz.focus_server "
    monkeypatch.setattr(cluster, "log", LOG + stamp + "KeyError: 'broker'\n")
    monkeypatch.setattr(cluster, "highest", 100)
    cases = run_pz(LIVE)
    assert re.search(r"^L4 the start log is clean: FAIL, .*LG003 .*KeyError", cases["Log"].message)
    assert re.search(r"worst AC010: .* GET /channels does not show", cases["Effect"].message)


def test_live_claims_without_kubernetes_skip(run_pz: Run) -> None:
    cases = run_pz(LIVE, FOCUS_BASE_URL="http://127.0.0.1:9/focus-server", FOCUS_KUBECONFIG="")
    assert cases["Log"].status == "SKIP"
    assert cases["Log"].message.startswith("PRECONDITION: environment 'sandbox' gives no Kubern")
    assert cases["Effect"].status == "FAIL"
    assert cases["Effect"].message.startswith("ERROR: GET http://127.0.0.1:9/focus-server/channels")
