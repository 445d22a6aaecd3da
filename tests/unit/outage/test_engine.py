"""Outages from start to end, against a cluster in memory and pods that are scripted."""

from dataclasses import replace

import pytest
from unit.outage.fakes import (
    FakeCluster,
    FakePods,
    FakeProxy,
    FakeTime,
    context_of,
    environment,
    left_in,
)

from focus_engine.kubernetes.resources import JOBS, LEASES, POLICIES
from focus_engine.outage.engine import Engine
from focus_engine.outage.model import (
    Backend,
    ConnectionFault,
    Established,
    EstablishedVerdict,
    Method,
    NewConnections,
    OutageRequest,
    OutageState,
    Scope,
)
from focus_engine.verdict import (
    NotAllowed,
    PreconditionUnmet,
    ProductFailure,
    ToolError,
    Undetermined,
)

BY_POLICY = OutageRequest("mongodb", backend=Backend.NETWORK_POLICY, established=Established.ACCEPT)


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def pods(time: FakeTime) -> FakePods:
    return FakePods(FakeCluster(time))


@pytest.fixture
def engine(pods: FakePods, time: FakeTime) -> Engine:
    return Engine(environment(), time.clock, context_of(pods))


@pytest.fixture(autouse=True)
def _nothing_stays(engine: Engine, pods: FakePods) -> None:
    yield
    pods.cluster.refuse.clear()
    pods.stays_away = False
    for live in list(engine.exit_handler.active):
        live.lift(0)
        engine.exit_handler.forget(live)


def test_an_outage_from_start_to_end(engine: Engine, pods: FakePods) -> None:
    outage = engine.start(BY_POLICY)
    assert outage.state is OutageState.PROVEN
    assert outage.new_connections is NewConnections.REFUSED
    assert outage.new_connections_only
    assert "new-connections-only" in str(outage)
    policy = pods.cluster.objects["networkpolicies"][f"focus-server-tests-{outage.id}"]
    assert policy["metadata"]["ownerReferences"][0]["kind"] == "Job"
    lifted = engine.stop(outage)
    assert outage.t_enforced is not None
    assert lifted >= outage.t_enforced
    assert engine.stop(outage.id) == lifted  # again, by its id
    assert left_in(pods.cluster) == []
    assert engine.exit_handler.active == []


def test_job_lives_as_long_as_was_asked_from_the_proof_on(engine: Engine, pods: FakePods) -> None:
    pods.delay = 2.0
    outage = engine.start(replace(BY_POLICY, ttl=30))
    (job,) = pods.cluster.objects["jobs"].values()
    assert job["spec"]["completions"] == job["spec"]["parallelism"] == 0
    assert 32 <= job["spec"]["ttlSecondsAfterFinished"] <= 34
    assert outage.expires_at is not None
    assert 29 <= (outage.expires_at - pods.cluster.now).total_seconds() <= 31
    (lease,) = pods.cluster.objects["leases"].values()
    assert lease["metadata"]["ownerReferences"][0]["uid"] == job["metadata"]["uid"]


def test_renewal_counts_from_now(engine: Engine, pods: FakePods, time: FakeTime) -> None:
    outage = engine.start(replace(BY_POLICY, ttl=10))
    time.sleep(5)
    engine.renew(outage, 20)
    (job,) = pods.cluster.objects["jobs"].values()
    assert 25 <= job["spec"]["ttlSecondsAfterFinished"] <= 27
    pods.cluster.objects["jobs"].clear()
    with pytest.raises(ToolError, match="has ended, so it cannot be renewed"):
        engine.renew(outage, 20)


def test_proxy_decides_where_there_is_one(engine: Engine, pods: FakePods) -> None:
    pods.proxy = FakeProxy()
    engine = Engine(environment(), pods.cluster.time.clock, context_of(pods))
    outage = engine.start(OutageRequest("mongodb"))
    assert outage.method is Method.PROXY_DOWN
    assert outage.established is EstablishedVerdict.CUT
    assert pods.cluster.names(POLICIES) == []
    assert len(pods.proxy.toxics) == 1
    engine.stop(outage)
    assert pods.proxy.toxics == {}


def test_without_a_proxy_connections_are_killed(engine: Engine) -> None:
    outage = engine.start(OutageRequest("mongodb"))
    assert outage.method is Method.POLICY_AND_KILL
    assert outage.established is EstablishedVerdict.BROKEN
    assert outage.evidence.connections_killed == 1
    engine.stop(outage)


