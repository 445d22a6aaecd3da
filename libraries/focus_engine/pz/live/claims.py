"""The six claims that together mean "the server took the configuration"."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from focus_engine.checks.finding import Finding, verdict_of
from focus_engine.checks.report import findings_table, worst_sentence
from focus_engine.evidence import Table
from focus_engine.masking import showable
from focus_engine.verdict import Verdict, join_sentences


class Claim(Enum):
    """What is claimed of the running server. None of them implies another."""

    DEPLOYED = ("L1", "the file in the pod is the expected one")
    FRESH = ("L2", "the process is newer than the file")
    ROLLED_OUT = ("L3", "the rollout is complete")
    CLEAN_START = ("L4", "the start log is clean")
    STABLE = ("L5", "the container does not restart")
    JOB_STARTS = ("L6", "a job starts and answers validly")

    def __init__(self, identifier: str, title: str) -> None:
        self.id = identifier
        self.title = title


@dataclass(frozen=True)
class ClaimResult:
    """One claim with its own verdict. `sentence` says what decided it, without its full stop."""

    claim: Claim
    verdict: Verdict
    sentence: str
    findings: tuple[Finding, ...] = ()

    @classmethod
    def passed(cls, claim: Claim, sentence: str) -> "ClaimResult":
        return cls(claim, Verdict.PASS, sentence)

    @classmethod
    def failed(cls, claim: Claim, sentence: str) -> "ClaimResult":
        return cls(claim, Verdict.FAIL, sentence)

    @classmethod
    def undetermined(cls, claim: Claim, sentence: str) -> "ClaimResult":
        return cls(claim, Verdict.UNDETERMINED, sentence)

    @classmethod
    def needs(cls, claim: Claim, sentence: str) -> "ClaimResult":
        return cls(claim, Verdict.NEEDS_INPUT, sentence)

    @classmethod
    def judged(cls, claim: Claim, findings: Sequence[Finding]) -> "ClaimResult":
        """The verdict of `findings`; the sentence names the worst."""
        sentence = worst_sentence(findings)
        return cls(claim, verdict_of(findings), sentence, tuple(findings))

    def line(self) -> str:
        return showable(
            f"{self.claim.id} {self.claim.title}: {self.verdict.value}, {self.sentence}."
        )


@dataclass(frozen=True)
class LiveReport:
    """The results of all claims that were tried."""

    results: tuple[ClaimResult, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst of the claims."""
        order = list(Verdict)
        return min((result.verdict for result in self.results), key=order.index)

    def to_tables(self) -> list[Table]:
        claims = [[r.claim.id, r.claim.title, r.verdict.value, showable(r.sentence)]
                  for r in self.results]  # fmt: skip
        tables = [Table("Did the server take the configuration?",
                        ("claim", "what", "verdict", "why"), claims)]  # fmt: skip
        details = (r for r in self.results if r.findings)
        tables.extend(findings_table(r.claim.id, r.findings) for r in details)
        return tables

    def to_json(self) -> dict[str, Any]:
        """The claims as plain data, redacted."""
        claims = [
            {"claim": r.claim.id, "what": r.claim.title, "verdict": r.verdict.value,
             "sentence": showable(r.sentence)} for r in self.results
        ]  # fmt: skip
        return {"verdict": self.verdict.value, "claims": claims}

    def conclude(self) -> None:
        """Raise ProductFailure, NeedsInput or Undetermined with the claims that are not PASS."""
        open_claims = [r for r in self.results if r.verdict is not Verdict.PASS]
        if not open_claims:
            return
        worst = [r.line() for r in open_claims if r.verdict is self.verdict]
        self.verdict.require_pass(join_sentences(worst))
