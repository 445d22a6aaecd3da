import os
import subprocess
import sys
from math import inf
from pathlib import Path

import pytest

from focus_engine.job_start import FAILED, NOT_SENT, UNANSWERED, Fate, JobStart
from focus_engine.ledger import LATE_SECONDS, JobLedger, Terms, run_ledger
from focus_engine.verdict import ToolError

LIBRARIES = Path(__file__).parents[4] / "libraries"
RESERVER = """
import sys
from pathlib import Path
from focus_engine.ledger import JobLedger, Terms
from focus_engine.verdict import ToolError
ledger, terms = JobLedger(Path(sys.argv[1])), Terms(5, life=60, answer_limit=1, wait_limit=0.3)
for number in range(3):
    try:
        ledger.record(ledger.reserve(terms), f"{sys.argv[2]}-{number}")
    except ToolError:
        print("refused")
"""


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> JobLedger:
    return JobLedger(tmp_path / "ledger.sqlite", clock)


def terms(budget: int = 2) -> Terms:
    return Terms(budget, life=10, answer_limit=5, wait_limit=0)


def test_processes_that_race_never_exceed_the_budget(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    command = [sys.executable, "-c", RESERVER, str(path)]
    variables = {**os.environ, "PYTHONPATH": str(LIBRARIES)}
    workers = [
        subprocess.Popen(
            [*command, str(worker)],
            env=variables,
            cwd=tmp_path,  # not the project's root, where focus.py hides the package focus
            stdout=subprocess.PIPE,
            text=True,
        )
        for worker in range(6)
    ]
    refused = sum(worker.communicate()[0].count("refused") for worker in workers)

    assert [worker.returncode for worker in workers] == [0] * 6
    assert len(JobLedger(path).job_ids()) == 5
    assert refused == 6 * 3 - 5


def test_a_used_up_budget_is_an_error_that_says_what_to_do(ledger: JobLedger) -> None:
    ledger.reserve(terms(budget=1))
    with pytest.raises(ToolError, match=r"ERROR: the job budget of 1 is used up: .*alive_jobs"):
        ledger.reserve(terms(budget=1))


def test_a_recorded_job_expires_a_life_after_its_record(ledger: JobLedger, clock: Clock) -> None:
    reservation = ledger.reserve(terms(budget=1))
    clock.now += 4
    ledger.record(reservation, "1-1")
    clock.now += 9.9
    assert ledger.alive() == 1
    clock.now += 0.2
    assert ledger.alive() == 0
    assert "1-1" in ledger.job_ids()


def test_a_job_that_is_read_lives_a_life_longer(ledger: JobLedger, clock: Clock) -> None:
    ledger.record(ledger.reserve(terms(budget=1)), "1-1")
    ledger.hold("1-1", 30)
    clock.now += 39.9
    assert ledger.alive() == 1
    ledger.hold("1-1", 0)
    clock.now += 9.9
    assert ledger.alive() == 1
    clock.now += 0.2
    assert ledger.alive() == 0


def test_a_reservation_of_a_dead_process_expires(ledger: JobLedger, clock: Clock) -> None:
    ledger.reserve(terms())
    assert len(ledger.in_flight()) == 1
    clock.now += 15.1
    assert not ledger.in_flight()
    assert ledger.alive() == 0


def test_released_reservations_free_the_budget_at_once(ledger: JobLedger) -> None:
    ledger.release(ledger.reserve(terms(budget=1)))
    assert ledger.alive() == 0
    ledger.reserve(terms(budget=1))


def test_lost_answers_keep_counting(ledger: JobLedger) -> None:
    reservation = ledger.reserve(terms())
    ledger.lose(reservation)
    assert ledger.lost() == {reservation}
    assert not ledger.in_flight()
    assert ledger.alive() == 1


def test_a_lost_answer_counts_for_a_life_from_when_it_was_lost(
    ledger: JobLedger, clock: Clock
) -> None:
    reservation = ledger.reserve(terms())
    clock.now += 4
    ledger.settle(reservation, UNANSWERED)
    clock.now += terms().life - 1
    assert ledger.alive() == 1
    clock.now += 1.1
    assert ledger.alive() == 0


@pytest.mark.parametrize(
    ("start", "alive", "ids"),
    [
        (NOT_SENT, 0, set()),
        (UNANSWERED, 1, set()),
        (FAILED, 1, set()),
        (JobStart(Fate.STARTED, "7"), 1, {"7"}),
    ],
)
def test_a_reservation_is_settled_by_its_start(ledger: JobLedger, start, alive, ids) -> None:
    ledger.settle(ledger.reserve(terms()), start)
    assert (ledger.alive(), ledger.job_ids()) == (alive, ids)


@pytest.mark.parametrize(
    ("here", "left"), [((), 0), (("1-1",), 0), (("9-9",), 1), (("9-9", "8-8", "7-7"), 2)]
)
def test_a_look_at_the_cluster_settles_what_was_lost(
    ledger: JobLedger, clock: Clock, here: tuple[str, ...], left: int
) -> None:
    ledger.record(ledger.reserve(terms(9)), "1-1")
    lost = [ledger.reserve(terms(9)) for _ in range(2)]
    for reservation in lost:
        ledger.lose(reservation)
    clock.now += LATE_SECONDS + 0.1
    ledger.seen_in_cluster(here, clock.now)
    assert len(ledger.lost()) == left


def test_a_look_that_came_too_soon_settles_nothing(ledger: JobLedger, clock: Clock) -> None:
    ledger.lose(ledger.reserve(terms()))
    ledger.seen_in_cluster((), clock.now)
    assert len(ledger.lost()) == 1


def test_neighbours_are_jobs_in_the_first_half_of_their_life(
    ledger: JobLedger, clock: Clock
) -> None:
    ledger.record(ledger.reserve(terms(9)), "1-1")
    clock.now += 3
    ledger.record(ledger.reserve(terms(9)), "2-2")
    clock.now += 3
    ledger.record(ledger.reserve(terms(9)), "3-3")
    assert ledger.alive_when_started("3-3") == ["2-2"]
    assert ledger.alive_when_started("2-2") == ["1-1"]
    assert ledger.alive_when_started("9-9") == []


def test_at_most_so_many_jobs_can_be_alive(ledger: JobLedger, clock: Clock) -> None:
    life, grace = terms().life, 1.0
    assert ledger.most_alive(clock.now, life, grace) is None  # nothing was started
    began = clock.now
    for job_id in ("1-1", "2-2"):
        ledger.record(ledger.reserve(terms(9)), job_id)
    ledger.release(ledger.reserve(terms(9)))
    clock.now += 4
    ledger.lose(ledger.reserve(terms(9)))
    over = began + life + grace
    assert ledger.most_alive(over - 0.1, life, grace) is None  # a job of before may be alive
    assert ledger.most_alive(over - 0.1, 0, grace) == 3
    assert ledger.most_alive(over, life, grace) == 1
    ledger.reserve(terms(9))
    assert ledger.most_alive(over, life, grace) == 2


def test_a_job_is_alive_for_certain_in_the_first_half_of_its_life(
    ledger: JobLedger, clock: Clock
) -> None:
    reservation = ledger.reserve(terms())
    clock.now += 2  # until the answer; when the job began is not known
    ledger.record(reservation, "1-1")
    assert ledger.certain_life_left("1-1") == 3
    clock.now += 4
    assert ledger.certain_life_left("1-1") == -1
    ledger.hold("1-1", 0)  # its reader left just now
    assert ledger.certain_life_left("1-1") == 3
    assert ledger.certain_life_left("of another run") == inf


def test_the_ledger_lives_in_the_folder_of_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOCUS_RUN_DIR", str(tmp_path))
    assert run_ledger().path == tmp_path / "ledger.sqlite"
    monkeypatch.delenv("FOCUS_RUN_DIR")
    assert run_ledger().path.parent.is_dir()


def test_an_unusable_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=r"missing.ledger\.sqlite cannot be used"):
        JobLedger(tmp_path / "missing" / "ledger.sqlite").alive()
