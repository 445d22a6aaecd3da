"""Domain rules of the conforming contract: one named object per requirement.

The rules are disjoint where they can be: an input that breaks one requirement is refused by one
rule, so that switching the rule off (fault ``accepts-<id>``) makes the server accept the input.
Rules see a configuration whose shape is already right.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.focus_server.configuration import SINGLECHANNEL, WATERFALL, Configuration
from sandbox.spec import Limits


@dataclass(frozen=True)
class Context:
    """What a rule may depend on beside the request."""

    limits: Limits
    prr_hz: int
    highest_channel: int
    now_s: float
    channel_limit: int | None = None
    """Former or wrong limit that takes the place of both channel bounds."""

    @property
    def most_channels(self) -> int:
        """Channels that one request may ask for."""
        return self.limits.channels if self.channel_limit is None else self.channel_limit

    @property
    def last_channel(self) -> int:
        """Highest channel number that one request may ask for."""
        return self.highest_channel if self.channel_limit is None else self.channel_limit

    def most_nfft(self, view: int) -> int:
        """Highest NFFT of a view with a spectrum."""
        if view == SINGLECHANNEL:
            return self.limits.nfft_singlechannel
        return self.limits.nfft_multichannel


Predicate = Callable[[Configuration, Context], bool]
Message = Callable[[Configuration, Context], str]


@dataclass(frozen=True)
class Rule:
    """One requirement. ``breaks`` finds the violation, ``message`` names value and limit."""

    id: str
    field: str
    breaks: Predicate
    message: Message

    @property
    def concerns_time(self) -> bool:
        """Whether the rule is about the time range, so that no recording can be looked up."""
        return self.field in ("start_time", "end_time")


def _rule(id: str, field: str, breaks: Predicate, message: str | Message) -> Rule:
    if isinstance(message, str):
        text = message
        return Rule(id, field, breaks, lambda c, x: text)
    return Rule(id, field, breaks, message)


def _is_power_of_two(number: int) -> bool:
    return number > 0 and number & (number - 1) == 0


def _frequency(breaks: Callable[[int, int, Context], bool]) -> Predicate:
    """Apply to the frequency range of a view that has one."""
    return lambda c, x: (
        c.is_spectrogram and c.frequency is not None and breaks(*c.frequency, x)
    )


def _nfft(breaks: Callable[[int, int], bool]) -> Predicate:
    """Apply to the NFFT of a view with a spectrum, with the view's highest NFFT."""
    return lambda c, x: c.is_spectrogram and c.nfft is not None and breaks(c.nfft, x.most_nfft(c.view))


def _duration(breaks: Callable[[int, Limits], bool]) -> Predicate:
    return lambda c, x: c.is_spectrogram and c.duration is not None and breaks(c.duration, x.limits)


def _times(breaks: Callable[[int, int, Context], bool]) -> Predicate:
    """Apply to a range whose two ends are plausible epoch seconds."""

    def apply(c: Configuration, x: Context) -> bool:
        if c.start_time is None or c.end_time is None:
            return False
        plausible = all(0 <= time <= x.limits.epoch_max_s for time in (c.start_time, c.end_time))
        return plausible and breaks(c.start_time, c.end_time, x)

    return apply


def _any_time(breaks: Callable[[int, Limits], bool]) -> Predicate:
    return lambda c, x: any(
        breaks(time, x.limits) for time in (c.start_time, c.end_time) if time is not None
    )


def _absent(name: str, value: Callable[[Configuration], object]) -> Predicate:
    return lambda c, x: c.is_spectrogram and value(c) is None and name in c.absent


def _null(name: str, value: Callable[[Configuration], object]) -> Predicate:
    return lambda c, x: c.is_spectrogram and value(c) is None and name not in c.absent