def test_where_neither_is_allowed_it_is_undetermined(engine: Engine, pods: FakePods) -> None:
    pods.cluster.refuse["patch", "pods/ephemeralcontainers"] = 403
    with pytest.raises(Undetermined, match="could not be killed") as raised:
        engine.start(OutageRequest("mongodb"))
    assert raised.value.sentence.endswith("It was lifted.")
    assert left_in(pods.cluster) == []


def test_kernel_that_cannot_kill_is_undetermined(engine: Engine, pods: FakePods) -> None:
    pods.killable = False
    with pytest.raises(Undetermined, match="this kernel cannot destroy sockets"):
        engine.start(OutageRequest("mongodb", established=Established.BREAK))


def test_policy_alone_may_not_kill(engine: Engine) -> None:
    with pytest.raises(Undetermined, match="one that was open before lives on"):
        engine.start(OutageRequest("mongodb", backend=Backend.NETWORK_POLICY))


def test_cluster_that_cuts_needs_no_killing(engine: Engine, pods: FakePods) -> None:
    pods.cuts = True
    outage = engine.start(OutageRequest("mongodb", backend=Backend.NETWORK_POLICY))
    assert outage.established is EstablishedVerdict.CUT
    assert outage.method is Method.POLICY


def test_cluster_that_enforces_nothing_is_never_a_pass(engine: Engine, pods: FakePods) -> None:
    pods.enforced = False
    with pytest.raises(PreconditionUnmet, match="does not enforce NetworkPolicies"):
        engine.start(BY_POLICY)
    assert left_in(pods.cluster) == []


@pytest.mark.parametrize(
    ("broad", "named"),
    [("rabbitmq-panda", "rabbitmq"), ("names", "names resolve"), ("kubernetes.default.svc", "api")],
)
def test_too_broad_is_an_error(engine: Engine, pods: FakePods, broad: str, named: str) -> None:
    pods.broad = frozenset({broad})
    with pytest.raises(ToolError, match=f"too broad: .*{named}.*It was lifted"):
        engine.start(BY_POLICY)
    assert left_in(pods.cluster) == []


def test_what_was_away_before_proves_nothing(engine: Engine, pods: FakePods) -> None:
    pods.reachable = False
    with pytest.raises(PreconditionUnmet, match="is not reachable from the client's pod"):
        engine.start(BY_POLICY)
    assert left_in(pods.cluster) == []


def test_production_is_refused(pods: FakePods, time: FakeTime) -> None:
    with pytest.raises(NotAllowed, match="environment 'kefar_saba' is production"):
        Engine(environment("kefar_saba"), time.clock, context_of(pods)).start(BY_POLICY)
    assert pods.cluster.calls == []


def test_sweeping_production_is_refused(pods: FakePods, time: FakeTime) -> None:
    engine = Engine(environment("kefar_saba"), time.clock, context_of(pods))
    with pytest.raises(NotAllowed, match="Sweeping outages is refused"):
        engine.sweep(None, dry_run=False)
    assert engine.sweep(None, dry_run=True).lines == []


def test_namespace_must_opt_in(engine: Engine, pods: FakePods) -> None:
    pods.cluster.objects["namespaces"]["panda"]["metadata"]["annotations"] = {}
    with pytest.raises(NotAllowed, match="lacks the annotation"):
        engine.start(BY_POLICY)
    assert not any(call[0] == "create" for call in pods.cluster.calls)  # not even tried


@pytest.mark.parametrize("ttl", [0, 1.9, 901])
def test_ttl_has_bounds(engine: Engine, ttl: float) -> None:
    with pytest.raises(ToolError, match="it must be from 2 s to 900 s"):
        engine.start(replace(BY_POLICY, ttl=ttl))


def test_unknown_dependency_names_the_known(engine: Engine) -> None:
    with pytest.raises(ToolError, match="Known are: mongodb, rabbitmq"):
        engine.start(replace(BY_POLICY, dependency="oracle"))


def test_fault_needs_an_amount(engine: Engine) -> None:
    with pytest.raises(ToolError, match="needs an amount above 0: milliseconds"):
        engine.start(OutageRequest("mongodb", backend=Backend.PROXY, fault=ConnectionFault.LATENCY))


def test_no_proxy_no_fault(engine: Engine) -> None:
    with pytest.raises(PreconditionUnmet, match="set FOCUS_TOXIPROXY_URL"):
        engine.start(OutageRequest("mongodb", backend=Backend.PROXY))


def test_outages_do_not_overlap(engine: Engine) -> None:
    outage = engine.start(BY_POLICY)
    with pytest.raises(ToolError, match=f"{outage.id} of mongodb is not over"):
        engine.start(BY_POLICY)


