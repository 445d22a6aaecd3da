import json
from typing import Any

import pytest

from focus_engine.contract.endpoints.live_state import (
    WAITING_TEXT,
    LiveState,
    judge_live_state,
    live_state,
)

READY: dict[str, Any] = {
    "dx": 1.02,
    "prr": 2000.0,
    "fiber_start_meters": 0,
    "fiber_length_meters": 10000,
    "sw_version": "11.17",
    "number_of_channels": 9791,
    "fiber_description": "Panda3",
}
HALF_READY = READY | {"sw_version": WAITING_TEXT}
WAITING = HALF_READY | {
    "dx": 0.0,
    "prr": 0.0,
    "fiber_start_meters": None,
    "fiber_length_meters": None,
    "fiber_description": WAITING_TEXT,
}


@pytest.mark.parametrize(
    ("metadata", "state"),
    [
        (READY, LiveState.READY),
        (HALF_READY, LiveState.HALF_READY),
        (WAITING, LiveState.WAITING),
        (READY | {"dx": 0.0}, None),
        (READY | {"prr": -1}, None),
        (READY | {"fiber_length_meters": None}, None),
        (READY | {"fiber_description": WAITING_TEXT}, None),
        (WAITING | {"dx": 1.0}, None),
        (WAITING | {"fiber_start_meters": 0}, None),
        (WAITING | {"fiber_description": "Panda3"}, None),
    ],
)
def test_the_values_tell_one_state_or_none(metadata, state: LiveState | None) -> None:
    assert live_state(metadata) is state


def test_a_contradiction_is_one_sentence(reply_of) -> None:
    findings, state = judge_live_state(reply_of(200, json.dumps(READY | {"dx": 0.0})))
    assert state is None
    assert findings.failures[0].startswith("GET /live_metadata contradicts itself: {")


def test_a_broken_contract_tells_no_state(reply_of) -> None:
    findings, state = judge_live_state(reply_of(200, json.dumps({"dx": 0.0})))
    assert state is None
    assert "keys of /live_metadata" in findings.failures[0]
