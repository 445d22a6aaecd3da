"""The report of a check of PZ's configuration, and what it rests on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from focus_engine.checks.finding import Finding, Severity
from focus_engine.checks.report import Report, as_json, findings_table, worst_sentence
from focus_engine.evidence import Table
from focus_engine.masking import showable
from focus_engine.status import Basis, Status
from focus_engine.verdict import Verdict


@dataclass
class ProfileReport(Report):
    """One check of a profile, which `subject` names. `checked` names the files that were read."""

    profile: str = ""
    basis: tuple[Basis, ...] = ()
    checked: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        subject: str,
        profile: str,
        basis: Sequence[Basis],
        findings: Sequence[Finding],
        checked: Sequence[str] = (),
    ) -> Self:
        return cls(
            subject,
            list(findings),
            profile=profile,
            basis=tuple(basis),
            checked=tuple(checked),
        )

    @property
    def verdict(self) -> Verdict:
        """Never PASS while anything that the check rests on is a placeholder."""
        verdict = super().verdict
        if verdict is not Verdict.FAIL and any(part.placeholder for part in self.basis):
            return Verdict.NEEDS_INPUT
        return verdict

    def sentence(self) -> str:
        """What was found, in one sentence that names the worst finding."""
        who = f"{self.subject} (profile '{self.profile}'{_invented(self.basis)})"
        if self.verdict is Verdict.NEEDS_INPUT:
            return f"{who} rests on a placeholder; supply {_needs(self.basis)}."
        if not self.findings:
            return f"{who}: no finding in {_counted(len(self.checked), 'file')}."
        return showable(f"{who}: {worst_sentence(self.findings)}.")

    def conclude(self, *, decisive: tuple[str, ...] = ()) -> None:
        """Raise the verdict unless it is PASS; every check of a profile is decisive."""
        del decisive
        self.verdict.require_pass(self.sentence())

    def to_table(self) -> Table:
        caption = f"{self.subject}: {self.verdict.value}, {_resting(self.basis)}"
        return findings_table(caption, self.findings)

    def to_json(self) -> dict[str, Any]:
        """The report as plain data, redacted, in a stable order."""
        return {
            "check": self.subject,
            "profile": self.profile,
            "verdict": self.verdict.value,
            "sentence": self.sentence(),
            "checked": list(self.checked),
            "basis": [
                {"what": b.what, "status": b.status.value, "source": b.source, "needs": b.needs}
                for b in self.basis
            ],
            "findings": [as_json(item) for item in self.findings],
        }


def rest_on(findings: Sequence[Finding], *basis: Basis) -> tuple[Finding, ...]:
    """`findings` that a check draws from `basis`: with a placeholder, none can fail the product."""
    if not any(part.placeholder for part in basis):
        return tuple(findings)
    return tuple(
        item.weighed(Severity.UNDECIDED) if item.severity is Severity.FAIL else item
        for item in findings
    )


def _needs(basis: Sequence[Basis]) -> str:
    return "; ".join(dict.fromkeys(part.needs.rstrip(".") for part in basis if part.placeholder))


def _resting(basis: Sequence[Basis]) -> str:
    return "resting on " + ", ".join(f"{part.what} ({part.status.value})" for part in basis)


def _invented(basis: Sequence[Basis]) -> str:
    return ", invented" if any(part.status is Status.INVENTED for part in basis) else ""


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
