"""Whatever Kubernetes or a kubeconfig says: a value, or one class of error."""

import json
import re
from datetime import UTC, datetime
from random import Random
from types import SimpleNamespace
from unittest import mock

from fuzzing import Maker, fuzzed, made, noise, one_of, pick, pieces, record, several, values
from hypothesis import given

from focus_engine.decoding.bounded_process import ProgramEnd
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
METADATA = record(
    {"name": pick("x")},
    {
        "uid": FIELDS,
        "labels": one_of(FIELDS, values("app job-name a")),
        "annotations": FIELDS,
        "ownerReferences": values("kind name uid controller"),
        "resourceVersion": one_of(FIELDS, pick("7")),
        "creationTimestamp": FIELDS,
        "managedFields": values("time fieldsV1 f:data"),
        "generation": FIELDS,
    },
)
OBJECT = record(
    {
        "kind": pick("Pod", "Job", "Lease", "Service", "ConfigMap", "Deployment"),
        "metadata": one_of(METADATA, FIELDS),
        "spec": one_of(record({}, {"template": FIELDS, "containers": FIELDS}), FIELDS),
        "status": FIELDS,
    }
)
LIST = record(
    {
        "kind": pick("PodList", "JobList", "DeploymentList", "EventList"),
        "metadata": one_of(METADATA, FIELDS),
        "items": one_of(several(OBJECT), FIELDS),
    }
)
EVENT = one_of(
    record({"type": pick("ADDED", "ERROR"), "object": OBJECT}),
    record({"type": pick("ERROR"), "object": one_of(values("code reason message"), FIELDS)}),
)


def as_json(maker: Maker) -> Maker:
    return lambda chance: json.dumps(maker(chance)).encode()


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
        lambda: list(Watch(cluster.connection.lines(None, 1), JOBS, "a watch", "1")),
    ]


@fuzzed
@given(body=made(one_of(as_json(OBJECT), as_json(LIST), as_json(EVENT), noise(30))))
def test_no_answer_escapes(body: bytes) -> None:
    for read in _readers(Cluster(_Saying(body), "x")):
        try:
            read()
        except (KubernetesError, PreconditionUnmet, ToolError) as error:
            assert str(error)  # noqa: PT017 - mostly refused, sometimes not


USER = values("token client-certificate-data client-key-data exec command args auth-provider env")
CONTEXTS = [{"name": "c", "context": {"cluster": "k", "user": "u"}}]
CLUSTERS = [{"name": "k", "cluster": {"server": "https://127.0.0.1:6443"}}]
KUBECONFIG = record(
    {},
    {
        "current-context": one_of(pick("c"), USER),
        "contexts": one_of(pick(CONTEXTS), USER),
        "clusters": one_of(
            pick(CLUSTERS), values("name cluster server certificate-authority-data proxy-url")
        ),
        "users": one_of(several(record({"name": pick("u"), "user": USER}), 1), USER),
    },
)
SIGNS = [*"a: -[]{}&*!|\n\t'\"", "<<: ", "&a ", "*a", "!!binary ", "!!python/name:os.system "]


SCALARS = ["2026-01-01", "!!binary eA==", "0x1f", ".nan", "*a", "&a a", "!x a", "1:30", "? a", "~"]


def as_yaml(chance: Random) -> bytes:
    """JSON whose short values are written as only YAML has them."""
    text = json.dumps(KUBECONFIG(chance))
    return re.sub('"(a|1|True)"|1.5|null', lambda _: chance.choice(SCALARS), text).encode()


def as_signs(chance: Random) -> bytes:
    return pieces(SIGNS, 40)(chance).encode()


@fuzzed
@given(
    content=made(one_of(as_yaml, as_json(KUBECONFIG), as_json(KUBECONFIG), noise(60), as_signs)),
    said=made(one_of(noise(9), as_json(values("status token")))),
)
def test_no_kubeconfig_escapes(tmp_path_factory, content: bytes, said: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "fuzzed-kubeconfig"
    file.write_bytes(content)
    with mock.patch.object(kubeconfig, "run_bounded", return_value=ProgramEnd(0, said, b"")):
        try:
            api_client(str(file))
        except ToolError as error:
            assert "fuzzed-kubeconfig" in str(error)  # noqa: PT017 - refused or taken
