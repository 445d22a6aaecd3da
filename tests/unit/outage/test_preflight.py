"""Every check of the preflight, from facts that are made up."""

from dataclasses import replace

import pytest
from unit.outage.fakes import (
    MONGO,
    SERVER,
    FakeCluster,
    FakeProxy,
    FakeTime,
    endpoint_slice,
    environment,
    pod,
    service,
)

from focus_engine.outage.backends.base import backends
from focus_engine.outage.dependency import read_controls, read_dependency
from focus_engine.outage.discovery.facts import Facts, gather
from focus_engine.outage.model import Backend, Established, OutageRequest, Scope
from focus_engine.outage.preflight import PreflightReport, judge
from focus_engine.verdict import NotAllowed, PreconditionUnmet, ToolError

REQUEST = OutageRequest("mongodb", backend=Backend.NETWORK_POLICY)


def facts(cluster: FakeCluster, proxy: FakeProxy | None = None, request=REQUEST) -> Facts:
    dependency = read_dependency("mongodb", "sandbox")
    rights = [right for backend in backends() for right in backend.rights]
    return gather(
        cluster,  # type: ignore[arg-type]
        environment(),
        dependency,
        request,
        toxiproxy=proxy,  # type: ignore[arg-type]
        rights=rights,
    )


def report(
    cluster: FakeCluster, request=REQUEST, proxy: FakeProxy | None = None
) -> PreflightReport:
    return judge(facts(cluster, proxy, request), request, environment())


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster(FakeTime())


def blocked(cluster: FakeCluster, request=REQUEST) -> str:
    found = report(cluster, request)
    with pytest.raises(PreconditionUnmet) as raised:
        found.require("mongodb")
    return raised.value.sentence


def allow(cluster: FakeCluster, name: str, spec: dict, labels: dict | None = None) -> None:
    metadata = {"name": name, "namespace": "panda", "labels": labels or {}}
    cluster.put("networkpolicies", {"metadata": metadata, "spec": spec})


def test_possible_and_nothing_is_changed(cluster: FakeCluster) -> None:
    found = report(cluster)
    found.require("mongodb")
    assert found.as_json()["possible"] is True
    assert found.as_json()["backend"] == "networkpolicy"
    assert {call[0] for call in cluster.calls} == {"get", "list"}


def test_opt_in_is_not_allowed(cluster: FakeCluster) -> None:
    cluster.objects["namespaces"]["panda"]["metadata"]["annotations"] = {}
    with pytest.raises(NotAllowed, match="focus-server-tests/disruptive=allowed"):
        report(cluster).require("mongodb")


@pytest.mark.parametrize(
    "right", [("create", "networkpolicies"), ("create", "pods/exec"), ("list", "pods")]
)
def test_missing_right_is_named(cluster: FakeCluster, right: tuple[str, str]) -> None:
    cluster.forbidden.add(right)
    assert f"the account may not {' '.join(right)}. Give it the Role" in blocked(cluster)


def test_a_right_that_a_proxy_does_not_need_blocks_the_policy_only(cluster: FakeCluster) -> None:
    cluster.forbidden.add(("create", "networkpolicies"))
    proxied = OutageRequest("mongodb")
    assert report(cluster, proxied, FakeProxy()).blocking == []


def test_policy_that_admits_is_named(cluster: FakeCluster) -> None:
    allow(cluster, "web-to-db", {"podSelector": {"matchLabels": MONGO}, "ingress": [{}]})
    assert "NetworkPolicy web-to-db (rule 1) would still admit the client" in blocked(cluster)


def test_policy_of_ours_admits_nobody(cluster: FakeCluster) -> None:
    ours = {"app.kubernetes.io/managed-by": "focus-server-tests"}
    allow(cluster, "ours", {"podSelector": {}, "ingress": [{}]}, ours)
    assert report(cluster).blocking == []


