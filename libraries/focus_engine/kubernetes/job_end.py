"""Waiting for a job to end, and for its objects to go: seen in the cluster where there is one."""

import time

from focus_engine.kubernetes.client import Cluster
from focus_engine.kubernetes.errors import ApiFailure, KubernetesError
from focus_engine.kubernetes.jobs import GrpcJobs
from focus_engine.kubernetes.leftovers import is_of_job
from focus_engine.kubernetes.resources import JOBS, PODS, SERVICES, Resource
from focus_engine.unchecked import GIVE_A_CLUSTER, NO_CLUSTER, note_unchecked
from focus_engine.verdict import ProductFailure

POLL_SECONDS = 0.2
NOTHING_LEFT = "nothing left of a job that has ended"


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


def require_nothing_left(job_id: str, jobs: GrpcJobs | None, limit: float) -> None:
    """When no Job, pod or Service of a job that has ended is in the cluster any more.

    Without a cluster, and for a kind that the account may not list, it is noted as not checked.
    Raises ProductFailure when some are still there after `limit` seconds.
    """
    if jobs is None:
        note_unchecked(NOTHING_LEFT, NO_CLUSTER, GIVE_A_CLUSTER)
        return
    deadline = time.monotonic() + limit
    for kind in (JOBS, SERVICES, PODS):
        while left := _of_job(jobs.cluster, kind, job_id):
            if time.monotonic() > deadline:
                raise ProductFailure(
                    f"job {job_id} has ended and should be gone from the cluster, but "
                    f"{kind.kind} {', '.join(left)} is still there after {limit:g} s."
                )
            time.sleep(POLL_SECONDS)


def _of_job(cluster: Cluster, kind: Resource, job_id: str) -> list[str]:
    """The names of its objects of that kind."""
    try:
        names = [str(each["metadata"]["name"]) for each in cluster.items(kind)]
    except KubernetesError as error:
        if error.cause is not ApiFailure.FORBIDDEN:
            raise
        note_unchecked(f"{NOTHING_LEFT}: {kind}", str(error))
        return []
    return [name for name in names if is_of_job(name, job_id)]
