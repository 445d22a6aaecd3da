"""Whether a refusal tells nothing of the inside, and a hostile body was refused without harm."""

import re
from http import HTTPStatus

from focus_engine.checks.report import Report
from focus_engine.masking import head_of
from focus_engine.transport.reply import Reply

NOT_SERVED = {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.GONE}
SHOWN = 100  # characters of what is told
# What a server shows of itself when an exception, or what it did, reaches the answer.
TRACES = {
    "a traceback": re.compile(r"Traceback \(most recent call last\)"),
    "a source line": re.compile(r'File "[^"]+", line \d+'),
    # Bounded: an answer may be one path of a megabyte.
    "a path of the server": re.compile(r"/[\w.-]{1,255}+/\w{1,255}+\.py\b"),
    "an installed package": re.compile(r"site-packages|dist-packages"),
    "a database error": re.compile(r"pymongo\.errors|\bOperationFailure\b"),
    "the address of a dependency": re.compile(
        r"\b(?:mongodb(?:\+srv)?|amqps?)://[^\s\"'<>]{0,255}+"
    ),
    "an address with credentials": re.compile(r"://[^\s/@\"'<>]{1,255}+@"),
    "the name of a Kubernetes service": re.compile(r"\b[\w-]{1,63}+\.[\w-]{1,63}+\.svc\b"),
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
    """No trace of the server's inside in a refusal or an error, but for what is echoed."""
    findings = Report()
    if reply.status < HTTPStatus.BAD_REQUEST:
        return findings
    sent = reply.path + reply.sent.decode("utf-8", errors="replace")
    shown = {
        name: hit.group()
        for name, pattern in TRACES.items()
        for hit in pattern.finditer(reply.text)
        if hit.group() not in sent
    }
    told = "; ".join(f"{name}: '{head_of(hit, SHOWN)}'" for name, hit in shown.items())
    said = f"{reply.request} should tell nothing of the server's inside, but shows {told}"
    findings.expect("nothing of the inside", not shown, "none", told or "none", said)
    return findings
