"""Domain rules of the conforming contract: one named object per requirement.

The rules are disjoint where they can be: an input that breaks one requirement is refused by one
rule, so that switching the rule off (fault `accepts-<id>`) makes the server accept the input.
Rules see a configuration `c` whose shape is already right, and the context `x`.
"""

# ruff: noqa: ARG005 - every condition has the same signature, whether it needs all of it or not

from sandbox.focus_server.configuration import SINGLECHANNEL, WATERFALL
from sandbox.focus_server.rules.rule import (
    Rule,
    absent,
    any_time,
    duration,
    frequencies,
    nfft,
    null,
    times,
)

_REQUIRED = "is required for view_type {c.view}"
_NOT_NULL = "null is not allowed for view_type {c.view}"
_NOT_FOR_WATERFALL = "is not allowed for the waterfall, view_type 2"


def _is_power_of_two(number: int) -> bool:
    return number > 0 and number & (number - 1) == 0


CHANNEL_RULES = (
    Rule(
        "channel-zero",
        "channels.min",
        lambda c, x: c.channel_min == 0,
        "0 is below the first channel, at least 1 is required",
    ),
    Rule(
        "channel-negative",
        "channels.min",
        lambda c, x: c.channel_min < 0,
        "{c.channel_min} is negative, at least 1 is required",
    ),
    Rule(
        "channels-reversed",
        "channels",
        lambda c, x: 0 < c.channel_min > c.channel_max,
        "min {c.channel_min} is above max {c.channel_max}",
    ),
    Rule(
        "channel-count",
        "channels",
        lambda c, x: c.channel_count > x.most_channels,
        "{c.channel_count} channels requested, at most {x.most_channels} are allowed",
    ),
    Rule(
        "channel-highest",
        "channels.max",
        lambda c, x: c.channel_count <= x.most_channels and c.channel_max > x.last_channel,
        "{c.channel_max} is beyond the fibre, the highest channel is {x.last_channel}",
    ),
    Rule(
        "singlechannel-range",
        "channels",
        lambda c, x: c.view == SINGLECHANNEL and c.channel_min < c.channel_max,
        "min must equal max for view_type 1, but {c.channel_min} to {c.channel_max} was requested",
    ),
)

FREQUENCY_RULES = (
    Rule("frequency-range-missing", "frequencyRange", absent("frequencyRange"), _REQUIRED),
    Rule("frequency-range-null", "frequencyRange", null("frequencyRange"), _NOT_NULL),
    Rule(
        "frequency-negative",
        "frequencyRange",
        frequencies(lambda low, high, x: min(low, high) < 0),
        "a bound of {c.frequency} is negative, at least 0 Hz is required",
    ),
    Rule(
        "frequency-reversed",
        "frequencyRange",
        frequencies(lambda low, high, x: low > high >= 0),
        "min is above max in {c.frequency}",
    ),
    Rule(
        "frequency-equal",
        "frequencyRange",
        frequencies(lambda low, high, x: 0 <= high - low < x.limits.frequency_span_min_hz),
        "{c.frequency} spans too little, at least {x.limits.frequency_span_min_hz} Hz are required",
    ),
    Rule(
        "frequency-limit",
        "frequencyRange.max",
        frequencies(lambda low, high, x: high > x.limits.frequency_max_hz),
        "{c.frequency[1]} Hz is above the limit, at most {x.limits.frequency_max_hz} is allowed",
    ),
    Rule(
        "frequency-nyquist",
        "frequencyRange.max",
        frequencies(lambda low, high, x: x.nyquist_hz < high <= x.limits.frequency_max_hz),
        "{c.frequency[1]} Hz is above half the pulse repetition rate, "
        "at most {x.nyquist_hz:g} is allowed",
    ),
)

NFFT_RULES = (
    Rule("nfft-missing", "nfftSelection", absent("nfftSelection"), _REQUIRED),
    Rule("nfft-null", "nfftSelection", null("nfftSelection"), _NOT_NULL),
    Rule(
        "nfft-zero",
        "nfftSelection",
        nfft(lambda n, most, x: n == 0),
        "0 is too low, at least {x.limits.nfft_minimum} is required",
    ),
    Rule(
        "nfft-negative",
        "nfftSelection",
        nfft(lambda n, most, x: n < 0),
        "{c.nfft} is negative, at least {x.limits.nfft_minimum} is required",
    ),
    Rule(
        "nfft-minimum",
        "nfftSelection",
        lambda c, x: c.is_spectrogram and 0 < (c.nfft or 0) < x.least_nfft(c.view),
        "{c.nfft} is too low for view_type {c.view}",
    ),
    Rule(
        "nfft-singlechannel-limit",
        "nfftSelection",
        lambda c, x: c.view == SINGLECHANNEL and (c.nfft or 0) > x.limits.nfft_singlechannel,
        "{c.nfft} is above the limit, at most {x.limits.nfft_singlechannel} is allowed",
    ),
    Rule(
        "nfft-multichannel-limit",
        "nfftSelection",
        lambda c, x: (
            c.view not in (SINGLECHANNEL, WATERFALL) and (c.nfft or 0) > x.limits.nfft_multichannel
        ),
        "{c.nfft} is above the limit, at most {x.limits.nfft_multichannel} is allowed",
    ),
    Rule(
        "nfft-power-of-two",
        "nfftSelection",
        lambda c, x: (
            c.is_spectrogram
            and c.nfft is not None
            and x.least_nfft(c.view) <= c.nfft <= x.most_nfft(c.view)
            and not _is_power_of_two(c.nfft)
        ),
        "{c.nfft} is not a power of two",
    ),
)