def test_policy_that_admits_somebody_else_is_in_nobodys_way(cluster: FakeCluster) -> None:
    rule = {"from": [{"podSelector": {"matchLabels": {"app": "other"}}}]}
    allow(cluster, "other", {"podSelector": {}, "ingress": [rule]})
    assert report(cluster).blocking == []


def test_egress_of_others_matters_to_the_client_side_only(cluster: FakeCluster) -> None:
    spec = {"podSelector": {}, "policyTypes": ["Egress"], "egress": [{}]}
    allow(cluster, "all-out", spec)
    assert report(cluster).blocking == []
    client = replace(REQUEST, scope=Scope.CLIENT)
    assert "NetworkPolicy all-out (rule 1)" in blocked(cluster, client)


def test_namespace_must_bear_its_name_for_the_client_side(cluster: FakeCluster) -> None:
    cluster.objects["namespaces"]["panda"]["metadata"]["labels"] = {}
    assert report(cluster).blocking == []
    assert "lacks the label" in blocked(cluster, replace(REQUEST, scope=Scope.CLIENT))


def test_host_network_is_refused(cluster: FakeCluster) -> None:
    cluster.put("pods", pod("mongodb-0", MONGO, "10.42.0.9", 27017, hostNetwork=True))
    assert "pod mongodb-0 is in the node's network, where no policy holds" in blocked(cluster)


def test_too_many_pods_are_refused(cluster: FakeCluster) -> None:
    for number in range(6):
        cluster.put("pods", pod(f"m-{number}", MONGO, f"10.42.1.{number}", 27017))
    assert "7 pods of the dependency would be touched; at most 5" in blocked(cluster)


def test_selector_that_is_empty_is_refused(cluster: FakeCluster) -> None:
    found = facts(cluster)
    assert found.target is not None
    emptied = replace(found, target=replace(found.target, selector={}))
    with pytest.raises(PreconditionUnmet, match="would isolate every pod"):
        judge(emptied, REQUEST, environment()).require("mongodb")


def test_client_without_a_label_is_refused(cluster: FakeCluster) -> None:
    with pytest.raises(PreconditionUnmet, match="it means every pod"):
        judge(replace(facts(cluster), client_labels={}), REQUEST, environment()).require("mongodb")


def test_service_that_is_missing(cluster: FakeCluster) -> None:
    cluster.objects["services"].clear()
    assert "the Service of the dependency does not exist" in blocked(cluster)


def test_service_without_endpoints(cluster: FakeCluster) -> None:
    cluster.objects["endpointslices"].clear()
    del cluster.objects["pods"]["mongodb-0"]
    assert "Service mongodb has no endpoints" in blocked(cluster)


def test_client_that_is_not_there(cluster: FakeCluster) -> None:
    del cluster.objects["pods"]["server-0"]
    assert "no ready pod of the Focus Server was found" in blocked(cluster)


def test_port_that_leads_nowhere(cluster: FakeCluster) -> None:
    each = endpoint_slice("mongodb", 27017, "10.42.0.9")
    each["ports"] = [{"port": 1}, {"port": 2}]
    cluster.put("endpointslices", each)
    assert "port 27017 of Service mongodb leads to no one pod port" in blocked(cluster)


UDP = {"protocol": "UDP"}
NAMED = [{"name": "udp", "port": 27017, **UDP}, {"name": "db", "port": 27017}]


