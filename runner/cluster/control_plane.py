"""etcd, API server and controllers of one cluster, started in the node's namespace."""

import json
import os
import secrets
import subprocess
from collections.abc import Callable
from pathlib import Path

from runner.cluster.api import Api, wait_until
from runner.cluster.network import NAMED
from runner.cluster.plan import (
    ADMIN_KUBECONFIG,
    API_PORT,
    API_URL,
    NODE_ADDRESS,
    NODE_NETNS,
    POD_RANGE,
    SERVICE_RANGE,
    STATE,
)
from runner.cluster.programs import programs
from runner.problem import ProblemError
from runner.processes import RUN_DIR

ETCD = "http://127.0.0.1:2379"
START_LIMIT = 60.0  # seconds
WITHOUT = (
    # Our node sends no heartbeats, and nothing here may be evicted for it.
    "-node-lifecycle-controller",
    "-taint-eviction-controller",
)
USERS = {
    # name: group. The roles of the others exist in every cluster.
    "admin": "system:masters",
    "system:kube-controller-manager": "",
    "system:kube-proxy": "",
}


_STARTED: dict[str, "subprocess.Popen[bytes]"] = {}


def start() -> Api:
    """Start it and wait until it is ready; the API as its administrator.

    Raises ProblemError with the last words of the program that did not come up.
    """
    STATE.mkdir(mode=0o700)
    subprocess.run([programs()["node"].path, "keys", STATE, NODE_ADDRESS, "127.0.0.1"], check=True)
    tokens = _write_tokens()
    run("etcd", "--data-dir", str(STATE / "etcd"), "--unsafe-no-fsync", *_etcd_addresses())
    api = Api(API_URL, _authority(), tokens["admin"])
    write_kubeconfig(ADMIN_KUBECONFIG, tokens["admin"], "default")
    for user in USERS:
        write_kubeconfig(kubeconfig_of(user), tokens[user], "default")
    run("kube-apiserver", *_apiserver_options())
    _await(lambda: api.send("GET", "/readyz") == "ok", "kube-apiserver")
    run("kube-controller-manager", *_controller_options())
    return api


def run(name: str, *options: str) -> None:
    """Start a program in the node's namespace; it outlives this command.

    By nsenter: `ip netns exec` would hide from us the namespaces that the node makes.
    """
    command = ["nsenter", f"--net={NAMED / NODE_NETNS}", str(programs()[name].path), *options]
    with (STATE / f"{name}.log").open("wb") as output:
        _STARTED[name] = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd=STATE,
            env={**os.environ, RUN_DIR: str(STATE), "TMPDIR": str(STATE)},
        )


def require_running() -> None:
    """Raise ProblemError with the last words of a program that has ended."""
    for name, process in _STARTED.items():
        if process.poll() is not None:
            raise ProblemError(f"{name} has ended: {last_words(STATE / f'{name}.log')}")


def kubeconfig_of(user: str) -> Path:
    """The file with which a part of the control plane signs in."""
    return STATE / f"{user.rpartition(':')[2]}.kubeconfig"


def write_kubeconfig(path: Path, token: str, namespace: str) -> None:
    """Write a kubeconfig (JSON is YAML) for `token`, readable by its owner only."""
    cluster = {"server": API_URL, "certificate-authority": str(STATE / "ca.crt")}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "focus-cluster",
        "clusters": [{"name": "focus-cluster", "cluster": cluster}],
        "users": [{"name": "user", "user": {"token": token}}],
        "contexts": [
            {
                "name": "focus-cluster",
                "context": {"cluster": "focus-cluster", "user": "user", "namespace": namespace},
            }
        ],
    }
    path.touch(mode=0o600)
    path.write_text(json.dumps(config, indent=2), encoding="utf-8")


def last_words(log: Path) -> str:
    """The end of a log; nothing where there is none."""
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return "\n".join(lines[-5:])


def _await(holds: Callable[[], bool], name: str) -> None:
    try:
        wait_until(holds, f"{name} is not ready", START_LIMIT)
    except ProblemError as error:
        raise ProblemError(
            f"{error} Its last words: {last_words(STATE / f'{name}.log')}"
        ) from error


def _authority() -> str:
    return (STATE / "ca.crt").read_text(encoding="ascii")


def _write_tokens() -> dict[str, str]:
    tokens = {user: secrets.token_urlsafe(24) for user in USERS}
    lines = [f"{tokens[user]},{user},{user},{group}" for user, group in USERS.items()]
    file = STATE / "tokens.csv"
    file.touch(mode=0o600)
    file.write_text("\n".join(lines) + "\n", encoding="ascii")
    return tokens


def _etcd_addresses() -> list[str]:
    peer = "http://127.0.0.1:2380"
    return [
        f"--listen-client-urls={ETCD}",
        f"--advertise-client-urls={ETCD}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=default={peer}",
        "--log-level=warn",
    ]


def _apiserver_options() -> list[str]:
    return [
        f"--etcd-servers={ETCD}",
        f"--secure-port={API_PORT}",
        f"--advertise-address={NODE_ADDRESS}",
        f"--service-cluster-ip-range={SERVICE_RANGE}",
        f"--tls-cert-file={STATE / 'server.crt'}",
        f"--tls-private-key-file={STATE / 'server.key'}",
        f"--token-auth-file={STATE / 'tokens.csv'}",
        "--authorization-mode=RBAC",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-signing-key-file={STATE / 'accounts.key'}",
        f"--service-account-key-file={STATE / 'accounts.key'}",
        "--kubelet-preferred-address-types=InternalIP",
        "--allow-privileged=true",
        # From etcd itself, so that a compaction makes their old versions 410 Gone: a watch cache
        # so young still has its whole history, whatever etcd has forgotten.
        "--watch-cache-sizes=networkpolicies.networking.k8s.io#0",
    ]


def _controller_options() -> list[str]:
    return [
        f"--kubeconfig={kubeconfig_of('system:kube-controller-manager')}",
        f"--service-account-private-key-file={STATE / 'accounts.key'}",
        f"--root-ca-file={STATE / 'ca.crt'}",
        "--use-service-account-credentials=true",
        f"--controllers={','.join(('*', *WITHOUT))}",
        f"--cluster-cidr={POD_RANGE}",
        "--leader-elect=false",
        "--bind-address=127.0.0.1",
    ]
