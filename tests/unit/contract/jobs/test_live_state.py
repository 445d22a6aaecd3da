import json
from typing import Any

import pytest

from focus_engine.contract.endpoints.live_state import (
    WAITING_TEXT,
    LiveState,
    judge_live_state,
    live_state,
    require_ready_for_live,
)
from focus_engine.settings import requirements
from focus_engine.verdict import PreconditionUnmet, ProductFailure

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
    findings, state = judge_live_state(
        reply_of(200, json.dumps(READY | {"dx": 0.0})), requirements()
    )
    assert state is None
    assert findings.failures[0].startswith("GET /live_metadata contradicts itself: {")


def test_a_broken_contract_tells_no_state(reply_of) -> None:
    findings, state = judge_live_state(reply_of(200, json.dumps({"dx": 0.0})), requirements())
    assert state is None
    assert "keys of /live_metadata" in findings.failures[0]


@pytest.mark.parametrize("metadata", [READY, HALF_READY, {"prr": 1, "dx": 1}])
def test_prr_and_dx_above_0_are_readiness(reply_of, metadata) -> None:
    require_ready_for_live(reply_of(200, json.dumps(metadata), ""))


def test_only_the_agreed_placeholder_is_a_precondition(reply_of) -> None:
    waiting = reply_of(200, json.dumps(WAITING), "")
    with pytest.raises(PreconditionUnmet, match="the server waits for fibre"):
        require_ready_for_live(waiting)
    with pytest.raises(PreconditionUnmet):
        require_ready_for_live(waiting, LiveState.WAITING)
    for before in (LiveState.READY, LiveState.HALF_READY):
        with pytest.raises(ProductFailure, match=f"which was {before} before"):
            require_ready_for_live(waiting, before)


NO_PLACEHOLDER = [
    *(json.dumps(WAITING | {"prr": prr}) for prr in ("0", "none", None, [], True, -1, 0.5)),
    *(json.dumps(WAITING | {"dx": dx}) for dx in (-1, 1.0, "0", None)),
    json.dumps({key: value for key, value in WAITING.items() if key != "prr"}),
    json.dumps({key: value for key, value in WAITING.items() if key != "fiber_start_meters"}),
    json.dumps(READY | {"prr": 0.0}),
    json.dumps(WAITING | {"fiber_description": "Panda3"}),
    json.dumps(WAITING).replace("0.0", "NaN", 1),
    "[]",
    "{}",
    "null",
    "no JSON",
]


@pytest.mark.parametrize("body", NO_PLACEHOLDER)
def test_what_tells_neither_is_a_failure(reply_of, body: str) -> None:
    with pytest.raises(ProductFailure):
        require_ready_for_live(reply_of(200, body, ""))
