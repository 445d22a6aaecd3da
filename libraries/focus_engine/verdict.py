"""What a check can conclude, and the exceptions that carry it.

Robot Framework reads `ROBOT_SUPPRESS_NAME` and `ROBOT_SKIP_EXECUTION` as plain attributes, so the
engine can end a case as FAIL or SKIP without importing it.
"""

from collections.abc import Callable
from enum import StrEnum

from focus_engine.masking import head_of

LONGEST_MESSAGE = 10_000  # characters; it may quote foreign text, and nobody reads on


class Prefix(StrEnum):
    """How a message starts, so that people and the summary can tell kinds of verdict apart."""

    ERROR = "ERROR:"
    UNDETERMINED = "UNDETERMINED:"
    PRECONDITION = "PRECONDITION:"
    NOT_ALLOWED = "NOT ALLOWED:"
    NOT_DEPLOYED = "NOT DEPLOYED:"
    NEEDS_INPUT = "NEEDS INPUT:"
    KNOWN_BUG = "KNOWN BUG"

    @classmethod
    def of(cls, message: str) -> "Prefix | None":
        """The prefix that `message` starts with; None for a plain product failure."""
        return next((prefix for prefix in cls if message.startswith(prefix.value)), None)


class ProductFailure(AssertionError):
    """FAIL: the product did something other than what is required. Carries no prefix."""

    ROBOT_SUPPRESS_NAME = True

    def __init__(self, sentence: str) -> None:
        super().__init__(head_of(sentence, LONGEST_MESSAGE))


class _PrefixedError(Exception):
    ROBOT_SUPPRESS_NAME = True
    PREFIX: Prefix

    def __init__(self, sentence: str) -> None:
        self.sentence = head_of(sentence, LONGEST_MESSAGE)
        super().__init__(f"{self.PREFIX.value} {self.sentence}")


class ToolError(_PrefixedError):
    """ERROR (fails): the tool or the environment broke, so nothing was learned of the product."""

    PREFIX = Prefix.ERROR


def broken_off(what: str, error: Exception) -> ToolError:
    """What ended a thread: its own sentence, or whatever else it died of."""
    if isinstance(error, ToolError):
        return error
    return ToolError(
        f"{what} broke off: {type(error).__name__}: {error}. This is a fault of the tests "
        "themselves; report it."
    )


class _SkipError(_PrefixedError):
    ROBOT_SKIP_EXECUTION = True


class Undetermined(_SkipError):
    """SKIP, under tag `gate` FAIL: the case ran but could not be decided."""

    PREFIX = Prefix.UNDETERMINED


class PreconditionUnmet(_SkipError):
    """SKIP: the system is not in the state that the case needs."""

    PREFIX = Prefix.PRECONDITION


class NotAllowed(_SkipError):
    """SKIP: the environment does not allow what the case does."""

    PREFIX = Prefix.NOT_ALLOWED


class NotDeployed(_SkipError):
    """SKIP: the endpoint does not exist on this server (proven by its answer and its OpenAPI)."""

    PREFIX = Prefix.NOT_DEPLOYED


class NeedsInput(_SkipError):
    """SKIP: the case rests on a placeholder; the sentence says what the team must supply."""

    PREFIX = Prefix.NEEDS_INPUT


class Verdict(StrEnum):
    """What a check, a claim or a measurement came to, worst first."""

    FAIL = "FAIL"
    NEEDS_INPUT = "NEEDS INPUT"
    UNDETERMINED = "UNDETERMINED"
    PASS = "PASS"  # noqa: S105 - a verdict, no password

    def require_pass(self, sentence: str) -> None:
        """Raise ProductFailure, NeedsInput or Undetermined with `sentence` unless it is PASS."""
        if self is not Verdict.PASS:
            raise _RAISED[self](sentence)


_RAISED = {
    Verdict.FAIL: ProductFailure,
    Verdict.NEEDS_INPUT: NeedsInput,
    Verdict.UNDETERMINED: Undetermined,
}
_WORST_FIRST = (ToolError, ProductFailure, Undetermined, _SkipError)


def conclude_all(*checks: Callable[[], object]) -> None:
    """Make every check, also after one that did not hold, then raise the worst of what was found.

    What fails is said together; a skip hides behind a failure, never the other way round.
    """
    found: list[ProductFailure | _PrefixedError] = []
    for check in checks:
        try:
            check()
        except (ProductFailure, _PrefixedError) as finding:
            found.append(finding)
    for kind in _WORST_FIRST:
        worst = [finding for finding in found if isinstance(finding, kind)]
        if worst:
            fails = [finding for finding in found if isinstance(finding, ProductFailure)]
            said = worst if kind is ProductFailure else [*worst, *fails]
            raise type(worst[0])(join_sentences([_sentence(finding) for finding in said]))


def _sentence(finding: ProductFailure | _PrefixedError) -> str:
    return finding.sentence if isinstance(finding, _PrefixedError) else str(finding)


def join_sentences(findings: list[str]) -> str:
    """One message of at most three lines out of several findings; the rest is counted."""
    head, rest = findings[:2], findings[2:]
    if len(findings) <= 3:  # noqa: PLR2004 - three lines is the house limit for a message
        return "\n".join(findings)
    return "\n".join([*head, f"and {len(rest)} more findings (see the table in the log)"])
