"""What counts as a kill, and what the proof finds wrong."""

from collections.abc import Iterable

from proof.declarations import Declarations, Fault, Kill
from proof.runs import Case, Outcome

NO_VERDICT = ("ERROR:", "Parent suite setup failed", "Setup failed", "Teardown failed")


def is_kill(outcome: Outcome, kill: Kill) -> bool:
    """A product failure (no error, no set-up failure) whose message matches the declared one."""
    return is_verdict(outcome) and kill.message.search(outcome.message) is not None


def is_verdict(outcome: Outcome) -> bool:
    """Whether a red case says something of the product."""
    return outcome.status == "FAIL" and not outcome.message.startswith(NO_VERDICT)


def killed_rows(declared: Declarations, fault: Fault, outcomes: Iterable[Outcome]) -> set[Case]:
    return {outcome.case for outcome in outcomes if _declared_kill(declared, fault, outcome)}


def unproven(declared: Declarations, cases: Iterable[Case], killed: set[Case]) -> list[str]:
    """One sentence per case that no fault turns red."""
    return [
        f"{case}: unproven. Its table declares {_faults_of(declared, case)}, and none of them "
        "turns this row red. Declare a fault for it in tests/proof/expected_failures.yaml."
        for case in cases
        if case not in killed
    ]


def bystander_trouble(fault: Fault, outcomes: Iterable[Outcome]) -> str | None:
    """None while the bystander stays green, else what became of it."""
    for outcome in outcomes:
        if str(outcome.case) == fault.bystander:
            if outcome.status == "PASS":
                return None
            return (
                f"{fault.name}: bystander {fault.bystander} is {outcome.status}: {outcome.message}"
            )
    return f"{fault.name}: bystander {fault.bystander} did not run"


def _declared_kill(declared: Declarations, fault: Fault, outcome: Outcome) -> bool:
    kills = declared.kills_of(outcome.case.table, outcome.case.row)
    return any(kill.fault == fault.name and is_kill(outcome, kill) for kill in kills)


def _faults_of(declared: Declarations, case: Case) -> str:
    names = [kill.fault for kill in declared.kills_of(case.table, case.row)]
    return ", ".join(names) or "no fault"
