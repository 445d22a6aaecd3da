"""Whether a hostile body was refused without harm: no crash, nothing told of the inside."""

import re
from http import HTTPStatus

from focus_engine.checks.report import Report
from focus_engine.transport.reply import Reply

NOT_SERVED = {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.GONE}
# What a Python server shows of itself when an exception reaches the answer.
TRACES = {
    "a traceback": re.compile(r"Traceback \(most recent call last\)"),
    "a source line": re.compile(r'File "[^"]+", line \d+'),
    # Bounded: an answer may be one path of a megabyte.
    "a path of the server": re.compile(r"/[\w.-]{1,255}+/\w{1,255}+\.py\b"),
    "an installed package": re.compile(r"site-packages|dist-packages"),
    "a database error": re.compile(r"pymongo\.errors|\bOperationFailure\b"),
}


def judge_harmless(reply: Reply) -> Report:
    """A status from 400 to 499, no job in the body, and no trace of the server's inside."""
    findings = Report()
    refused = HTTPStatus.BAD_REQUEST <= reply.status < HTTPStatus.INTERNAL_SERVER_ERROR
    what = f"{reply.request} should be refused with a status from 400 to 499"
    verb = "accepted it" if reply.is_ok else "answered"
    said = f"{what}, but the server {verb}: {reply.answer}"
    findings.expect("status", refused, "400 to 499", reply.status, said)
    said = f"{reply.request} should be refused for its body, but nothing is served: {reply.answer}"
    served = reply.status not in NOT_SERVED
    findings.expect("path is served", served, "not 404, 405 or 410", reply.status, said)
    findings.extend(judge_tight_lipped(reply))
    return findings


def judge_tight_lipped(reply: Reply) -> Report:
    """No trace of the server's inside in the answer, but for what was sent and is echoed."""
    findings = Report()
    sent = reply.sent.decode("utf-8", errors="replace")
    for name, pattern in TRACES.items():
        found = [hit.group() for hit in pattern.finditer(reply.text) if hit.group() not in sent]
        said = f"{reply.request} should tell nothing of the server's inside, but shows {name}: "
        findings.expect(
            f"no {name.split(maxsplit=1)[1]}", not found, "none", found, said + str(found[:1])
        )
    return findings
