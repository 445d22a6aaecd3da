"""How an answer declares its body."""

from focus_engine.checks.report import Report
from focus_engine.transport.reply import JSON, Reply


def judge_declared_json(reply: Reply, findings: Report) -> None:
    """That JSON is declared as JSON; parameters of the content type are free."""
    kind = reply.headers.get("content-type", "none")
    sentence = f"{reply.request} should answer {JSON}, but the server declares {kind}."
    findings.expect("content type", is_declared_json(reply), JSON, kind, sentence)


def is_declared_json(reply: Reply) -> bool:
    """Whether its content type is one of JSON."""
    kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == JSON or kind.endswith("+json")
