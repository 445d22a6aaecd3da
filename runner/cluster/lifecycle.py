"""Bringing the cluster up and taking everything of it away again."""

import os
import shutil
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlsplit

from runner import processes
from runner.cluster import control_plane, network
from runner.cluster.api import Api, answers, wait_until
from runner.cluster.plan import (
    ACCOUNT,
    BASE_URL,
    DEPLOY,
    KUBECONFIG,
    MONGODB_PORT,
    NAMESPACE,
    NODE_ADDRESS,
    NODE_NAME,
    POD_RANGE,
    PREFIX,
    SCHEDULER,
    SERVER_PORT,
    SERVICE_RANGE,
    STATE,
    TOXIPROXY_PORT,
)
from runner.cluster.programs import programs
from runner.problem import ProblemError
from runner.project import ROOT

RBAC = ROOT / "deploy" / "rbac"
RBAC_FILES = ("serviceaccount.yaml", "role.yaml", "clusterrole.yaml", "bindings.yaml")
TOKEN_LIFE = 8 * 3600  # seconds
READY_LIMIT = 60.0  # seconds until every pod is ready


def up(python: Path) -> Api:
    """Bring up the cluster with its workload; what an earlier one left is cleared first."""
    down()
    network.make()
    api = control_plane.start()
    _start_node(python)
    wait_until(lambda: _registered(api), "the node has no address", READY_LIMIT)
    _start_enforcement()
    api.apply(_workload(), NAMESPACE)
    for name in RBAC_FILES:
        api.apply((RBAC / name).read_text(encoding="utf-8"), NAMESPACE)
    control_plane.write_kubeconfig(KUBECONFIG, _account_token(api), NAMESPACE)
    wait_until(lambda: _all_ready(api), "a pod is not ready", READY_LIMIT)
    wait_until(lambda: answers(f"{BASE_URL}/ack"), "the Focus Server does not answer", READY_LIMIT)
    control_plane.require_running()
    return api


def mongo_uri(api: Api) -> str:
    """The server's database as this machine reaches it; another one after the pod is replaced."""
    pods = f"/api/v1/namespaces/{NAMESPACE}/pods"
    selector = "app.kubernetes.io%2Fname%3Dpanda-panda-focus-server"
    name = api.send("GET", f"{pods}?labelSelector={selector}")["items"][0]["metadata"]["name"]
    told = api.send("GET", f"{pods}/{name}/log?tailLines=1")
    database = urlsplit(told["mongo_uri"]).path
    return f"mongodb://{NODE_ADDRESS}:{MONGODB_PORT}{database}"


def down() -> None:
    """End and remove everything of a cluster, however far it came; twice does no harm."""
    network.remove_all()
    processes.kill_leftovers(STATE)
    shutil.rmtree(STATE, ignore_errors=True)


def _start_node(python: Path) -> None:
    os.environ["PATH"] = os.pathsep.join([str(python.parent), os.environ.get("PATH", "")])
    control_plane.run(
        "node",
        f"--kubeconfig={control_plane.kubeconfig_of('admin')}",
        f"--name={NODE_NAME}",
        f"--prefix={PREFIX}",
        f"--scheduler={SCHEDULER}",
        f"--folder={STATE}",
        f"--address={NODE_ADDRESS}",
        f"--pods={POD_RANGE}",
    )


def _start_enforcement() -> None:
    control_plane.run(
        "kube-proxy",
        f"--kubeconfig={control_plane.kubeconfig_of('system:kube-proxy')}",
        f"--hostname-override={NODE_NAME}",
        f"--cluster-cidr={POD_RANGE}",
        "--proxy-mode=iptables",
        "--bind-address=0.0.0.0",
        "--conntrack-max-per-core=0",
        "--conntrack-tcp-timeout-established=0",
        "--conntrack-tcp-timeout-close-wait=0",
    )
    control_plane.run(
        "kube-router",
        f"--kubeconfig={control_plane.kubeconfig_of('admin')}",
        f"--hostname-override={NODE_NAME}",
        f"--service-cluster-ip-range={SERVICE_RANGE}",
        "--run-firewall=true",
        "--run-router=false",
        "--run-service-proxy=false",
        "--run-loadbalancer=false",
        "--metrics-port=0",
        "--health-port=0",
    )


def _workload() -> str:
    values = {
        "scheduler": SCHEDULER,
        "ferretdb": programs()["ferretdb"].path,
        "toxiproxy": programs()["toxiproxy"].path,
        "state": STATE,
        "deploy": DEPLOY,
        "root": ROOT,
        "server_port": SERVER_PORT,
        "toxiproxy_port": TOXIPROXY_PORT,
        "mongodb_port": MONGODB_PORT,
    }
    (STATE / "ferretdb").mkdir()
    return Template((DEPLOY / "workload.yaml").read_text(encoding="utf-8")).substitute(values)


def _account_token(api: Api) -> str:
    path = f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts/{ACCOUNT}/token"
    wanted = {"spec": {"expirationSeconds": TOKEN_LIFE}}
    token: str = api.send("POST", path, wanted)["status"]["token"]
    return token


def _registered(api: Api) -> bool:
    """kube-router looks once, when it starts."""
    nodes = api.send("GET", "/api/v1/nodes")["items"]
    return any(node["status"].get("addresses") for node in nodes)


def _all_ready(api: Api) -> bool:
    """Raises ProblemError with the last words of the pods that are not."""
    deployments = api.send("GET", f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments")["items"]
    waiting = [each["metadata"]["name"] for each in deployments if not _is_ready(each)]
    if waiting:
        logs = [log for name in waiting for log in (STATE / "pods").glob(f"{name}-*.log*")]
        words = [f"{log.stem}: {control_plane.last_words(log)}" for log in logs]
        raise ProblemError(f"waiting for {', '.join(waiting)}. " + "\n".join(words))
    return bool(deployments)


def _is_ready(deployment: Any) -> bool:
    ready: int = deployment["status"].get("readyReplicas", 0)
    wanted: int = deployment["spec"]["replicas"]
    return ready >= wanted
