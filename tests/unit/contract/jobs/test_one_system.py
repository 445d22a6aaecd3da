"""Server and cluster belong together when the one gets the job that the other was asked for."""

import json
from dataclasses import replace

import pytest

from focus_engine.contract.one_system import OneSystem
from focus_engine.kubernetes.jobs import GrpcJob
from focus_engine.verdict import NotAllowed, PreconditionUnmet, ToolError


class Cluster:
    """Jobs, some of which were there before."""

    def __init__(self, *jobs: GrpcJob) -> None:
        self.jobs = list(jobs)

    def current(self) -> list[GrpcJob]:
        return list(self.jobs)


@pytest.fixture
def system(environment, reply_of):
    def make(seen: Cluster, started: Cluster, status: int = 200, **answer: object) -> OneSystem:
        def configure(body: bytes):
            asked = json.loads(body)["channels"]
            if status == 200:
                started.jobs.append(GrpcJob("3-1", (asked["min"], asked["max"])))
            return reply_of(status, json.dumps({"job_id": "3-1"} | answer), "")

        return OneSystem(environment, configure, seen.current, patience=0.3)

    return make


def test_the_job_of_the_server_is_in_the_cluster(system) -> None:
    cluster = Cluster(GrpcJob("2-9", (1, 1)))
    assert system(cluster, cluster).require() == "3-1"


@pytest.mark.parametrize(
    "others",
    [[], [GrpcJob("3-1", (1, 2222))], [GrpcJob("3-1", None)], [GrpcJob("4-4", (5, 6))]],
)
def test_a_job_of_the_same_id_elsewhere_shows_nothing(system, others) -> None:
    with pytest.raises(ToolError, match="they do not belong together"):
        system(Cluster(*others), Cluster()).require()


@pytest.mark.parametrize("status", [503, 400, 500])
def test_a_server_that_starts_no_job_shows_nothing(system, status: int) -> None:
    cluster = Cluster()
    with pytest.raises(PreconditionUnmet, match="nothing shows that server and cluster"):
        system(cluster, cluster, status).require()


def test_an_answer_without_a_job_shows_nothing(system) -> None:
    cluster = Cluster()
    with pytest.raises(PreconditionUnmet):
        system(cluster, cluster, job_id=None).require()


def test_an_environment_without_jobs_is_not_asked(system, production) -> None:
    cluster = Cluster()
    with pytest.raises(NotAllowed):
        replace(system(cluster, cluster), environment=production).require()
    assert cluster.jobs == []
