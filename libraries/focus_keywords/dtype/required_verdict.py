"""How a verdict on an array is shown and concluded in Robot."""

from focus_engine.arrays.codes import ArrayCode
from focus_engine.checks.report import Report
from focus_engine.verdict import ProductFailure, ToolError
from focus_keywords.reporting import show

ACCEPTED = "accepted"


def require_verdict(report: Report, verdict: str) -> None:
    """Raise ProductFailure unless the report comes to `verdict`, a code or `accepted`."""
    show(report)
    expected = None if verdict.casefold() == ACCEPTED else _code(verdict)
    first = report.defects[0] if report.defects else None
    if (first and first.code) == (expected and expected.id):
        return
    seen = "it was accepted" if first is None else f"it was refused with {first.message}"
    should = ACCEPTED if expected is None else f"refused with {expected.id} ({expected.meaning})"
    raise ProductFailure(f"{report.subject} should be {should}, but {seen}")


def _code(verdict: str) -> ArrayCode:
    code = ArrayCode.by_id(verdict)
    if code is None:
        known = ", ".join(each.id for each in ArrayCode)
        raise ToolError(f"'{verdict}' is neither 'accepted' nor a code. Known are: {known}.")
    return code
