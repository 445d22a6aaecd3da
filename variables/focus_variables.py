"""Robot variables made of the client settings and the requirements: no suite repeats them."""

from typing import Any

from focus_engine.settings import (
    Constraints,
    client_settings,
    multichannel_nfft_options,
    requirements,
)


def get_variables() -> dict[str, Any]:
    client, required = client_settings(), requirements()
    limits, defaults = client.Constraints, client.Defaults
    disputed = required.multichannel_nfft_min.accepted
    return {
        "MAX_CHANNELS": limits.SensorsRange,
        "FORMER_LIMIT": required.former_channel_limit.value,
        "FREQUENCY_MIN": limits.FrequencyMin,
        "FREQUENCY_MAX": limits.FrequencyMax,
        "NARROW_FREQUENCY": limits.FrequencyMin + limits.FrequencyMinRange,
        "MIDDLE_FREQUENCY": limits.FrequencyMin + _part(limits, 2),
        "LOW_FREQUENCY": limits.FrequencyMin + _part(limits, 10),
        "BROKER_EXCHANGE": required.broker_exchange.value,
        "BROKER_RECORDER_QUEUE": required.broker_recorder_queue.value,
        "BROKER_JOB_QUEUE": required.broker_job_queue.value,
        "MAX_WINDOWS": limits.MaxWindows,
        "START_CHANNEL": defaults.StartChannel,
        "END_CHANNEL": defaults.EndChannel,
        # The second of two channels, where the client may ask for two.
        "SECOND_CHANNEL": defaults.StartChannel + min(1, limits.SensorsRange - 1),
        "ALL_CHANNELS": _channels(1, limits.SensorsRange),
        "DEFAULT_CHANNELS": _channels(defaults.StartChannel, defaults.EndChannel),
        "ONE_CHANNEL": _channels(defaults.StartChannel, defaults.StartChannel),
        "START_FREQUENCY": defaults.StartFrequency_hz,
        "END_FREQUENCY": defaults.EndFrequency_hz,
        "DISPLAY_DURATION": defaults.DisplayTimeAxisDuration,
        "CANVAS_HEIGHT": defaults.NumLinesToDisplay,
        "NFFT": defaults.Nfft,
        "NFFT_SINGLECHANNEL": client.Options.nfftSingleChannel,
        "NFFT_MULTICHANNEL": multichannel_nfft_options(client, required),
        "NFFT_MAX_SINGLECHANNEL": max(client.Options.nfftSingleChannel),
        "NFFT_MAX_MULTICHANNEL": required.multichannel_nfft_max.value,
        "NYQUIST_FRACTION": required.frequency_max_fraction_of_prr.value,
        "CHANNEL_LIMIT_BOUNDS_NUMBER": required.channel_limit_bounds_number.value,
        "INVESTIGATIONS_AT_ONCE": required.investigations_at_once.value,
        "NFFT_DISPUTED": _doubled(min(disputed), max(disputed)),
        "NFFT_BELOW_EVERY_OPTION": min(disputed) // 2,
        "DISPLAY_DURATIONS": required.display_durations.value,
        "UNKNOWN_JOB_STATUS": required.unknown_job_status.value,
    }


def _channels(first: int, last: int) -> dict[str, int]:
    return {"min": first, "max": last}


def _part(limits: Constraints, parts: int) -> int:
    """One of so many parts of the client's frequencies (Hz), no less than it lets one choose."""
    return max(limits.FrequencyMinRange, (limits.FrequencyMax - limits.FrequencyMin) // parts)


def _doubled(first: int, end: int) -> list[int]:
    """`first`, twice that, and so on, below `end`."""
    return [first] if 2 * first >= end else [first, *_doubled(2 * first, end)]
