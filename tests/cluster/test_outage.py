"""OutageLibrary's engine, as the restricted account, against real enforcement (kube-router)."""

import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cluster.admin import Admin
from cluster.conftest import Cluster, Evidence
from cluster.the_server import TheServer

from focus_engine.environment import load_environment
from focus_engine.kubernetes.client import Cluster as Namespace
from focus_engine.kubernetes.errors import ApiFailure, KubernetesError
from focus_engine.kubernetes.namespace_watch import NamespaceWatch, WatchedKind
from focus_engine.kubernetes.resources import POLICIES, Resource
from focus_engine.kubernetes.watch import Watch
from focus_engine.outage.engine import Engine
from focus_engine.outage.model import (
    Established,
    EstablishedVerdict,
    Method,
    NewConnections,
    Outage,
    OutageRequest,
    Scope,
)
from focus_engine.verdict import PreconditionUnmet, ToolError

ACK_LIMIT_S = 1.0
TTL_S = 60.0
SERVICE_UNAVAILABLE = 503
MONGODB = ("-p", "tcp", "--orig-port-dst", "27017")


@pytest.fixture
def engine(cluster: Cluster) -> Iterator[Engine]:
    if "FOCUS_BASE_URL" not in os.environ:
        pytest.skip("FOCUS_BASE_URL names no Focus Server in the cluster")
    made = Engine(load_environment())
    yield made
    made.stop_all()


@pytest.fixture
def server() -> TheServer:
    found = TheServer(os.environ["FOCUS_BASE_URL"])
    assert found.recovered_after() < 45
    return found


@pytest.fixture
def administrator(admin: Path) -> Iterator[Admin]:
    made = Admin(admin)
    yield made
    made.undo()


def _by_policy(**changes: Any) -> OutageRequest:
    """`auto` is a policy here: FOCUS_TOXIPROXY_URL is not set."""
    return OutageRequest("mongodb", ttl=TTL_S, **changes)


def test_preflight_finds_nothing_in_the_way_and_changes_nothing(
    engine: Engine, administrator: Admin
) -> None:
    before = administrator.objects()
    report = engine.preflight(_by_policy())
    assert report.as_json()["possible"], report.as_json()
    assert administrator.objects() == before


def test_a_policy_refuses_new_connections_and_leaves_established_ones_alone(
    engine: Engine, server: TheServer, evidence: Evidence
) -> None:
    outage = engine.start(_by_policy(established=Established.ACCEPT))
    pooled = server.history()
    lifted = engine.stop(outage)
    _note(evidence, engine, "policy, established accepted", outage, lifted)
    evidence.note("policy, established accepted: history from the pool", pooled.status)
    assert outage.new_connections in {NewConnections.REFUSED, NewConnections.MIXED}
    assert outage.established is EstablishedVerdict.ALIVE
    held = {entry.phase: entry.probe for entry in engine.known(outage).verification.entries}
    assert held["held"].ok
    assert held["established"].ok, "the held connection was answered on both sides of the cut"
    assert pooled.status == 200, "the server's pool lived on, as on the users' k3s"


def test_established_connections_are_killed_in_the_clients_pod(
    engine: Engine, server: TheServer, evidence: Evidence
) -> None:
    outage = engine.start(_by_policy(established=Established.REQUIRE_CUT))
    history, ack = server.history(), server.acknowledge()
    lifted = engine.stop(outage)
    recovered = server.recovered_after()
    _note(evidence, engine, "policy, then ss -K", outage, lifted)
    evidence.note("policy, then ss -K: history", f"{history.status} after {history.seconds:.2f} s")
    evidence.note("policy, then ss -K: recovery", f"{recovered:.2f} s after the proven lift")
    assert outage.method is Method.POLICY_AND_KILL
    assert outage.established is EstablishedVerdict.BROKEN
    assert history.status == SERVICE_UNAVAILABLE
    assert ack.status == 200
    assert ack.seconds < ACK_LIMIT_S
    assert recovered < 45


def test_a_plugin_that_looks_at_every_packet_cuts_established_connections_itself(
    engine: Engine, server: TheServer, administrator: Admin, evidence: Evidence
) -> None:
    with _forgetting_connections(administrator):
        outage = engine.start(_by_policy(established=Established.REQUIRE_CUT))
        history = server.history()
    lifted = engine.stop(outage)
    recovered = server.recovered_after()
    _note(evidence, engine, "policy, connection tracking flushed", outage, lifted)
    evidence.note(
        "policy, connection tracking flushed: history",
        f"{history.status} after {history.seconds:.2f} s",
    )
    evidence.note(
        "policy, connection tracking flushed: recovery", f"{recovered:.2f} s after the proven lift"
    )
    assert outage.method is Method.POLICY
    assert outage.established is EstablishedVerdict.CUT
    assert history.status == SERVICE_UNAVAILABLE
    assert recovered < 45


def test_on_the_side_of_the_client_the_rest_goes_on(
    engine: Engine, server: TheServer, evidence: Evidence
) -> None:
    outage = engine.start(_by_policy(scope=Scope.CLIENT))
    history = server.history()
    lifted = engine.stop(outage)
    _note(evidence, engine, "policy on the client's side, then ss -K", outage, lifted)
    assert history.status == SERVICE_UNAVAILABLE
    assert server.recovered_after() < 45


