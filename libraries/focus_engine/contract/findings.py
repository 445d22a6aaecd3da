"""What a check found: each point with what was expected, what was seen, and its own sentence."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from focus_engine.evidence import Evidence, compact, head_of
from focus_engine.settings import Either
from focus_engine.verdict import ProductFailure, Undetermined, join_sentences

SHOWN_CHARACTERS = 120


class Outcome(StrEnum):
    """What one point of a check came to."""

    OK = "ok"
    WRONG = "WRONG"
    CONVERTED = "converted"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True)
class Finding:
    """One point of a check; `sentence` says what is wrong or why it was not checked."""

    subject: str
    outcome: Outcome
    expected: str
    seen: str
    sentence: str = ""


@dataclass
class Findings:
    """The points of one check, in the order they were looked at.

    `saw` names, of each requirement whose sources contradict each other, the side that was seen.
    """

    points: list[Finding] = field(default_factory=list)
    saw: dict[str, str] = field(default_factory=dict)
    conversions: list[str] = field(default_factory=list)

    def expect(
        self, subject: str, holds: bool, expected: str, seen: Any, sentence: str = ""
    ) -> bool:
        """Note one point; the sentence is made of expected and seen unless it is given."""
        shown = shorten(seen)
        said = sentence or f"{subject} is {shown}; expected {expected}."
        outcome = Outcome.OK if holds else Outcome.WRONG
        self.points.append(Finding(subject, outcome, expected, shown, "" if holds else said))
        return holds

    def expect_either(self, subject: str, seen: Any, required: Either, sentence: str = "") -> bool:
        """Note one point that any of the values of a requirement fulfils, and which it was."""
        sides = " or ".join(compact(value) for value in required.accepted)
        holds = seen in required.accepted
        if holds and len(required.accepted) > 1:
            self.saw[subject] = f"{compact(seen)} ({required.source_of(seen)})"
        return self.expect(subject, holds, sides, seen, sentence)

    def converted(self, subject: str, expected: str, seen: Any, form: str) -> None:
        """Note a deviating form that a case of its own judges; `form` names it in the summary."""
        self.points.append(
            Finding(subject, Outcome.CONVERTED, expected, shorten(seen), f"{form}: read as meant.")
        )
        self.conversions.append(form)

    def not_checked(self, subject: str, reason: str) -> None:
        self.points.append(Finding(subject, Outcome.NOT_CHECKED, "", "", reason))

    def extend(self, other: "Findings") -> None:
        self.points.extend(other.points)
        self.saw |= other.saw
        self.conversions += other.conversions

    @property
    def failures(self) -> list[str]:
        return [point.sentence for point in self.points if point.outcome is Outcome.WRONG]

    def unchecked(self, subject: str) -> list[str]:
        """Why `subject` was not checked; empty when it was."""
        return [
            point.sentence
            for point in self.points
            if point.subject == subject and point.outcome is Outcome.NOT_CHECKED
        ]

    def add_to(self, evidence: Evidence) -> None:
        evidence.add(
            "Checks",
            ["subject", "outcome", "expected", "seen", "note"],
            [
                [point.subject, point.outcome.value, point.expected, point.seen, point.sentence]
                for point in self.points
            ],
        )

    def conclude(self, *, decisive: tuple[str, ...] = ()) -> None:
        """Raise ProductFailure with what is wrong.

        When nothing is wrong but a subject in `decisive`, which is what the case is about, was
        not checked: Undetermined with the reason.
        """
        if self.failures:
            raise ProductFailure(join_sentences(self.failures))
        reasons = [
            f"{subject} was not checked: {reason}"
            for subject in decisive
            for reason in self.unchecked(subject)
        ]
        if reasons:
            raise Undetermined(join_sentences(reasons))


def shorten(value: Any) -> str:
    return head_of(compact(value), SHOWN_CHARACTERS)
