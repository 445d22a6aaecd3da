"""Whether a refusal points at the bound of a range that is wrong, not at the other one."""

from collections.abc import Iterator, Mapping
from math import inf
from typing import Any

from focus_engine.checks.report import Report
from focus_engine.contract.configure.configuration import View
from focus_engine.contract.configure.limits import asked_of
from focus_engine.contract.configure.rejection import objects_of
from focus_engine.contract.json_types import is_int, is_text
from focus_engine.settings import ClientSettings
from focus_engine.transport.reply import Reply

BOUNDS = ("min", "max")


def judge_pointed_bound(reply: Reply, client: ClientSettings) -> Report:
    """That neither a key `field` nor a `loc`, as FastAPI has it, is a bound that was right.

    Only where one bound of a range was wrong by itself: of two that do not fit each other either
    may be told.
    """
    findings, right = Report(), list(_right_bounds(asked_of(reply), client))
    pointed = sorted({place for place in _places(reply.json_or_none()) if place})
    accused = [bound for bound in right if any(f".{bound}." in f".{each}." for each in pointed)]
    if right and pointed:
        findings.expect(
            "bound pointed at",
            not accused,
            f"not {' or '.join(right)}, which is right",
            pointed,
            f"the rejection of {reply.request} points at {', '.join(accused)}, which is right: "
            f"{reply.answer}",
        )
    return findings


def _right_bounds(asked: Mapping[str, Any], client: ClientSettings) -> Iterator[str]:
    """The paths of bounds that are right beside one that is wrong."""
    spans = {"channels": (1, inf), "frequencyRange": (0, client.Constraints.FrequencyMax)}
    if asked.get("view_type") == View.WATERFALL.value:  # it may have no such range at all
        del spans["frequencyRange"]
    for name, (least, most) in spans.items():
        held = asked.get(name)
        low, high = (held.get(key) for key in BOUNDS) if isinstance(held, dict) else (None, None)
        if is_int(low) and is_int(high) and low > high:
            continue
        right = [
            f"{name}.{key}"
            for key, value in zip(BOUNDS, (low, high), strict=True)
            if is_int(value) and least <= value <= most
        ]
        yield from right if len(right) == 1 else ()


def _places(body: Any) -> Iterator[str]:
    """Each place that a refusal points at, as a dotted path."""
    for holder in objects_of(body):
        place, named = holder.get("loc"), holder.get("field")
        yield ".".join(map(str, place)) if isinstance(place, list) else ""
        yield named if is_text(named) else ""
