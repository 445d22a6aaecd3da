"""What a sweep removes, and what it never touches."""

from datetime import timedelta
from unittest.mock import Mock

import pytest
from unit.outage.fakes import FakeCluster, FakeProxy, FakeTime

from focus_engine.kubernetes.resources import JOBS, LEASES, POLICIES
from focus_engine.outage.backends.toxiproxy import ToxicName
from focus_engine.outage.context import Connections
from focus_engine.outage.model import ConnectionFault
from focus_engine.outage.ownership import LEASE, stamp
from focus_engine.outage.sweep import Sweeper
from focus_engine.verdict import ToolError

OURS = {"app.kubernetes.io/managed-by": "focus-server-tests"}


@pytest.fixture
def means() -> Connections:
    return Connections(FakeCluster(FakeTime()), FakeProxy())  # type: ignore[arg-type]


def put(means: Connections, resource, name: str, ends: float | None, run: str = "r-1", labels=OURS):
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


def poison(means: Connections, ends: float, run: str = "r-1") -> None:
    name = ToxicName(run, "mongodb-server-1", int((means.cluster.now.timestamp()) + ends))
    means.toxiproxy.impose("mongodb", ConnectionFault.HANG, 0, name)


def test_expired_goes_and_the_rest_stays(means: Connections) -> None:
    put(means, POLICIES, "old", -1)
    put(means, JOBS, "old", -1)
    put(means, POLICIES, "young", 60)
    put(means, POLICIES, "without-end", None)
    put(means, POLICIES, "of-others", -1, labels={"app": "x"})
    poison(means, -2)
    poison(means, 60, run="r-2")
    swept = Sweeper(means).sweep()
    assert [line.split(" (")[0] for line in swept.removed] == [
        "NetworkPolicy old",
        "toxic mongodb-server-1 in proxy mongodb",
        "Job old",
    ]
    assert [line.split(" (")[0] for line in swept.skipped] == ["NetworkPolicy without-end"]
    assert means.cluster.names(POLICIES) == ["of-others", "without-end", "young"]
    assert len(means.toxiproxy.toxics) == 1


def test_named_run_goes_expired_or_not(means: Connections) -> None:
    put(means, POLICIES, "mine", 60, run="r-1")
    put(means, POLICIES, "yours", 60, run="r-2")
    poison(means, 60, run="r-1")
    lease = {"metadata": {"name": LEASE, "labels": OURS}, "spec": {"holderIdentity": "r-1/x"}}
    means.cluster.put("leases", lease)
    assert len(Sweeper(means).sweep("r-1").removed) == 3
    assert means.cluster.names(POLICIES) == ["yours"]
    assert means.cluster.names(LEASES) == []
    assert means.toxiproxy.toxics == {}


def test_dry_run_lists_and_leaves(means: Connections) -> None:
    put(means, POLICIES, "old", -1)
    assert len(Sweeper(means).sweep(dry_run=True).removed) == 1
    assert means.cluster.names(POLICIES) == ["old"]


def test_clock_is_that_of_the_api_server(means: Connections) -> None:
    put(means, POLICIES, "old", 60)
    means.cluster.time.seconds += 61
    assert len(Sweeper(means).sweep(dry_run=True).removed) == 1


@pytest.mark.parametrize("name", ["x", "focus-server-tests", "", "other~r~o~1"])
def test_toxics_of_others_are_not_ours(name: str) -> None:
    assert ToxicName.read(name) is None


def test_name_of_a_toxic_says_whose_and_until_when() -> None:
    name = ToxicName("r-1", "mongodb-server-1", 1_800_000_000)
    assert ToxicName.read(str(name)) == name


ILLEGIBLE = [
    "garbage", "", "2026-01-01T00:00:00", "10000000000000", "2026-13-45T00:00:00Z", "~", "a~b",
    "9" * 400, "tomorrow\n", "0001-01-01T00:00:00+14:00", "99999999999", "\uff19", "\ud800",
    "2999-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00", "\uff12026-01-01T00:00:00Z", "NaN", "-1",
]  # fmt: skip


