"""GET /metadata/{job_id} of a job that is being read: it repeats the answer to configure."""

from collections.abc import Mapping
from typing import Any

from focus_engine.checks.report import Report, shorten
from focus_engine.contract.endpoints.server_contract import judge_ok, judged_json
from focus_engine.transport.reply import Reply


def judge_job_metadata(reply: Reply, configured: Mapping[str, Any]) -> Report:
    """That `reply` is a 200 whose body equals `configured`, the answer to POST /configure."""
    findings = judge_ok(reply)
    if not reply.is_ok:
        return findings
    seen = judged_json(reply, findings)
    if seen is None:
        return findings
    if findings.expect("body", isinstance(seen, dict), "a JSON object", seen):
        for key in [*configured, *(key for key in seen if key not in configured)]:
            _judge_key(reply, key, configured, seen, findings)
    return findings


def _judge_key(
    reply: Reply, key: str, configured: Mapping[str, Any], seen: Mapping[str, Any], found: Report
) -> None:
    expected = shorten(configured[key]) if key in configured else "no such key"
    shown = seen.get(key, "no such key")
    holds = key in configured and key in seen and configured[key] == seen[key]
    found.expect(
        key,
        holds,
        expected,
        shown,
        f"{reply.request} should repeat what POST /configure answered, but {key} is "
        f"{shorten(shown)} where {expected} was answered.",
    )
