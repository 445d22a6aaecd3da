"""What a domain rule is, and the conditions that rules are made of."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.focus_server.configuration import SINGLECHANNEL, ParsedConfiguration
from sandbox.spec import SPEC, Limits


@dataclass(frozen=True)
class RuleContext:
    """What a rule may depend on beside the request."""

    limits: Limits
    prr_hz: int
    highest_channel: int
    now_s: float
    channel_limit: int | None = None
    """Former or wrong limit that takes the place of both channel bounds."""
    smallest_nfft: int = SPEC.limits.nfft_minimum
    """Of the multichannel view."""
    waterfall_duration: int | None = None
    """The one duration that a waterfall may have, None where it has none."""

    @property
    def most_channels(self) -> int:
        """Channels that one request may ask for."""
        return self.limits.channels if self.channel_limit is None else self.channel_limit

    @property
    def last_channel(self) -> int:
        """Highest channel number that one request may ask for."""
        return self.highest_channel if self.channel_limit is None else self.channel_limit

    @property
    def nyquist_hz(self) -> float:
        """Half the pulse repetition rate."""
        return self.prr_hz / 2

    def least_nfft(self, view: int) -> int:
        """Lowest NFFT of a view with a spectrum."""
        return self.limits.nfft_minimum if view == SINGLECHANNEL else self.smallest_nfft

    def most_nfft(self, view: int) -> int:
        """Highest NFFT of a view with a spectrum."""
        if view == SINGLECHANNEL:
            return self.limits.nfft_singlechannel
        return self.limits.nfft_multichannel


Condition = Callable[[ParsedConfiguration, RuleContext], bool]


@dataclass(frozen=True)
class Rule:
    """One requirement: `breaks` finds the violation.

    `text` names value and limit; it may refer to `{c}`, the configuration, and `{x}`, the
    context.
    """

    id: str
    field: str
    breaks: Condition
    text: str

    @property
    def concerns_time(self) -> bool:
        """Whether the rule is about the time range, so that no recording can be looked up."""
        return self.field in ("start_time", "end_time")

    def message(self, c: ParsedConfiguration, x: RuleContext) -> str:
        """The sentence of the refusal: field, value, limit."""
        return f"{self.field}: {self.text.format(c=c, x=x)}"


def frequencies(breaks: Callable[[int, int, RuleContext], bool]) -> Condition:
    """Look at the frequency range of a view that has one."""
    return lambda c, x: c.is_spectrogram and c.frequency is not None and breaks(*c.frequency, x)


def nfft(breaks: Callable[[int, int, RuleContext], bool]) -> Condition:
    """Look at NFFT and the highest NFFT of a view with a spectrum."""
    return lambda c, x: (
        c.is_spectrogram and c.nfft is not None and breaks(c.nfft, x.most_nfft(c.view), x)
    )


def duration(breaks: Callable[[int, Limits], bool]) -> Condition:
    """Look at the duration of a view that has one."""
    return lambda c, x: c.is_spectrogram and c.duration is not None and breaks(c.duration, x.limits)


def any_time(breaks: Callable[[int, Limits], bool]) -> Condition:
    """Look at each end of the time range that is given."""
    return lambda c, x: any(
        breaks(time, x.limits) for time in (c.start_time, c.end_time) if time is not None
    )


def times(breaks: Callable[[int, int, RuleContext], bool]) -> Condition:
    """Look at a range whose two ends are plausible epoch seconds."""

    def condition(c: ParsedConfiguration, x: RuleContext) -> bool:
        if c.start_time is None or c.end_time is None:
            return False
        plausible = all(0 <= time <= x.limits.epoch_max_s for time in (c.start_time, c.end_time))
        return plausible and breaks(c.start_time, c.end_time, x)

    return condition


def absent(name: str) -> Condition:
    """Find a missing key in a view with a spectrum."""
    return lambda c, _: c.is_spectrogram and name in c.absent


def null(name: str) -> Condition:
    """Find an explicit null in a view with a spectrum."""
    return lambda c, _: c.is_spectrogram and name in c.nulls
