"""What a sweep removes, and what it never touches."""

from datetime import timedelta

import pytest
from unit.outage.fakes import FakeCluster, FakeProxy, FakeTime

from focus_engine.outage.cluster import JOBS, LEASES, POLICIES
from focus_engine.outage.model import Fault
from focus_engine.outage.policy import stamp
from focus_engine.outage.sweep import Sweeper
from focus_engine.outage.toxiproxy import ToxicName
from focus_engine.outage.undo import Means

OURS = {"app.kubernetes.io/managed-by": "focus-server-tests"}


@pytest.fixture
def means() -> Means:
    return Means(FakeCluster(FakeTime()), FakeProxy())  # type: ignore[arg-type]


def put(means: Means, resource, name: str, ends: float | None, run: str = "r-1", labels=OURS):
    cluster = means.cluster
    annotations = {}
    if ends is not None:
        annotations["focus-server-tests/expires-at"] = stamp(cluster.now + timedelta(seconds=ends))
    metadata = {
        "name": name,
        "labels": {**labels, "focus-server-tests/run": run},
        "annotations": annotations,
    }
    cluster.put(resource.plural, {"metadata": metadata, "spec": {}})


def poison(means: Means, ends: float, run: str = "r-1") -> None:
    name = ToxicName(run, "mongodb-server-1", int((means.cluster.now.timestamp()) + ends))
    means.toxiproxy.impose("mongodb", Fault.HANG, 0, name)


def test_expired_goes_and_the_rest_stays(means: Means) -> None:
    put(means, POLICIES, "old", -1)
    put(means, JOBS, "old", -1)
    put(means, POLICIES, "young", 60)
    put(means, POLICIES, "without-end", None)
    put(means, POLICIES, "of-others", -1, labels={"app": "x"})
    poison(means, -2)
    poison(means, 60, run="r-2")
    removed = Sweeper(means).sweep()
    assert [line.split(" (")[0] for line in removed] == [
        "NetworkPolicy old",
        "Job old",
        "toxic mongodb-server-1 in proxy mongodb",
    ]
    assert means.cluster.names(POLICIES) == ["of-others", "without-end", "young"]
    assert len(means.toxiproxy.toxics) == 1


def test_named_run_goes_expired_or_not(means: Means) -> None:
    put(means, POLICIES, "mine", 60, run="r-1")
    put(means, POLICIES, "yours", 60, run="r-2")
    poison(means, 60, run="r-1")
    lease = {"metadata": {"name": "lock", "labels": OURS}, "spec": {"holderIdentity": "r-1/x"}}
    means.cluster.put("leases", lease)
    assert len(Sweeper(means).sweep("r-1")) == 3
    assert means.cluster.names(POLICIES) == ["yours"]
    assert means.cluster.names(LEASES) == []
    assert means.toxiproxy.toxics == {}


def test_dry_run_lists_and_leaves(means: Means) -> None:
    put(means, POLICIES, "old", -1)
    assert len(Sweeper(means).sweep(dry_run=True)) == 1
    assert means.cluster.names(POLICIES) == ["old"]


def test_clock_is_that_of_the_api_server(means: Means) -> None:
    put(means, POLICIES, "old", 60)
    means.cluster.time.seconds += 61
    assert len(Sweeper(means).sweep(dry_run=True)) == 1


@pytest.mark.parametrize("name", ["x", "focus-server-tests~r~o", "focus-server-tests~r~o~soon"])
def test_toxics_of_others_are_not_ours(name: str) -> None:
    assert ToxicName.read(name) is None


def test_name_of_a_toxic_says_whose_and_until_when() -> None:
    name = ToxicName("r-1", "mongodb-server-1", 1_800_000_000)
    assert ToxicName.read(str(name)) == name
