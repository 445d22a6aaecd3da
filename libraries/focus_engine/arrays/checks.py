"""The checks of an array: dtype, shape, bytes, values; one Report each."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from focus_engine.arrays.canonical import NumberKind
from focus_engine.arrays.contract import ArrayContract, Extrema, RangePolicy, ReadClaim, read_claim
from focus_engine.arrays.files import envelope_defects
from focus_engine.arrays.frames import (
    StreamPromise,
    extrema_defects,
    extrema_of,
    frame_defects,
    message_of_frame,
    sequence_defects,
)
from focus_engine.arrays.limits import UNSEEN_IN_FRAMES, unseen_by_layout, unseen_by_values
from focus_engine.arrays.message import ArrayMessage, DtypeClaim, FrameMessage
from focus_engine.arrays.metadata.chain import chain_defects, live_defects, null_defects
from focus_engine.arrays.metadata.message import LIVE
from focus_engine.arrays.moments import Moments, moment_defects
from focus_engine.arrays.payload import layout_defect, sizes
from focus_engine.arrays.profile import MetadataRules, SummaryRules
from focus_engine.arrays.stream import (
    clock_defects,
    constancy_defects,
    coverage_defects,
    least_line_seconds,
    settled_extrema,
)
from focus_engine.arrays.summary.check import summary_defects
from focus_engine.arrays.summary.statistics import statistics_of
from focus_engine.arrays.values import (
    Array,
    array_of,
    attainment_defects,
    picture_of,
    still_frames,
    value_defects,
)
from focus_engine.checks.finding import Finding
from focus_engine.checks.report import Report, merged, once_per_code
from focus_engine.verdict import ProductFailure

Facts = tuple[tuple[str, str], ...]


def claim_report(claim: DtypeClaim, contract: ArrayContract) -> Report:
    """Is the claimed dtype a canonical one that the contract allows?"""
    read = read_claim(claim, contract)
    defects = [read] if isinstance(read, Finding) else []
    unseen = ("whether the bytes really are what is claimed: no payload was judged",)
    return Report(f"the claim {claim}", defects, unseen, (("contract", contract.schema),))


def message_report(
    message: ArrayMessage,
    contract: ArrayContract,
    policy: RangePolicy = RangePolicy.UNKNOWN,
    extrema: Extrema | None = None,
) -> Report:
    """Claim, envelope, layout and values; the first that makes the next meaningless ends it."""
    read = read_claim(message.claim, contract)
    if isinstance(read, Finding):
        return Report(message.source, [read], ("the payload: it was not read",))
    envelope = envelope_defects(message)
    layout = layout_defect(message, read.dtype)
    if envelope or layout is not None:
        found = [*envelope, *([layout] if layout is not None else [])]
        return Report(message.source, found, unseen_by_layout(read.dtype))
    defects = value_defects(array_of(message, read), read, extrema, policy)
    unseen = unseen_by_values(message, read.dtype)
    if policy is RangePolicy.UNKNOWN:
        unseen = (*unseen, "negative values on a linear scale: nobody has said which scale it is")
    return Report(message.source, defects, unseen, (("contract", contract.schema),))


def frame_report(
    frame: FrameMessage,
    promise: StreamPromise,
    contract: ArrayContract,
    policy: RangePolicy,
    source: str,
) -> Report:
    """One frame against what the job promised; a broken frame's payload is not read."""
    broken = frame_defects(frame, promise)
    if broken:
        return Report(source, broken, ("the payload: it was not read",))
    return message_report(
        message_of_frame(frame, contract, source), contract, policy, extrema_of(frame)
    )


def job_report(
    frames: Mapping[int, Sequence[FrameMessage]],
    promises: Mapping[int, StreamPromise],
    contract: ArrayContract,
    policy: RangePolicy,
    facts: Facts = (),
    *,
    moments: Moments | None = None,
    whole: bool = False,
    live: bool = False,
) -> Report:
    """All frames of a job, by stream index: each by itself, and what holds between them.

    `moments` is when its lines were recorded, where that is known; `whole` says that every frame
    of the job was read, `live` that data may be lost on the way.
    """
    covered = coverage_defects(promises, [at for at in frames if frames[at]])
    parts = [Report("streams", covered, UNSEEN_IN_FRAMES, facts)]
    known = {index: each for index, each in frames.items() if index in promises}
    for index, received in known.items():  # coverage tells of the others
        parts.append(_stream_report(promises[index], received, contract, policy, live=live))
        name = f"stream {index}"
        if moments is not None:
            pace = promises[index].line_seconds
            parts.append(Report(name, moment_defects(received, moments, name, pace)))
    between = extrema_defects(known)
    right = all(part.accepted for part in parts)
    if right and not live:
        between += clock_defects(known, least_line_seconds(promises))
    if right and not between:
        between = _attainment(known, contract, whole=whole, live=live)
        between += _stillness(known, contract)
    parts.append(Report("the job", between))
    return merged("the frames of the job", parts)