DISPLAY_RULES = (
    Rule(
        "duration-missing", "displayTimeAxisDuration", absent("displayTimeAxisDuration"), _REQUIRED
    ),
    Rule("duration-null", "displayTimeAxisDuration", null("displayTimeAxisDuration"), _NOT_NULL),
    Rule(
        "duration-zero",
        "displayTimeAxisDuration",
        duration(lambda t, limits: t == 0),
        "0 is too low, at least 1 s is required",
    ),
    Rule(
        "duration-negative",
        "displayTimeAxisDuration",
        duration(lambda t, limits: t < 0),
        "{c.duration} is negative, at least 1 s is required",
    ),
    Rule(
        "duration-limit",
        "displayTimeAxisDuration",
        duration(lambda t, limits: t > limits.duration_max_s),
        "{c.duration} s is above the limit, at most {x.limits.duration_max_s} is allowed",
    ),
    Rule(
        "height-zero",
        "displayInfo.height",
        lambda c, x: c.height == 0,
        "0 is too low, at least 1 pixel is required",
    ),
    Rule(
        "height-negative",
        "displayInfo.height",
        lambda c, x: c.height < 0,
        "{c.height} is negative, at least 1 pixel is required",
    ),
    Rule(
        "height-limit",
        "displayInfo.height",
        lambda c, x: c.height > x.limits.height_max_px,
        "{c.height} pixels is above the limit, at most {x.limits.height_max_px} are allowed",
    ),
)

TIME_RULES = (
    Rule(
        "only-start-time",
        "end_time",
        lambda c, x: c.start_time is not None and c.end_time is None,
        "is required when start_time is given",
    ),
    Rule(
        "only-end-time",
        "start_time",
        lambda c, x: c.start_time is None and c.end_time is not None,
        "is required when end_time is given",
    ),
    Rule(
        "time-negative",
        "start_time",
        any_time(lambda time, limits: time < 0),
        "{c.start_time} to end_time {c.end_time} is negative, epoch seconds are required",
    ),
    Rule(
        "time-milliseconds",
        "start_time",
        any_time(lambda time, limits: time > limits.epoch_max_s),
        "{c.start_time} to end_time {c.end_time} looks like milliseconds, "
        "epoch seconds are required",
    ),
    Rule(
        "time-reversed",
        "end_time",
        times(lambda start, end, x: end < start),
        "{c.end_time} is before start_time {c.start_time}",
    ),
    Rule(
        "time-equal",
        "end_time",
        times(lambda start, end, x: end == start),
        "{c.end_time} equals start_time, the range is empty",
    ),
    Rule(
        "time-future",
        "end_time",
        times(lambda start, end, x: end > max(start, x.now_s + x.limits.future_tolerance_s)),
        "the range from start_time {c.start_time} to {c.end_time} lies in the future",
    ),
)

WATERFALL_RULES = (
    Rule(
        "waterfall-frequency-range",
        "frequencyRange",
        lambda c, x: c.view == WATERFALL and c.frequency is not None,
        _NOT_FOR_WATERFALL,
    ),
    Rule(
        "waterfall-duration",
        "displayTimeAxisDuration",
        lambda c, x: c.view == WATERFALL and c.duration not in (None, x.waterfall_duration),
        _NOT_FOR_WATERFALL,
    ),
    Rule(
        "waterfall-nfft",
        "nfftSelection",
        lambda c, x: c.view == WATERFALL and c.nfft not in (None, 1),
        "{c.nfft} is not allowed for the waterfall, it must be 1",
    ),
)

RULES: tuple[Rule, ...] = (
    *CHANNEL_RULES,
    *FREQUENCY_RULES,
    *NFFT_RULES,
    *DISPLAY_RULES,
    *TIME_RULES,
    *WATERFALL_RULES,
)

CHANNEL_NUMBER_RULE = Rule(
    "channel-number",
    "channels.max",
    lambda c, x: c.channel_max > x.limits.channels,
    "{c.channel_max} is above the limit, channel numbers up to {x.limits.channels} are allowed",
)
"""Open: whether the limit bounds the channel number too. In force only with its knob."""
