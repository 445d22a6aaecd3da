"""One finding of a check: code, severity, subject, expected, seen, place, and its sentence."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, StrEnum
from typing import Self

from focus_engine.masking import MASK, masked
from focus_engine.verdict import Verdict

Path = tuple[str | int, ...]


class Severity(StrEnum):
    """What one finding does to the verdict of its check, worst first."""

    FAIL = "fail"
    UNDECIDED = "undecided"  # the check cannot end as PASS
    WARN = "warn"
    NOT_CHECKED = "not checked"  # undecided only for a case that is about this subject
    OK = "ok"


@dataclass(frozen=True)
class Place:
    """Where in a file or document: `line` is 1-based, `path` is JSONPath; empty where unknown."""

    file: str = ""
    line: int | None = None
    path: str = ""

    def __str__(self) -> str:
        spot = f"{self.file}:{self.line}" if self.file and self.line else self.file
        return " ".join(part for part in (spot, self.path) if part)


NOWHERE = Place()


@dataclass(frozen=True)
class Finding:
    """One point of a check; `sentence` says what is wrong, or why it was not checked.

    `remedy` is what to set so that it can be checked.
    """

    code: str
    severity: Severity
    sentence: str
    expected: str = ""
    seen: str = ""
    subject: str = ""
    place: Place = NOWHERE
    remedy: str = ""

    def weighed(self, severity: Severity) -> Self:
        return replace(self, severity=severity)

    @property
    def message(self) -> str:
        """The sentence after its code."""
        return f"{self.code}: {self.sentence}" if self.code else self.sentence


class FindingCode(Enum):
    """A kind of finding: `id`, `meaning` and default severity. Ids never change their meaning."""

    def __init__(self, identifier: str, meaning: str, severity: Severity = Severity.FAIL) -> None:
        self.id = identifier
        self.meaning = meaning
        self.severity = severity

    @classmethod
    def by_id(cls, identifier: str) -> Self | None:
        """The code called `identifier`, in any letter case."""
        return next((code for code in cls if code.id == identifier.upper()), None)


def finding(
    code: FindingCode,
    sentence: str,
    expected: str = "",
    seen: str = "",
    *,
    file: str = "",
    line: int | None = None,
    path: Sequence[str | int] | None = None,
) -> Finding:
    """A finding with the default severity of its code."""
    where = Place(file, line, "" if path is None else path_text(path))
    return Finding(code.id, code.severity, sentence, expected, seen, place=where)


def path_text(path: Sequence[str | int]) -> str:
    """`$.recorders[0].type`; keys that are no plain word, or name a secret, are quoted."""
    return "$" + "".join(_step(part) for part in path)


def _step(part: str | int) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    plain = part.replace("_", "").replace("-", "").isalnum()
    plain = plain and MASK not in masked(f"{part}: x")  # a sentence follows, which is no secret
    return f".{part}" if plain else f"[{part!r}]"


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """FAIL when anything fails, else UNDETERMINED when anything is undecided, else PASS."""
    severities = {item.severity for item in findings}
    if Severity.FAIL in severities:
        return Verdict.FAIL
    return Verdict.UNDETERMINED if Severity.UNDECIDED in severities else Verdict.PASS


def worst(findings: Sequence[Finding]) -> Finding | None:
    """The finding that a message names: the first of the heaviest severity."""
    order = list(Severity)
    return min(findings, key=lambda item: order.index(item.severity), default=None)
