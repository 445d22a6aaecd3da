"""The numbers of a response, computed from the configuration. Frequencies in Hz, times in s."""

import math
from dataclasses import dataclass

from sandbox.focus_server.configuration import MULTICHANNEL, SINGLECHANNEL, ParsedConfiguration
from sandbox.spec import SPEC, Limits

_LEAST_OVERLAP = 0.5


@dataclass(frozen=True)
class FrequencyAxis:
    """Frequencies of the rows: `frequencies[i] = first + i * step`."""

    frequencies: list[float]
    step: float


def is_computable(wanted: ParsedConfiguration, limits: Limits) -> bool:
    """Whether the numbers allow an answer that does not exhaust the process."""
    too_large = any(abs(number) > limits.computable for number in wanted.numbers())
    too_many = wanted.channel_count > limits.computable_channels
    return not (too_large or too_many or (wanted.nfft or 0) > limits.computable_nfft)


def lines_dt(wanted: ParsedConfiguration, prr_hz: int) -> float:
    """Seconds per line: duration / height; one pulse for the waterfall (assumed)."""
    if not wanted.is_spectrogram:
        return 1 / prr_hz
    if wanted.height == 0:
        return 0.0
    return (wanted.duration or 0) / wanted.height


def internal_nfft(wanted: ParsedConfiguration, prr_hz: int) -> int:
    """NFFT after doubling until successive windows overlap by half at least."""
    nfft = max(wanted.nfft or 0, 1)
    if wanted.height <= 0:
        return nfft
    hop = (wanted.duration or 0) * prr_hz / wanted.height
    while 1 - hop / nfft < _LEAST_OVERLAP:
        nfft *= 2
    return nfft


def spectrum(wanted: ParsedConfiguration, prr_hz: int, multi_decimation: int) -> FrequencyAxis:
    """Frequencies of a spectrogram; none for the waterfall.

    `multi_decimation` is the decimation of the multichannel view of older servers, else 1.
    The spectrum ends at half the pulse repetition rate, whatever was accepted.
    """
    if not wanted.is_spectrogram:
        return FrequencyAxis([], 0.0)
    low, high = wanted.frequency or (0, min(SPEC.limits.frequency_max_hz, prr_hz // 2))
    internal = internal_nfft(wanted, prr_hz)
    spacing = (prr_hz / 2) / (internal / 2 + 1)
    decimation = multi_decimation if wanted.view == MULTICHANNEL else 1
    step = spacing * (decimation * internal / max(wanted.nfft or 0, 1))
    lowest, highest = max(low, 0), min(high, prr_hz / 2)
    first = math.floor(lowest / spacing) * spacing
    count = max(0, math.floor((highest - lowest) / step))
    return FrequencyAxis([first + index * step for index in range(count)], step)


def stream_amount(wanted: ParsedConfiguration) -> int:
    """Streams of a job: one for a single channel, else up to three."""
    if wanted.view == SINGLECHANNEL:
        return 1
    return max(0, min(SPEC.streams, wanted.channel_count))


def channel_to_stream_index(wanted: ParsedConfiguration, streams: int) -> dict[str, int]:
    """Contiguous parts as even as can be, the first ones one longer: 50 in 3 is 17, 17, 16."""
    if streams == 0:
        return {}
    size, longer = divmod(wanted.channel_count, streams)
    mapping: dict[str, int] = {}
    channel = wanted.channel_min
    for stream in range(streams):
        for _ in range(size + (stream < longer)):
            mapping[str(channel)] = stream
            channel += 1
    return mapping
