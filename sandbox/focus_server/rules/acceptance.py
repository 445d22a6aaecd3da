"""Rules switched off: one fault `accepts-<rule>` per rule, and limits that are set wrong."""

import time
from dataclasses import replace

from sandbox.faults import ActiveFaults, Fault, Unit, Value, knob
from sandbox.focus_server.rules.contracts import Behaviour
from sandbox.focus_server.rules.domain import CHANNEL_NUMBER_RULE, RULES
from sandbox.focus_server.rules.rule import Rule, RuleContext
from sandbox.focus_server.rules.shape import SHAPE_RULES
from sandbox.focus_server.rules.time_range import RANGE_RULES
from sandbox.spec import SPEC

CHANNEL_LIMIT = Fault(
    "channel-limit",
    "the number of channels and the channel numbers are bounded by this value alone",
    Value(Unit.WHOLE_NUMBER, 2500),
)
FUTURE_TOLERANCE = Fault(
    "future-tolerance",
    "a time range may end this long after now",
    Value(Unit.SECONDS, 3600.0),
)
CHANNEL_NUMBER_BOUNDED = knob(
    "channel-number-bounded", f"channel numbers above {SPEC.limits.channels} are refused too"
)
HEATMAPS_SERVED = knob("heatmaps-view-served", 'view_type "3" is served and in the OpenAPI')


def _accepts(name: str, sentence: str) -> Fault:
    return Fault(f"accepts-{name}", sentence)


_BREAKING = "a request is accepted although it breaks the rule {}"
_ACCEPTS: dict[str, Fault] = {
    **{rule.id: _accepts(rule.id, _BREAKING.format(rule.id)) for rule in RULES},
    **{rule.id: _accepts(rule.id, _BREAKING.format(rule.id)) for rule in RANGE_RULES},
    **{
        rule.id: _accepts(rule.id, f"a request is accepted although {rule.input}")
        for rule in SHAPE_RULES
    },
}

FAULTS = (*_ACCEPTS.values(), CHANNEL_LIMIT, FUTURE_TOLERANCE)
KNOBS = (CHANNEL_NUMBER_BOUNDED, HEATMAPS_SERVED)


def is_off(rule_id: str, faults: ActiveFaults) -> bool:
    """Whether the rule of that id is switched off."""
    return faults.on(_ACCEPTS[rule_id])


def channel_limit(faults: ActiveFaults) -> int | None:
    """The wrong channel limit, when one is set."""
    return int(faults.number(CHANNEL_LIMIT)) if faults.on(CHANNEL_LIMIT) else None


def rules_in_force(faults: ActiveFaults) -> tuple[Rule, ...]:
    """The domain rules that are switched on."""
    rules = tuple(rule for rule in RULES if not is_off(rule.id, faults))
    if faults.on(CHANNEL_NUMBER_BOUNDED):
        return (*rules, CHANNEL_NUMBER_RULE)
    return rules


def rule_context(behaviour: Behaviour, prr_hz: int, faults: ActiveFaults) -> RuleContext:
    """What rules may depend on beside the request, now."""
    limits = SPEC.limits
    if faults.on(FUTURE_TOLERANCE):
        limits = replace(limits, future_tolerance_s=int(faults.number(FUTURE_TOLERANCE)))
    return RuleContext(
        limits,
        prr_hz,
        SPEC.fibre.highest_channel,
        time.time(),
        channel_limit(faults),
        smallest_nfft=behaviour.smallest_nfft or SPEC.limits.nfft_minimum,
        waterfall_duration=behaviour.waterfall_duration,
    )
