"""The recorded answers are what a real API server says; the sandbox is checked against them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from cluster.admin import Admin
from cluster.conformance.conversation import (
    RECORDED,
    ROLES,
    Conversation,
    as_text,
    conformance_requests,
)
from cluster.conftest import Cluster, Evidence


@pytest.fixture(scope="module")
def answers(cluster: Cluster, admin: Path) -> Iterator[dict[str, Any]]:
    """As the account with the Role beside the recorded answers; deploy/rbac may be another."""
    administrator = Admin(admin)
    role = yaml.safe_load((ROLES / "role.yaml").read_text(encoding="utf-8"))
    administrator.use_rules(role["rules"])
    talk = Conversation(cluster.url, cluster.token, cluster.namespace, cluster.authority)
    try:
        yield {"server": talk.version(), "answers": talk.run()}
    finally:
        administrator.undo()


def test_this_cluster_answers_as_recorded(
    answers: dict[str, Any], request: pytest.FixtureRequest, evidence: Evidence
) -> None:
    if request.config.getoption("--record"):
        RECORDED.write_text(as_text(answers), encoding="utf-8")
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
    same = _release(answers["server"]) == _release(recorded["server"])
    looked_at = _whole if same else _verdict  # other releases find other words
    differing = {
        name: {"recorded": recorded["answers"].get(name), "now": answer}
        for name, answer in answers["answers"].items()
        if looked_at(recorded["answers"].get(name, {})) != looked_at(answer)
    }
    evidence.note("conformance requests", len(answers["answers"]))
    evidence.note("answered as recorded", len(answers["answers"]) - len(differing))
    assert differing == {}, f"recorded with {recorded['server']}, this is {answers['server']}"


def _release(version: str) -> str:
    return version.rpartition(".")[0]


def _whole(answer: dict[str, Any]) -> dict[str, Any]:
    return answer


def _verdict(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: answer.get(name) for name in ("status", "reason")}


def test_every_request_is_recorded() -> None:
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))["answers"]
    assert list(recorded) == [request["id"] for request in conformance_requests()]
