"""Which system is under test: precedence, addresses, and what an environment allows."""

import re
import shutil
from pathlib import Path

import pytest

from focus_engine.declared.permission import Permission
from focus_engine.environment import (
    ENVIRONMENTS,
    environment_name,
    known_environments,
    load_environment,
    read_environment_file,
)
from focus_engine.verdict import NotAllowed, ToolError


@pytest.fixture(autouse=True)
def _no_ambient_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ENVIRONMENT", "BASE_URL", "MONGO_URI", "KUBECONFIG", "NAMESPACE", "JOB_LIFE"):
        monkeypatch.delenv(f"FOCUS_{name}", raising=False)
    monkeypatch.setenv("KUBECONFIG", "/somebody/elses/config")


def test_name_by_precedence(monkeypatch: pytest.MonkeyPatch) -> None:
    assert environment_name() == "sandbox"
    monkeypatch.setenv("FOCUS_ENVIRONMENT", "staging")
    assert environment_name() == "staging"
    assert environment_name("kefar_saba") == "kefar_saba"


def test_every_shipped_file_is_valid() -> None:
    assert known_environments() == ["cluster", "kefar_saba", "sandbox", "staging"]
    for name in known_environments():
        assert read_environment_file(name).prefix == "/focus-server"


def test_production_allows_nothing() -> None:
    allow = read_environment_file("kefar_saba").allow
    assert not any(getattr(allow, permission.value) for permission in Permission)


def test_production_that_allows_something_is_refused(tmp_path: Path) -> None:
    text = (ENVIRONMENTS / "kefar_saba.yaml").read_text(encoding="utf-8")
    (tmp_path / "kefar_saba.yaml").write_text(
        text.replace("load: false", "load: true"), encoding="utf-8"
    )
    with pytest.raises(ToolError, match="is production and allows load"):
        read_environment_file("kefar_saba", tmp_path)


def test_a_prefix_that_turns_the_address_is_refused(tmp_path: Path) -> None:
    text = (ENVIRONMENTS / "staging.yaml").read_text(encoding="utf-8")
    assert "prefix: /focus-server" in text
    turned = text.replace("prefix: /focus-server", 'prefix: "/focus-server\\u202e"')
    (tmp_path / "staging.yaml").write_text(turned, encoding="utf-8")
    with pytest.raises(ToolError, match=r"key 'prefix' is .*: U\+202E cannot stand in an address"):
        read_environment_file("staging", tmp_path)


@pytest.mark.parametrize(
    ("key", "right", "wrong"),
    [
        ("prefix", "prefix: /focus-server", 'prefix: "/focus-server?x=1"'),
        ("prefix", "prefix: /focus-server", 'prefix: "/focus-server#y"'),
        (
            "labels.server",
            "  server: app.kubernetes.io/name=panda-panda-focus-server",
            '  server: ""',
        ),
    ],
)
def test_what_would_lead_elsewhere_is_refused(
    key: str, right: str, wrong: str, tmp_path: Path
) -> None:
    text = (ENVIRONMENTS / "staging.yaml").read_text(encoding="utf-8")
    assert right in text
    (tmp_path / "staging.yaml").write_text(text.replace(right, wrong), encoding="utf-8")
    with pytest.raises(ToolError, match=f"key '{key}' is "):
        read_environment_file("staging", tmp_path)


def test_unknown_environment_names_the_known_ones() -> None:
    with pytest.raises(ToolError, match="Known are: cluster, kefar_saba, sandbox, staging"):
        load_environment("nowhere")


def test_missing_address_says_which_variable() -> None:
    with pytest.raises(ToolError, match="set FOCUS_BASE_URL"):
        load_environment("staging")


@pytest.mark.parametrize("url", ["host/focus-server", "ftp://host", "http://"])
def test_malformed_address(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("FOCUS_BASE_URL", url)
    with pytest.raises(ToolError, match="no http or https address"):
        load_environment("staging")


@pytest.mark.parametrize("url", ["http://server.example/x", "http://192.0.2.7"])
def test_sandbox_accepts_loopback_only(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("FOCUS_BASE_URL", url)
    with pytest.raises(ToolError, match="loopback addresses only"):
        load_environment("sandbox")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "localhost", "[::1]"])
