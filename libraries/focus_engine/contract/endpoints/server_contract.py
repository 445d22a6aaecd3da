"""The contracts of the endpoints that only tell: /ack, /channels, /live_metadata, recordings."""

from collections.abc import Callable, Mapping
from typing import Any

from focus_engine.checks.report import Report
from focus_engine.contract.configure.configuration import FIELDS
from focus_engine.contract.declared_type import is_declared_json, judge_declared_json
from focus_engine.contract.json_types import is_int, is_number, is_text
from focus_engine.masking import head_of
from focus_engine.on_use import on_use
from focus_engine.transport.reply import Reply

with on_use(__name__):
    from focus_engine.contract.endpoints import openapi

SHOWN = 3
CONFIGURE = "/configure"
# Without these a configuration of any view is refused.
DEMANDED = (
    *("channels", "channels.min", "channels.max", "frequencyRange.min", "frequencyRange.max"),
    *("displayInfo", "displayInfo.height", "view_type"),
)
CHANNEL_KEYS = ("lowest_channel", "highest_channel")


def _is_number_or_null(value: Any) -> bool:
    return value is None or is_number(value)


def _is_filled_text(value: Any) -> bool:
    return is_text(value) and bool(value.strip())


# number_of_channels was seen as 9791 and as 2447.75, so any number is in the contract.
LIVE_METADATA_TYPES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "dx": (is_number, "a number"),
    "prr": (is_number, "a number"),
    "fiber_start_meters": (_is_number_or_null, "a number or null"),
    "fiber_length_meters": (_is_number_or_null, "a number or null"),
    "sw_version": (_is_filled_text, "text that is not empty"),
    "number_of_channels": (is_number, "a number"),
    "fiber_description": (is_text, "text"),
}


def judge_ok(reply: Reply) -> Report:
    """Only that the status is 200."""
    findings = Report()
    sentence = f"{reply.request} should answer 200, but the server answered {reply.answer}"
    findings.expect("status", reply.is_ok, "200", reply.status, sentence)
    return findings


def judge_openapi(reply: Reply) -> Report:
    """That the answer is 200 with an OpenAPI document that lists endpoints."""
    findings = judge_ok(reply)
    document = judged_json(reply, findings) if reply.is_ok else None
    if document is not None:
        wrong = openapi.document_defects(document)
        sentence = (
            f"{reply.request} should answer an OpenAPI document with its endpoints, but "
            f"{'; '.join(wrong[:SHOWN])}; the server answered {reply.answer}"
        )
        seen = wrong or head_of(reply.text, 200)
        findings.expect("OpenAPI document", not wrong, "OpenAPI 3 with paths", seen, sentence)
        fields = sorted({path.partition(".")[0] for path in FIELDS})
        lacking = [] if wrong else openapi.undescribed_fields(document, CONFIGURE, "POST", fields)
        sentence = (
            f"{reply.request} should describe the whole body of POST {CONFIGURE}, but it lacks "
            f"{', '.join(lacking)}."
        )
        whole = not lacking
        findings.expect("body of /configure", whole, ", ".join(fields), lacking, sentence)
        optional = [] if wrong else openapi.optional_fields(document, CONFIGURE, "POST", DEMANDED)
        sentence = (
            f"{reply.request} should demand what no configuration may lack, but "
            f"{', '.join(optional)} may be left out of the body of POST {CONFIGURE} by it."
        )
        findings.expect("required fields", not optional, ", ".join(DEMANDED), optional, sentence)
    return findings


def judged_json(reply: Reply, findings: Report) -> Any:
    """The body as JSON; None, and a finding, when it is none."""
    answer = reply.json_or_none()
    why = f" ({reply.why_no_json})" if reply.why_no_json else ""
    sentence = f"{reply.request} should answer JSON{why}, but the server answered {reply.answer}"
    findings.expect("body", answer is not None, "JSON", reply.text, sentence)
    judge_declared_json(reply, findings)
    return answer


def judge_ack(reply: Reply) -> Report:
    findings = judge_ok(reply)
    if reply.is_ok:
        findings.expect("body of /ack", not reply.body, "an empty body", reply.text)
        good = bool(reply.body) or not is_declared_json(reply)
        said = f"{reply.request} answers no body and declares it as JSON, which no client can read."
        findings.expect("content type of /ack", good, "none", dict(reply.headers), said)
    return findings


def judge_channels(reply: Reply) -> Report:
    findings = judge_ok(reply)
    if not reply.is_ok:
        return findings
    answer = judged_json(reply, findings)
    if not _has_keys(answer, CHANNEL_KEYS, "/channels", findings):
        return findings
    whole = [
        findings.expect(key, is_int(answer[key]), "an integer", answer[key]) for key in CHANNEL_KEYS
    ]
    if all(whole):
        low, high = (answer[key] for key in CHANNEL_KEYS)
        findings.expect("lowest_channel", low >= 1, "at least 1", low)
        findings.expect("highest_channel", high >= low, f"at least lowest_channel, {low}", high)
    return findings


def judge_live_metadata(reply: Reply) -> Report:
    findings = judge_ok(reply)
    if not reply.is_ok:
        return findings
    answer = judged_json(reply, findings)
    if _has_keys(answer, tuple(LIVE_METADATA_TYPES), "/live_metadata", findings):
        for key, (is_type, name) in LIVE_METADATA_TYPES.items():
            findings.expect(key, is_type(answer[key]), name, answer[key])
    return findings


def judge_recordings(reply: Reply, recordings: Any) -> Report:
    """`recordings` is the list in the answer, whichever of the two shapes that had."""
    findings = judge_ok(reply)
    if not reply.is_ok:
        return findings
    sentence = (
        f"{reply.request} should answer a list of [start, end] pairs, but the server answered "
        f"{reply.answer}"
    )
    good = isinstance(recordings, list) and all(_is_recording(item) for item in recordings)
    findings.expect("recordings", good, "a list of [start, end]", recordings, sentence)
    judge_declared_json(reply, findings)
    return findings


def judge_timeline(reply: Reply) -> Report:
    findings = judge_ok(reply)
    if reply.is_ok:
        kind = reply.headers.get("content-type", "none")
        findings.expect("content type of the timeline", "text/html" in kind, "text/html", kind)
        findings.expect("timeline", "<html" in reply.text.lower(), "an HTML page", reply.text)
    return findings


def live_prr(reply: Reply) -> float | None:
    """prr in Hz of a /live_metadata answer; None where it tells none above 0."""
    answer = reply.json_or_none() if reply.is_ok else None
    metadata = answer if isinstance(answer, dict) else {}
    return float(metadata["prr"]) if _is_positive(metadata, "prr") else None


def _is_positive(metadata: Mapping[str, Any], key: str) -> bool:
    value = metadata.get(key)
    return is_number(value) and value > 0


def _has_keys(answer: Any, keys: tuple[str, ...], path: str, findings: Report) -> bool:
    if answer is None:  # no JSON, and noted as such
        return False
    if not findings.expect(f"body of {path}", isinstance(answer, dict), "an object", answer):
        return False
    missing = [key for key in keys if key not in answer]
    return findings.expect(f"keys of {path}", not missing, ", ".join(keys), list(answer))


def _is_recording(item: Any) -> bool:
    return isinstance(item, list) and len(item) == 2 and all(is_number(edge) for edge in item)  # noqa: PLR2004 - start, end
