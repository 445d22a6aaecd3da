"""Faults that refuse what is valid, each a condition on the configuration."""

from collections.abc import Callable

from sandbox.faults import ActiveFaults, Fault, Unit, Value
from sandbox.focus_server.configuration import (
    MULTICHANNEL,
    SINGLECHANNEL,
    WATERFALL,
    ParsedConfiguration,
)
from sandbox.focus_server.rules.rejections import Rejection, broken_rule
from sandbox.spec import SPEC

REFUSES_NFFT = Fault(
    "refuses-nfft", "NFFT of this value is refused in every view", Value(Unit.WHOLE_NUMBER)
)

REFUSES_PARAMETERS = Fault(
    "refuses-content-type-parameters", "a body whose content type names a charset is refused"
)

TALL_PX = 5000
"""Height of the extreme but valid canvas that stress cases ask for."""

Condition = Callable[[ParsedConfiguration], bool]

CONDITIONS: dict[Fault, Condition] = {
    Fault("refuses-limit", "exactly the allowed number of channels is refused"): lambda c: (
        c.channel_count == SPEC.limits.channels
    ),
    Fault("refuses-default-channels", "channels 11 to 109 are refused"): lambda c: (
        (c.channel_min, c.channel_max) == (11, 109)
    ),
    Fault("refuses-full-frequency-range", "frequencies 0 to 1000 Hz are refused"): lambda c: (
        c.frequency == (0, SPEC.limits.frequency_max_hz)
    ),
    Fault("refuses-multichannel", "every multichannel configuration is refused"): lambda c: (
        c.view == MULTICHANNEL
    ),
    Fault("refuses-singlechannel", "every singlechannel configuration is refused"): lambda c: (
        c.view == SINGLECHANNEL
    ),
    Fault("refuses-waterfall", "every waterfall configuration is refused"): lambda c: (
        c.view == WATERFALL
    ),
    Fault("refuses-historic", "every historic configuration is refused"): lambda c: c.is_historic,
    Fault("refuses-live", "every live configuration is refused"): lambda c: not c.is_historic,
    Fault("refuses-height-5000", "a canvas of 5000 pixels or more is refused"): lambda c: (
        c.height >= TALL_PX
    ),
}

FAULTS = (*CONDITIONS, REFUSES_NFFT, REFUSES_PARAMETERS)


def wrong_refusal(wanted: ParsedConfiguration, faults: ActiveFaults) -> Rejection | None:
    """The refusal of a valid configuration that an active fault asks for."""
    for fault, condition in CONDITIONS.items():
        if faults.on(fault) and condition(wanted):
            return broken_rule(f"configuration: refused by {fault.id}", "configuration")
    if faults.on(REFUSES_NFFT) and wanted.nfft == faults.number(REFUSES_NFFT):
        return broken_rule(f"nfftSelection: {wanted.nfft} is refused", "nfftSelection")
    return None
