"""The result of a check: what it rests on, what it found, and the sentence that says so."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from focus_engine.evidence import Table
from focus_engine.masking import showable
from focus_engine.pz.codes import Severity
from focus_engine.pz.findings import Finding, Outcome, outcome_of, worst
from focus_engine.status import Basis, Status
from focus_engine.verdict import NeedsInput, ProductFailure, Undetermined

_COLUMNS = ("code", "severity", "place", "message", "expected", "seen")


@dataclass(frozen=True)
class Report:
    """One check of one subject. `checked` names the files that were read."""

    check: str
    profile: str
    basis: tuple[Basis, ...]
    findings: tuple[Finding, ...]
    checked: tuple[str, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """Never PASS while anything that the check rests on is a placeholder."""
        outcome = outcome_of(self.findings)
        if outcome is not Outcome.FAIL and any(part.placeholder for part in self.basis):
            return Outcome.NEEDS_INPUT
        return outcome

    def sentence(self) -> str:
        """What was found, in one sentence that names the worst finding."""
        who = f"{self.check} (profile '{self.profile}'{_invented(self.basis)})"
        if self.outcome is Outcome.NEEDS_INPUT:
            return f"{who} rests on a placeholder; supply {_needs(self.basis)}."
        heaviest = worst(self.findings)
        if heaviest is None:
            return f"{who}: no finding in {_counted(len(self.checked), 'file')}."
        place = f" at {heaviest.place()}" if heaviest.place() else ""
        text = heaviest.message.rstrip(".")
        return showable(f"{who}: {counts(self.findings)}; worst {heaviest.code}{place}: {text}.")

    def to_table(self) -> Table:
        caption = f"{self.check}: {self.outcome.value}, {_resting(self.basis)}"
        return findings_table(caption, self.findings)

    def to_json(self) -> dict[str, Any]:
        """The report as plain data, redacted, in a stable order."""
        return {
            "check": self.check,
            "profile": self.profile,
            "outcome": self.outcome.value,
            "sentence": self.sentence(),
            "checked": list(self.checked),
            "basis": [
                {"what": b.what, "status": b.status.value, "source": b.source, "needs": b.needs}
                for b in self.basis
            ],
            "findings": [dict(zip(_COLUMNS, _row(item), strict=True)) for item in self.findings],
        }

    def require_pass(self) -> None:
        """Raise the verdict of the report unless it is PASS.

        ProductFailure for FAIL, NeedsInput and Undetermined (both skips) for the others.
        """
        if self.outcome is Outcome.FAIL:
            raise ProductFailure(self.sentence())
        if self.outcome is Outcome.NEEDS_INPUT:
            raise NeedsInput(self.sentence())
        if self.outcome is Outcome.UNDETERMINED:
            raise Undetermined(self.sentence())


def findings_table(caption: str, findings: Sequence[Finding]) -> Table:
    return Table(caption, _COLUMNS, [_row(item) for item in findings])


def rest_on(findings: Sequence[Finding], *basis: Basis) -> tuple[Finding, ...]:
    """`findings` that a check draws from `basis`: with a placeholder, none can fail the product."""
    if not any(part.placeholder for part in basis):
        return tuple(findings)
    return tuple(
        item.weighed(Severity.UNDECIDED) if item.severity is Severity.FAIL else item
        for item in findings
    )


def counts(findings: Sequence[Finding]) -> str:
    """`3 findings (2 fail, 1 warn)`."""
    tally = Counter(item.severity for item in findings)
    parts = ", ".join(
        f"{tally[severity]} {severity.value}" for severity in Severity if tally[severity]
    )
    return f"{_counted(len(findings), 'finding')} ({parts})"


def _row(item: Finding) -> list[str]:
    cells = (item.code, item.severity.value, item.place(), item.message, item.expected, item.seen)
    return [showable(cell) for cell in cells]


def _needs(basis: Sequence[Basis]) -> str:
    return "; ".join(dict.fromkeys(part.needs.rstrip(".") for part in basis if part.placeholder))


def _resting(basis: Sequence[Basis]) -> str:
    return "resting on " + ", ".join(f"{part.what} ({part.status.value})" for part in basis)


def _invented(basis: Sequence[Basis]) -> str:
    return ", invented" if any(part.status is Status.INVENTED for part in basis) else ""


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