def test_ended_outage_is_told_when_it_is_stopped(engine: Engine, pods: FakePods) -> None:
    outage = engine.start(BY_POLICY)
    pods.cluster.objects["networkpolicies"].clear()  # as Kubernetes does after its time to live
    with pytest.raises(ToolError, match="had ended before it was stopped"):
        engine.stop(outage)
    assert engine.stop(outage) == outage.t_lifted


def test_dependency_that_stays_away_is_told(engine: Engine, pods: FakePods) -> None:
    outage = engine.start(BY_POLICY)
    pods.stays_away = True
    with pytest.raises(ToolError, match="did not answer again within 5 s"):
        engine.stop(outage, wait=5)
    assert left_in(pods.cluster) == []


def test_failed_clean_up_says_what_remains_and_until_when(engine: Engine, pods: FakePods) -> None:
    outage = engine.start(replace(BY_POLICY, ttl=60))
    pods.cluster.refuse["delete", "networkpolicies"] = 500
    with pytest.raises(ToolError, match=r"was not lifted: .*removes it by itself in [45]\d s"):
        engine.stop(outage, wait=3)
    assert outage.state is OutageState.LEFT_BEHIND
    pods.cluster.refuse.clear()
    engine.stop_all()
    assert outage.state is OutageState.LIFTED
    assert left_in(pods.cluster) == []


def test_clean_up_is_tried_again_while_it_may(
    engine: Engine, pods: FakePods, time: FakeTime
) -> None:
    outage = engine.start(BY_POLICY)
    pods.cluster.refuse["delete", "networkpolicies"] = None  # the API server does not answer
    time.at[time.seconds + 2] = pods.cluster.refuse.clear
    engine.stop(outage, wait=10)
    assert left_in(pods.cluster) == []


def test_lost_reply_leaves_nothing(engine: Engine, pods: FakePods) -> None:
    create = pods.cluster.create

    def lose(resource, body, *, dry_run=False):
        made = create(resource, body, dry_run=dry_run)
        if resource is POLICIES and not dry_run:
            pods.cluster.create = create
            raise_lost(resource)
        return made

    def raise_lost(resource) -> None:
        from focus_engine.kubernetes.errors import KubernetesError  # noqa: PLC0415

        raise KubernetesError(f"Kubernetes did not answer for creating {resource.plural}.", None)

    pods.cluster.create = lose
    with pytest.raises(ToolError, match="did not answer"):
        engine.start(BY_POLICY)
    assert left_in(pods.cluster) == []


def test_failure_at_start_and_at_its_clean_up_are_both_told(engine: Engine, pods: FakePods) -> None:
    pods.enforced = False
    pods.cluster.refuse["delete", "networkpolicies"] = 500
    with pytest.raises(ToolError, match=r"does not enforce .* In addition: ERROR: .*What remains"):
        engine.start(BY_POLICY)
    assert len(engine.exit_handler.active) == 1


def test_during_tells_both_failures(engine: Engine, pods: FakePods) -> None:
    def body(_outage) -> None:
        pods.cluster.refuse["delete", "networkpolicies"] = 500
        raise ProductFailure("POST /configure should answer 503.")

    with pytest.raises(ProductFailure, match=r"^POST /configure .* In addition: ERROR: the outage"):
        engine.during(BY_POLICY, body)


def test_during_tells_either_failure(engine: Engine, pods: FakePods) -> None:
    def fail(_outage) -> None:
        raise ProductFailure("POST /configure should answer 503.")

    with pytest.raises(ProductFailure, match=r"503\.$"):
        engine.during(BY_POLICY, fail)
    assert left_in(pods.cluster) == []
    assert engine.during(BY_POLICY, lambda outage: outage.id).startswith("mongodb-server-")
    pods.stays_away = True
    with pytest.raises(ToolError, match="did not answer again"):
        engine.during(BY_POLICY, lambda _outage: None)


def test_interrupted_start_leaves_nothing(engine: Engine, pods: FakePods) -> None:
    def interrupt(target) -> None:
        raise KeyboardInterrupt

    pods.hold = interrupt
    with pytest.raises(KeyboardInterrupt):
        engine.start(BY_POLICY)
    assert left_in(pods.cluster) == []


def test_end_of_the_process_lifts_everything(engine: Engine, pods: FakePods) -> None:
    outage = engine.start(BY_POLICY)
    engine.exit_handler.lift_all()
    assert left_in(pods.cluster) == []
    engine.stop(outage)  # a tear-down that still runs finds nothing wrong
    assert outage.evidence.ended_with_process


