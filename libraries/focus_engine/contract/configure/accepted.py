"""The contract of a 200 from POST /configure: types, key set, and every number's formula."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from focus_engine.checks.report import Report, shorten
from focus_engine.contract.configure.configuration import View, is_live
from focus_engine.contract.configure.context import Circumstances, Form
from focus_engine.contract.configure.spectral import judge_spectrum
from focus_engine.contract.json_types import is_int, is_number, is_numbers, is_object, is_text
from focus_engine.decoding.bounded_json import decode_object
from focus_engine.decoding.undecodable import UndecodableError
from focus_engine.network.addresses import is_port, is_url_of_host
from focus_engine.settings import Requirements
from focus_engine.verdict import ToolError

JOB_ID = re.compile(r"(?P<slot>[0-9]{1,9})-(?P<counter>[0-9]{1,18})")
JOB_ID_FORMS = {
    "slot-counter": JOB_ID,
    "15 hex characters": re.compile(r"[0-9a-fA-F]{15}"),
}
ANOTHER_FORM = "another form"


def counter_of(job_id: str) -> int | None:
    """The counter that an id names; None where it names none."""
    parts = JOB_ID.fullmatch(job_id)
    return int(parts["counter"]) if parts else None


MOST_STREAMS = 3

TYPES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "status": (is_text, "text"),
    "frequencies_list": (is_numbers, "a list of numbers"),
    "lines_dt": (is_number, "a number"),
    "channel_to_stream_index": (is_object, "an object"),
    "stream_amount": (is_int, "an integer"),
    "job_id": (is_text, "text"),
    "frequencies_amount": (is_int, "an integer"),
    "channel_amount": (is_int, "an integer"),
    "stream_port": (is_int, "an integer"),
    "stream_url": (is_text, "text"),
    "view_type": (is_int, "an integer"),
    "metadata": (is_object, "an object"),
}


def asked_fields(sent: bytes) -> dict[str, Any]:
    """The fields of a sent configuration. Raises ToolError when it is no JSON object."""
    try:
        return decode_object(sent)
    except UndecodableError as error:
        raise ToolError(
            "what was sent is no JSON object, so an answer to it cannot be checked against the "
            "contract. Check it as a rejection instead."
        ) from error


def judge_configure(answer: Any, asked: Mapping[str, Any], circumstances: Circumstances) -> Report:
    """Judge the body of a 200 by the request it answers; each mismatch is its own sentence."""
    findings = Report()
    if not findings.expect("body", isinstance(answer, dict), "a JSON object", answer):
        return findings
    _judge_keys(answer, findings)
    answer = _with_port(answer, circumstances, findings)
    sound = {key: value for key, value in answer.items() if _has_type(key, value, findings)}
    _judge_constants(sound, asked, circumstances.required, findings)
    _judge_channels(sound, asked, circumstances.required, findings)
    _judge_job(sound, circumstances, findings)
    judge_spectrum(sound, asked, circumstances, findings)
    _judge_metadata(sound, asked, findings)
    return findings


def _judge_keys(answer: Mapping[str, Any], findings: Report) -> None:
    """That no key is missing; of others, such as `job_route`, nothing is known."""
    missing = [key for key in TYPES if key not in answer]
    sentence = f"the response misses {', '.join(missing)}; expected the {len(TYPES)} known keys."
    findings.expect("keys", not missing, ", ".join(TYPES), list(answer), sentence)
    further = [key for key in answer if key not in TYPES]
    if further:
        findings.not_checked("further keys", f"nothing is known of {', '.join(further)}.")


def _with_port(
    answer: Mapping[str, Any], circumstances: Circumstances, findings: Report
) -> Mapping[str, Any]:
    """The answer with its port as a number, where a server writes it as text."""
    port = answer.get("stream_port")
    is_judged = circumstances.form is Form.PORT_AS_TEXT
    if is_judged or not (is_text(port) and is_port(port)):
        return answer
    findings.converted("stream_port", "an integer", port, f"stream_port: {Form.PORT_AS_TEXT.value}")
    return {**answer, "stream_port": int(port)}


def _has_type(key: str, value: Any, findings: Report) -> bool:
    if key not in TYPES:
        return False
    is_type, name = TYPES[key]
    if is_type(value):
        return True
    return findings.expect(key, False, name, value)


def _judge_constants(
    answer: Mapping[str, Any], asked: Mapping[str, Any], required: Requirements, findings: Report
) -> None:
    if "status" in answer:
        findings.expect_either("status", answer["status"], required.status_text)
    if "lines_dt" in answer:
        seen = answer["lines_dt"]
        findings.expect("lines_dt is positive", seen > 0, "more than 0 s in every view", seen)
    if "view_type" in answer:
        expected = asked.get("view_type")
        seen = answer["view_type"]
        findings.expect("view_type", str(seen) == str(expected), f"{expected} as asked", seen)
    if "stream_url" in answer:
        seen = answer["stream_url"]
        good = is_url_of_host(seen) and seen.startswith("http://")  # the streams have no TLS
        findings.expect("stream_url", good, "http://HOST without port or path", seen)


def _judge_channels(
    answer: Mapping[str, Any], asked: Mapping[str, Any], required: Requirements, findings: Report
) -> None:
    bounds = asked.get("channels")
    low, high = (bounds.get("min"), bounds.get("max")) if isinstance(bounds, dict) else (None, None)
    if not is_int(low) or not is_int(high):
        findings.not_checked("channel_amount", "channels was not asked for as two integers.")
        return
    count = high - low + 1
    if "channel_amount" in answer:
        expected = f"max - min + 1 = {high} - {low} + 1 = {count}"
        seen = answer["channel_amount"]
        findings.expect("channel_amount", seen == count, expected, seen)
    if "stream_amount" in answer:
        _judge_streams(answer, asked, range(low, high + 1), required, findings)


def _judge_streams(
    answer: Mapping[str, Any],
    asked: Mapping[str, Any],
    channels: range,
    required: Requirements,
    findings: Report,
) -> None:
    amount = answer["stream_amount"]
    expected = _expected_streams(asked, len(channels))
    sides = required.streams_of_channels
    if len(channels) > MOST_STREAMS and expected is not None and expected[0] > 1:
        one_each = amount == len(channels)
        side = "one per channel" if one_each else "three at most"
        if one_each and side in sides.accepted:
            expected = (len(channels), f"a stream for each of {len(channels)} channels")
        findings.expect_either("streams of the channels", side, sides)
    if expected is None:
        sensible = 1 <= amount <= len(channels)
        findings.expect("stream_amount", sensible, f"1 to {len(channels)}", amount)
        if not sensible:
            return
    else:
        number, formula = expected
        findings.expect("stream_amount", amount == number, formula, amount)
        amount = number  # a wrong amount is one finding; the mapping is judged by the right one
    if "channel_to_stream_index" in answer:
        mapping = answer["channel_to_stream_index"]
        right = stream_index(channels, amount)
        findings.expect(
            "channel_to_stream_index",
            mapping == right and all(is_int(index) for index in mapping.values()),
            f"channels {channels[0]} to {channels[-1]} in {amount} contiguous streams",
            mapping,
            _mapping_sentence(mapping, right, amount),
        )


def _expected_streams(asked: Mapping[str, Any], count: int) -> tuple[int, str] | None:
    view = str(asked.get("view_type"))
    if view == View.SINGLECHANNEL.value:
        return 1, "1 in the singlechannel view"
    if view == View.MULTICHANNEL.value:
        number = min(MOST_STREAMS, count)
        return number, f"min({MOST_STREAMS}, channels) = min({MOST_STREAMS}, {count}) = {number}"
    return None


def stream_index(channels: range, streams: int) -> dict[str, int]:
    """Channel number as text → stream: contiguous shares, the first ones larger by one."""
    share, larger = divmod(len(channels), streams)
    sizes = [share + 1] * larger + [share] * (streams - larger)
    indices = [index for index, size in enumerate(sizes) for _ in range(size)]
    return {str(channel): index for channel, index in zip(channels, indices, strict=True)}


def _mapping_sentence(mapping: Mapping[str, Any], right: Mapping[str, int], streams: int) -> str:
    name = "channel_to_stream_index"
    missing = [channel for channel in right if channel not in mapping]
    if missing:
        return (
            f"{name} misses channel {missing[0]} ({len(missing)} in all); "
            f"expected every channel that was asked for."
        )
    extra = [channel for channel in mapping if channel not in right]
    if extra:
        return (
            f"{name} names channel {extra[0]} ({len(extra)} such in all), which was not asked for."
        )
    for channel, index in right.items():
        if mapping[channel] != index or not is_int(mapping[channel]):
            return (
                f"{name} puts channel {channel} into stream {shorten(mapping[channel])}; "
                f"expected {index}: {len(right)} channels in {streams} contiguous streams."
            )
    return ""


def _judge_metadata(answer: Mapping[str, Any], asked: Mapping[str, Any], findings: Report) -> None:
    """A historic job tells what its recording is, in every view; a live one plays none."""
    if "metadata" not in answer:
        return
    metadata = answer["metadata"]
    if is_live(asked):
        expected, holds = (
            "nothing of a recording in that of a live job",
            not _counts_traces(metadata),
        )
    else:
        expected, holds = "the fiber_metadata of the recording", bool(metadata)
    findings.expect("metadata", holds, expected, metadata)


def _counts_traces(layer: Any) -> bool:
    """Whether one of the nested layers says how many traces were recorded."""
    return isinstance(layer, dict) and (
        "num_traces" in layer or _counts_traces(layer.get("parent"))
    )


def _judge_job(answer: Mapping[str, Any], circumstances: Circumstances, findings: Report) -> None:
    if "job_id" not in answer:
        return
    job_id = answer["job_id"]
    form = next(
        (name for name, form in JOB_ID_FORMS.items() if form.fullmatch(job_id)), ANOTHER_FORM
    )
    forms = circumstances.required.job_id_form
    sentence = f"job_id is {shorten(job_id)}; expected {' or '.join(forms.accepted)}."
    findings.expect_either("job_id", form, forms, sentence)
    findings.expect(
        "job_id is new",
        job_id not in circumstances.neighbours,
        "an id that no live job has",
        job_id,
        f"job_id {job_id} was given twice: a job of that id is still alive.",
    )
    slot = slot_of(job_id)
    if slot is not None and circumstances.most_alive is not None:
        _judge_slot(slot, job_id, circumstances.most_alive, findings)
    if "stream_port" not in answer:
        return
    if slot is None:
        findings.not_checked("stream_port", f"job_id {shorten(job_id)} names no slot to compare.")
    else:
        _judge_port(answer["stream_port"], slot, job_id, circumstances, findings)


def _judge_slot(slot: int, job_id: str, most_alive: int, findings: Report) -> None:
    """That it is the lowest one that is free: below it are as many jobs as there can be."""
    findings.expect(
        "slot of job_id",
        slot <= most_alive,
        f"at most {most_alive}, the jobs that can be alive",
        slot,
        f"job_id {job_id} has slot {slot}, but at most {most_alive} jobs can have been alive; "
        "expected the lowest free one: slots of jobs that ended, or were refused, are free.",
    )


def _judge_port(
    port: int, slot: int, job_id: str, circumstances: Circumstances, findings: Report
) -> None:
    base = circumstances.stream_port_base
    formula = f"{base} + slot of job {job_id} = {base} + {slot} = {base + slot}"
    findings.expect("stream_port", port == base + slot, formula, port)
    others = [other for other in circumstances.neighbours if other != job_id]
    sharing = [other for other in others if port_of(other, base) == port]
    findings.expect(
        "stream_port is free",
        not sharing,
        "a port that no live job has",
        port,
        f"stream_port {port} of job {job_id} belongs to job {', '.join(sharing)}, which is still "
        "alive; expected a port of its own.",
    )


def port_of(job_id: str, base: int) -> int | None:
    slot = slot_of(job_id)
    return None if slot is None else base + slot


def slot_of(job_id: object) -> int | None:
    """The slot that a job id names; None where it names none."""
    parts = JOB_ID.fullmatch(job_id) if isinstance(job_id, str) else None
    return int(parts["slot"]) if parts else None
