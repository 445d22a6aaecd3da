"""Whatever Kubernetes or a kubeconfig says: a value, or one class of error."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from unittest import mock

import yaml
from fuzzing import FUZZ, values
from hypothesis import given
from hypothesis import strategies as st

from focus_engine.kubernetes import jobs, kubeconfig, pods, server_log
from focus_engine.kubernetes.client import Cluster
from focus_engine.kubernetes.connection import api_client
from focus_engine.kubernetes.errors import KubernetesError
from focus_engine.kubernetes.resources import JOBS, LEASES, PODS
from focus_engine.kubernetes.watch import Watch
from focus_engine.outage import lease
from focus_engine.outage.discovery.pods import pods_labelled
from focus_engine.outage.discovery.target import resolve_target
from focus_engine.pz.live.kubernetes_cluster import KubernetesCluster
from focus_engine.verdict import PreconditionUnmet, ToolError

FIELDS = values(
    "containers name command args conditions type status containerStatuses restartCount state"
    " lastState terminated exitCode podIPs ip ports containerPort replicas generation selector"
    " clusterIP port endpoints addresses phase holderIdentity leaseTransitions allowed running"
)
METADATA = st.fixed_dictionaries(
    {"name": st.just("x")},
    optional={
        "uid": FIELDS,
        "labels": st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=1) | FIELDS,
        "annotations": FIELDS,
        "ownerReferences": values("kind name uid controller"),
        "resourceVersion": FIELDS | st.just("7"),
        "creationTimestamp": FIELDS,
        "managedFields": values("time fieldsV1 f:data"),
        "generation": FIELDS,
    },
)
OBJECT = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["Pod", "Job", "Lease", "Service", "ConfigMap", "Deployment"]),
        "metadata": METADATA | FIELDS,
        "spec": st.fixed_dictionaries({}, optional={"template": FIELDS, "containers": FIELDS})
        | FIELDS,
        "status": FIELDS,
    }
)
LIST = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["PodList", "JobList", "DeploymentList", "EventList"]),
        "metadata": METADATA | FIELDS,
        "items": st.lists(OBJECT, max_size=2) | FIELDS,
    }
)
EVENT = st.fixed_dictionaries({"type": st.sampled_from(["ADDED", "ERROR"]), "object": OBJECT})
EVENT |= st.fixed_dictionaries(
    {"type": st.just("ERROR"), "object": values("code reason message") | FIELDS}
)


class _Saying:
    """A connection whose every answer, and every line, is `body`."""

    now = datetime(2026, 1, 1, tzinfo=UTC)

    def __init__(self, body: bytes) -> None:
        self._body = body

    def send(self, _request: object) -> bytes:
        return self._body

    def lines(self, _request: object, _seconds: float) -> list[bytes]:
        return [self._body]


def _readers(cluster: Cluster) -> list:
    live = KubernetesCluster(cluster, "app=x", None)
    lock = lease.OutageLock.__new__(lease.OutageLock)
    lock._holder = "x"
    return [
        lambda: cluster.get(LEASES, "x"),
        lambda: pods.snapshot(cluster, ""),
        lambda: jobs.GrpcJobs(cluster).current(),
        lambda: [jobs.grpc_job(item) for item in cluster.items(JOBS)],
        lambda: [server_log._containers(item) for item in cluster.items(PODS)],
        lambda: pods_labelled(cluster, {}),
        lambda: resolve_target(cluster.get(LEASES, "x") or {}, [], [], 1, {}),
        lambda: lock._is_ours(cluster.get(LEASES, "x") or {}),
        lambda: lock._ours(cluster.get(LEASES, "x")),
        live.server_pods,
        live.rollouts,
        live.namespace_annotations,
        lambda: live.config_map("x"),
        lambda: live.warnings(SimpleNamespace(name="x", started_at=_Saying.now)),
        lambda: cluster.may("get", PODS),
        lambda: cluster.delete(JOBS, "x"),
        lambda: list(Watch(cluster.connection.lines(None, 1), JOBS, "a watch")),
    ]


@FUZZ
@given(body=(OBJECT | LIST | EVENT).map(lambda said: json.dumps(said).encode()) | st.binary())
def test_no_answer_escapes(body: bytes) -> None:
    for read in _readers(Cluster(_Saying(body), "x")):
        try:
            read()
        except (KubernetesError, PreconditionUnmet, ToolError) as error:
            assert str(error)  # noqa: PT017 - mostly refused, sometimes not


USER = values("token client-certificate-data client-key-data exec command args auth-provider env")
KUBECONFIG = st.fixed_dictionaries(
    {},
    optional={
        "current-context": st.just("c") | USER,
        "contexts": st.just([{"name": "c", "context": {"cluster": "k", "user": "u"}}]) | USER,
        "clusters": st.just([{"name": "k", "cluster": {"server": "https://127.0.0.1:6443"}}])
        | values("name cluster server certificate-authority-data proxy-url"),
        "users": st.lists(st.fixed_dictionaries({"name": st.just("u"), "user": USER}), max_size=1)
        | USER,
    },
)


@FUZZ
@given(
    content=KUBECONFIG.map(lambda said: yaml.safe_dump(said).encode())
    | KUBECONFIG.map(lambda said: json.dumps(said).encode())
    | st.binary(max_size=60)
    | st.text(alphabet="a: -[]{}&*!|\n\t'\"", max_size=40).map(str.encode),
    said=st.binary(max_size=9) | values("status token").map(lambda each: json.dumps(each).encode()),
)
def test_no_kubeconfig_escapes(tmp_path_factory, content: bytes, said: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "fuzzed-kubeconfig"
    file.write_bytes(content)
    with mock.patch.object(kubeconfig._Plugin, "_said", return_value=(0, said)):
        try:
            api_client(str(file))
        except ToolError as error:
            assert "fuzzed-kubeconfig" in str(error)  # noqa: PT017 - refused or taken