def _attainment(
    frames: Mapping[int, Sequence[FrameMessage]],
    contract: ArrayContract,
    *,
    whole: bool,
    live: bool,
) -> list[Finding]:
    """Right frames alone: their values against the widest extrema that came with them.

    Of a live job, which is never read as a whole, against those that came early.
    """
    every = [frame for each in frames.values() for frame in each]
    if not every:
        return []
    arrays = [read_values(message_of_frame(frame, contract, ""), contract)[0] for frame in every]
    widest = Extrema(min(f.minimum for f in every), max(f.maximum for f in every))
    settled = settled_extrema(frames) if live else None
    return attainment_defects(arrays, settled or widest, whole=whole or settled is not None)


def _stillness(
    frames: Mapping[int, Sequence[FrameMessage]], contract: ArrayContract
) -> list[Finding]:
    """Right frames alone: none shows the picture of the one before it."""
    found = []
    for stream, each in frames.items():
        pictures = [_picture(message_of_frame(frame, contract, ""), contract) for frame in each]
        for number, still in still_frames(pictures)[:1]:
            said = f"frame {number} of stream {stream}: {still.sentence}"
            found.append(replace(still, sentence=said))
    return found


def _picture(message: ArrayMessage, contract: ArrayContract) -> int | None:
    array, read = read_values(message, contract)
    span = Extrema(array.min().item(), array.max().item()) if array.size else None
    return picture_of(message.payload, span, read)


def _stream_report(
    promise: StreamPromise,
    frames: Sequence[FrameMessage],
    contract: ArrayContract,
    policy: RangePolicy,
    *,
    live: bool,
) -> Report:
    name = f"stream {promise.stream}"
    sources = [f"{name}, frame {number}" for number in range(len(frames))]
    parts = [
        frame_report(frame, promise, contract, policy, source)
        for frame, source in zip(frames, sources, strict=True)
    ]
    messages = [
        message_of_frame(frame, contract, source)
        for frame, source in zip(frames, sources, strict=True)
    ]
    between = [
        *sequence_defects(frames, name, promise.line_seconds, holes=live),
        *constancy_defects(messages, batched=True),
    ]
    return merged(name, [*once_per_code(parts), Report(name, between)])


def messages_report(messages: Sequence[ArrayMessage], contract: ArrayContract) -> Report:
    """Messages of one stream: each by itself, and what must not change between them."""
    parts = [message_report(message, contract) for message in messages]
    parts.append(Report("the stream", constancy_defects(messages)))
    return merged("the stream of messages", parts)


def metadata_report(
    message: ArrayMessage, rules: MetadataRules, agreed: ArrayContract, facts: Facts = ()
) -> Report:
    """Layers of a recording, or what a server with its fibre answers to GET /live_metadata."""
    if message.schema == LIVE:
        return Report(message.source, live_defects(message.meta), (), facts)
    unseen = ("the byte order of the recording: its metadata has no field for it",)
    return Report(message.source, chain_defects(message, rules, agreed), unseen, facts)


def nulls_report(numbers: object, source: str) -> Report:
    """Null among the numbers of any decoded JSON."""
    return Report(source, null_defects(numbers))


def read_values(message: ArrayMessage, contract: ArrayContract) -> tuple[Array, ReadClaim]:
    """The values of a message that keeps its contract. Raises ProductFailure when it does not."""
    read = read_claim(message.claim, contract)
    if isinstance(read, Finding):
        raise ProductFailure(f"{message.source} cannot be read: {read.message}")
    layout = layout_defect(message, read.dtype)
    if layout is not None:
        raise ProductFailure(f"{message.source} cannot be read: {layout.message}")
    return array_of(message, read), read


def summary_of(message: ArrayMessage, contract: ArrayContract) -> dict[str, Any]:
    """The summary that the message should have, in plain Python values."""
    values, read = read_values(message, contract)
    true = statistics_of(values)
    return {
        "dtype": read.dtype.name,
        "shape": list(sizes(message)),
        "count": true.count,
        "nan_count": true.nan_count,
        "min": true.minimum,
        "max": true.maximum,
        "mean": true.mean,
        "std": true.std,
    }


def summary_report(
    summary: Mapping[str, Any],
    message: ArrayMessage,
    contract: ArrayContract,
    rules: SummaryRules,
    facts: Facts = (),
) -> Report:
    """A summary against the statistics recomputed from the message's values."""
    values, read = read_values(message, contract)
    true = statistics_of(values)
    found = summary_defects(summary, read.dtype, sizes(message), true, rules)
    unseen = [f"an error of mean or std below {rules.mean_std_tolerance:g} of their magnitude"]
    if read.dtype.kind is NumberKind.COMPLEX:
        unseen = ["a wrong min, max, mean or std: the values are complex"]
    elif true.mean is not None and not math.isfinite(true.mean):
        unseen.append("a wrong mean or std: the values hold infinities")
    return Report(f"the summary of {message.source}", found, tuple(unseen), facts)
