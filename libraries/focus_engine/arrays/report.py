"""What a check of an array found, what it could not have seen, and the verdict it amounts to."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from focus_engine.arrays.codes import Code
from focus_engine.evidence import Evidence
from focus_engine.verdict import ProductFailure, join_sentences


class Severity(StrEnum):
    """What one defect does to the verdict."""

    FAIL = "fail"
    WARN = "warn"


@dataclass(frozen=True)
class Defect:
    """One thing that is wrong: a sentence with its code, what was expected and what was seen."""

    code: Code
    sentence: str
    expected: str = ""
    seen: str = ""
    severity: Severity = Severity.FAIL

    def warning(self) -> "Defect":
        return replace(self, severity=Severity.WARN)

    @property
    def message(self) -> str:
        return f"{self.code.id}: {self.sentence}"


@dataclass(frozen=True)
class Report:
    """The defects of one subject in the order of the checks.

    `unseen` says which defects the check could not have noticed, `facts` what the check rests on.
    """

    subject: str
    defects: tuple[Defect, ...] = ()
    unseen: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = field(default=())

    @property
    def failures(self) -> tuple[Defect, ...]:
        return tuple(defect for defect in self.defects if defect.severity is Severity.FAIL)

    @property
    def accepted(self) -> bool:
        return not self.failures

    def codes(self) -> tuple[str, ...]:
        return tuple(defect.code.id for defect in self.defects)

    def has(self, code: Code) -> bool:
        return any(defect.code is code for defect in self.defects)

    def to_evidence(self) -> Evidence:
        evidence = Evidence()
        evidence.add(
            f"Defects of {self.subject}",
            ["code", "severity", "defect", "expected", "seen"],
            [
                [found.code.id, found.severity.value, found.sentence, found.expected, found.seen]
                for found in self.defects
            ],
        )
        if self.facts:
            evidence.add("What the check rests on", ["fact", "value"], self.facts)
        if self.unseen:
            evidence.add("What this check cannot see", ["defect"], [[each] for each in self.unseen])
        return evidence

    def conclude(self) -> None:
        """Raise ProductFailure with the defects that fail."""
        if self.failures:
            raise ProductFailure(
                join_sentences([f"{self.subject}: {found.message}" for found in self.failures])
            )


def merged(subject: str, reports: Iterable[Report]) -> Report:
    """One report of several; facts and limits are named once."""
    parts = list(reports)
    return Report(
        subject,
        tuple(found for part in parts for found in part.defects),
        tuple(dict.fromkeys(each for part in parts for each in part.unseen)),
        tuple(dict.fromkeys(each for part in parts for each in part.facts)),
    )


def once_per_code(reports: Sequence[Report]) -> list[Report]:
    """The reports with each code left where it came first, saying where and how often."""
    times = Counter(code for part in reports for code in dict.fromkeys(part.codes()))
    told: set[Code] = set()
    found = []
    for part in reports:
        first = [each for each in part.defects if each.code not in told]
        told |= {each.code for each in first}
        found.append(
            replace(part, defects=tuple(_placed(each, part.subject, times) for each in first))
        )
    return found


def _placed(defect: Defect, subject: str, times: Mapping[str, int]) -> Defect:
    count = times[defect.code.id]
    more = f" (and {count - 1} more)" if count > 1 else ""
    return replace(defect, sentence=f"{subject}{more}: {defect.sentence}")