@pytest.mark.parametrize(
    ("ports", "in_slice", "pod_port"),
    [
        ([{"port": 27099}], [{"port": 27017}], None),  # undeclared: nothing leads there
        ([{"port": 27017, **UDP}], [{"port": 27017, **UDP}], None),
        (NAMED, [{"name": "udp", "port": 1, **UDP}, {"name": "db", "port": 27018}], 27018),
        (NAMED[::-1], [{"name": "db", "port": 27018, "protocol": "TCP"}], 27018),
        ([{"port": 27017}], [{"port": None}], None),
        ([], [], None),
    ],
)
@pytest.mark.parametrize("headless", [False, True])
def test_the_port_is_the_one_that_tcp_reaches(
    cluster: FakeCluster, ports: list, in_slice: list, pod_port: int | None, headless: bool
) -> None:
    found = service("mongodb", MONGO, 27017, 27017)
    found["spec"] |= {"ports": ports, **({"clusterIP": "None"} if headless else {})}
    cluster.put("services", found)
    each = endpoint_slice("mongodb", 0, "10.42.0.9")
    cluster.put("endpointslices", {**each, "ports": in_slice})
    target = facts(cluster).target
    assert target is not None
    assert target.pod_port == (27017 if headless else pod_port)


def test_a_port_of_a_pod_has_the_name_that_it_has_for_tcp(cluster: FakeCluster) -> None:
    item = pod("mongodb-0", MONGO, "10.42.0.9", 27017)
    item["spec"]["containers"][0]["ports"] = [
        {"containerPort": 27017, "name": "db"}, {"containerPort": 27017, "name": "gossip", **UDP},
        {"containerPort": 9999, **UDP},
    ]  # fmt: skip
    cluster.put("pods", item)
    target = facts(cluster).target
    assert target is not None
    assert (target.port_names, target.other_ports) == ({"db"}, [])


def test_names_behind_a_service_are_no_endpoints(cluster: FakeCluster) -> None:
    del cluster.objects["pods"]["mongodb-0"]
    each = endpoint_slice("mongodb", 27017, "db.example.com")
    cluster.put("endpointslices", {**each, "addressType": "FQDN"})
    assert "Service mongodb has no endpoints" in blocked(cluster)


@pytest.mark.parametrize("address", ["garbage", "10.42.0", "::x", "10.42.0.9/32", "\uff110.42.0.9"])
@pytest.mark.parametrize("of", ["pods", "endpointslices"])
def test_an_address_that_is_none_is_not_kubernetes(
    cluster: FakeCluster, of: str, address: str
) -> None:
    if of == "pods":
        cluster.put("pods", pod("mongodb-0", MONGO, address, 27017))
    else:
        cluster.put("endpointslices", endpoint_slice("mongodb", 27017, address))
    with pytest.raises(ToolError, match="is not what Kubernetes answers"):
        report(cluster)


@pytest.mark.parametrize(
    "spec", [None, {"podSelector": {}, "ingress": [None]}, {"podSelector": {}, "ingress": 7}]
)
def test_a_policy_that_is_none_is_not_kubernetes(cluster: FakeCluster, spec: object) -> None:
    allow(cluster, "odd", spec)  # type: ignore[arg-type]
    with pytest.raises(ToolError, match="is not what Kubernetes answers"):
        report(cluster)


def test_dependency_outside_is_for_the_client_side(cluster: FakeCluster) -> None:
    del cluster.objects["pods"]["mongodb-0"]
    cluster.put("endpointslices", endpoint_slice("mongodb", 27017, "192.0.2.7"))
    assert "is outside the cluster: use scope=client" in blocked(cluster)
    assert report(cluster, replace(REQUEST, scope=Scope.CLIENT)).blocking == []


@pytest.mark.parametrize(
    ("request_", "proxied", "backend"),
    [
        (OutageRequest("mongodb"), False, Backend.NETWORK_POLICY),
        (OutageRequest("mongodb"), True, Backend.PROXY),
        (OutageRequest("mongodb", scope=Scope.CLIENT), True, Backend.NETWORK_POLICY),
        (OutageRequest("mongodb", established=Established.BREAK), True, Backend.NETWORK_POLICY),
        (OutageRequest("mongodb", established=Established.ACCEPT), True, Backend.NETWORK_POLICY),
        (OutageRequest("mongodb", backend=Backend.PROXY), False, Backend.PROXY),
    ],
)
def test_backend(cluster: FakeCluster, request_, proxied: bool, backend: Backend) -> None:
    proxy = FakeProxy() if proxied else None
    assert report(cluster, request_, proxy).backend.name is backend


