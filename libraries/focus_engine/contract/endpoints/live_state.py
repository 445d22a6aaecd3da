"""Which state of the fibre GET /live_metadata tells, and whether it tells one at all."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from focus_engine.checks.report import Report
from focus_engine.contract.endpoints.server_contract import judge_live_metadata, judge_ok
from focus_engine.contract.json_types import is_number
from focus_engine.on_use import on_use
from focus_engine.transport.reply import Reply
from focus_engine.verdict import PreconditionUnmet, ProductFailure

with on_use(__name__):
    from focus_engine import settings

WAITING_TEXT = "waiting for fiber"
FIBRE_KEYS = ("fiber_start_meters", "fiber_length_meters")


class LiveState(StrEnum):
    """The states that were observed; half-ready works like ready."""

    READY = "ready"
    HALF_READY = "half-ready"
    WAITING = "waiting"


def judge_live_state(
    reply: Reply, required: settings.Requirements
) -> tuple[Report, LiveState | None]:
    """The contract of the answer, and the state it tells; None where its values contradict."""
    absent, subject = (
        required.no_live_metadata_status,
        "live metadata while the fibre is waited for",
    )
    if reply.status == HTTPStatus.NOT_FOUND and reply.status in absent.accepted:
        findings = Report()
        findings.expect_either(subject, reply.status, absent)
        return findings, LiveState.WAITING
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
    if state is LiveState.WAITING:
        findings.expect_either(subject, reply.status, absent)
    return findings, state


def live_state(metadata: Mapping[str, Any]) -> LiveState | None:
    """The state of an answer that keeps the contract's types."""
    known = all(is_number(metadata[key]) for key in FIBRE_KEYS)
    described = metadata["fiber_description"] != WAITING_TEXT
    if metadata["prr"] > 0 and metadata["dx"] > 0 and known and described:
        versioned = metadata["sw_version"] != WAITING_TEXT
        return LiveState.READY if versioned else LiveState.HALF_READY
    return LiveState.WAITING if is_placeholder(metadata) else None


NO_FIBRE = (
    "the server waits for fibre: prr is 0 in GET /live_metadata. Run live cases when the fibre is "
    "connected."
)


def is_placeholder(metadata: Mapping[str, Any]) -> bool:
    """Whether the values are those, all of them, by which a server says that it waits for fibre."""
    zeros = all(is_number(metadata.get(key)) and metadata[key] == 0 for key in ("prr", "dx"))
    absent = all(key in metadata and metadata[key] is None for key in FIBRE_KEYS)
    return zeros and absent and metadata.get("fiber_description") == WAITING_TEXT


def state_told(reply: Reply) -> LiveState | None:
    """The state, without judging the answer; None where it tells none."""
    findings, state = judge_live_state(reply, settings.requirements())
    return None if findings.failures else state


def require_ready_for_live(reply: Reply, before: LiveState | None = None) -> None:
    """Raise PreconditionUnmet when a /live_metadata answer says that the server waits for fibre.

    Only the agreed values say so. Any others than prr and dx above 0 are a ProductFailure, and so
    is waiting where `before`, such as before an outage, it did not.
    """
    if reply.status == HTTPStatus.NOT_FOUND and before in {None, LiveState.WAITING}:
        raise PreconditionUnmet(
            "the server waits for fibre: GET /live_metadata answers 404. Run live cases when the "
            "fibre is connected."
        )
    judge_ok(reply).conclude()
    answer = reply.json()
    metadata = answer if isinstance(answer, dict) else {}
    if all(is_number(metadata.get(key)) and metadata[key] > 0 for key in ("prr", "dx")):
        return
    if not is_placeholder(metadata):
        raise ProductFailure(
            "GET /live_metadata should tell prr and dx above 0, or that the server waits for fibre "
            f"(0 for both, no start and length, '{WAITING_TEXT}'), but the server answered "
            f"{reply.answer}"
        )
    if before in {LiveState.READY, LiveState.HALF_READY}:
        raise ProductFailure(
            f"GET /live_metadata should go on telling the fibre, which was {before} before, but "
            f"the server answered that it waits for it: {reply.answer}"
        )
    raise PreconditionUnmet(
        "the server waits for fibre: prr is 0 and dx is 0 in GET /live_metadata (both must be "
        "above 0). Run live cases when the fibre is connected."
    )
