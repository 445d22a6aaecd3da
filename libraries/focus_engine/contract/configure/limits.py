"""Whether the limits that a refusal tells are those of the requirement."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import nan
from typing import Any

from focus_engine.checks.report import Report
from focus_engine.contract.configure.configuration import View
from focus_engine.contract.configure.rejection import objects_of, texts_of
from focus_engine.contract.json_types import is_int, is_number
from focus_engine.reading.told_numbers import LimitSide, TextNumber, numbers_of
from focus_engine.settings import ClientSettings, Requirements, lower_limits
from focus_engine.transport.reply import Reply

LIMIT_TOLD = "limit that refused"
_OTHER_UNIT = re.compile(r"(?i)[\s-]*(?:ms|milli\w*|m|min\w*|h|hours?|days?|weeks?|%)\b")


@dataclass(frozen=True)
class FibreLimits:
    """What the fibre limits: its last channel, and half its pulse repetition rate in Hz."""

    highest_channel: int | None = None
    nyquist_hz: float | None = None


@dataclass(frozen=True)
class FieldLimits:
    """What a refusal may tell of a field; None where no limit of that side is agreed."""

    upper: frozenset[float] | None
    lower: frozenset[float] | None


def limits_of(
    field: str, reply: Reply, client: ClientSettings, required: Requirements, fibre: FibreLimits
) -> FieldLimits | None:
    """What limits `field` in the view that was asked for; None where nothing is known."""
    return limits_in_view(field, str(asked_of(reply).get("view_type")), client, required, fibre)


def upper_limits(
    field: str, client: ClientSettings, required: Requirements, fibre: FibreLimits
) -> frozenset[float]:
    """What limits `field` from above in any view."""
    found = (limits_in_view(field, view.value, client, required, fibre) for view in View)
    return frozenset(one for limits in found if limits for one in limits.upper or ())


def limits_in_view(
    field: str, view: str, client: ClientSettings, required: Requirements, fibre: FibreLimits
) -> FieldLimits | None:
    """What limits `field` in that view; None where nothing is known."""
    largest = client.Constraints
    options = client.Options.nfftSingleChannel
    nfft = {View.SINGLECHANNEL.value: max(options), View.WATERFALL.value: 1}
    channels = [1] if view == View.SINGLECHANNEL.value else []  # it shows one at a time
    known: dict[str, Sequence[float | None] | None] = {
        "channels": [largest.SensorsRange, fibre.highest_channel, *channels],
        "frequencyRange": [largest.FrequencyMax, fibre.nyquist_hz],
        "nfftSelection": [nfft.get(view, required.multichannel_nfft_max.value)],
        "displayInfo": None,
        "displayTimeAxisDuration": None,
    }
    if field not in known:
        return None
    upper = known[field]
    told = None if upper is None else frozenset(float(one) for one in upper if one is not None)
    lower = lower_limits(client, required).get(field, [1])
    return FieldLimits(told, frozenset(map(float, lower)))


def judge_limits(reply: Reply, limits: FieldLimits, broken: Sequence[int] = ()) -> Report:
    """That each limit which the refusal tells is one of `limits`.

    Where the request is known to break the upper limits `broken` (the one that is meant comes
    first), one of them must be among those told, and every large number that the request does not
    hold counts for one.
    """
    findings, sent = Report(), _sent(reply)
    told = [one for text in _texts(reply.json_or_none()) for one in numbers_of(text)]
    upper = {
        one.value for one in told if _is_limit(one, LimitSide.UPPER, sent, strict=bool(broken))
    }
    lower = {one.value for one in told if _is_limit(one, LimitSide.LOWER, sent)}
    if broken:
        upper |= {one.value for one in told if one.size > min(broken) // 2} - sent - lower
    if not upper and not lower:
        if broken:  # of any other refusal none is expected
            findings.not_checked(LIMIT_TOLD, "the refusal tells none.")
        return findings
    right = upper & set(map(float, broken)) if broken and upper else {True}
    wrong = _beside(upper, limits.upper) | _beside(lower, limits.lower)
    agreed = broken[:1] or sorted({*(limits.upper or ()), *(limits.lower or ())})
    expected = " or ".join(f"{each:g}" for each in agreed)
    findings.expect(
        LIMIT_TOLD,
        bool(right) and not wrong,
        expected,
        sorted(upper | lower),
        f"{reply.request} should be refused by the limit of {expected}, but the server answered "
        f"{reply.answer}",
    )
    return findings


def told_limit(reply: Reply) -> int | None:
    """The one whole upper limit that a refusal tells of the field, in the field's own unit.

    None where it tells none, or several: then it does not say which of them is the field's.
    """
    sent = _sent(reply)
    told = {
        one.value
        for text in _texts(reply.json_or_none())
        for one in numbers_of(text)
        if _is_limit(one, LimitSide.UPPER, sent) and not _OTHER_UNIT.match(one.after)
    }
    value = told.pop() if len(told) == 1 else nan
    return int(value) if value.is_integer() else None


def _is_limit(one: TextNumber, side: LimitSide, sent: set[float], *, strict: bool = False) -> bool:
    """A number of the request is called a limit only where the request breaks none by it."""
    if one.value not in sent:
        return one.is_limit(side) or one.is_limit(side, loosely=True)
    kept = max(sent) <= one.value if side is LimitSide.UPPER else min(sent) >= one.value
    return (kept or strict) and one.is_limit(side)


def _beside(told: set[float], agreed: frozenset[float] | None) -> set[float]:
    return set() if agreed is None else told - agreed


def asked_of(reply: Reply) -> Mapping[str, Any]:
    """The fields of the request; none where it is no JSON object."""
    sent = replace(reply, body=reply.sent).json_or_none()
    return sent if isinstance(sent, dict) else {}


def _sent(reply: Reply) -> set[float]:
    """Every number of the request, and how many channels it asked for."""
    asked = asked_of(reply)
    bounds = asked.get("channels")
    low, high = (bounds.get("min"), bounds.get("max")) if isinstance(bounds, dict) else (None, None)
    count = {float(high - low + 1)} if is_int(low) and is_int(high) else set()
    return {one.value for text in _leaves(asked) for one in numbers_of(text)} | count


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _leaves(item)
    else:
        yield str(value)


def _texts(body: Any) -> Iterator[str]:
    """Every text of a refusal; the limits that FastAPI tells by a key, as a text."""
    yield from texts_of(body)
    for holder in objects_of(body):
        for side in LimitSide:
            if is_number(holder.get(side.key)):
                yield f"at {'most' if side is LimitSide.UPPER else 'least'} {holder[side.key]}"
