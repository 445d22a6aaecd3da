"""Every case can fail: a fault kills each, and each fault spares its bystander."""

import pytest
from proof.declarations import load
from proof.judge import bystander_trouble, concerned, killed_rows, unproven
from proof.runs import Case, Outcome, all_cases
from proof.workers import run_jobs

from sandbox.catalogue import CATALOGUE
from sandbox.faults import Kind

DECLARED = load()


@pytest.fixture(scope="session")
def cases() -> list[Case]:
    return all_cases()


@pytest.fixture(scope="session")
def outcomes(cases: list[Case]) -> dict[str, list[Outcome]]:
    """Outcomes by fault: the rows of the tables that declare it, and its bystander."""
    jobs = [(fault, concerned(DECLARED, fault, cases)) for fault in DECLARED.faults.values()]
    return {fault.name: seen for (fault, _), seen in run_jobs(jobs)}


def test_every_fault_of_the_sandbox_has_a_killer_or_waits_with_a_reason() -> None:
    seeded = {fault.sandbox_id for fault in DECLARED.faults.values() if fault.kind == "sandbox"}
    faults = {id_ for id_, fault in CATALOGUE.items() if fault.kind is Kind.FAULT}
    assert seeded <= set(CATALOGUE)
    assert faults - seeded == set(DECLARED.awaiting)


def test_every_table_is_declared(cases: list[Case]) -> None:
    assert {case.table for case in cases} == set(DECLARED.tables)


@pytest.mark.parametrize("name", DECLARED.faults)
def test_fault_kills_a_case_and_spares_its_bystander(
    name: str, outcomes: dict[str, list[Outcome]]
) -> None:
    fault, seen = DECLARED.faults[name], outcomes[name]
    red = [f"{one.case}: {one.status} {one.message}" for one in seen if one.status != "PASS"]
    for table in DECLARED.tables_of(name):
        killed = [case for case in killed_rows(DECLARED, fault, seen) if case.table == table]
        assert killed, f"{name} kills no row of {table} as declared; not green were: {red}"
    assert bystander_trouble(fault, seen) is None


def test_no_case_is_unproven(cases: list[Case], outcomes: dict[str, list[Outcome]]) -> None:
    killed = set()
    for name, seen in outcomes.items():
        killed |= killed_rows(DECLARED, DECLARED.faults[name], seen)
    findings = unproven(DECLARED, cases, killed)
    assert not findings, "\n".join(findings)
