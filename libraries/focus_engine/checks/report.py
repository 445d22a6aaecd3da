"""The findings of one check, the table that shows them, and the verdict that they amount to."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from focus_engine.checks.finding import Finding, Severity, verdict_of, worst
from focus_engine.evidence import LONGEST_CELL, Evidence, Table, compact
from focus_engine.masking import head_of
from focus_engine.unchecked import note_unchecked
from focus_engine.verdict import ProductFailure, Undetermined, Verdict, join_sentences

SHOWN_CHARACTERS = 120
COLUMNS = ("code", "severity", "subject", "place", "expected", "seen", "sentence")


class Sides(Protocol):
    """A requirement that may have two sides: the values that fulfil it, and who says each."""

    @property
    def accepted(self) -> tuple[Any, ...]: ...

    def source_of(self, value: Any, /) -> str: ...


@dataclass
class Report:
    """One check of one subject; findings stand in the order in which they were looked at.

    `unseen` says which defects the check could not have noticed, `facts` what it rests on. `saw`
    names the side that was seen of requirements whose sources contradict each other.
    """

    subject: str = ""
    findings: list[Finding] = field(default_factory=list)
    unseen: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    saw: dict[str, str] = field(default_factory=dict)
    conversions: list[str] = field(default_factory=list)

    def expect(
        self, subject: str, holds: bool, expected: str, seen: Any, sentence: str = ""
    ) -> bool:
        """Note one point; the sentence is made of expected and seen unless it is given."""
        shown = shorten(seen)
        said = "" if holds else sentence or f"{subject} is {shown}; expected {expected}."
        severity = Severity.OK if holds else Severity.FAIL
        self.findings.append(Finding("", severity, said, expected, shown, subject))
        return holds

    def expect_either(self, subject: str, seen: Any, required: Sides, sentence: str = "") -> bool:
        """Note one point that any value of a requirement fulfils, and which one it was."""
        sides = " or ".join(compact(value) for value in required.accepted)
        holds = seen in required.accepted
        if holds and len(required.accepted) > 1:
            self.saw[subject] = f"{compact(seen)} ({required.source_of(seen)})"
        return self.expect(subject, holds, sides, seen, sentence)

    def converted(self, subject: str, expected: str, seen: Any, form: str) -> None:
        """Note a deviating form that a case of its own judges; `form` names it in the summary."""
        said = f"{form}: converted, read as meant."
        found = Finding("", Severity.WARN, said, expected, shorten(seen), subject)
        self.findings.append(found)
        self.conversions.append(form)

    def not_checked(self, subject: str, reason: str, remedy: str = "") -> None:
        found = Finding("", Severity.NOT_CHECKED, reason, subject=subject, remedy=remedy)
        self.findings.append(found)

    def extend(self, other: "Report") -> None:
        self.findings.extend(other.findings)
        self.saw |= other.saw
        self.conversions += other.conversions

    @property
    def defects(self) -> list[Finding]:
        """The findings that fail."""
        return [each for each in self.findings if each.severity is Severity.FAIL]

    @property
    def failures(self) -> list[str]:
        """What the message says of the defects, each by itself."""
        return [each.message for each in self.defects]

    @property
    def verdict(self) -> Verdict:
        return verdict_of(self.findings)

    @property
    def accepted(self) -> bool:
        return not self.defects

    def codes(self) -> tuple[str, ...]:
        return tuple(each.code for each in self.findings)

    def unchecked(self, subject: str) -> list[str]:
        """Why `subject` was not checked; empty when it was."""
        return [
            each.sentence
            for each in self.findings
            if each.subject == subject and each.severity is Severity.NOT_CHECKED
        ]

    def add_to(self, evidence: Evidence) -> None:
        caption = f"Checks of {self.subject}" if self.subject else "Checks"
        evidence.tables.append(findings_table(caption, self.findings))
        if self.facts:
            evidence.add("What the check rests on", ["fact", "value"], self.facts)
        if self.unseen:
            evidence.add("What this check cannot see", ["defect"], [[each] for each in self.unseen])

    def _never_met(self, subject: str) -> list[str]:
        """Why a subject counts as unchecked of which nothing was found out."""
        if any(each.subject == subject for each in self.findings):
            return []
        return [f"nothing in the answer is about '{subject}'. Is the name right?"]

    def conclude(self, *, decisive: tuple[str, ...] = ()) -> None:
        """Raise ProductFailure with what is wrong.

        When nothing is wrong but a subject in `decisive`, which is what the case is about, was
        not checked: Undetermined with the reason. What else was not checked is counted by the run.
        """
        if self.failures:
            about = f"{self.subject}: " if self.subject else ""
            raise ProductFailure(join_sentences([about + each for each in self.failures]))
        reasons = [
            f"{subject} was not checked: {reason}"
            for subject in decisive
            for reason in self.unchecked(subject) or self._never_met(subject)
        ]
        if reasons:
            raise Undetermined(join_sentences(reasons))
        for each in self.findings:
            if each.severity is Severity.NOT_CHECKED:
                note_unchecked(each.subject, each.sentence, each.remedy)


def findings_table(caption: str, findings: Sequence[Finding]) -> Table:
    """The one table of findings in the log; a column that says nothing is left out."""
    rows = [_row(each) for each in findings]
    used = [at for at in range(len(COLUMNS)) if at == 1 or any(row[at] for row in rows)]
    return Table(caption, [COLUMNS[at] for at in used], [[row[at] for at in used] for row in rows])


def as_json(finding: Finding) -> dict[str, str]:
    """The finding as plain data, with the columns of the table for keys."""
    return dict(zip(COLUMNS, _row(finding), strict=True))


def counts(findings: Sequence[Finding]) -> str:
    """`3 findings (2 fail, 1 warn)`."""
    tally = Counter(item.severity for item in findings)
    parts = ", ".join(f"{tally[each]} {each.value}" for each in Severity if tally[each])
    return f"{len(findings)} finding{'' if len(findings) == 1 else 's'} ({parts})"


def worst_sentence(findings: Sequence[Finding]) -> str:
    """`2 findings (2 fail); worst CF020 at modules.py:3: …`, without its full stop."""
    heaviest = worst(findings)
    if heaviest is None:
        return "no finding"
    place = f" at {heaviest.place}" if str(heaviest.place) else ""
    return f"{counts(findings)}; worst {heaviest.code}{place}: {heaviest.sentence.rstrip('.')}"


def merged(subject: str, reports: Iterable[Report]) -> Report:
    """One report of several; facts and limits are named once."""
    parts = list(reports)
    return Report(
        subject,
        [found for part in parts for found in part.findings],
        tuple(dict.fromkeys(each for part in parts for each in part.unseen)),
        tuple(dict.fromkeys(each for part in parts for each in part.facts)),
    )


def once_per_code(reports: Sequence[Report]) -> list[Report]:
    """The reports with each code left where it came first, saying where and how often."""
    times = Counter(code for part in reports for code in dict.fromkeys(part.codes()))
    told: set[str] = set()
    found = []
    for part in reports:
        first = [each for each in part.findings if each.code not in told]
        told |= {each.code for each in first}
        found.append(replace(part, findings=[_placed(each, part, times) for each in first]))
    return found


def shorten(value: Any) -> str:
    return head_of(compact(value), SHOWN_CHARACTERS)


def _row(item: Finding) -> list[str]:
    where = (item.code, item.severity.value, item.subject, str(item.place))
    said = f"{item.sentence} {item.remedy}".rstrip()
    return [head_of(cell, LONGEST_CELL) for cell in (*where, item.expected, item.seen, said)]


def _placed(found: Finding, part: Report, times: Mapping[str, int]) -> Finding:
    more = f" (and {times[found.code] - 1} more)" if times[found.code] > 1 else ""
    return replace(found, sentence=f"{part.subject}{more}: {found.sentence}")
