"""Controllers on a store, with a clock that the test turns: no server, no waiting."""

import copy
from types import SimpleNamespace

import pytest
from kubernetes_requests import job, policy

from sandbox.faults import ActiveFaults
from sandbox.kubernetes.api.faults import COLLECTOR_DEAD, TTL_DEAD
from sandbox.kubernetes.api.options import DeleteOptions, Propagation, WriteOptions
from sandbox.kubernetes.controllers.endpoint_slices import EndpointSlices
from sandbox.kubernetes.controllers.garbage import LATENCY_S, GarbageCollector
from sandbox.kubernetes.controllers.jobs import JobController, TtlController
from sandbox.kubernetes.objects.admission import Admission
from sandbox.kubernetes.objects.deletion import FOREGROUND_FINALIZER, ORPHAN_FINALIZER, delete
from sandbox.kubernetes.objects.discovery import RESOURCES
from sandbox.kubernetes.objects.store import Store
from sandbox.kubernetes.objects.writer import Writer

RESOURCE = {resource.plural: resource for resource in RESOURCES}
OPTIONS = WriteOptions("test")


class Cluster:
    """A store with its controllers; time passes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0
        self.faults = ActiveFaults()
        self.store = Store()
        clock = lambda: self.now  # noqa: E731 - reads the attribute each time
        EndpointSlices(self.store)
        self._controllers = (
            JobController(self.store, clock),
            TtlController(self.store, self.faults, clock),
            GarbageCollector(self.store, self.faults, clock),
        )
        self.store.add("namespaces", {"metadata": {"name": "panda"}})
        self._writer = Writer(self.store, Admission(self.store, self.faults))

    def passes(self, seconds: float) -> None:
        """Let time pass, in steps of a tick."""
        end = self.now + seconds
        while self.now < end:
            self.now = min(end, self.now + 0.05)
            for controller in self._controllers:
                controller.tick()

    def create(self, plural: str, item: dict) -> dict:
        return self._writer.create(RESOURCE[plural], "panda", copy.deepcopy(item), OPTIONS)

    def delete(self, plural: str, name: str, propagation: Propagation | None = None) -> None:
        item = self.store.get(plural, "panda", name)
        delete(self.store, RESOURCE[plural], item, DeleteOptions(propagation))

    def patch_job(self, **spec: int) -> None:
        self.store.update("jobs", "panda", "owner", {"spec": spec})

    def names(self, plural: str) -> list[str]:
        return [item["metadata"]["name"] for item in self.store.list(plural, None)]

    def owned(self, name: str = "cut", **more: bool) -> dict:
        owner = self.store.get("jobs", "panda", "owner")["metadata"]
        reference = {"apiVersion": "batch/v1", "kind": "Job", "name": "owner", "uid": owner["uid"]}
        return self.create("networkpolicies", policy(name, ownerReferences=[reference | more]))


@pytest.fixture
def cluster() -> Cluster:
    return Cluster()


def test_a_job_without_completions_is_complete_at_once(cluster):
    cluster.create("jobs", job())
    cluster.passes(0.1)
    status = cluster.store.get("jobs", "panda", "owner")["status"]
    assert [(one["type"], one["reason"]) for one in status["conditions"]] == [
        ("SuccessCriteriaMet", "CompletionsReached"),
        ("Complete", "CompletionsReached"),
    ]
    assert {"startTime", "completionTime"} <= status.keys()
    assert cluster.names("pods") == []


def test_the_time_to_live_removes_job_and_policy(cluster):
    cluster.create("jobs", job(ttlSecondsAfterFinished=15))
    cluster.owned()
    cluster.passes(14.9)
    assert cluster.names("networkpolicies") == ["cut"]
    cluster.passes(0.7)
    assert cluster.names("jobs") == cluster.names("networkpolicies") == []


@pytest.mark.parametrize(("first", "then", "there", "gone"), [(10, 25, 24.9, 26), (60, 8, 7.9, 9)])
def test_the_time_to_live_can_be_changed(cluster, first, then, there, gone):
    cluster.create("jobs", job(ttlSecondsAfterFinished=first))
    cluster.passes(5)
    cluster.patch_job(ttlSecondsAfterFinished=then)
    cluster.passes(there - 5)
    assert cluster.names("jobs") == ["owner"]
    cluster.passes(gone - there)
    assert cluster.names("jobs") == []


def test_a_dead_ttl_controller_removes_nothing(cluster):
    cluster.faults.replace({TTL_DEAD.id: True})
    cluster.create("jobs", job(ttlSecondsAfterFinished=1))
    cluster.passes(5)
    assert cluster.names("jobs") == ["owner"]
    cluster.faults.replace({})
    cluster.passes(0.5)
    assert cluster.names("jobs") == []


def test_the_deadline_fails_a_job_whose_pod_never_starts(cluster):
    spec = {"completions": 1, "parallelism": 1, "activeDeadlineSeconds": 3}
    cluster.create("jobs", job(ttlSecondsAfterFinished=0, **spec))
    cluster.passes(0.1)
    (pod,) = cluster.store.list("pods", None)
    assert pod["status"]["phase"] == "Pending"
    assert pod["metadata"]["ownerReferences"][0]["name"] == "owner"
    cluster.passes(2.8)
    assert cluster.names("jobs") == ["owner"]
    cluster.passes(1)
    assert cluster.names("jobs") == cluster.names("pods") == []


def test_background_deletion_takes_the_dependents_a_little_later(cluster):
    cluster.create("jobs", job())
    cluster.owned()
    cluster.delete("jobs", "owner", Propagation.BACKGROUND)
    assert cluster.names("jobs") == []
    cluster.passes(LATENCY_S - 0.1)
    assert cluster.names("networkpolicies") == ["cut"]
    cluster.passes(0.2)
    assert cluster.names("networkpolicies") == []


def test_without_a_policy_of_deletion_a_job_orphans_its_dependents(cluster):
    cluster.create("jobs", job())
    cluster.owned()
    cluster.delete("jobs", "owner")
    waiting = cluster.store.get("jobs", "panda", "owner")["metadata"]
    assert waiting["finalizers"] == [ORPHAN_FINALIZER]
    cluster.passes(2)
    assert cluster.names("jobs") == []
    left = cluster.store.get("networkpolicies", "panda", "cut")
    assert "ownerReferences" not in left["metadata"]


def test_foreground_deletion_waits_for_dependents_that_block(cluster):
    cluster.create("jobs", job())
    cluster.owned(blockOwnerDeletion=True)
    held = cluster.store.get("networkpolicies", "panda", "cut")
    metadata = {"finalizers": ["test/hold"]}
    cluster.store.update("networkpolicies", "panda", "cut", {"metadata": metadata})
    cluster.delete("jobs", "owner", Propagation.FOREGROUND)
    cluster.passes(2)
    waiting = cluster.store.get("jobs", "panda", "owner")["metadata"]
    assert waiting["finalizers"] == [FOREGROUND_FINALIZER]
    assert "deletionTimestamp" in cluster.store.get("networkpolicies", "panda", "cut")["metadata"]
    cluster.store.remove("networkpolicies", "panda", held["metadata"]["name"])
    cluster.passes(0.5)
    assert cluster.names("jobs") == []


@pytest.mark.parametrize(
    "wrong", [{"uid": "other"}, {"name": "other"}, {"apiVersion": "v1", "kind": "Pod"}]
)
def test_what_never_had_its_owner_goes(cluster, wrong):
    cluster.create("jobs", job())
    uid = cluster.store.get("jobs", "panda", "owner")["metadata"]["uid"]
    reference = {"apiVersion": "batch/v1", "kind": "Job", "name": "owner", "uid": uid, **wrong}
    cluster.create("networkpolicies", policy(ownerReferences=[reference]))
    cluster.passes(LATENCY_S + 0.1)
    assert cluster.names("networkpolicies") == []


def test_one_of_two_owners_is_enough(cluster):
    cluster.create("jobs", job())
    cluster.owned()
    second = cluster.create("jobs", job("second"))["metadata"]
    metadata = cluster.store.get("networkpolicies", "panda", "cut")["metadata"]
    other = {"apiVersion": "batch/v1", "kind": "Job", "name": "second", "uid": second["uid"]}
    owners = [*metadata["ownerReferences"], other]
    cluster.store.update(
        "networkpolicies", "panda", "cut", {"metadata": {"ownerReferences": owners}}
    )
    cluster.delete("jobs", "owner", Propagation.BACKGROUND)
    cluster.passes(2)
    left = cluster.store.get("networkpolicies", "panda", "cut")["metadata"]
    assert left["ownerReferences"] == [other]


def test_a_dead_collector_leaves_everything(cluster):
    cluster.faults.replace({COLLECTOR_DEAD.id: True})
    cluster.create("jobs", job())
    cluster.owned()
    cluster.delete("jobs", "owner", Propagation.BACKGROUND)
    cluster.passes(5)
    assert cluster.names("networkpolicies") == ["cut"]


def _pod(name: str, address: str, **labels: str) -> dict:
    return {
        "metadata": {"name": name, "namespace": "panda", "labels": labels},
        "spec": {"containers": [{"ports": [{"name": "db", "containerPort": 27018}]}]},
        "status": {"podIP": address, "conditions": [{"type": "Ready", "status": "True"}]},
    }


def test_endpoint_slices_follow_pods_and_services(cluster):
    store = cluster.store
    store.add("pods", _pod("a", "192.0.2.1", app="x", tier="db"))
    store.add("pods", _pod("b", "192.0.2.2", app="x"))
    ports = [{"port": 27017, "targetPort": "db"}]
    spec = {"type": "ClusterIP", "selector": {"app": "x", "tier": "db"}, "ports": ports}
    cluster.create("services", {"metadata": {"name": "s"}, "spec": spec})

    def addresses() -> list[str]:
        (found,) = store.list("endpointslices", "panda")
        return [address for one in found["endpoints"] for address in one["addresses"]]

    (found,) = store.list("endpointslices", "panda")
    assert found["metadata"]["labels"]["kubernetes.io/service-name"] == "s"
    assert found["ports"] == [{"name": "", "protocol": "TCP", "port": 27018}]
    assert addresses() == ["192.0.2.1"]
    store.update("pods", "panda", "b", {"metadata": {"labels": {"tier": "db"}}})
    assert addresses() == ["192.0.2.1", "192.0.2.2"]
    store.remove("pods", "panda", "a")
    assert addresses() == ["192.0.2.2"]
    store.update("services", "panda", "s", {"spec": {"selector": {"tier": "none"}}})
    assert addresses() == []
    store.remove("services", "panda", "s")
    assert store.list("endpointslices", "panda") == []


def test_followers_hear_changes_in_their_order():
    store, heard = Store(), []

    def renames(change: SimpleNamespace) -> None:
        if change.object["metadata"]["name"] == "a" and change.type.value == "ADDED":
            store.add("pods", {"metadata": {"name": "b", "namespace": "n"}})

    store.follow(renames)
    store.follow(
        lambda change: heard.append((change.type.value, change.object["metadata"]["name"]))
    )
    store.add("pods", {"metadata": {"name": "a", "namespace": "n"}})
    store.replace("pods", store.get("pods", "n", "a"))  # changes nothing, is told to nobody
    store.remove("pods", "n", "a")
    assert heard == [("ADDED", "a"), ("ADDED", "b"), ("DELETED", "a")]


def test_a_mirror_changes_only_what_its_source_changes():
    store, shown = Store(), {"spec": {"a": 1, "b": 1}}
    metadata = {"name": "m", "namespace": "n", "uid": "u", "creationTimestamp": "t"}
    store.mirror(lambda: [("pods", {"metadata": metadata, **copy.deepcopy(shown)})])
    store.refresh()
    store.update("pods", "n", "m", {"spec": {"a": 2, "c": 3}})
    shown["spec"]["b"] = 5
    assert store.get("pods", "n", "m")["spec"] == {"a": 2, "b": 5, "c": 3}
    store.add("pods", {"metadata": {"name": "other", "namespace": "n"}})
    store.return_to_start()
    assert [item["spec"] for item in store.list("pods", "n")] == [{"a": 1, "b": 5}]
