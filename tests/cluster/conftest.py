"""Tests on a real cluster: KUBECONFIG names it, or `focus.py cluster test` brings one along."""

import base64
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

ADMIN = "FOCUS_CLUSTER_ADMIN"
"""The administrator's kubeconfig, where the cluster is the one of `focus.py cluster`."""

MEASURED = pytest.StashKey[dict[str, Any]]()


@dataclass(frozen=True)
class Cluster:
    """The cluster as the tests' account sees it."""

    kubeconfig: Path
    url: str
    token: str
    authority: str | bool
    namespace: str


@dataclass
class Evidence:
    """What was measured, by title, in the order in which it was; the end of the output tells it."""

    measured: dict[str, Any]

    def note(self, title: str, value: object) -> None:
        """Keep a value."""
        self.measured[title] = value


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--record",
        action="store_true",
        help="write the answers of this cluster to tests/cluster/conformance/recorded.json",
    )


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Cluster:
    named = os.environ.get("KUBECONFIG")
    if not named:
        pytest.skip("KUBECONFIG names no cluster; python3 focus.py cluster test brings one along")
    file = Path(named)
    config = yaml.safe_load(file.read_text(encoding="utf-8"))
    (context,) = (
        c["context"] for c in config["contexts"] if c["name"] == config["current-context"]
    )
    (server,) = (c["cluster"] for c in config["clusters"] if c["name"] == context["cluster"])
    (user,) = (u["user"] for u in config["users"] if u["name"] == context["user"])
    if "token" not in user:
        pytest.skip(f"{file} has no token: make one as deploy/rbac/README.md says")
    return Cluster(
        kubeconfig=file,
        url=server["server"],
        token=user["token"],
        authority=_authority(server, tmp_path_factory.mktemp("authority")),
        namespace=context.get("namespace", "default"),
    )


def _authority(server: dict[str, Any], folder: Path) -> str | bool:
    """What verifies the API server: a file, or True for the machine's own authorities."""
    if "certificate-authority-data" in server:
        file = folder / "ca.crt"
        file.write_bytes(base64.b64decode(server["certificate-authority-data"]))
        return str(file)
    named: str | bool = server.get("certificate-authority", True)
    return named


@pytest.fixture(scope="session")
def admin(cluster: Cluster) -> Path:
    """The kubeconfig of the administrator of our own cluster."""
    named = os.environ.get(ADMIN)
    if not named:
        pytest.skip(f"{ADMIN} is not set: this needs the cluster of python3 focus.py cluster test")
    return Path(named)


@pytest.fixture(scope="session")
def evidence(request: pytest.FixtureRequest) -> Evidence:
    return Evidence(request.config.stash.setdefault(MEASURED, {}))


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    measured = config.stash.get(MEASURED, {})
    if measured:
        terminalreporter.section("measured")
    for title, value in measured.items():
        terminalreporter.write_line(f"{title}: {_as_text(value)}")


def _as_text(value: object) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name} {each}" for name, each in value.items())
    return str(value)
