"""A workload is undisturbed when the pods are the same ones, not restarted, and ready."""

from dataclasses import replace

import pytest

from focus_engine.evidence import Evidence
from focus_engine.kubernetes.pods import PodState, Workload, require_undisturbed, snapshot
from focus_engine.verdict import PreconditionUnmet, ProductFailure

SERVER = PodState("focus-server-0", "a", 2, ready=True)
MONGO = PodState("mongodb-0", "b", 0, ready=True)
BEFORE = Workload("", (SERVER, MONGO))


class Cluster:
    """Lists these pods as the API does."""

    def __init__(self, *pods: PodState) -> None:
        self.here = list(pods)

    def items(self, _resource: object, _selector: str) -> list[dict]:
        return [
            {
                "metadata": {"name": pod.name, "uid": pod.uid},
                "status": {
                    "containerStatuses": [{"restartCount": pod.restarts}],
                    "conditions": [{"type": "Ready", "status": str(pod.ready)}],
                },
            }
            for pod in self.here
        ]


def after(*pods: PodState) -> str:
    with pytest.raises(ProductFailure) as caught:
        require_undisturbed(BEFORE, Workload("", pods), Evidence())
    return str(caught.value)


def test_the_same_pods_pass() -> None:
    require_undisturbed(BEFORE, Workload("", (MONGO, SERVER)), Evidence())


def test_a_restart_is_named() -> None:
    assert "restarted: 2 before, 3 now" in after(replace(SERVER, restarts=3), MONGO)


def test_a_pod_that_is_no_longer_ready_is_named() -> None:
    assert "focus-server-0 should stay ready" in after(replace(SERVER, ready=False), MONGO)


def test_a_pod_of_the_same_name_is_another_one() -> None:
    said = after(replace(SERVER, uid="c", restarts=0), MONGO)
    assert "it is gone (UID a)" in said
    assert "should not be there" in said


def test_pods_of_jobs_do_not_count() -> None:
    job = PodState("grpc-job-1-1-abcde", "j", 0, ready=True)
    assert snapshot(Cluster(SERVER, job), "").pods == (SERVER,)


def test_nothing_to_watch_is_a_precondition() -> None:
    with pytest.raises(PreconditionUnmet, match="no pod has the labels app=x"):
        snapshot(Cluster(), "app=x")
