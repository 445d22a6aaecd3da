from unittest.mock import patch

import pytest
import requests
from http_server import Answering, serving

from focus_engine.environment import load_environment
from focus_engine.latency.planning.measurement_spec import MeasurementSpec, _requests
from focus_engine.ledger import JobLedger
from focus_engine.masking import masked
from focus_engine.network import credentials
from focus_engine.network.bounded_http import ask_once
from focus_engine.network.credentials import credential_headers
from focus_engine.transport.client import connect
from focus_engine.verdict import ToolError


def test_without_a_token_nothing_is_added(monkeypatch) -> None:
    monkeypatch.delenv("FOCUS_TOKEN", raising=False)
    assert credential_headers() == {}


def test_measured_requests_carry_the_token_and_no_log_shows_it(monkeypatch) -> None:
    monkeypatch.setenv("FOCUS_TOKEN", "ey-not-a-real-one")
    (request,) = _requests(MeasurementSpec("GET /ack"), "http://127.0.0.1:1")
    assert dict(request.headers) == {"Authorization": "Bearer ey-not-a-real-one"}
    assert "not-a-real" not in masked(str(request.headers))


@pytest.mark.parametrize(
    "token", ["s3cret\nX: y", "s3cr\xe9t", "s3cret\x00", "s3cret\u2028x"], ids=ascii
)
def test_a_token_that_no_header_carries_is_told_by_its_name(token: str) -> None:
    with (
        patch.object(credentials.os, "environ", {"FOCUS_TOKEN": token}),
        pytest.raises(ToolError, match="FOCUS_TOKEN") as refused,
    ):
        credential_headers()
    assert "s3cr" not in str(refused.value)


class _Echo(Answering):
    def do_GET(self) -> None:
        self.send(200, str(self.headers.get("Authorization")).encode())


@pytest.mark.parametrize(
    ("token", "seen"), [("tok-a-b-c", "Bearer tok-a-b-c"), (None, "None")], ids=["token", "none"]
)
def test_a_netrc_signs_nobody_in(token, seen, monkeypatch, tmp_path) -> None:
    """It would replace the token that was given, by a password that nobody masks."""
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login bob password netrcsecret9\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    for name, value in {"FOCUS_TOKEN": token, "FOCUS_BASE_URL": None}.items():
        monkeypatch.delenv(name, raising=False)
        if value is not None:
            monkeypatch.setenv(name, value)
    with serving(_Echo) as url, requests.Session() as session:
        monkeypatch.setenv("FOCUS_ENVIRONMENT", "staging")
        monkeypatch.setenv("FOCUS_BASE_URL", f"{url}/focus-server")
        monkeypatch.setenv("NO_PROXY", "*")
        api = connect(session, load_environment(), JobLedger(tmp_path / "ledger.sqlite"))
        assert api.send("GET", "/ack").text == seen
        asked = ask_once("GET", url, timeout=30, headers=credential_headers())
        assert asked.text == seen
