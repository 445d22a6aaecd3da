"""What a check found: each point with what was expected, what was seen, and its own sentence."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from focus_engine.evidence import Evidence, compact, head_of
from focus_engine.unchecked import note_unchecked
from focus_engine.verdict import ProductFailure, Undetermined, join_sentences

SHOWN_CHARACTERS = 120


class Outcome(StrEnum):
    """What one point of a check came to."""

    OK = "ok"
    WRONG = "WRONG"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True)
class Finding:
    """One point of a check; `sentence` says what is wrong or why it was not checked.

    `remedy` is what to set so that it can be checked.
    """

    subject: str
    outcome: Outcome
    expected: str
    seen: str
    sentence: str = ""
    remedy: str = ""

    @property
    def note(self) -> str:
        return f"{self.sentence} {self.remedy}".rstrip()


@dataclass
class Findings:
    """The points of one check, in the order they were looked at."""

    points: list[Finding] = field(default_factory=list)

    def expect(
        self, subject: str, holds: bool, expected: str, seen: Any, sentence: str = ""
    ) -> bool:
        """Note one point; the sentence is made of expected and seen unless it is given."""
        shown = shorten(seen)
        said = sentence or f"{subject} is {shown}; expected {expected}."
        outcome = Outcome.OK if holds else Outcome.WRONG
        self.points.append(Finding(subject, outcome, expected, shown, "" if holds else said))
        return holds

    def not_checked(self, subject: str, reason: str, remedy: str = "") -> None:
        self.points.append(Finding(subject, Outcome.NOT_CHECKED, "", "", reason, remedy))

    def extend(self, other: "Findings") -> None:
        self.points.extend(other.points)

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
                [point.subject, point.outcome.value, point.expected, point.seen, point.note]
                for point in self.points
            ],
        )

    def conclude(self, *, decisive: tuple[str, ...] = ()) -> None:
        """Raise ProductFailure with what is wrong.

        When nothing is wrong but a subject in `decisive`, which is what the case is about, was
        not checked: Undetermined with the reason. What else was not checked is counted by the run.
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
        for point in self.points:
            if point.outcome is Outcome.NOT_CHECKED:
                note_unchecked(point.subject, point.sentence, point.remedy)


def shorten(value: Any) -> str:
    return head_of(compact(value), SHOWN_CHARACTERS)
