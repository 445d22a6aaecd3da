"""The sandbox's Kubernetes API answers as a real one did (tests/cluster records it)."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from cluster.conformance.conversation import RECORDED, Conversation, conformance_requests

DIFFERENCES = yaml.safe_load(RECORDED.with_name("differences.yaml").read_text(encoding="utf-8"))
REAL = json.loads(RECORDED.read_text(encoding="utf-8"))["answers"]
IDS = [request["id"] for request in conformance_requests()]


@pytest.fixture(scope="module")
def answers(module_sandbox_with_recorded_roles) -> dict[str, Any]:
    addresses = module_sandbox_with_recorded_roles.addresses
    config = json.loads(Path(addresses["kubeconfig"]).read_text(encoding="utf-8"))
    url = config["clusters"][0]["cluster"]["server"]
    token = config["users"][0]["user"]["token"]
    return Conversation(url, token, addresses["namespace"]).run()


@pytest.mark.parametrize("name", IDS)
def test_answers_as_the_real_api(answers: dict[str, Any], name: str) -> None:
    if name in DIFFERENCES:
        listed = DIFFERENCES[name]
        assert listed["because"]
        assert answers[name] == listed["sandbox"], "the sandbox changed: is it still different?"
        assert answers[name] != REAL[name], "it is no difference any more: strike it off the list"
    else:
        assert answers[name] == REAL[name]


def test_only_requests_of_the_list_differ() -> None:
    assert set(DIFFERENCES) <= set(IDS)


def test_there_is_enough_to_compare() -> None:
    assert len(IDS) >= 80
    assert len(DIFFERENCES) <= len(IDS) / 10
