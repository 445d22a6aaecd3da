"""One finding, where it is, and what a set of findings amounts to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from focus_engine.pz.codes import Code, Severity

Path = tuple[str | int, ...]


class Outcome(StrEnum):
    """The verdict of a check or claim, worst first."""

    FAIL = "FAIL"
    NEEDS_INPUT = "NEEDS INPUT"
    UNDETERMINED = "UNDETERMINED"
    PASS = "PASS"  # noqa: S105 - a verdict, no password


@dataclass(frozen=True)
class Finding:
    """A sentence with its code and place. `line` is 1-based; None where no line applies.

    `expected` and `seen` are already redacted.
    """

    code: str
    severity: Severity
    message: str
    file: str = ""
    line: int | None = None
    path: str = ""
    expected: str = ""
    seen: str = ""

    def place(self) -> str:
        """`file:line path`, as far as it is known."""
        spot = f"{self.file}:{self.line}" if self.file and self.line else self.file
        return " ".join(part for part in (spot, self.path) if part)

    def weighed(self, severity: Severity) -> "Finding":
        return replace(self, severity=severity)


def finding(
    code: Code,
    message: str,
    *,
    file: str = "",
    line: int | None = None,
    path: Sequence[str | int] | None = None,
    expected: str = "",
    seen: str = "",
) -> Finding:
    """A finding with the default severity of its code."""
    where = "" if path is None else path_text(path)
    return Finding(code.id, code.severity, message, file, line, where, expected, seen)


def path_text(path: Sequence[str | int]) -> str:
    """`$.recorders[0].type`; keys that are no plain word are quoted."""
    return "$" + "".join(_step(part) for part in path)


def _step(part: str | int) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    plain = part.replace("_", "").replace("-", "").isalnum()
    return f".{part}" if plain else f"[{part!r}]"


def outcome_of(findings: Iterable[Finding]) -> Outcome:
    """FAIL when anything fails, else UNDETERMINED when anything is undecided, else PASS."""
    severities = {item.severity for item in findings}
    if Severity.FAIL in severities:
        return Outcome.FAIL
    if Severity.UNDECIDED in severities:
        return Outcome.UNDETERMINED
    return Outcome.PASS


def worst(findings: Sequence[Finding]) -> Finding | None:
    """The finding that a message names: the first of the heaviest severity."""
    order = list(Severity)
    return min(findings, key=lambda item: order.index(item.severity), default=None)
