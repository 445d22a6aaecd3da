"""Where outages happen: one namespace of an environment, and the connections into it."""

import getpass
import hashlib
import os
import platform
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from focus_engine.environment import Environment
from focus_engine.given import label_given
from focus_engine.kubernetes.client import Cluster
from focus_engine.outage.backends.toxiproxy import ToxiproxyClient
from focus_engine.outage.discovery.pods import Pod
from focus_engine.outage.verification.probe import Agent, ExecSession, Witnesses

RUN_ID = "FOCUS_RUN_ID"
_RUN_DIR = "FOCUS_RUN_DIR"
_LABEL_LENGTH = 40  # characters; a label may have 63, and names are made of it


@dataclass(frozen=True)
class Connections:
    """The connections that making and undoing needs; in an emergency they are fresh ones."""

    cluster: Cluster
    toxiproxy: ToxiproxyClient | None


@dataclass(frozen=True)
class Context:
    """Opens what is asked for; whoever asks closes it."""

    environment: Environment
    connections: Connections
    fresh_connections: Callable[[], Connections]
    witnesses: Callable[[Sequence[Pod]], Witnesses]

    @property
    def cluster(self) -> Cluster:
        return self.connections.cluster


def open_context(environment: Environment, namespace: str) -> Context:
    """Raises PreconditionUnmet without a kubeconfig, ToolError with one that cannot be used."""

    def connections() -> Connections:
        cluster = Cluster.connect(environment, "make a dependency unreachable", namespace)
        url = environment.toxiproxy_url
        return Connections(cluster, ToxiproxyClient(url) if url else None)

    def witnesses(pods: Sequence[Pod]) -> Witnesses:
        cluster = connections().cluster if pods else None
        agents = [
            Agent(ExecSession(cluster, pod.name, pod.container), pod.name)
            for pod in pods
            if cluster is not None
        ]
        return Witnesses(agents)

    return Context(environment, connections(), connections, witnesses)


def run_id() -> str:
    """What the objects of a run have in common, in every process of it; a legal label."""
    given = label_given(RUN_ID) or os.environ.get("GITHUB_RUN_ID")
    if not given:
        folder = os.environ.get(_RUN_DIR) or f"{os.getpid()}"
        mark = f"{platform.node()} {folder}"
        given = f"local-{hashlib.sha256(mark.encode()).hexdigest()[:10]}"
    return re.sub(r"[^A-Za-z0-9-]", "-", given).strip("-")[:_LABEL_LENGTH]


def created_by() -> str:
    """Who, for people who find an object of ours."""
    url, run = os.environ.get("GITHUB_SERVER_URL"), os.environ.get("GITHUB_RUN_ID")
    if url and run:
        return f"{url}/{os.environ.get('GITHUB_REPOSITORY', '')}/actions/runs/{run}"
    return f"{getpass.getuser()}@{platform.node()} (process {os.getpid()})"