CHANNEL_RULES = (
    _rule("channel-zero", "channels.min", lambda c, x: c.channel_min == 0,
          "channels.min: 0 is below the first channel, at least 1 is required"),
    _rule("channel-negative", "channels.min", lambda c, x: c.channel_min < 0,
          lambda c, x: f"channels.min: {c.channel_min} is negative, at least 1 is required"),
    _rule("channels-reversed", "channels", lambda c, x: 0 < c.channel_min > c.channel_max,
          lambda c, x: f"channels: min {c.channel_min} is above max {c.channel_max}"),
    _rule("channel-count", "channels", lambda c, x: c.channel_count > x.most_channels,
          lambda c, x: (f"channels: {c.channel_count} channels requested, "
                        f"at most {x.most_channels} are allowed")),
    _rule("channel-highest", "channels.max",
          lambda c, x: c.channel_count <= x.most_channels and c.channel_max > x.last_channel,
          lambda c, x: (f"channels.max: {c.channel_max} is beyond the fibre, "
                        f"the highest channel is {x.last_channel}")),
    _rule("singlechannel-range", "channels",
          lambda c, x: c.view == SINGLECHANNEL and c.channel_min < c.channel_max,
          lambda c, x: (f"channels: view_type 1 shows one channel, min must equal max, "
                        f"but {c.channel_min} to {c.channel_max} was requested")),
)

FREQUENCY_RULES = (
    _rule("frequency-range-missing", "frequencyRange",
          _absent("frequencyRange", lambda c: c.frequency),
          "frequencyRange: is required for this view_type"),
    _rule("frequency-range-null", "frequencyRange",
          _null("frequencyRange", lambda c: c.frequency),
          "frequencyRange: null is not allowed for this view_type"),
    _rule("frequency-negative", "frequencyRange", _frequency(lambda low, high, x: min(low, high) < 0),
          "frequencyRange: negative frequencies are not allowed, at least 0 is required"),
    _rule("frequency-reversed", "frequencyRange", _frequency(lambda low, high, x: low > high >= 0),
          "frequencyRange: min is above max"),
    _rule("frequency-equal", "frequencyRange", _frequency(lambda low, high, x: low == high >= 0),
          "frequencyRange: min equals max, a span of at least 1 Hz is required"),
    _rule("frequency-limit", "frequencyRange.max",
          _frequency(lambda low, high, x: high > x.limits.frequency_max_hz),
          lambda c, x: ("frequencyRange.max: is above the limit, "
                        f"at most {x.limits.frequency_max_hz} Hz is allowed")),
    _rule("frequency-nyquist", "frequencyRange.max",
          _frequency(lambda low, high, x: x.prr_hz / 2 < high <= x.limits.frequency_max_hz),
          lambda c, x: ("frequencyRange.max: is above half the pulse repetition rate, "
                        f"at most {x.prr_hz / 2:g} Hz is allowed")),
)

NFFT_RULES = (
    _rule("nfft-missing", "nfftSelection", _absent("nfftSelection", lambda c: c.nfft),
          "nfftSelection: is required for this view_type"),
    _rule("nfft-null", "nfftSelection", _null("nfftSelection", lambda c: c.nfft),
          "nfftSelection: null is not allowed for this view_type"),
    _rule("nfft-zero", "nfftSelection", _nfft(lambda n, most: n == 0),
          lambda c, x: f"nfftSelection: 0 is too low, at least {x.limits.nfft_minimum} is required"),
    _rule("nfft-negative", "nfftSelection", _nfft(lambda n, most: n < 0),
          lambda c, x: (f"nfftSelection: {c.nfft} is negative, "
                        f"at least {x.limits.nfft_minimum} is required")),
    _rule("nfft-minimum", "nfftSelection", lambda c, x: (
              c.is_spectrogram and c.nfft is not None and 0 < c.nfft < x.limits.nfft_minimum),
          lambda c, x: (f"nfftSelection: {c.nfft} is too low, "
                        f"at least {x.limits.nfft_minimum} is required")),
    _rule("nfft-singlechannel-limit", "nfftSelection", lambda c, x: (
              c.view == SINGLECHANNEL and (c.nfft or 0) > x.limits.nfft_singlechannel),
          lambda c, x: (f"nfftSelection: {c.nfft} is above the limit, "
                        f"at most {x.limits.nfft_singlechannel} is allowed for view_type 1")),
    _rule("nfft-multichannel-limit", "nfftSelection", lambda c, x: (
              c.view not in (SINGLECHANNEL, WATERFALL)
              and (c.nfft or 0) > x.limits.nfft_multichannel),
          lambda c, x: (f"nfftSelection: {c.nfft} is above the limit, "
                        f"at most {x.limits.nfft_multichannel} is allowed for view_type 0")),
    _rule("nfft-power-of-two", "nfftSelection", lambda c, x: (
              c.is_spectrogram and c.nfft is not None
              and x.limits.nfft_minimum <= c.nfft <= x.most_nfft(c.view)
              and not _is_power_of_two(c.nfft)),
          lambda c, x: f"nfftSelection: {c.nfft} is not a power of two"),
)

