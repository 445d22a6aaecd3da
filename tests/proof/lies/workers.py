"""Worker processes: each has a sandbox with a proxy before it, and runs suites in process."""

import os
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from itertools import accumulate
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any

from forked import context
from proof.lies.hearing import Hearing
from proof.lies.lie import Lie
from proof.lies.objects import overheard
from proof.lies.proxy import Proxy
from proof.lies.survey import Survey, Surveyor, read_survey
from proof.lies.tellers import PRR_HZ, telling
from proof.runs import PROJECT, Case, Outcome, Sandbox, run_cases
from proof.workers import end_with_parent

WORKERS = 5  # more than cores: a case waits for streams and jobs more than it computes
JOB_LIFE = 3.0  # seconds: longer than a reader needs on a machine that five workers share
STREAM_TIMEOUT = 6.0
FIRST = 3  # cases that noticed other lies of the same place are asked before all others
NEAR = 60  # cases: one or two of each table. They notice nearly all lies, and alone hear the rest
QUICK_SECONDS = 10.0  # of cases that are asked before those that take longer


@dataclass(frozen=True)
class Job:
    """A lie and the cases that could notice it; without a lie a look at what the cases ask."""

    lie: Lie | None
    cases: tuple[Case, ...]


@dataclass(frozen=True)
class Told:
    """How the cases ended that were lied to, and how often something untrue was said."""

    outcomes: list[Outcome]
    times: int


class Liar:
    """A sandbox behind a proxy, as `run_cases` takes it."""

    def __init__(self) -> None:
        self._sandbox = Sandbox(job_life=JOB_LIFE, stream_timeout=STREAM_TIMEOUT)
        self.patience = self._sandbox.patience
        self.proxy = Proxy(self._sandbox.addresses["base_url"])
        self.addresses = {**self._sandbox.addresses, "base_url": self.proxy.base_url}

    def control(self, method: str, path: str, body: Any = None) -> None:
        self._sandbox.control(method, path, body)

    def close(self) -> None:
        self.proxy.close()
        self._sandbox.stop()


_liar: Liar | None = None
_survey: Survey | None = None
_noticed: defaultdict[str, Counter[Case]] = defaultdict(Counter)


def survey_of(
    groups: Sequence[Sequence[Case]], workers: int = WORKERS
) -> Iterator[tuple[Survey, list[Outcome]]]:
    """What each group of cases asks and is answered by an honest sandbox."""
    with _pool(None, workers) as pool:
        yield from pool.map(_look, groups)


def told(jobs: Iterable[Job], survey: Path, workers: int = WORKERS) -> Iterator[tuple[Job, Told]]:
    """Each job with how its cases ended, as soon as they did: none waits for a slow one."""
    with _pool(survey, workers) as pool:
        running = {pool.submit(_tell, job): job for job in jobs}
        for ended in as_completed(running):
            yield running[ended], ended.result()


def _pool(survey: Path | None, workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, context(), _start, (list(sys.path), survey))


def _start(path: list[str], survey: Path | None) -> None:
    global _survey  # noqa: PLW0603 - one survey for the life of a worker process
    end_with_parent()
    folders = ("libraries", "resources", "variables")
    sys.path[:] = [*(str(PROJECT / folder) for folder in folders), *path]
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno())
    _survey = read_survey(survey) if survey else None
    _open()


def _open() -> None:
    global _liar  # noqa: PLW0603 - one sandbox at a time in a worker process
    _liar = Liar()
    Finalize(None, _liar.close, exitpriority=0)


def _look(cases: Sequence[Case]) -> tuple[Survey, list[Outcome]]:
    surveyor = Surveyor(PRR_HZ)
    with _ready().proxy.told_by(surveyor), overheard(surveyor.overheard):
        outcomes = run_cases(_ready(), None, list(cases), listeners=(surveyor,))
    return surveyor.result(), outcomes


def _tell(job: Job) -> Told:
    try:
        return _told(job)
    except OSError:  # a sandbox that is stuck after what it was made to do: a new one
        _open()
        return _told(job)


def _told(job: Job) -> Told:
    if job.lie is None or _survey is None:
        raise RuntimeError("a lie needs a survey")
    outcomes: list[Outcome] = []
    liar = _ready()
    with telling(job.lie, _survey, liar.proxy, liar.addresses["mongo_uri"]) as teller:
        for cases in _turns(job, _survey.took):
            hearing = Hearing(teller.start_over, job.lie)
            outcomes += run_cases(liar, None, cases, listeners=(hearing,))
            noticed = [one.case for one in outcomes if job.lie.is_noticed_by(one)]
            if noticed:
                _noticed[job.lie.place].update(noticed)
                break
    return Told(outcomes, teller.told)


def _turns(job: Job, took: Callable[[Case], float]) -> Iterator[list[Case]]:
    """First the cases that noticed most lies of the same place, then the quick ones, then all."""
    if job.lie is None or job.lie.harmless:
        yield list(job.cases)
        return
    known = _noticed[job.lie.place].most_common(FIRST)
    first = [case for case, _ in known if case in job.cases]
    rest = [case for case in job.cases if case not in first]
    turns = (first, *_quick_first(rest[:NEAR], took), *_quick_first(rest[NEAR:], took))
    yield from (cases for cases in turns if cases)


def _quick_first(cases: list[Case], took: Callable[[Case], float]) -> tuple[list[Case], list[Case]]:
    ordered = sorted(cases, key=took)
    quick = sum(spent <= QUICK_SECONDS for spent in accumulate(map(took, ordered)))
    return ordered[:quick], ordered[quick:]


def _ready() -> Liar:
    if _liar is None:
        raise RuntimeError("the worker has no sandbox")
    return _liar