def test_sandbox_on_loopback(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("FOCUS_BASE_URL", f"http://{host}:1/focus-server/")
    environment = load_environment("sandbox")
    assert environment.base_url == f"http://{host}:1/focus-server"
    assert environment.kubeconfig is None, "an ambient KUBECONFIG must not reach the sandbox run"


def test_ambient_kubeconfig_serves_a_real_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOCUS_BASE_URL", "https://server.example/focus-server")
    assert load_environment("staging").kubeconfig == "/somebody/elses/config"


def test_remote_mongo_is_refused_for_the_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOCUS_BASE_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("FOCUS_MONGO_URI", "mongodb://192.0.2.7:27017/prisma")
    with pytest.raises(ToolError, match="FOCUS_MONGO_URI names host"):
        load_environment("sandbox")


def test_job_life_comes_from_who_started_the_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOCUS_BASE_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("FOCUS_JOB_LIFE", "0.5")
    assert load_environment().job_life == 0.5
    monkeypatch.setenv("FOCUS_JOB_LIFE", "soon")
    with pytest.raises(ToolError, match="FOCUS_JOB_LIFE is no number of seconds"):
        load_environment()


def test_patience_with_streams_comes_from_the_file_or_the_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FOCUS_BASE_URL", "http://127.0.0.1:1")
    monkeypatch.delenv("FOCUS_STREAM_TIMEOUT", raising=False)
    assert load_environment().stream_timeout == 5
    monkeypatch.setenv("FOCUS_STREAM_TIMEOUT", "0.7")
    assert load_environment().stream_timeout == 0.7


TIMES = (
    *("job_life", "request_timeout", "stream_timeout", "settle", "alive", "live_delay"),
    *("outages.enforcement", "outages.answer", "outages.recovery"),
)


@pytest.mark.parametrize("seconds", ["0", "0.000000001", "1.0e+300"])
@pytest.mark.parametrize("key", TIMES)
def test_a_time_that_nobody_can_wait_for_is_refused(tmp_path: Path, key: str, seconds: str) -> None:
    text = (ENVIRONMENTS / "sandbox.yaml").read_text(encoding="utf-8")
    changed, count = re.subn(rf"\b({key.rpartition('.')[2]}): [\d.]+", rf"\1: {seconds}", text)
    assert count == 1
    (tmp_path / "sandbox.yaml").write_text(changed, encoding="utf-8")
    with pytest.raises(ToolError, match=rf"key '{key}' is .*(0\.1|86400)"):
        read_environment_file("sandbox", tmp_path)


@pytest.mark.parametrize("name", [".#staging.yaml", "._staging.yaml"])
def test_what_editors_and_systems_leave_is_no_environment(tmp_path: Path, name: str) -> None:
    shutil.copytree(ENVIRONMENTS, tmp_path, dirs_exist_ok=True)
    (tmp_path / name).symlink_to("nobody@nowhere")
    assert known_environments(tmp_path) == known_environments()


def test_what_is_not_allowed_is_a_skip_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOCUS_BASE_URL", "https://server.example/focus-server")
    environment = load_environment("kefar_saba")
    with pytest.raises(NotAllowed, match="NOT ALLOWED: this case needs 'load'"):
        environment.require(Permission.LOAD, "this case")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *[("namespace", each) for each in ["Panda", "a b", "-a", "a" * 64, "''", "a.b"]],
        *[("server", each) for each in ["5", "a", "a=", "a=b,", "a = b", "2026-02-30"]],
    ],
)
def test_a_file_with_a_name_that_is_none_is_the_one_to_correct(
    tmp_path: Path, key: str, value: str
) -> None:
    text = (ENVIRONMENTS / "staging.yaml").read_text(encoding="utf-8")
    changed = re.sub(rf"(?m)^( *{key}): .*", rf"\1: {value}", text)
    (tmp_path / "staging.yaml").write_text(changed, encoding="utf-8")
    with pytest.raises(ToolError, match=rf"staging.yaml: line \d+: key '.*{key}'"):
        read_environment_file("staging", tmp_path)