def test_another_policy_that_admits_the_client_is_found_by_name(
    engine: Engine, administrator: Admin
) -> None:
    administrator.admit_everybody_to_mongodb("admits-everybody")
    with pytest.raises(PreconditionUnmet, match="admits-everybody"):
        engine.start(_by_policy())
    assert administrator.policies() == ["admits-everybody"]


def test_a_missing_verb_is_told_before_anything_is_changed(
    engine: Engine, administrator: Admin
) -> None:
    administrator.take_from_role("networkpolicies", "create")
    with pytest.raises(PreconditionUnmet, match=r"create.*networkpolicies"):
        engine.start(_by_policy())
    assert administrator.policies() == []


def test_a_second_stop_gives_the_same_time(engine: Engine, administrator: Admin) -> None:
    outage = engine.start(_by_policy(established=Established.ACCEPT))
    assert engine.stop(outage) == engine.stop(outage)
    assert administrator.policies() == []


def test_the_policy_belongs_to_a_job_and_nothing_of_it_stays(
    engine: Engine, administrator: Admin
) -> None:
    outage = engine.start(_by_policy(established=Established.ACCEPT))
    (policy,) = administrator.policy_objects()
    (owner,) = policy["metadata"]["ownerReferences"]
    assert owner["kind"] == "Job"
    assert administrator.pods_of_job(owner["name"]) == []
    engine.stop(outage)
    assert administrator.policies() == []
    assert owner["name"] not in administrator.jobs()


def test_a_deleted_policy_is_not_mistaken_for_an_outage(
    engine: Engine, administrator: Admin
) -> None:
    outage = engine.start(_by_policy(established=Established.ACCEPT))
    administrator.delete_policies()
    administrator.wait_for_enforcement()
    assert engine.known(outage).verification.still_holds(3) is not None
    with pytest.raises(ToolError, match="ended before"):
        engine.stop(outage)


def test_what_a_foreign_finalizer_holds_is_named(
    engine: Engine, administrator: Admin, evidence: Evidence
) -> None:
    outage = engine.start(_by_policy(established=Established.ACCEPT))
    administrator.hold_policies(["example.com/kept"])
    with pytest.raises(ToolError, match=r"hold it \(example.com/kept\)") as told:
        engine.stop(outage, wait=2)
    evidence.note("lift that a finalizer holds up", told.value)
    administrator.hold_policies([])
    engine.stop(outage)
    assert administrator.policies() == []


def test_a_sweep_names_what_is_illegible_and_goes_on(
    engine: Engine, administrator: Admin, evidence: Evidence
) -> None:
    illegible = {"garbage": "garbage", "no-zone": "2026-01-01T00:00:00", "digits": "10000000000000"}
    for name, ends in {**illegible, "old": "2026-01-01T00:00:00Z"}.items():
        administrator.leave_policy(name, ends)
    swept = engine.sweep(None, dry_run=False)
    evidence.note("sweep, removed", "; ".join(swept.removed))
    evidence.note("sweep, left", "; ".join(swept.skipped))
    assert [line.split()[1] for line in swept.removed] == ["old"]
    assert sorted(line.split()[1] for line in swept.skipped) == sorted(illegible)
    assert sorted(administrator.policies()) == sorted(illegible)
    engine.stop(engine.start(_by_policy(established=Established.ACCEPT)))


def test_a_watch_whose_version_is_gone_goes_on_from_a_new_list(
    administrator: Admin, evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    within = Namespace.connect(load_environment(), "watch it")
    administrator.forget_versions()
    with pytest.raises(KubernetesError) as told:
        list(within.watch(POLICIES, "1", 5.0))
    evidence.note("watch from version 1 after a compaction", told.value)
    assert told.value.cause is ApiFailure.GONE
    watch, asked = within.watch, list[str]()

    def too_old_at_first(resource: Resource, version: str, seconds: float) -> Watch:
        asked.append(version)
        return watch(resource, "1" if len(asked) == 1 else version, seconds)

    monkeypatch.setattr(within, "watch", too_old_at_first)
    namespace_watch = NamespaceWatch(within, (WatchedKind.NETWORKPOLICIES,)).begin()
    administrator.leave_policy("came", "2026-01-01T00:00:00Z")
    seen = namespace_watch.look()
    namespace_watch.stop()
    assert [effect.name for effect in seen.effects] == ["came"]
    assert seen.not_known == ()
    assert len(asked) > 1


def _note(evidence: Evidence, engine: Engine, title: str, outage: Outage, lifted: float) -> None:
    assert outage.t_enforced is not None
    told = {
        "method": outage.method.value,
        "proven after": f"{outage.t_enforced - engine.known(outage).books.owned_at:.2f} s",
        "new": outage.new_connections,
        "established": outage.established,
        "lasted": f"{lifted - outage.t_enforced:.2f} s",
    }
    evidence.note(title, told)


class _forgetting_connections:  # noqa: N801 - used as a context manager only
    """Emulates packet-based enforcement: what was tracked must pass the policy again."""

    def __init__(self, administrator: Admin) -> None:
        self._namespace = administrator.node_namespace
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._forget)

    def _forget(self) -> None:
        flush: Callable[[], object] = lambda: subprocess.run(  # noqa: E731
            ["ip", "netns", "exec", self._namespace, "conntrack", "-D", *MONGODB],
            check=False,
            capture_output=True,
        )
        while not self._stop.wait(0.2):
            flush()

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
