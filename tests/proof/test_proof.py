"""Every case can fail: a fault kills each, and each fault spares its bystander."""

import pytest
from proof.declarations import load
from proof.jobs import declared_jobs, quick_jobs
from proof.judge import bystander_trouble, killed_rows, unproven
from proof.runs import Case, Outcome, all_cases, cases_beside_others
from proof.shown import expected
from proof.workers import WORKERS, Job, run_jobs

from sandbox.catalogue import CATALOGUE
from sandbox.faults import FaultKind

ALL = load()
DECLARED = ALL.quick()
CASES = all_cases()
BESIDE_OTHERS = set(cases_beside_others())
JOBS = {name: quick_jobs(DECLARED, fault, CASES) for name, fault in DECLARED.faults.items()}
JOB_LIFE = 1.0  # seconds: beside other tests a reader comes late
PATIENT_JOB_LIFE = 3.0  # of what is asked again: several jobs may be started before one is read

UNPROVEN = "proof/unproven"  # in pytest's cache: the rows that no fault killed


@pytest.fixture(scope="session")
def outcomes(request: pytest.FixtureRequest) -> dict[str, list[Outcome]]:
    """Outcomes by selected fault: the rows of the tables that declare it, and its bystander.

    What is run again after a failure takes in the faults of the rows that nothing killed.
    """
    calls = [getattr(item, "callspec", None) for item in request.session.items]
    selected = {call.params.get("name") for call in calls if call is not None}
    for case in _unproven_before(request.config):
        selected |= _faults_of(case)
    names = JOBS.keys() & selected or JOBS.keys()
    found = _found([job for name in names for job in JOBS[name]], WORKERS, JOB_LIFE)
    doubted = {name for name, seen in found.items() if _is_doubted(name, seen)}
    tried = [faults for case in _missed(found) if (faults := _faults_of(case)) <= found.keys()]
    doubted |= set().union(*tried)
    jobs = [declared_jobs(DECLARED, DECLARED.faults[name], CASES) for name in sorted(doubted)]
    again = [job for some in jobs for job in some]
    for name, seen in _found(again, 1, PATIENT_JOB_LIFE).items():
        found[name] = seen + found[name]
    return found


def _found(jobs: list[Job], workers: int, job_life: float) -> dict[str, list[Outcome]]:
    """What takes longest begins first: cases that measure or disrupt."""
    found: dict[str, list[Outcome]] = {fault.name: [] for fault, _ in jobs}
    jobs = sorted(jobs, key=lambda job: BESIDE_OTHERS.issuperset(job[1]))
    for (fault, _), seen in run_jobs(jobs, workers, job_life=job_life) if jobs else ():
        found[fault.name] += seen
    return found


def _is_doubted(name: str, seen: list[Outcome]) -> bool:
    """Whether one row was not killed as foreseen: all rows say more, more patiently."""
    killed = killed_rows(DECLARED, DECLARED.faults[name], seen)
    foreseen = expected(name) & {one.case for one in seen}
    shown_in = {case.table for case in killed}
    return (
        not foreseen <= killed
        or shown_in != DECLARED.tables_of(name)
        or bystander_trouble(DECLARED.faults[name], seen) is not None
    )


def test_every_fault_of_the_sandbox_has_a_killer_or_waits_with_a_reason() -> None:
    seeded = {fault.sandbox_id for fault in ALL.faults.values() if fault.kind == "sandbox"}
    faults = {id_ for id_, fault in CATALOGUE.items() if fault.kind is FaultKind.FAULT}
    assert seeded <= set(CATALOGUE)
    assert faults - seeded == set(DECLARED.awaiting)


def test_every_table_is_declared() -> None:
    assert {case.table for case in CASES} == set(DECLARED.tables)


@pytest.mark.parametrize("name", sorted(JOBS))
def test_fault_kills_a_case_and_spares_its_bystander(
    name: str, outcomes: dict[str, list[Outcome]]
) -> None:
    fault, seen = DECLARED.faults[name], outcomes[name]
    red = [f"{one.case}: {one.status} {one.message}" for one in seen if one.status != "PASS"]
    for table in DECLARED.tables_of(name):
        killed = [case for case in killed_rows(DECLARED, fault, seen) if case.table == table]
        assert killed, f"{name} kills no row of {table} as declared; not green were: {red}"
    assert bystander_trouble(fault, seen) is None


def test_no_case_is_unproven(
    outcomes: dict[str, list[Outcome]], pytestconfig: pytest.Config
) -> None:
    again = set(_unproven_before(pytestconfig))
    missed = [case for case in _missed(outcomes) if case in (again or CASES)]
    pytestconfig.cache.set(UNPROVEN, [(case.table, case.row) for case in missed])
    assert not missed, "\n".join(unproven(DECLARED, missed, _killed(outcomes)))


def _killed(found: dict[str, list[Outcome]]) -> set[Case]:
    sets = [killed_rows(DECLARED, DECLARED.faults[name], seen) for name, seen in found.items()]
    return set().union(*sets)


def _missed(found: dict[str, list[Outcome]]) -> list[Case]:
    killed = _killed(found)
    return [case for case in CASES if case not in killed and _is_proven_here(case)]


def _faults_of(case: Case) -> set[str]:
    """Those that may kill the row."""
    return {kill.fault for kill in DECLARED.kills_of(case.table, case.row)}


def _unproven_before(config: pytest.Config) -> list[Case]:
    """The rows that nothing killed, where a run repeats what failed; else none."""
    before = config.cache.get(UNPROVEN, []) if config.getoption("lf") else []
    return [Case(*names) for names in before]


def test_every_row_of_a_costly_table_is_declared() -> None:
    """Here only some of their rows are proven; `focus.py proof` proves them all."""
    silent = [case for case in CASES if not ALL.kills_of(case.table, case.row)]
    assert not silent


def _is_proven_here(case: Case) -> bool:
    return case.table not in DECLARED.costly or bool(DECLARED.kills_of(case.table, case.row))
