"""Worker processes, each with a sandbox of its own, so that faults are judged in parallel."""

import multiprocessing
import os
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.util import Finalize

from forked import context
from proof.declarations import Fault
from proof.runs import JOB_LIFE, PROJECT, Case, Outcome, Sandbox, run_cases

WORKERS = 5  # more than cores: a case waits for streams, jobs and clocks more than it computes
Job = tuple[Fault | None, list[Case] | None]

_sandbox: Sandbox | None = None


def run_jobs(
    jobs: Iterable[Job],
    workers: int = WORKERS,
    options: Sequence[str] = (),
    job_life: float = JOB_LIFE,
) -> Iterator[tuple[Job, list[Outcome]]]:
    """Run each job (a fault and the cases to run with it); results come in the order of jobs.

    Each of the `workers` has a sandbox of its own, started with `options`, whose jobs live for
    `job_life` seconds where nobody reads them.
    """
    jobs = list(jobs)
    given = (list(sys.path), options, job_life)
    with ProcessPoolExecutor(workers, context(), _start, given) as pool:
        yield from zip(jobs, pool.map(_work, jobs), strict=True)


def end_with_parent() -> None:
    """Let this worker process end when the one that started it does, however that ended."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)  # our sandbox ends when its stdin does

    threading.Thread(target=watch, daemon=True).start()


def _start(path: list[str], options: Sequence[str], job_life: float) -> None:
    global _sandbox  # noqa: PLW0603 - one sandbox for the life of a worker process
    end_with_parent()
    sys.path[:] = [str(PROJECT / "libraries"), str(PROJECT / "variables"), *path]
    sys.path.insert(1, str(PROJECT / "resources"))
    # What the seeded faults do to the console is noise: only the proof speaks there.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno())
    _sandbox = Sandbox(*options, job_life=job_life)
    Finalize(None, _sandbox.stop, exitpriority=0)


def _work(job: Job) -> list[Outcome]:
    if _sandbox is None:
        raise RuntimeError("the worker has no sandbox")
    try:
        return run_cases(_sandbox, *job)
    except OSError as error:  # an HTTPError does not travel between processes
        raise RuntimeError(f"the sandbox of a worker failed: {error}") from None