def test_api_server_judges_the_policy_before_it_is_made(engine: Engine, pods: FakePods) -> None:
    assert "a dry run of it was accepted" in str(engine.preflight(BY_POLICY).as_json())
    assert left_in(pods.cluster) == []
    pods.cluster.refuse["create", "networkpolicies"] = 422
    report = engine.preflight(BY_POLICY)
    with pytest.raises(PreconditionUnmet, match=r"create networkpolicies \(422\)"):
        report.require("mongodb")
    with pytest.raises(PreconditionUnmet, match=r"create networkpolicies \(422\)"):
        engine.start(BY_POLICY)
    assert left_in(pods.cluster) == []


def test_scope_of_the_client_isolates_its_pods(engine: Engine, pods: FakePods) -> None:
    engine.start(replace(BY_POLICY, scope=Scope.CLIENT))
    (policy,) = pods.cluster.objects["networkpolicies"].values()
    assert policy["spec"]["policyTypes"] == ["Egress"]


def test_expired_leftovers_are_swept_at_start(engine: Engine, pods: FakePods) -> None:
    for resource, kind in ((POLICIES, "old-policy"), (JOBS, "old-job")):
        pods.cluster.put(
            resource.plural,
            {
                "metadata": {
                    "name": kind,
                    "labels": {"app.kubernetes.io/managed-by": "focus-server-tests"},
                    "annotations": {"focus-server-tests/expires-at": "2026-01-01T00:00:00Z"},
                },
                "spec": {},
            },
        )
    outage = engine.start(BY_POLICY)
    assert len(outage.evidence.swept) == 2
    engine.stop(outage)
    assert left_in(pods.cluster) == []
    assert pods.cluster.names(LEASES) == []


def test_lost_session_is_opened_anew_in_the_pod_that_is_there_now(
    engine: Engine, pods: FakePods, time: FakeTime
) -> None:
    outage = engine.start(BY_POLICY)
    connect, server = pods.connect, pods.cluster.objects["pods"].pop("server-0")

    def lost(*_args: object) -> None:
        raise ToolError("what tries connections in pod server-0 ended.")

    def restarted() -> None:
        server["metadata"]["name"] = "server-1"
        pods.cluster.put("pods", server)
        pods.connect = connect

    pods.connect = lost
    time.at[time.seconds + 4] = restarted
    engine.stop(outage, wait=10)
    live = engine.known(outage)
    assert [pod.name for pod in live.facts.clients] == ["server-1"]
    assert "no ready pod" in outage.evidence.not_seen_at_end
    assert left_in(pods.cluster) == []


def test_pod_that_never_comes_back_is_told(engine: Engine, pods: FakePods) -> None:
    outage = engine.start(BY_POLICY)
    pods.cluster.objects["pods"].pop("server-0")

    def lost(*_args: object) -> None:
        raise ToolError("what tries connections in pod server-0 ended.")

    pods.connect = lost
    with pytest.raises(ToolError, match="server-0 ended"):
        engine.stop(outage, wait=3)
    assert left_in(pods.cluster) == []


def test_sessions_in_the_pods_are_closed(engine: Engine, pods: FakePods) -> None:
    engine.stop(engine.start(BY_POLICY))
    assert pods.closed >= pods.sessions


@pytest.mark.parametrize("kind", ["networkpolicies", "jobs", "leases"])
def test_accepted_deletion_that_deletes_nothing_is_no_lift(
    engine: Engine, pods: FakePods, kind: str
) -> None:
    outage = engine.start(BY_POLICY)
    delete = pods.cluster.delete
    pods.cluster.delete = lambda resource, *which: (
        resource.plural == kind or delete(resource, *which)
    )
    with pytest.raises(ToolError, match=r"was not lifted: .* although its deletion was accepted"):
        engine.stop(outage, wait=2)
    assert outage.state is OutageState.LEFT_BEHIND
    pods.cluster.delete = delete
    engine.stop(outage, wait=2)
    assert left_in(pods.cluster) == []


def test_what_holds_an_object_is_named(engine: Engine, pods: FakePods) -> None:
    outage = engine.start(BY_POLICY)
    (policy,) = pods.cluster.objects["networkpolicies"].values()
    policy["metadata"]["finalizers"] = ["example.com/kept"]
    delete = pods.cluster.delete
    pods.cluster.delete = lambda resource, *which: resource is POLICIES or delete(resource, *which)
    said = (
        r"hold it \(example.com/kept\), beyond its time to live too: whoever set them must remove"
    )
    with pytest.raises(ToolError, match=f"{said}.* save what a finalizer holds"):
        engine.stop(outage, wait=2)
    pods.cluster.delete = delete


