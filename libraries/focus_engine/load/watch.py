"""What a load leaves in the cluster: jobs that nobody named, and jobs that outlive their time."""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from focus_engine.kubernetes.jobs import GrpcJobs
from focus_engine.ledger import JobLedger
from focus_engine.load.result import LoadResult
from focus_engine.load.verdict import shown
from focus_engine.verdict import ProductFailure

POLL_SECONDS = 0.2
GRACE_SHARE = 0.5  # of a job's life: a cleanup looks now and then only
LEAST_GRACE = 2.0  # seconds


@dataclass(frozen=True)
class ClusterLook:
    """What the cluster and the ledger held when a step was over."""

    started: tuple[str, ...]
    unknown: tuple[str, ...]
    alive: int | None


class ClusterWatch:
    """Tells the jobs of one load from those that were there before; made before the load."""

    def __init__(self, jobs: GrpcJobs | None, ledger: JobLedger, *, shared: bool) -> None:
        self._jobs = jobs
        self._ledger = ledger
        self._shared = shared
        self._here_before = self._in_cluster()
        self._named_before = ledger.job_ids()
        self._told: set[str] = set()

    def look(self) -> ClusterLook:
        """What came since the last look. The requests of the step are all answered by now."""
        named = self._ledger.job_ids()
        here = self._in_cluster()
        started = named - self._named_before - self._told
        unknown = self._unknown(here - self._here_before - named - self._told)
        self._told |= started | unknown
        alive = None if self._jobs is None else len(here & (named - self._named_before))
        return ClusterLook(_ordered(started), _ordered(unknown), alive)

    def _unknown(self, strange: frozenset[str]) -> frozenset[str]:
        """Jobs for which the server alone can be to blame.

        On a shared system they may be somebody else's, and a request that was given up may have
        started one.
        """
        if self._shared or len(strange) <= len(self._ledger.lost()):
            return frozenset()
        return strange

    def _in_cluster(self) -> frozenset[str]:
        if self._jobs is None:
            return frozenset()
        return frozenset(job.job_id for job in self._jobs.current())


def require_nothing_left(result: LoadResult, jobs: GrpcJobs, *, life: float, since: float) -> None:
    """Wait until the jobs of the load have ended; `since` is when it was over (perf_counter).

    Raises ProductFailure naming those that outlive `life` seconds and a grace, and their steps.
    """
    grace = max(LEAST_GRACE, GRACE_SHARE * life)
    deadline = since + life + grace
    while True:
        left = result.started & {job.job_id for job in jobs.current()}
        if not left or time.perf_counter() > deadline:
            break
        time.sleep(POLL_SECONDS)
    if left:
        steps = [str(step.number) for step in result.steps if left & set(step.started)]
        raise ProductFailure(
            f"Load '{result.shape}': {len(left)} of {len(result.started)} jobs are still in the "
            f"cluster {life + grace:g} s after the load, though nobody reads them and a job lives "
            f"{life:g} s: {shown(_ordered(left))} (started in step {', '.join(steps)})."
        )


def _ordered(job_ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(job_ids, key=lambda job_id: (len(job_id), job_id)))