def test_proxy_steps_in_where_a_policy_would_not_hold(cluster: FakeCluster) -> None:
    allow(cluster, "in", {"podSelector": {}, "ingress": [{}]})
    accepting = OutageRequest("mongodb", established=Established.ACCEPT)
    assert report(cluster, accepting, FakeProxy()).backend.name is Backend.PROXY


def test_dependencies_are_data() -> None:
    assert set(read_controls("mongodb", "sandbox")) == {"api-server", "rabbitmq"}
    assert read_controls("rabbitmq", "sandbox")["mongodb"].port == 27017
    with pytest.raises(ToolError, match="dependency 'x' is not known"):
        read_dependency("x", "sandbox")


def test_dependency_differs_by_environment(tmp_path) -> None:
    file = tmp_path / "dependencies.yaml"
    file.write_text(
        "controls: {api: {host: api, port: 1}}\n"
        "dependencies:\n"
        "  db: {service: db, port: 1, protocol: tcp, labels: {a: b},"
        " controls: [api]}\n"
        "environments:\n"
        "  staging: {db: {namespace: data, labels: {c: d}}}\n",
        encoding="utf-8",
    )
    assert read_dependency("db", "sandbox", file).namespace is None
    staging = read_dependency("db", "staging", file)
    assert (staging.namespace, staging.labels, staging.port) == ("data", {"c": "d"}, 1)


@pytest.mark.parametrize("wrong", ["labels: {}", "service: a b", "service: ''", "port: 0", "x: 1"])
def test_a_dependency_that_cannot_be_is_refused(tmp_path, wrong) -> None:
    right = {"labels": "{a: b}", "service": "db", "port": "1"}
    key, _, value = wrong.partition(": ")
    written = ", ".join(f"{name}: {text}" for name, text in {**right, key: value}.items())
    file = tmp_path / "dependencies.yaml"
    file.write_text(
        "controls: {api: {host: api, port: 1}}\n"
        f"dependencies:\n  db: {{{written}, protocol: tcp, controls: [api]}}\n"
        "environments: {}\n",
        encoding="utf-8",
    )
    with pytest.raises(ToolError, match=rf"line 3: key 'dependencies.db.{key}'"):
        read_dependency("db", "sandbox", file)


def ended(name: str, phase: str) -> dict:
    item = pod(name, MONGO, "", 27017)
    item["status"] = {"phase": phase, "reason": "Evicted"}
    return item


@pytest.mark.parametrize("phase", ["Failed", "Succeeded"])
def test_pod_that_has_ended_is_no_target(cluster: FakeCluster, phase: str) -> None:
    cluster.put("pods", ended("mongodb-evicted", phase))
    found = facts(cluster)
    assert found.target is not None
    assert [each.name for each in found.target.pods] == ["mongodb-0"]
    assert report(cluster).blocking == []


def test_every_pod_that_the_selector_selects_counts(cluster: FakeCluster) -> None:
    for number in range(5):
        cluster.put("pods", ended(f"m-{number}", "Failed"))
    assert "6 pods of the dependency would be touched; at most 5" in blocked(cluster)


def test_pods_of_the_client_count_ready_or_not(cluster: FakeCluster) -> None:
    for number in range(5):
        item = pod(f"s-{number}", SERVER, f"10.42.1.{number}", 5000)
        item["status"]["conditions"] = []
        cluster.put("pods", item)
    assert "6 pods of the client would be touched" in blocked(cluster)


def test_client_that_the_selector_selects_as_well_is_found(cluster: FakeCluster) -> None:
    cluster.put("pods", pod("server-0", {**SERVER, **MONGO}, "10.42.0.5", 5000))
    assert "also selects server-0, the client itself" in blocked(cluster)
