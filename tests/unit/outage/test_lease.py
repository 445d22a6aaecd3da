"""The lock: one outage at a time, whatever the clocks of others say."""

import pytest
from unit.outage.fakes import FakeCluster, FakeTime

from focus_engine.kubernetes.errors import CONFLICT, KubernetesError
from focus_engine.kubernetes.resources import LEASES
from focus_engine.outage.lease import STARTING, OutageLock
from focus_engine.outage.ownership import LEASE as NAME
from focus_engine.verdict import PreconditionUnmet, ToolError


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def cluster(time: FakeTime) -> FakeCluster:
    return FakeCluster(time)


def lock(cluster: FakeCluster, holder: str = "run-1/a") -> OutageLock:
    return OutageLock(cluster, holder, cluster.time.clock)  # type: ignore[arg-type]


def holder(cluster: FakeCluster) -> str:
    return cluster.objects["leases"][NAME]["spec"]["holderIdentity"]


def test_free_lock_is_taken_at_once(cluster: FakeCluster) -> None:
    assert lock(cluster).acquire(10) == 0
    assert holder(cluster) == "run-1/a"


def test_held_lock_is_waited_for_and_refused_by_its_holder(cluster: FakeCluster) -> None:
    lock(cluster, "run-2/b").acquire(0)
    lock(cluster, "run-2/b").promise(100)
    with pytest.raises(PreconditionUnmet, match=r"held by run-2/b, still after 5 s"):
        lock(cluster).acquire(5)
    assert holder(cluster) == "run-2/b"


def test_released_lock_is_taken_while_waiting(cluster: FakeCluster, time: FakeTime) -> None:
    former = lock(cluster, "run-2/b")
    former.acquire(0)
    time.at[time.seconds + 3] = lambda: former.release(cluster)  # type: ignore[arg-type]
    assert 3 <= lock(cluster).acquire(10) < 4


@pytest.mark.parametrize("renewed", ["1999-01-01T00:00:00.000000Z", "2999-01-01T00:00:00.000000Z"])
def test_dead_holder_is_taken_over_whatever_its_clock_said(
    cluster: FakeCluster, renewed: str
) -> None:
    former = lock(cluster, "run-2/b")
    former.acquire(0)
    former.promise(4)
    cluster.objects["leases"][NAME]["spec"]["renewTime"] = renewed
    assert 4 <= lock(cluster).acquire(20) < 5  # what was promised, watched by our own clock
    assert cluster.objects["leases"][NAME]["spec"]["leaseTransitions"] == 1


@pytest.mark.parametrize("spec", [None, {}, {"holderIdentity": ""}, {"renewTime": "garbage"}])
def test_a_lock_that_nobody_holds_is_taken(cluster: FakeCluster, spec: object) -> None:
    cluster.put("leases", {"metadata": {"name": NAME}, "spec": spec})
    assert lock(cluster).acquire(0) == 0
    lock(cluster).promise(10)
    assert holder(cluster) == "run-1/a"


@pytest.mark.parametrize("verb", ["create", "update"])
def test_a_free_lock_that_always_conflicts_is_said_to_be_free(
    cluster: FakeCluster, verb: str
) -> None:
    if verb == "update":
        cluster.put("leases", {"metadata": {"name": NAME}, "spec": {}})
    cluster.refuse[verb, "leases"] = CONFLICT
    with pytest.raises(PreconditionUnmet, match=r"held by nobody.* somebody else was quicker"):
        lock(cluster).acquire(2)


@pytest.mark.parametrize("duration", [-5, 0, None])
def test_holder_whose_promise_is_none_has_the_time_of_one_that_starts(
    cluster: FakeCluster, duration: object
) -> None:
    lock(cluster, "run-2/b").acquire(0)
    cluster.objects["leases"][NAME]["spec"]["leaseDurationSeconds"] = duration
    with pytest.raises(PreconditionUnmet, match="held by run-2/b"):
        lock(cluster).acquire(STARTING - 2)
    assert lock(cluster).acquire(STARTING + 5) <= STARTING + 1


def test_holder_that_renews_is_not_taken_over(cluster: FakeCluster, time: FakeTime) -> None:
    former = lock(cluster, "run-2/b")
    former.acquire(0)
    former.promise(4)
    for second in range(2, 12, 2):
        time.at[time.seconds + second] = lambda: former.promise(4)
    with pytest.raises(PreconditionUnmet, match="held by run-2/b"):
        lock(cluster).acquire(10)


def test_lost_race_for_a_free_lock_is_waited_out(cluster: FakeCluster) -> None:
    get, rival = cluster.get, lock(cluster, "run-2/b")

    def overtaken(resource, name):
        found = get(resource, name)
        cluster.get = get
        rival.acquire(0)
        return found

    cluster.get = overtaken
    with pytest.raises(PreconditionUnmet, match="held by run-2/b"):
        lock(cluster).acquire(1)


def test_lost_race_for_a_dead_lock_is_waited_out(cluster: FakeCluster, time: FakeTime) -> None:
    former = lock(cluster, "run-2/b")
    former.acquire(0)
    former.promise(2)
    replace = cluster.replace

    def overtaken(resource, name, body):
        cluster.replace = replace
        lease = cluster.get(LEASES, NAME)
        lease["spec"].update(holderIdentity="run-3/c", leaseDurationSeconds=60)
        replace(LEASES, NAME, lease)
        return replace(resource, name, body)

    cluster.replace = overtaken
    with pytest.raises(PreconditionUnmet, match="held by run-3/c"):
        lock(cluster).acquire(5)


def test_release_leaves_the_lock_of_another_alone(cluster: FakeCluster) -> None:
    lock(cluster, "run-2/b").acquire(0)
    lock(cluster).release(cluster)  # type: ignore[arg-type]
    assert holder(cluster) == "run-2/b"


def test_release_leaves_the_lock_of_who_took_it_just_before(cluster: FakeCluster) -> None:
    mine, delete = lock(cluster), cluster.delete
    mine.acquire(0)

    def overtaken(resource, name, version):
        cluster.put("leases", {"metadata": {"name": name}, "spec": {"holderIdentity": "run-2/b"}})
        return delete(resource, name, version)

    cluster.delete = overtaken
    with pytest.raises(ToolError, match="has been modified"):
        mine.release(cluster)  # type: ignore[arg-type]
    assert holder(cluster) == "run-2/b"
    assert mine.remains(cluster) is None  # type: ignore[arg-type]


def test_promise_that_meets_a_conflict_is_made_again(cluster: FakeCluster) -> None:
    mine, replace = lock(cluster), cluster.replace
    mine.acquire(0)
    conflicts = [KubernetesError("the object has been modified.", CONFLICT)] * 2

    def contended(*written):
        if conflicts:
            raise conflicts.pop()
        return replace(*written)

    cluster.replace = contended
    mine.promise(77)
    assert cluster.objects["leases"][NAME]["spec"]["leaseDurationSeconds"] == 77


def test_promise_of_a_lost_lock_is_told(cluster: FakeCluster) -> None:
    mine = lock(cluster)
    mine.acquire(0)
    cluster.objects["leases"][NAME]["spec"]["holderIdentity"] = "run-2/b"
    with pytest.raises(PreconditionUnmet, match="was lost to another run"):
        mine.promise(10)


def test_refusal_is_no_conflict(cluster: FakeCluster) -> None:
    cluster.refuse["create", "leases"] = 403
    with pytest.raises(ToolError, match="403"):
        lock(cluster).acquire(10)
