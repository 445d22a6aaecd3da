"""Which state of the fibre GET /live_metadata tells, and whether it tells one at all."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from focus_engine.checks.report import Report
from focus_engine.contract.endpoints.server_contract import judge_live_metadata
from focus_engine.contract.json_types import is_number
from focus_engine.transport.reply import Reply

WAITING_TEXT = "waiting for fiber"
FIBRE_KEYS = ("fiber_start_meters", "fiber_length_meters")


class LiveState(StrEnum):
    """The states that were observed; half-ready works like ready."""

    READY = "ready"
    HALF_READY = "half-ready"
    WAITING = "waiting"


def judge_live_state(reply: Reply) -> tuple[Report, LiveState | None]:
    """The contract of the answer, and the state it tells; None where its values contradict."""
    findings = judge_live_metadata(reply)
    if findings.failures:
        return findings, None
    metadata = reply.json()
    state = live_state(metadata)
    shown = {key: metadata[key] for key in ("prr", "dx", *FIBRE_KEYS, "fiber_description")}
    findings.expect(
        "state",
        state is not None,
        "values of one state",
        shown,
        f"GET /live_metadata contradicts itself: {reply.text}; expected prr and dx above 0 with "
        f"the fibre's start and length, or 0 for both and '{WAITING_TEXT}'.",
    )
    return findings, state


def live_state(metadata: Mapping[str, Any]) -> LiveState | None:
    """The state of an answer that keeps the contract's types."""
    known = all(is_number(metadata[key]) for key in FIBRE_KEYS)
    described = metadata["fiber_description"] != WAITING_TEXT
    if metadata["prr"] > 0 and metadata["dx"] > 0 and known and described:
        versioned = metadata["sw_version"] != WAITING_TEXT
        return LiveState.READY if versioned else LiveState.HALF_READY
    absent = all(metadata[key] is None for key in FIBRE_KEYS)
    if metadata["prr"] == 0 and metadata["dx"] == 0 and absent and not described:
        return LiveState.WAITING
    return None
