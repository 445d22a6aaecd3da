"""Every case can fail: a fault kills each, and each fault spares its bystander."""

import pytest
from proof.declarations import load
from proof.jobs import declared_jobs
from proof.judge import bystander_trouble, killed_rows, unproven
from proof.runs import Case, Outcome, all_cases
from proof.workers import run_jobs

from sandbox.catalogue import CATALOGUE
from sandbox.faults import FaultKind

ALL = load()
DECLARED = ALL.quick()


@pytest.fixture(scope="session")
def cases() -> list[Case]:
    return all_cases()


@pytest.fixture(scope="session")
def outcomes(cases: list[Case]) -> dict[str, list[Outcome]]:
    """Outcomes by fault: the rows of the tables that declare it, and its bystander."""
    faults = DECLARED.faults.values()
    jobs = [job for fault in faults for job in declared_jobs(DECLARED, fault, cases)]
    found: dict[str, list[Outcome]] = {name: [] for name in DECLARED.faults}
    for (fault, _), seen in run_jobs(jobs):
        found[fault.name] += seen
    return found


def test_every_fault_of_the_sandbox_has_a_killer_or_waits_with_a_reason() -> None:
    seeded = {fault.sandbox_id for fault in ALL.faults.values() if fault.kind == "sandbox"}
    faults = {id_ for id_, fault in CATALOGUE.items() if fault.kind is FaultKind.FAULT}
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
    expected = [case for case in cases if _is_proven_here(case)]
    findings = unproven(DECLARED, expected, killed)
    assert not findings, "\n".join(findings)


def test_every_row_of_a_costly_table_is_declared(cases: list[Case]) -> None:
    """Here only some of their rows are proven; `focus.py proof` proves them all."""
    silent = [case for case in cases if not ALL.kills_of(case.table, case.row)]
    assert not silent


def _is_proven_here(case: Case) -> bool:
    return case.table not in DECLARED.costly or bool(DECLARED.kills_of(case.table, case.row))
