"""A variable by which no request could succeed is named, before the server is blamed."""

import os
from pathlib import Path

import pytest

from focus_engine.network.client_variables import require_usable_clients
from focus_engine.network.proxies import proxy_variable
from focus_engine.verdict import ToolError

HTTPS, HTTP = "https://focus.example/focus-server", "http://focus.example/focus-server"
OF_CLIENTS = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSLKEYLOGFILE", "NO_PROXY", "no_proxy")


@pytest.fixture(autouse=True)
def none_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*OF_CLIENTS, *(each for each in os.environ if each.lower().endswith("_proxy"))):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("REQUESTS_CA_BUNDLE", f"{__file__}/ca.pem"),
        ("CURL_CA_BUNDLE", __file__),
        ("SSLKEYLOGFILE", f"{__file__}/keys"),
        ("SSLKEYLOGFILE", str(Path(__file__).parent)),
        ("HTTPS_PROXY", "http://user:secret@[bad"),
        ("https_proxy", "http://host:99999"),
        ("ALL_PROXY", "socks5://host/path?:1"),
    ],
)
def test_what_no_client_could_use(variable: str, value: str, monkeypatch) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ToolError, match=f"ERROR: {variable} is ") as refused:
        require_usable_clients(HTTPS, verify=True)
    assert "secret" not in str(refused.value)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="has no pipes with a name")
@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "SSLKEYLOGFILE"])
def test_a_pipe_is_not_waited_for(variable: str, monkeypatch, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.setenv(variable, str(tmp_path / "pipe"))
    with pytest.raises(ToolError, match=variable):
        require_usable_clients(HTTPS, verify=True)


@pytest.mark.parametrize(
    ("variables", "url"),
    [
        ({"REQUESTS_CA_BUNDLE": "/nope"}, HTTP),
        ({"HTTPS_PROXY": "[bad"}, HTTP),
        ({"HTTPS_PROXY": "[bad", "NO_PROXY": "focus.example"}, HTTPS),
        ({"HTTPS_PROXY": "proxy.example:3128"}, HTTPS),
        ({"ALL_PROXY": "socks5h://user:p%40ss@[::1]:1080/"}, HTTPS),
        ({"HTTPS_PROXY": ""}, HTTPS),
    ],
)
def test_what_serves_or_is_not_needed(variables: dict[str, str], url: str, monkeypatch) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    require_usable_clients(url, verify=True)


def test_without_verification_no_bundle_is_read(monkeypatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nope")
    require_usable_clients(HTTPS, verify=False)


def test_the_variable_in_force_is_named(monkeypatch) -> None:
    assert proxy_variable(HTTPS) == "HTTPS_PROXY"
    monkeypatch.setenv("ALL_PROXY", "http://a:1")
    assert proxy_variable(HTTPS) == "ALL_PROXY"
    monkeypatch.setenv("https_proxy", "http://b:1")
    assert proxy_variable(HTTPS) == "https_proxy"
