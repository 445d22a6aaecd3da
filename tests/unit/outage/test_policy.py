"""What the policies of an outage stop and what they let through, by the additive analysis."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from unit.outage.fakes import MONGO, SERVER, endpoint_slice, pod, service

from focus_engine.outage.backends.policy_evaluation import Direction, Flow, Party, admissions
from focus_engine.outage.backends.policy_manifest import network_policy, policy_spec
from focus_engine.outage.discovery.pods import Pod
from focus_engine.outage.discovery.target import OutageTarget, resolve_target
from focus_engine.outage.model import Scope
from focus_engine.outage.ownership import Identity, owner_job, reference_to, renewal, spec_hash

HERE = {"kubernetes.io/metadata.name": "panda"}
ELSEWHERE = {"kubernetes.io/metadata.name": "kube-system"}
TARGET = OutageTarget(
    namespace="panda",
    service="mongodb",
    service_port=27017,
    cluster_ip="10.43.0.9",
    selector={"app": "mongodb", "tier": "db"},
    pod_port=27018,
    pods=(
        Pod(
            "m-0",
            {"app": "mongodb", "tier": "db"},
            ("10.42.0.9", "fd00::9"),
            False,
            True,
            "m",
            {27018: "mongo", 9216: "metrics"},
        ),
    ),
    outside=(),
)
OUTSIDE = replace(TARGET, pods=(), outside=("192.0.2.7",), selector={}, pod_port=27017)
MEMBER = Party({"app": "mongodb", "tier": "db"}, ["10.42.0.10"], "panda", HERE)
CLIENT = Party(SERVER, ["10.42.0.5"], "panda", HERE)
SIMILAR = Party({"app": "mongodb"}, ["10.42.0.11"], "panda", HERE)  # lacks one of the labels
DNS = Party({"k8s-app": "kube-dns"}, ["10.42.0.2"], "kube-system", ELSEWHERE)
API = Party(None, ["192.0.2.1"])
SIXTH = Party(None, ["2001:db8::1"])
MONGODB = Party(TARGET.selector, ["10.42.0.9"], "panda", HERE)
BY_IP = Party(None, ["10.42.0.9"])
BY_IP6 = Party(None, ["fd00::9"])


def _policy(spec: dict) -> dict:
    return {"metadata": {"name": "ours", "namespace": "panda"}, "spec": spec}


def _admits_from(party: Party, port: int) -> bool:
    spec = policy_spec(Scope.SERVER, TARGET, SERVER)
    flow = Flow(Direction.INGRESS, MONGODB, party, port)
    return bool(admissions([_policy(spec)], flow))


def _admits_to(party: Party, port: int, target: OutageTarget = TARGET) -> bool:
    spec = policy_spec(Scope.CLIENT, target, SERVER)
    return bool(admissions([_policy(spec)], Flow(Direction.EGRESS, CLIENT, party, port)))


@pytest.mark.parametrize(
    ("party", "port", "admitted"),
    [
        (CLIENT, 27018, False),
        (API, 27018, False),
        (DNS, 27018, False),
        (MEMBER, 27018, True),  # members of a replica set go on
        (CLIENT, 9216, True),  # another port of the same pod
    ],
)
def test_server_side_stops_everybody_but_the_members(
    party: Party, port: int, admitted: bool
) -> None:
    assert _admits_from(party, port) is admitted


@pytest.mark.parametrize(
    ("party", "port", "admitted"),
    [
        (MONGODB, 27018, False),
        (BY_IP, 27018, False),
        (BY_IP6, 27018, False),
        (MONGODB, 9216, True),
        (SIMILAR, 27018, True),
        (DNS, 53, True),
        (API, 443, True),
        (SIXTH, 443, True),
        (CLIENT, 5000, True),
    ],
)
def test_client_side_stops_the_target_alone(party: Party, port: int, admitted: bool) -> None:
    assert _admits_to(party, port) is admitted


def test_target_outside_is_stopped_by_its_address() -> None:
    assert not _admits_to(Party(None, ["192.0.2.7"]), 27017, OUTSIDE)
    assert _admits_to(Party(None, ["192.0.2.8"]), 27017, OUTSIDE)
    assert _admits_to(DNS, 53, OUTSIDE)


def test_holes_are_of_the_family_of_their_block() -> None:
    spec = policy_spec(Scope.CLIENT, TARGET, SERVER)
    blocks = [peer["ipBlock"] for peer in spec["egress"][0]["to"] if "ipBlock" in peer]
    assert blocks == [
        {"cidr": "0.0.0.0/0", "except": ["10.42.0.9/32"]},
        {"cidr": "::/0", "except": ["fd00::9/128"]},
    ]


def test_no_default_deny_of_egress() -> None:
    assert policy_spec(Scope.CLIENT, TARGET, SERVER)["egress"] != []


IDENTITY = Identity("mongodb-server-abc", "run-1", "mongodb", "because", "somebody")


def test_everything_says_whose_it_is_and_until_when() -> None:
    expires = datetime(2026, 1, 1, 12, 0, 0, 500_000, tzinfo=UTC)
    spec = policy_spec(Scope.SERVER, TARGET, SERVER)
    job = owner_job(IDENTITY, 29.2, expires)
    job["metadata"]["uid"] = "u-1"
    made = network_policy(IDENTITY, spec, expires, reference_to(job))
    metadata = made["metadata"]
    assert metadata["name"] == "focus-server-tests-mongodb-server-abc"
    assert metadata["labels"] == {
        "app.kubernetes.io/managed-by": "focus-server-tests",
        "focus-server-tests/run": "run-1",
        "focus-server-tests/dependency": "mongodb",
        "focus-server-tests/outage": "mongodb-server-abc",
    }
    assert metadata["annotations"] == {
        "focus-server-tests/expires-at": "2026-01-01T12:00:00.500Z",
        "focus-server-tests/reason": "because",
        "focus-server-tests/created-by": "somebody",
        "focus-server-tests/spec-hash": spec_hash(spec),
    }
    assert metadata["ownerReferences"] == [
        {"apiVersion": "batch/v1", "kind": "Job", "name": metadata["name"], "uid": "u-1"}
    ]


def test_owner_is_a_job_that_is_complete_at_once() -> None:
    spec = owner_job(IDENTITY, 29.2, datetime(2026, 1, 1, tzinfo=UTC))["spec"]
    assert (spec["completions"], spec["parallelism"]) == (0, 0)
    assert spec["ttlSecondsAfterFinished"] == 30
    assert renewal(5.0, 20.0, {})["spec"] == {"ttlSecondsAfterFinished": 25}


def test_hash_differs_with_the_spec_and_not_with_its_order() -> None:
    assert spec_hash({"a": 1, "b": 2}) == spec_hash({"b": 2, "a": 1}) != spec_hash({"a": 1})


def _resolved(target_port: int, labels: dict | None = None, **more: object) -> OutageTarget:
    return resolve_target(
        service("mongodb", labels, 27017, target_port),
        [endpoint_slice("mongodb", target_port, "10.42.0.9")],
        [Pod.of(pod("mongodb-0", MONGO, "10.42.0.9", target_port, **more))],
        27017,
        {"fallback": "yes"},
    )


def test_service_is_followed_to_the_port_of_the_pods() -> None:
    target = _resolved(27099, MONGO)
    assert target.pod_port == 27099
    assert target.selector == MONGO
    assert target.addresses == ["10.42.0.9"]
    assert target.outside == ()
    assert target.other_ports == []


def test_service_without_a_selector_falls_back_to_the_file() -> None:
    assert _resolved(27017, None).selector == {"fallback": "yes"}


def test_named_port_of_a_service_with_several() -> None:
    item = service("rabbit", MONGO, 5672, 5672)
    item["spec"]["ports"] = [{"port": 5672, "name": "amqp"}, {"port": 15672, "name": "http"}]
    each = endpoint_slice("rabbit", 5999, "10.42.0.9")
    each["ports"] = [{"port": 15999, "name": "http"}, {"port": 5999, "name": "amqp"}]
    target = resolve_target(item, [each], [Pod.of(pod("r", MONGO, "10.42.0.9", 5999))], 5672, {})
    assert target.pod_port == 5999


def test_headless_service_has_no_address_of_its_own() -> None:
    item = service("mongodb", MONGO, 27017, 27017)
    item["spec"]["clusterIP"] = "None"
    assert resolve_target(item, [], [], 27017, {}).cluster_ip is None


def test_pod_that_is_leaving_is_not_ready() -> None:
    item = pod("p", MONGO, "10.42.0.9", 1)
    assert Pod.of(item).ready
    item["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    assert not Pod.of(item).ready