@pytest.mark.parametrize("failure", [ValueError("no JSON"), TypeError("None"), ToolError("500.")])
def test_whatever_one_removal_raises_the_next_is_tried(
    engine: Engine, pods: FakePods, failure: Exception
) -> None:
    outage = engine.start(BY_POLICY)
    delete = pods.cluster.delete

    def odd(resource, *which):
        if resource is POLICIES:
            raise failure
        return delete(resource, *which)

    pods.cluster.delete = odd
    assert len(engine.known(outage).lift_at_once()) == 1
    assert pods.cluster.names(JOBS) == pods.cluster.names(LEASES) == []
    pods.cluster.delete = delete


@pytest.mark.parametrize("kept", [None, "60", 10**6, True, -1])
def test_time_to_live_that_the_api_server_did_not_keep_refuses_the_outage(
    engine: Engine, pods: FakePods, kept: object
) -> None:
    create = pods.cluster.create

    def changed(resource, body, *, dry_run=False):
        made = create(resource, body, dry_run=dry_run)
        if resource is JOBS:
            made["spec"]["ttlSecondsAfterFinished"] = kept
        return made

    pods.cluster.create = changed
    with pytest.raises(PreconditionUnmet, match="without its ttlSecondsAfterFinished"):
        engine.start(BY_POLICY)
    assert left_in(pods.cluster) == []


@pytest.mark.parametrize("kept", [None, [], [{"uid": "another"}], [{}]])
def test_policy_that_the_api_server_took_without_its_owner_refuses_the_outage(
    engine: Engine, pods: FakePods, kept: object
) -> None:
    create = pods.cluster.create

    def mutated(resource, body, **how):
        made = create(resource, body, **how)
        return made if resource is not POLICIES else {
            **made, "metadata": {**made["metadata"], "ownerReferences": kept}
        }  # fmt: skip

    pods.cluster.create = mutated
    with pytest.raises(PreconditionUnmet, match="without its owner"):
        engine.start(BY_POLICY)
    assert left_in(pods.cluster) == []


@pytest.mark.parametrize("kept", [None, 10**6, "60"])
def test_renewal_that_the_api_server_did_not_take_is_told(
    engine: Engine, pods: FakePods, kept: object
) -> None:
    outage = engine.start(BY_POLICY)
    pods.cluster.patch = lambda *_, **__: {"spec": {"ttlSecondsAfterFinished": kept}}
    with pytest.raises(ToolError, match="it is not known when it ends"):
        engine.renew(outage, 20)


def test_job_that_the_api_server_answers_without_a_uid_is_an_error(
    engine: Engine, pods: FakePods
) -> None:
    create = pods.cluster.create

    def nameless(resource, body, **how):
        made = create(resource, body, **how)
        made["metadata"].pop("uid", None)
        return made

    pods.cluster.create = nameless
    with pytest.raises(ToolError, match="is not what Kubernetes answers"):
        engine.start(BY_POLICY)
    assert left_in(pods.cluster) == []


def test_plan_is_made_once(engine: Engine, pods: FakePods) -> None:
    outage = engine.start(BY_POLICY)
    (policy,) = pods.cluster.objects["networkpolicies"].values()
    assert policy["spec"] is not None
    assert outage.evidence.made["policy"]["spec"] == engine.known(outage).plan.effect


def test_udp_and_undeclared_ports_are_not_cut(engine: Engine, pods: FakePods) -> None:
    engine.start(BY_POLICY)
    (policy,) = pods.cluster.objects["networkpolicies"].values()
    ports = policy["spec"]["ingress"][1]["ports"]
    assert {"protocol": "UDP"} in ports
    assert {"protocol": "TCP", "port": 1, "endPort": 27016} in ports
    assert {"protocol": "TCP", "port": 27018, "endPort": 65535} in ports


def test_server_of_another_cluster_is_found_before_anything_is_made(
    pods: FakePods, time: FakeTime
) -> None:
    def apart() -> None:
        raise ToolError("they do not belong together.")

    engine = Engine(environment(), time.clock, context_of(pods), apart)
    with pytest.raises(ToolError, match="do not belong together"):
        engine.start(BY_POLICY)
    assert not any(call[0] == "create" and call[1] == "jobs" for call in pods.cluster.calls)
    assert engine.preflight(BY_POLICY).blocking == []
