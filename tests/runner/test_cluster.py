"""`focus.py cluster` without a cluster: what it refuses, what it builds, what it would send."""

import json
from pathlib import Path

import pytest

from runner.cluster import api, command, needs, network, plan, programs
from runner.problem import ProblemError


@pytest.fixture
def empty_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("FOCUS_CLUSTER_CACHE", str(tmp_path))
    return tmp_path


@pytest.fixture
def able(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has everything."""
    monkeypatch.setattr(needs.sys, "platform", "linux")
    monkeypatch.setattr(needs.os, "geteuid", lambda: 0, raising=False)
    monkeypatch.setattr(needs.shutil, "which", lambda tool: f"/bin/{tool}")
    monkeypatch.setattr(needs.Path, "exists", lambda _: True)


def test_a_machine_that_has_everything(able: None) -> None:
    assert needs.reason_against() is None


def test_another_system(able: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needs.sys, "platform", "darwin")
    assert "needs Linux" in str(needs.reason_against())


def test_another_user(able: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needs.os, "geteuid", lambda: 1000, raising=False)
    assert "needs root" in str(needs.reason_against())


def test_missing_packages(able: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needs.shutil, "which", lambda tool: None if tool == "ipset" else tool)
    assert "apt install ipset" in str(needs.reason_against())


def test_go_is_needed_only_to_build(able: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needs, "go_command", lambda: None)
    assert needs.reason_against() is None
    monkeypatch.setattr(needs, "all_built", lambda: False)
    assert "no Go toolchain" in str(needs.reason_against())


def test_the_test_skips_where_it_cannot_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "reason_against", lambda: "The test cluster needs Linux.")
    parser = command.argparse.ArgumentParser()
    command.add_arguments(parser)
    assert command.run(parser.parse_args(["test"]), []) == 0
    assert "Skipped: The test cluster needs Linux." in capsys.readouterr().out
    with pytest.raises(ProblemError, match="needs Linux"):
        command.run(parser.parse_args(["up"]), [])


def test_programs_are_kept_by_version(empty_cache: Path) -> None:
    kubernetes = programs.versions()["kubernetes"]
    found = programs.programs()
    path = found["kube-apiserver"].path
    assert path == empty_cache / f"kube-apiserver-{kubernetes}" / "kube-apiserver"
    assert found["node"].path.parent.name.startswith(f"node-{kubernetes}-")
    assert not programs.all_built()


def test_a_failing_build_is_told_with_its_last_words(
    empty_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = empty_cache / "go"
    go.write_text("#!/bin/sh\necho no such module >&2\nexit 1\n", encoding="utf-8")
    go.chmod(0o700)
    monkeypatch.setenv("FOCUS_GO", str(go))
    with pytest.raises(ProblemError, match="no such module"):
        programs.build_missing()


@pytest.mark.parametrize("text", ["/dev/null", "/dev/null/go", "/no/\x01\n", "x" * 9000])
def test_a_go_command_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("FOCUS_GO", text)
    with pytest.raises(ProblemError, match=r"^FOCUS_GO names no program that can be started\. Let"):
        programs.go_command()


@pytest.mark.parametrize("text", ["/dev/null", "/dev/null/cache", "/dev/null/a/b", "x" * 9000])
def test_a_cache_that_is_no_folder_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("FOCUS_CLUSTER_CACHE", text)
    with pytest.raises(ProblemError, match="FOCUS_CLUSTER_CACHE names no folder"):
        programs.all_built()


MANIFESTS = """\
apiVersion: v1
kind: Namespace
metadata:
  name: panda
---
apiVersion: apps/v1
kind: Deployment
metadata:
  labels: {a: b}
  name: mongodb
"""


def test_manifests_are_applied_where_they_belong(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, str]] = []
    client = object.__new__(api.Api)
    monkeypatch.setattr(client, "send", lambda method, path, *_: sent.append((method, path)))
    client.apply(MANIFESTS, "panda")
    paths = ["/api/v1/namespaces/panda", "/apis/apps/v1/namespaces/panda/deployments/mongodb"]
    assert sent == [("PATCH", f"{path}?{api.MANAGER}") for path in paths]


def test_a_range_that_the_machine_uses_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    routes = [{"dst": "default"}, {"dst": "198.51.100.0/24", "dev": "eth0"}]
    monkeypatch.setattr(network, "_run", lambda *_: json.dumps(routes))
    with pytest.raises(ProblemError, match=r"a route to 198.51.100.0/24 by eth0"):
        network.make()


def test_every_program_of_the_workload_is_built() -> None:
    workload = (plan.DEPLOY / "workload.yaml").read_text(encoding="utf-8")
    assert "${ferretdb}" in workload
    assert "${toxiproxy}" in workload
    assert {"ferretdb", "toxiproxy", "node"} <= set(programs.programs())
