"""Killing the connections of a pod that a NetworkPolicy leaves alone: `ss -K` beside the client.

An ephemeral container shares the pod's network. It needs NET_ADMIN, and a kernel that can destroy
sockets (CONFIG_INET_DIAG_DESTROY). It runs once, and stays listed in the pod.
"""

import secrets
from collections.abc import Sequence
from typing import Any

from focus_engine.clock import Clock
from focus_engine.kubernetes.client import STRATEGIC, Cluster
from focus_engine.kubernetes.errors import KubernetesError
from focus_engine.kubernetes.fields import objects_in, reading, value_in
from focus_engine.kubernetes.resources import PODS
from focus_engine.outage.backends.base import Injection
from focus_engine.outage.discovery.target import OutageTarget
from focus_engine.outage.model import EstablishedVerdict, Method
from focus_engine.verdict import Undetermined

POLL = 0.1  # seconds
PATIENCE = 60.0  # seconds until the container has run; the image may have to be pulled
_REFUSALS = {403, 404, 422}  # role, a server that knows no ephemeral containers, pod security


def kill_connections(injection: Injection, tool_image: str) -> int:
    """Kill what the client's pods have open; how many. Raises Undetermined where that fails."""
    outage, target = injection.outage, injection.facts.target
    if target is None:
        raise Undetermined(f"the Service of {outage.dependency} is not known.")
    killer = ConnectionKiller(injection.connections.cluster, tool_image, injection.clock)
    killed = killer.kill([pod.name for pod in injection.facts.clients], target)
    outage.evidence.connections_killed = killed
    if injection.verification.established() is EstablishedVerdict.ALIVE:
        raise Undetermined(
            f"ss -K ran in the client's pod, but a connection to {outage.dependency} lives on: "
            "this kernel cannot destroy sockets. Put the proxy in front (deploy/toxiproxy)."
        )
    outage.established = EstablishedVerdict.BROKEN
    if outage.method is Method.POLICY:
        outage.method = Method.POLICY_AND_KILL
    return killed


class ConnectionKiller:
    """Kills what the client's pods have open to a target."""

    def __init__(self, cluster: Cluster, image: str, clock: Clock) -> None:
        self._cluster = cluster
        self._image = image
        self._clock = clock

    def kill(self, pods: Sequence[str], target: OutageTarget) -> int:
        """How many were killed. Raises Undetermined where it is not allowed or not possible."""
        return sum(self._kill_in(pod, target) for pod in pods)

    def _kill_in(self, pod: str, target: OutageTarget) -> int:
        name = f"focus-kill-{secrets.token_hex(3)}"
        body = {"spec": {"ephemeralContainers": [self._container(name, target)]}}
        try:
            patched = self._cluster.patch(
                PODS, pod, body, subresource="ephemeralcontainers", kind=STRATEGIC
            )
        except KubernetesError as error:
            if error.status in _REFUSALS:
                raise _impossible(pod, error.sentence) from error
            raise
        if patched is None:
            raise _impossible(pod, "the pod is gone.")
        code = self._ended(pod, name)
        said = self._cluster.log(pod, name)
        if code != 0:
            last = f"ss ended with {code}: {said.strip()[-200:]}"
            raise _impossible(pod, last)
        return sum(f":{_port(target)}" in line for line in said.splitlines())

    def _container(self, name: str, target: OutageTarget) -> dict[str, Any]:
        return {
            "name": name,
            "image": self._image,
            "command": ["ss", "-K", "-H", "-t", "-n", "dport", "=", f":{_port(target)}"],
            "securityContext": {
                "runAsUser": 0,
                "runAsNonRoot": False,
                "capabilities": {"drop": ["ALL"], "add": ["NET_ADMIN"]},
            },
        }

    @reading("the state of an ephemeral container")
    def _ended(self, pod: str, name: str) -> int:
        """The exit code of a container, once it has ended."""
        end = self._clock.monotonic() + PATIENCE
        state: dict[str, Any] = {}
        while self._clock.monotonic() < end:
            item = self._cluster.get(PODS, pod) or {}
            statuses = objects_in(item, "status", "ephemeralContainerStatuses")
            states = [each.get("state") for each in statuses if each.get("name") == name]
            state = (states or [None])[0] or {}
            if "terminated" in state:
                return value_in(state["terminated"], "exitCode", int)
            self._clock.sleep(POLL)
        waiting = (state.get("waiting") or {}).get("reason") or "it did not start"
        raise _impossible(pod, f"container {name} did not end in {PATIENCE:g} s ({waiting}).")


def _port(target: OutageTarget) -> int | None:
    """In the client's own network the other end is the Service; only a headless one shows pods."""
    return target.service_port if target.cluster_ip else target.pod_port


def _impossible(pod: str, why: str) -> Undetermined:
    return Undetermined(
        f"connections of pod {pod} could not be killed: {why} Allow pods/ephemeralcontainers "
        "with NET_ADMIN (deploy/rbac), or put the proxy in front (deploy/toxiproxy)."
    )
