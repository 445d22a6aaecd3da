"""Rules about the shape of a request (422), each named by what it concerns and how it is wrong."""

from dataclasses import dataclass

CONFIGURE_GROUPS = {
    "view_type": "view-type",
    "channels": "channels",
    "frequencyRange": "frequency-bound",
    "nfftSelection": "nfft",
    "displayInfo": "display",
    "displayTimeAxisDuration": "duration",
    "start_time": "time",
    "end_time": "time",
}
"""Group of the rules by top-level field of POST /configure."""

RANGE_GROUPS = {"start_time": "range", "end_time": "range"}
"""The same for POST /recordings_in_time_range."""

_KINDS = {
    "missing": "is missing",
    "null": "is null",
    "text": "is a string where a number or an object is needed",
    "fraction": "is not a whole number",
    "wrong-type": "is a boolean, a list or an object where something else is needed",
}
_REQUIRED = ("channels", "frequency-bound", "display", "range")
_OPTIONAL = ("nfft", "duration", "time")
_PHRASES = {
    "channels": "channels (or a bound of it)",
    "frequency-bound": "a bound of frequencyRange",
    "display": "displayInfo (or its height)",
    "nfft": "nfftSelection",
    "duration": "displayTimeAxisDuration",
    "time": "start_time or end_time",
    "range": "start_time or end_time of /recordings_in_time_range",
}


@dataclass(frozen=True)
class ShapeRule:
    """One way a body can fail to match the model."""

    id: str
    input: str
    """The input that the rule refuses, as the end of a sentence."""


def _rules_of(group: str, kinds: tuple[str, ...]) -> tuple[ShapeRule, ...]:
    return tuple(
        ShapeRule(f"{group}-{kind}", f"{_PHRASES[group]} {_KINDS[kind]}") for kind in kinds
    )


SHAPE_RULES: tuple[ShapeRule, ...] = (
    ShapeRule("body-malformed", "the body is not JSON"),
    ShapeRule("body-not-an-object", "the body is JSON but not an object"),
    ShapeRule("view-type-missing", "view_type is missing"),
    ShapeRule("view-type-null", "view_type is null"),
    ShapeRule("view-type-not-text", "view_type is a number, a list or an object"),
    ShapeRule("view-type-empty", "view_type is the empty string"),
    ShapeRule("view-type-unknown", "view_type is a string that names no view"),
    *(rule for group in _REQUIRED for rule in _rules_of(group, tuple(_KINDS))),
    *(rule for group in _OPTIONAL for rule in _rules_of(group, ("text", "fraction", "wrong-type"))),
)


def shape_rule_id(group: str, kind: str) -> str:
    """The id of the rule that a problem of that group and kind breaks."""
    if group == "view-type" and kind in ("fraction", "wrong-type", "text"):
        return "view-type-not-text"
    return f"{group}-{kind}"
