"""Tests on a real cluster: the one that KUBECONFIG names. `focus.py cluster test` brings one along."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

ADMIN = "FOCUS_CLUSTER_ADMIN"
"""The administrator's kubeconfig, where the cluster is the one of `focus.py cluster`."""

EVIDENCE = "FOCUS_CLUSTER_EVIDENCE"
"""A file that gets what was measured, as JSON."""


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
    """What was measured, by title, in the order in which it was."""

    measured: dict[str, Any] = field(default_factory=dict)

    def note(self, title: str, value: object) -> None:
        """Keep a value; it is printed too."""
        self.measured[title] = value
        print(f"{title}: {value}")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--record",
        action="store_true",
        help="write the answers of this cluster to tests/cluster/conformance/recorded.json",
    )


@pytest.fixture(scope="session")
def cluster() -> Cluster:
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
        authority=server.get("certificate-authority", True),
        namespace=context.get("namespace", "default"),
    )


@pytest.fixture(scope="session")
def admin(cluster: Cluster) -> Path:
    """The kubeconfig of the administrator of our own cluster."""
    named = os.environ.get(ADMIN)
    if not named:
        pytest.skip(f"{ADMIN} is not set: this needs the cluster of python3 focus.py cluster test")
    return Path(named)


@pytest.fixture(scope="session")
def evidence() -> Iterator[Evidence]:
    found = Evidence()
    yield found
    target = os.environ.get(EVIDENCE)
    if target:
        Path(target).write_text(json.dumps(found.measured, indent=2), encoding="utf-8")
