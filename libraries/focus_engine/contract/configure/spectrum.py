"""The spectral numbers that a configuration must lead to.

Inferred from logged responses of December 2025 and exact on all of them: the server computes a
longer transform than asked for until its windows overlap by half, and merges the extra bins.
"""

import math
from dataclasses import dataclass
from fractions import Fraction

LEAST_OVERLAP = Fraction(1, 2)
LEAST_HEIGHT, MOST_HEIGHT = 100, 2000  # lines of a client's windows


@dataclass(frozen=True)
class SpectrumRequest:
    """What was asked for. Frequencies and `prr` in Hz, `duration` in seconds, `height` in lines."""

    nfft: int
    height: int
    duration: float
    frequency_min: float
    frequency_max: float
    prr: float


@dataclass(frozen=True)
class Spectrum:
    """What must come back. `spacing` is in Hz.

    `amounts` are the bin counts that are right: one, or two neighbours where the division comes
    out even and rounding of doubles decides.
    """

    internal_nfft: int
    spacing: float
    amounts: tuple[int, ...]


def internal_nfft(nfft: int, hop: Fraction) -> int:
    """`nfft`, doubled until windows that start `hop` samples apart overlap by half."""
    length = nfft
    while 1 - hop / length < LEAST_OVERLAP:
        length *= 2
    return length


def canvas_of_overlap(nfft: int, prr: float, overlap: Fraction) -> tuple[int, int] | None:
    """Duration (s) and height (lines) by which windows of `nfft` samples overlap by exactly that.

    None where no window of a client is so high, because `prr` (Hz) is no round number.
    """
    ratio = (1 - overlap) * nfft / Fraction(prr)
    times = math.ceil(Fraction(LEAST_HEIGHT, ratio.denominator))
    seconds, height = ratio.numerator * times, ratio.denominator * times
    return (seconds, height) if height <= MOST_HEIGHT else None


def spectrum(asked: SpectrumRequest) -> Spectrum:
    prr = Fraction(asked.prr)
    hop = Fraction(asked.duration) * prr / asked.height
    length = internal_nfft(asked.nfft, hop)
    raw_spacing = (prr / 2) / (Fraction(length, 2) + 1)
    spacing = raw_spacing * Fraction(length, asked.nfft)
    span = Fraction(asked.frequency_max) - Fraction(asked.frequency_min)
    exact = math.floor(span / spacing)
    rounded = math.floor(float(span) / float(spacing))
    return Spectrum(length, float(spacing), tuple(sorted({exact, rounded})))