DISPLAY_RULES = (
    _rule("duration-missing", "displayTimeAxisDuration",
          _absent("displayTimeAxisDuration", lambda c: c.duration),
          "displayTimeAxisDuration: is required for this view_type"),
    _rule("duration-null", "displayTimeAxisDuration",
          _null("displayTimeAxisDuration", lambda c: c.duration),
          "displayTimeAxisDuration: null is not allowed for this view_type"),
    _rule("duration-zero", "displayTimeAxisDuration", _duration(lambda t, limits: t == 0),
          "displayTimeAxisDuration: 0 is too low, at least 1 s is required"),
    _rule("duration-negative", "displayTimeAxisDuration", _duration(lambda t, limits: t < 0),
          lambda c, x: f"displayTimeAxisDuration: {c.duration} is negative, at least 1 s is required"),
    _rule("duration-limit", "displayTimeAxisDuration",
          _duration(lambda t, limits: t > limits.duration_max_s),
          lambda c, x: (f"displayTimeAxisDuration: {c.duration} is above the limit, "
                        f"at most {x.limits.duration_max_s} s is allowed")),
    _rule("height-zero", "displayInfo.height", lambda c, x: c.height == 0,
          "displayInfo.height: 0 is too low, at least 1 pixel is required"),
    _rule("height-negative", "displayInfo.height", lambda c, x: c.height < 0,
          lambda c, x: f"displayInfo.height: {c.height} is negative, at least 1 pixel is required"),
    _rule("height-limit", "displayInfo.height", lambda c, x: c.height > x.limits.height_max_px,
          lambda c, x: (f"displayInfo.height: {c.height} is above the limit, "
                        f"at most {x.limits.height_max_px} pixels are allowed")),
)

TIME_RULES = (
    _rule("only-start-time", "end_time", lambda c, x: c.start_time is not None and c.end_time is None,
          "end_time: is required when start_time is given"),
    _rule("only-end-time", "start_time", lambda c, x: c.start_time is None and c.end_time is not None,
          "start_time: is required when end_time is given"),
    _rule("time-negative", "start_time", _any_time(lambda time, limits: time < 0),
          "start_time, end_time: negative times are not allowed, epoch seconds are required"),
    _rule("time-milliseconds", "start_time", _any_time(lambda time, limits: time > limits.epoch_max_s),
          "start_time, end_time: epoch seconds are required, the value looks like milliseconds"),
    _rule("time-reversed", "end_time", _times(lambda start, end, x: end < start),
          "end_time: is before start_time"),
    _rule("time-equal", "end_time", _times(lambda start, end, x: end == start),
          "end_time: equals start_time, the range is empty"),
    _rule("time-future", "end_time", _times(
              lambda start, end, x: end > start and end > x.now_s + x.limits.future_tolerance_s),
          "start_time, end_time: the range lies in the future"),
)

WATERFALL_RULES = (
    _rule("waterfall-frequency-range", "frequencyRange",
          lambda c, x: c.view == WATERFALL and c.frequency is not None,
          "frequencyRange: is not allowed for the waterfall, view_type 2"),
    _rule("waterfall-duration", "displayTimeAxisDuration",
          lambda c, x: c.view == WATERFALL and c.duration is not None,
          "displayTimeAxisDuration: is not allowed for the waterfall, view_type 2"),
    _rule("waterfall-nfft", "nfftSelection",
          lambda c, x: c.view == WATERFALL and c.nfft is not None and c.nfft != 1,
          lambda c, x: f"nfftSelection: {c.nfft} is not allowed for the waterfall, it must be 1"),
)

RULES: tuple[Rule, ...] = (
    *CHANNEL_RULES, *FREQUENCY_RULES, *NFFT_RULES, *DISPLAY_RULES, *TIME_RULES, *WATERFALL_RULES,
)

CHANNEL_NUMBER_RULE = _rule(
    "channel-number", "channels.max", lambda c, x: c.channel_max > x.limits.channels,
    lambda c, x: (f"channels.max: {c.channel_max} is above the limit, "
                  f"channel numbers up to {x.limits.channels} are allowed"),
)
"""Open: whether the limit bounds the channel number too. In force only with its knob."""
