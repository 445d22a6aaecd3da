"""PzConfigLibrary against an API that speaks exec and a GET: the claims about the server."""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest
from http_server import Answering, serving
from keywords.conftest import PROJECT, Case

Run = Callable[..., dict[str, Case]]
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
    "kind": "ConfigMap",
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


def listed(kind: str, items: list[dict]) -> str:
    return json.dumps({"kind": f"{kind}List", "metadata": {}, "items": items})


class Api(Answering):
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
            "pods": listed("Pod", [POD]),
            "deployments": listed("Deployment", self.deployments),
            "pz-config": json.dumps(CONFIG_MAP),
            "events": listed("Event", []),
        }
        if url.path.endswith("/exec"):
            self._exec(parse_qs(url.query)["command"])
        else:
            self.send(200, answers[url.path.rsplit("/", 1)[-1]].encode())

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


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Api]]:
    with serving(Api) as address:
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
