"""Waiting for a job to end: seen in the cluster where there is one, else by its known life."""

import time

from focus_engine.kubernetes.jobs import GrpcJobs
from focus_engine.verdict import ProductFailure

POLL_SECONDS = 0.2


def wait_for_end(job_ids: frozenset[str], jobs: GrpcJobs | None, life: float, limit: float) -> None:
    """When none of `job_ids` is alive.

    Without a cluster to look at, that is after `life` seconds. Raises ProductFailure when some are
    still there after `limit` seconds.
    """
    if jobs is None:
        time.sleep(life)
        return
    deadline = time.monotonic() + limit
    while alive := sorted(job_ids & {job.job_id for job in jobs.current()}):
        if time.monotonic() > deadline:
            raise ProductFailure(
                f"job {', '.join(alive)} should have ended by itself within {limit:g} s "
                "(nobody reads it), but its grpc-job is still in the cluster."
            )
        time.sleep(POLL_SECONDS)
