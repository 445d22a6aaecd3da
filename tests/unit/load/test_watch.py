"""What a load leaves in the cluster, told from what is somebody else's."""

import time
from pathlib import Path

import pytest

from focus_engine.kubernetes.jobs import GrpcJob
from focus_engine.ledger import JobLedger, Terms
from focus_engine.load.counts import Counts
from focus_engine.load.result import LoadResult, Step
from focus_engine.load.watch import ClusterWatch, require_nothing_left
from focus_engine.verdict import ProductFailure

TERMS = Terms(budget=50, life=10.0, answer_limit=1.0, wait_limit=0.0)


class Cluster:
    """Stands in for GrpcJobs."""

    def __init__(self, *job_ids: str) -> None:
        self.job_ids = list(job_ids)

    def current(self) -> list[GrpcJob]:
        return [GrpcJob(job_id, None) for job_id in self.job_ids]


@pytest.fixture
def ledger(tmp_path: Path) -> JobLedger:
    ledger = JobLedger(tmp_path / "ledger.sqlite")
    ledger.record(ledger.reserve(TERMS), "1-1")
    return ledger


def started(ledger: JobLedger, cluster: Cluster, job_id: str) -> None:
    ledger.record(ledger.reserve(TERMS), job_id)
    cluster.job_ids.append(job_id)


def test_each_look_tells_what_came_since_the_last(ledger: JobLedger) -> None:
    cluster = Cluster("1-1", "9-9")
    watch = ClusterWatch(cluster, ledger, shared=False)
    started(ledger, cluster, "2-2")
    first = watch.look()
    assert (first.started, first.unknown, first.alive) == (("2-2",), (), 1)
    started(ledger, cluster, "3-3")
    cluster.job_ids += ["4-4"]
    second = watch.look()
    assert (second.started, second.unknown, second.alive) == (("3-3",), ("4-4",), 2)
    assert watch.look().unknown == ()


def test_on_a_shared_system_a_strange_job_may_be_somebody_elses(ledger: JobLedger) -> None:
    cluster = Cluster()
    watch = ClusterWatch(cluster, ledger, shared=True)
    cluster.job_ids += ["4-4"]
    assert watch.look().unknown == ()


def test_a_request_that_was_given_up_may_have_started_one(ledger: JobLedger) -> None:
    cluster = Cluster()
    watch = ClusterWatch(cluster, ledger, shared=False)
    ledger.lose(ledger.reserve(TERMS))
    cluster.job_ids += ["4-4"]
    assert watch.look().unknown == ()
    cluster.job_ids += ["5-5"]
    assert watch.look().unknown == ("4-4", "5-5")


def test_without_a_cluster_nothing_is_claimed_about_it(ledger: JobLedger) -> None:
    watch = ClusterWatch(None, ledger, shared=False)
    ledger.record(ledger.reserve(TERMS), "2-2")
    seen = watch.look()
    assert (seen.started, seen.unknown, seen.alive) == (("2-2",), (), None)


def loaded() -> LoadResult:
    counts = Counts(1, {}, {}, {})
    steps = [Step(n, 5, 5, 0.0, 1.0, counts, started=(f"{n}-{n}",)) for n in (1, 2)]
    return LoadResult("ramp", "evenly", "sandbox", "test", 2, tuple(steps))


def test_jobs_that_ended_or_are_others_are_no_leak() -> None:
    require_nothing_left(loaded(), Cluster("9-9"), life=0.1, since=time.perf_counter())


def test_a_job_that_outlives_its_time_is_named_with_its_step() -> None:
    long_ago = time.perf_counter() - 100
    with pytest.raises(ProductFailure) as failure:
        require_nothing_left(loaded(), Cluster("2-2"), life=10.0, since=long_ago)
    assert str(failure.value) == (
        "Load 'ramp': 1 of 2 jobs are still in the cluster 15 s after the load, though nobody "
        "reads them and a job lives 10 s: grpc-job-2-2 (started in step 2)."
    )
