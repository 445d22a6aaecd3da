import pytest

from focus_engine.kubernetes.job_end import wait_for_end
from focus_engine.kubernetes.jobs import GrpcJob
from focus_engine.verdict import ProductFailure


class Cluster:
    """Lists its jobs for a number of looks, then none."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    def current(self) -> list[GrpcJob]:
        self.looks -= 1
        return [GrpcJob("1-1", None)] if self.looks >= 0 else []


def test_ends_are_seen_in_the_cluster() -> None:
    cluster = Cluster(2)
    wait_for_end(frozenset({"1-1"}), cluster, 60, 60)
    assert cluster.looks == -1


def test_others_are_not_waited_for() -> None:
    wait_for_end(frozenset({"2-2"}), Cluster(100), 60, 60)


def test_a_job_that_stays_is_a_failure() -> None:
    with pytest.raises(ProductFailure, match=r"job 1-1 should have ended by itself within 0 s"):
        wait_for_end(frozenset({"1-1"}), Cluster(100), 60, 0)


def test_without_a_cluster_its_life_is_waited_for(monkeypatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    wait_for_end(frozenset({"1-1"}), None, 7, 60)
    assert slept == [7]
