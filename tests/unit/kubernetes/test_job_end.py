from types import SimpleNamespace

import pytest

from focus_engine.kubernetes.errors import refused
from focus_engine.kubernetes.job_end import require_nothing_left, wait_for_end
from focus_engine.kubernetes.jobs import GrpcJob
from focus_engine.kubernetes.resources import JOBS, PODS, SERVICES
from focus_engine.unchecked import take_unchecked
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


class Objects:
    """Lists names by kind for a number of looks at each, then none; no kind that is not named."""

    def __init__(self, looks: int, **names: str) -> None:
        self.looks = dict.fromkeys(names, looks)
        self.names = names

    def items(self, kind) -> list[dict]:
        if kind.plural not in self.names:
            raise refused(f"listing {kind}", "panda", 403, "no right")
        self.looks[kind.plural] -= 1
        found = [self.names[kind.plural]] if self.looks[kind.plural] >= 0 else []
        return [{"metadata": {"name": name}} for name in found]


OF_JOB = {"jobs": "cleanup-job-1-1", "services": "grpc-service-1-1", "pods": "grpc-job-1-1-abcde"}
OF_OTHERS = {"jobs": "grpc-job-1-10", "services": "mongodb", "pods": "cleanup-job-1-12-abcde"}


def _left(looks: int, names: dict[str, str], limit: float) -> list[str]:
    take_unchecked()
    require_nothing_left("1-1", SimpleNamespace(cluster=Objects(looks, **names)), limit)
    return [each.claim for each in take_unchecked()]


def test_objects_that_go_late_and_those_of_others_are_nothing_left() -> None:
    assert _left(2, OF_JOB, 60) == []
    assert _left(100, OF_OTHERS, 0) == []


@pytest.mark.parametrize("kind", [JOBS, SERVICES, PODS])
def test_an_object_that_stays_is_a_failure(kind) -> None:
    names = {**OF_OTHERS, kind.plural: OF_JOB[kind.plural]}
    with pytest.raises(ProductFailure, match=f"but {kind.kind} {OF_JOB[kind.plural]} is still"):
        _left(100, names, 0)


def test_what_cannot_be_looked_at_is_said() -> None:
    without_services = {kind: name for kind, name in OF_OTHERS.items() if kind != "services"}
    assert _left(0, without_services, 0) == ["nothing left of a job that has ended: services"]
    require_nothing_left("1-1", None, 0)
    assert [each.claim for each in take_unchecked()] == ["nothing left of a job that has ended"]
