"""The spectral part of a 200 from POST /configure: line time and frequency bins."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeGuard

from focus_engine.checks.report import Report
from focus_engine.contract.configure.configuration import View, is_live
from focus_engine.contract.configure.context import Circumstances, Form
from focus_engine.contract.configure.spectrum import Spectrum, SpectrumRequest, spectrum
from focus_engine.contract.json_types import is_int, is_number

TOLERANCE = 1e-9
SEEN_DECIMATIONS = (4,)
SPECTRAL = ("lines_dt", "frequencies_list", "frequencies_amount")


def judge_spectrum(
    answer: Mapping[str, Any],
    asked: Mapping[str, Any],
    circumstances: Circumstances,
    findings: Report,
) -> None:
    if "frequencies_list" in answer and "frequencies_amount" in answer:
        count, amount = len(answer["frequencies_list"]), answer["frequencies_amount"]
        findings.expect(
            "frequencies_amount",
            amount == count,
            f"the length of frequencies_list, {count}",
            amount,
        )
    if str(asked.get("view_type")) == View.WATERFALL.value:
        for subject in SPECTRAL:
            findings.not_checked(subject, "the waterfall's value was never seen; type only.")
        return
    _judge_lines_dt(answer, asked, findings)
    request = _spectrum_request(asked, _prr(answer, asked, circumstances), findings)
    if request is not None:
        _judge_frequencies(answer, request, circumstances, findings)


def _judge_lines_dt(answer: Mapping[str, Any], asked: Mapping[str, Any], findings: Report) -> None:
    if "lines_dt" not in answer:
        return
    duration, height = asked.get("displayTimeAxisDuration"), _height(asked)
    if not is_number(duration) or height is None:
        findings.not_checked("lines_dt", "duration and height were not asked for as numbers.")
        return
    expected = duration / height
    formula = f"displayTimeAxisDuration / height = {duration} / {height} = {expected:.12g}"
    seen = answer["lines_dt"]
    findings.expect("lines_dt", math.isclose(seen, expected, rel_tol=TOLERANCE), formula, seen)


def _prr(
    answer: Mapping[str, Any], asked: Mapping[str, Any], circumstances: Circumstances
) -> float | None:
    """Of the fibre now for a live answer; a recording was made at a rate of its own."""
    recorded = recording_prr(answer.get("metadata"))
    return (circumstances.prr or recorded) if is_live(asked) else recorded


def _spectrum_request(
    asked: Mapping[str, Any], prr: float | None, findings: Report
) -> SpectrumRequest | None:
    nfft, duration, height = (
        asked.get("nfftSelection"),
        asked.get("displayTimeAxisDuration"),
        _height(asked),
    )
    span = asked.get("frequencyRange")
    low, high = (span.get("min"), span.get("max")) if isinstance(span, dict) else (None, None)
    if not (_is_positive(nfft) and _is_positive(duration) and _is_positive(height)):
        reason = "NFFT, duration and height were not all asked for as positive numbers."
    elif not (is_number(low) and is_number(high)):
        reason = "frequencyRange was not asked for as two numbers."
    elif not prr:
        reason = "prr is unknown: the answer's metadata names none, nor /live_metadata a live one."
    else:
        return SpectrumRequest(int(nfft), int(height), duration, low, high, prr)
    findings.not_checked("frequencies_list", reason)
    return None


def _judge_frequencies(
    answer: Mapping[str, Any],
    asked: SpectrumRequest,
    circumstances: Circumstances,
    findings: Report,
) -> None:
    right, largest_nfft = spectrum(asked), circumstances.largest_nfft
    if right.internal_nfft > max(largest_nfft, asked.nfft):
        reason = (
            f"it needs an internal transform of {right.internal_nfft} samples; whether the server "
            f"stops at {largest_nfft} is unknown."
        )
        findings.not_checked("frequencies_list", reason)
        return
    listed = answer.get("frequencies_list")
    if listed is None:
        return
    if circumstances.form is not Form.DECIMATED_SPECTRUM:
        factor = _decimation(listed, right)
        right = replace(right, spacing=right.spacing * factor, amounts=_amounts(right, factor))
        if factor > 1:
            form = f"frequencies_list: {Form.DECIMATED_SPECTRUM.value}"
            findings.converted("frequencies_list", "every bin", f"every {factor}th", form)
    low, high = asked.frequency_min, asked.frequency_max
    amounts = " or ".join(str(amount) for amount in right.amounts)
    formula = f"floor(({high} - {low}) / {right.spacing:.12g}) = {amounts}"
    findings.expect(
        "number of frequencies",
        len(listed) in right.amounts,
        formula,
        len(listed),
        f"frequencies_list has {len(listed)} values; expected {formula} (prr {asked.prr:g}).",
    )
    _judge_bins(listed, asked, right.spacing, findings)


def _decimation(listed: Sequence[float], right: Spectrum) -> int:
    """By how much the bins are further apart than they should be: 1, or what was seen."""
    if len(listed) < 2:  # noqa: PLR2004 - a distance needs two
        too_few = len(listed) not in right.amounts
        seen = (one for one in SEEN_DECIMATIONS if len(listed) in _amounts(right, one))
        return next(seen, 1) if too_few else 1
    distance = (listed[1] - listed[0]) / right.spacing
    return next(
        (known for known in SEEN_DECIMATIONS if math.isclose(distance, known, rel_tol=TOLERANCE)),
        1,
    )


def _amounts(right: Spectrum, factor: int) -> tuple[int, ...]:
    """How many bins are left; one more or less where rounding decides."""
    if factor == 1:
        return right.amounts
    return tuple(sorted({amount // factor for amount in right.amounts}))


def _judge_bins(
    listed: list[float], asked: SpectrumRequest, spacing: float, findings: Report
) -> None:
    # Where a range starts above 0 was never seen; there only the spacing is known.
    start = 0.0 if asked.frequency_min == 0 else (listed[0] if listed else 0.0)
    if asked.frequency_min:
        findings.not_checked("first frequency", "ranges that start above 0 Hz were never seen.")
        findings.expect(
            "place of the frequencies",
            not listed or abs(listed[0] - asked.frequency_min) <= spacing,
            f"about {asked.frequency_min:g} Hz first, as asked",
            listed[:1],
            f"frequencies_list begins at {start:g} Hz; expected about {asked.frequency_min:g} Hz, "
            "where the range begins that was asked for.",
        )
    wrong = next(
        (
            index
            for index, value in enumerate(listed)
            if not math.isclose(
                value, start + index * spacing, rel_tol=TOLERANCE, abs_tol=TOLERANCE
            )
        ),
        None,
    )
    expected = f"{start:g} + i * {spacing:.12g} Hz (prr {asked.prr:g}, NFFT {asked.nfft})"
    sentence = ""
    if wrong is not None:
        right = start + wrong * spacing
        sentence = (
            f"frequencies_list[{wrong}] is {listed[wrong]!r}; expected "
            f"{start:g} + {wrong} * {spacing:.12g} = {right:.12g} "
            f"(prr {asked.prr:g}, NFFT {asked.nfft})."
        )
    findings.expect("frequencies_list", wrong is None, expected, listed, sentence)


def _is_positive(value: Any) -> TypeGuard[int | float]:
    return is_number(value) and value > 0


def _height(asked: Mapping[str, Any]) -> int | None:
    info = asked.get("displayInfo")
    height = info.get("height") if isinstance(info, dict) else None
    return height if is_int(height) and height != 0 else None


def recording_prr(metadata: Any) -> float | None:
    """The prr of the innermost layer in a response's nested metadata; None where none has it."""
    found = None
    while isinstance(metadata, dict):
        prr = metadata.get("prr")
        if is_number(prr) and prr > 0:
            found = float(prr)
        metadata = metadata.get("parent")
    return found
