"""Where outages happen: one namespace of an environment, and the connections into it."""

import getpass
import hashlib
import os
import platform
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from focus_engine.environment import Environment
from focus_engine.kubernetes.connection import connect
from focus_engine.outage.cluster import Cluster
from focus_engine.outage.probe import Agent, ExecSession, Witnesses
from focus_engine.outage.target import Pod
from focus_engine.outage.toxiproxy import Toxiproxy
from focus_engine.outage.undo import Means

RUN_ID = "FOCUS_RUN_ID"
_RUN_DIR = "FOCUS_RUN_DIR"
_LABEL_LENGTH = 40  # characters; a label may have 63, and names are made of it


@dataclass(frozen=True)
class Site:
    """Opens what is asked for; whoever asks closes it."""

    environment: Environment
    means: Means
    fresh_means: Callable[[], Means]
    witnesses: Callable[[Sequence[Pod]], Witnesses]

    @property
    def cluster(self) -> Cluster:
        return self.means.cluster


def open_site(environment: Environment, namespace: str) -> Site:
    """Raises PreconditionUnmet without a kubeconfig, ToolError with one that cannot be used."""

    def means() -> Means:
        cluster = Cluster.connect(environment, "make a dependency unreachable", namespace)
        url = environment.toxiproxy_url
        return Means(cluster, Toxiproxy(url) if url else None)

    def witnesses(pods: Sequence[Pod]) -> Witnesses:
        agents = []
        for pod in pods:
            # A client of its own: opening a WebSocket changes the client while it does.
            api = connect(environment, "look from inside a pod").api
            session = ExecSession(api, namespace, pod.name, pod.container)
            agents.append(Agent(session, pod.name))
        return Witnesses(agents)

    return Site(environment, means(), means, witnesses)


def run_id() -> str:
    """What the objects of a run have in common, in every process of it; a legal label."""
    given = os.environ.get(RUN_ID) or os.environ.get("GITHUB_RUN_ID")
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
