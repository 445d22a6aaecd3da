"""Outages by deleting pods: proven gone, proven back, refused where nobody brings them back."""

from dataclasses import replace

import pytest
from unit.outage.fakes import (
    MONGO,
    FakeCluster,
    FakePods,
    FakeTime,
    context_of,
    environment,
    left_in,
    pod,
)

from focus_engine.outage.engine import Engine
from focus_engine.outage.model import (
    Backend,
    EstablishedVerdict,
    Method,
    NewConnections,
    OutageRequest,
    OutageState,
    Scope,
)
from focus_engine.verdict import PreconditionUnmet, ToolError

DELETION = OutageRequest("mongodb", backend=Backend.POD_DELETION)
OWNER = {"kind": "StatefulSet", "name": "mongodb", "uid": "u", "controller": True}


@pytest.fixture
def pods() -> FakePods:
    cluster = FakeCluster(FakeTime())
    cluster.objects["pods"]["mongodb-0"]["metadata"]["ownerReferences"] = [OWNER]
    return FakePods(cluster)


@pytest.fixture
def engine(pods: FakePods) -> Engine:
    return Engine(environment(), pods.cluster.time.clock, context_of(pods))


def comes_back(pods: FakePods, after: float, *, ready: bool = True) -> None:
    item = pod("mongodb-1", MONGO, "10.42.0.10", 27017)
    if not ready:
        item["status"]["conditions"] = []
    time = pods.cluster.time
    time.at[time.seconds + after] = lambda: pods.cluster.put("pods", item)


def test_gone_and_back(engine: Engine, pods: FakePods) -> None:
    outage = engine.start(DELETION)
    assert outage.state is OutageState.PROVEN
    assert outage.method is Method.POD_DELETION
    assert outage.established is EstablishedVerdict.CUT
    assert [one["name"] for one in outage.evidence.made["pods_deleted"]] == ["mongodb-0"]
    engine.renew(outage, 60)
    assert engine.known(outage).still_holds(3) is None
    comes_back(pods, 4)
    began = pods.cluster.time.seconds
    engine.stop(outage, wait=10)
    assert pods.cluster.time.seconds - began >= 4
    assert left_in(pods.cluster) == []


def test_what_new_connections_met_is_in_the_evidence(engine: Engine, pods: FakePods) -> None:
    delete = pods.cluster.delete

    def slowly(resource, *which):
        if resource.plural != "pods":
            return delete(resource, *which)
        pods.cluster.time.at[pods.cluster.time.seconds + 1] = lambda: delete(resource, *which)
        return True

    pods.cluster.delete = slowly
    outage = engine.start(DELETION)
    assert outage.new_connections in {NewConnections.REFUSED, None}
    comes_back(pods, 1)
    engine.stop(outage, wait=10)


def test_pods_that_stay_away_are_told(engine: Engine, pods: FakePods) -> None:
    outage = engine.start(DELETION)
    comes_back(pods, 1, ready=False)
    with pytest.raises(ToolError, match="0 of 1 new pods are ready; StatefulSet mongodb should"):
        engine.stop(outage, wait=5)
    assert outage.state is OutageState.LEFT_BEHIND
    pods.cluster.put("pods", pod("mongodb-2", MONGO, "10.42.0.11", 27017))
    engine.stop(outage, wait=5)


def test_deletion_that_deletes_nothing_is_told(engine: Engine, pods: FakePods) -> None:
    delete = pods.cluster.delete
    pods.cluster.delete = lambda resource, *which: (
        resource.plural == "pods" or delete(resource, *which)
    )
    comes_back(pods, 60)
    with pytest.raises(ToolError, match=r"mongodb-0 of mongodb was still there .* finalizers"):
        engine.start(DELETION)


def test_connection_that_lives_on_is_told(engine: Engine, pods: FakePods) -> None:
    pods.enforced = False
    comes_back(pods, 1)
    with pytest.raises(ToolError, match="lives on: something else answers for them"):
        engine.start(DELETION)


@pytest.mark.parametrize(
    ("owners", "request_", "said"),
    [
        ([], DELETION, "pod mongodb-0 has no controller that would bring it back"),
        ([{**OWNER, "controller": False}], DELETION, "has no controller"),
        ([OWNER], replace(DELETION, scope=Scope.CLIENT), "use scope=server"),
    ],
)
def test_what_is_refused(engine: Engine, pods: FakePods, owners, request_, said: str) -> None:
    pods.cluster.objects["pods"]["mongodb-0"]["metadata"]["ownerReferences"] = owners
    with pytest.raises(PreconditionUnmet, match=said):
        engine.start(request_)
    assert pods.cluster.names_of("pods") == ["mongodb-0", "server-0"]


def test_right_is_needed(engine: Engine, pods: FakePods) -> None:
    pods.cluster.forbidden.add(("delete", "pods"))
    with pytest.raises(PreconditionUnmet, match="the account may not delete pods"):
        engine.start(DELETION)
    assert engine.preflight(OutageRequest("mongodb")).blocking == []


def test_it_is_never_chosen_by_itself(engine: Engine, pods: FakePods) -> None:
    pods.cluster.forbidden.add(("create", "networkpolicies"))
    assert engine.preflight(OutageRequest("mongodb")).backend.name is Backend.NETWORK_POLICY