@pytest.mark.parametrize("end", ILLEGIBLE)
def test_what_does_not_say_legibly_when_it_ends_is_named_and_left(means, end: str) -> None:
    put(means, POLICIES, "broken", -1)
    broken = means.cluster.objects["networkpolicies"]["broken"]["metadata"]
    broken["annotations"]["focus-server-tests/expires-at"] = end
    put(means, POLICIES, "old", -1)
    raw = f"focus-server-tests~r-9~mongodb-server-1~{end}"
    means.toxiproxy.toxics[raw] = ("mongodb", ConnectionFault.HANG, 0, ToxicName.read(raw))
    swept = Sweeper(means).sweep()
    assert [line.split(" (")[0] for line in swept.removed] == ["NetworkPolicy old"]
    assert [line.split(" (")[0] for line in swept.skipped] == [
        "NetworkPolicy broken", "toxic mongodb-server-1 in proxy mongodb",
    ]  # fmt: skip
    assert all(" was left. Remove it by hand" in line for line in swept.skipped)
    assert len(Sweeper(means).sweep("r-9").removed) == 1  # by the name of its run it goes


@pytest.mark.parametrize(
    "name", ["focus-server-tests~", "focus-server-tests~r", "focus-server-tests~r~o~1~2"]
)
def test_name_of_ours_of_any_form_is_ours(name: str) -> None:
    assert ToxicName.read(name).expiry is None


def test_one_removal_that_fails_does_not_keep_the_next(means) -> None:
    put(means, POLICIES, "old", -1)
    put(means, JOBS, "old", -1)
    means.cluster.refuse["delete", "networkpolicies"] = 500
    swept = Sweeper(means).sweep()
    assert [line.split(" (")[0] for line in swept.removed] == ["Job old"]
    assert "was not removed: Kubernetes refused delete networkpolicies" in swept.skipped[0]


def test_removal_that_removes_nothing_is_told(means) -> None:
    put(means, POLICIES, "old", -1)
    means.cluster.delete = lambda *_: True
    (policy,) = means.cluster.objects["networkpolicies"].values()
    policy["metadata"]["finalizers"] = ["example.com/kept"]
    swept = Sweeper(means).sweep()
    assert swept.removed == []
    assert (
        "although its deletion was accepted. Its finalizers hold it (example.com/kept)"
        in swept.skipped[0]
    )


def test_removal_that_cannot_be_looked_at_is_told(means) -> None:
    put(means, POLICIES, "old", -1)
    delete = means.cluster.delete

    def deleted_and_silent(*what: object) -> bool:
        means.cluster.refuse["list", "networkpolicies"] = 503
        return delete(*what)

    means.cluster.delete = deleted_and_silent
    assert "refused list networkpolicies (503)" in Sweeper(means).sweep().skipped[0]


@pytest.mark.parametrize("odd", [ValueError("no JSON"), KeyError("metadata"), ToolError("500.")])
def test_whatever_one_removal_raises_the_next_is_swept(means, odd: Exception) -> None:
    put(means, POLICIES, "old", -1)
    poison(means, -2)
    means.cluster.delete = Mock(side_effect=odd)
    swept = Sweeper(means).sweep()
    assert [line.split(" (")[0] for line in swept.removed] == [
        "toxic mongodb-server-1 in proxy mongodb"
    ]
    assert len(swept.skipped) == 1


@pytest.mark.parametrize("silent", ["networkpolicies", "jobs", "proxy"])
def test_what_cannot_be_looked_at_does_not_keep_the_rest(means, silent: str) -> None:
    put(means, POLICIES, "old", -1)
    put(means, JOBS, "old", -1)
    poison(means, -2)
    means.cluster.refuse["list", silent] = 403
    if silent == "proxy":
        means.toxiproxy.ours = Mock(side_effect=ToolError("the proxy's API does not answer."))
    swept = Sweeper(means).sweep()
    assert len(swept.removed) == 2
    assert len(swept.skipped) == 1


def test_a_time_of_any_zone_is_shown_in_utc(means) -> None:
    put(means, POLICIES, "old", -1)
    (policy,) = means.cluster.objects["networkpolicies"].values()
    policy["metadata"]["annotations"]["focus-server-tests/expires-at"] = "2020-01-01T01:00:00+02:00"
    assert "until 2019-12-31T23:00:00Z" in Sweeper(means).sweep().removed[0]
