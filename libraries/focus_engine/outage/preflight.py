"""Whether an outage is possible: every check is a finding, nothing is changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from focus_engine.environment import DISRUPTIVE_ALLOWED, DISRUPTIVE_OPT_IN, Environment
from focus_engine.outage.additive import Admission, Direction, Flow, Party, admissions
from focus_engine.outage.facts import BY_POLICY, Facts, Right
from focus_engine.outage.model import Backend, Established, Request, Scope
from focus_engine.outage.policy import MANAGED, NAMESPACE_NAME
from focus_engine.outage.selectors import matches
from focus_engine.outage.target import Pod, Target
from focus_engine.verdict import NotAllowed, PreconditionUnmet


class Status(StrEnum):
    """What a check came to."""

    OK = "ok"
    NOTE = "note"  # worth knowing, in nobody's way
    MISSING = "missing"  # something is not there
    REFUSED = "refused"  # something is there, and it may not be


@dataclass(frozen=True)
class Finding:
    """One check. `only` names the backend that it matters to, None for both."""

    check: str
    status: Status
    seen: str
    only: Backend | None = None

    @property
    def blocks(self) -> bool:
        return self.status in {Status.MISSING, Status.REFUSED}


OPT_IN = "the namespace allows it"


@dataclass(frozen=True)
class Report:
    """All findings, and what would make the outage."""

    findings: tuple[Finding, ...]
    backend: Backend  # never AUTO

    @property
    def blocking(self) -> list[Finding]:
        return [each for each in self.findings if each.blocks and self._matters(each)]

    def _matters(self, finding: Finding) -> bool:
        return finding.only in {None, self.backend}

    def require(self, dependency: str) -> None:
        """Raises NotAllowed or PreconditionUnmet with the first obstacle."""
        for finding in self.blocking:
            kind = NotAllowed if finding.check == OPT_IN else PreconditionUnmet
            raise kind(f"an outage of {dependency} is not possible here: {finding.seen}")

    def as_json(self) -> dict[str, Any]:
        return {
            "possible": not self.blocking,
            "backend": self.backend.value,
            "findings": [
                {"check": each.check, "status": each.status.value, "seen": each.seen}
                for each in self.findings
            ],
        }


def judge(facts: Facts, request: Request, environment: Environment) -> Report:
    """Judge what was gathered; pure."""
    findings = [
        _opt_in(facts, environment),
        *_rights(facts),
        *_target(facts, environment.file.outages.max_pods),
        *_clients(facts, environment.file.outages.max_pods),
        *_named(facts, request),
        *_additive(facts, request),
        _proxy(facts),
        _killing(facts),
    ]
    return Report(tuple(findings), _backend(findings, facts, request))


def _opt_in(facts: Facts, environment: Environment) -> Finding:
    wanted = f"{DISRUPTIVE_OPT_IN}={DISRUPTIVE_ALLOWED}"
    if facts.annotations.get(DISRUPTIVE_OPT_IN) == DISRUPTIVE_ALLOWED:
        return Finding(OPT_IN, Status.OK, f"it has the annotation {wanted}.")
    seen = f"namespace '{environment.namespace}' lacks the annotation {wanted}."
    return Finding(OPT_IN, Status.MISSING, seen)


def _rights(facts: Facts) -> Iterator[Finding]:
    check = "the account may do it"
    if not facts.missing_rights:
        yield Finding(check, Status.OK, "it may do everything that is needed.")
    for right in facts.missing_rights:
        only = Backend.NETWORK_POLICY if right in BY_POLICY else None
        yield Finding(check, Status.MISSING, _may_not(right), only)


def _may_not(right: Right) -> str:
    return f"the account may not {right}. Give it the Role of deploy/rbac."


def _target(facts: Facts, most: int) -> Iterator[Finding]:
    check, only = "the Service leads to pods", Backend.NETWORK_POLICY
    target = facts.target
    if target is None:
        seen = "the Service of the dependency does not exist, or may not be read."
        yield Finding(check, Status.MISSING, seen)
        return
    if not target.pods:
        yield _without_pods(target)
        return
    if not target.selector:
        seen = f"Service {target.service} has no selector: a policy would isolate every pod."
        yield Finding(check, Status.REFUSED, seen, only)
    if target.pod_port is None:
        seen = f"port {target.service_port} of Service {target.service} leads to no one pod port."
        yield Finding(check, Status.MISSING, seen, only)
    yield from _bounded("pods of the dependency", target.pods, most)
    ports = f"port {target.service_port} is {target.pod_port} of {len(target.pods)} pod(s)"
    yield Finding(check, Status.OK, f"{target.service}: {ports}.")


def _without_pods(target: Target) -> Finding:
    check = "the Service leads to pods"
    if target.outside:
        where = ", ".join(target.outside)
        return Finding(check, Status.NOTE, f"it leads to {where}, outside: scope=client only.")
    return Finding(check, Status.MISSING, f"Service {target.service} has no endpoints.")


def _clients(facts: Facts, most: int) -> Iterator[Finding]:
    check = "there is a client to look from"
    if not facts.client_labels:
        yield Finding(check, Status.REFUSED, "the client's label is empty: it means every pod.")
    elif not facts.clients:
        yield Finding(check, Status.MISSING, "no ready pod of the Focus Server was found.")
    else:
        names = ", ".join(pod.name for pod in facts.clients)
        yield Finding(check, Status.OK, names)
        yield from _bounded("pods of the client", facts.clients, most)


def _bounded(what: str, pods: tuple[Pod, ...], most: int) -> Iterator[Finding]:
    check, only = "few pods, and none in the node's network", Backend.NETWORK_POLICY
    if len(pods) > most:
        seen = f"{len(pods)} {what} would be touched; at most {most} may be."
        yield Finding(check, Status.REFUSED, seen, only)
    for pod in pods:
        if pod.host_network:
            seen = f"pod {pod.name} is in the node's network, where no policy holds."
            yield Finding(check, Status.REFUSED, seen, only)


def _named(facts: Facts, request: Request) -> Iterator[Finding]:
    """Kubernetes labels every namespace with its name since 1.21; selecting others rests on it."""
    if request.scope is Scope.CLIENT and NAMESPACE_NAME not in facts.namespace_labels:
        seen = f"it lacks the label {NAMESPACE_NAME}, by which pods of others are let through."
        yield Finding("the namespace bears its name", Status.MISSING, seen, Backend.NETWORK_POLICY)


def _additive(facts: Facts, request: Request) -> Iterator[Finding]:
    check, only = "no other policy admits the traffic", Backend.NETWORK_POLICY
    target = facts.target
    if target is None or (request.scope is Scope.SERVER and not target.pods):
        if target is not None and target.outside:
            seen = f"{target.service} is outside the cluster: use scope=client."
            yield Finding(check, Status.REFUSED, seen, only)
        return
    found = admitting(facts, target, request.scope)
    for admission in found:
        seen = (
            f"NetworkPolicy {admission.policy} (rule {admission.rule}) would still admit the "
            "client: policies are additive. Remove it for the test, or use the proxy."
        )
        yield Finding(check, Status.REFUSED, seen, only)
    if not found:
        yield Finding(check, Status.OK, f"{len(facts.policies)} policies were read.")


def admitting(facts: Facts, target: Target, scope: Scope) -> list[Admission]:
    """Rules of others that would let some client through to some pod of the target."""
    others = [
        policy
        for policy in facts.policies
        if not matches({"matchLabels": MANAGED}, policy["metadata"].get("labels") or {})
    ]
    ours = [_party(pod, target.namespace, facts) for pod in facts.clients]
    theirs = [_party(pod, target.namespace, facts) for pod in target.pods]
    if not theirs:
        theirs = [Party(None, target.outside)]
    pairs = [(client, server) for client in ours for server in theirs]
    flows = [
        Flow(Direction.INGRESS, server, client, target.pod_port or 0, target.port_names)
        if scope is Scope.SERVER
        else Flow(Direction.EGRESS, client, server, target.pod_port or 0, target.port_names)
        for client, server in pairs
    ]
    return sorted(
        {admission for flow in flows for admission in admissions(others, flow)},
        key=lambda admission: (admission.policy, admission.rule),
    )


def _party(pod: Pod, namespace: str, facts: Facts) -> Party:
    return Party(pod.labels, pod.addresses, namespace, facts.namespace_labels)


def _proxy(facts: Facts) -> Finding:
    check = "a proxy stands before the dependency"
    if facts.proxy:
        return Finding(check, Status.OK, f"proxy '{facts.proxy}'", Backend.PROXY)
    seen = (
        "no proxy stands before the dependency: install deploy/toxiproxy and set "
        "FOCUS_TOXIPROXY_URL."
    )
    return Finding(check, Status.MISSING, seen, Backend.PROXY)


def _killing(facts: Facts) -> Finding:
    check = "established connections can be killed"
    if facts.may_kill:
        return Finding(check, Status.NOTE, "the account may add ephemeral containers.")
    return Finding(check, Status.NOTE, "the account may not patch pods/ephemeralcontainers.")


def _backend(findings: list[Finding], facts: Facts, request: Request) -> Backend:
    """The one that is asked for; else the one that decides, and is not in somebody's way."""
    if request.backend is not Backend.AUTO:
        return request.backend
    if facts.proxy is None or request.scope is Scope.CLIENT:
        return Backend.NETWORK_POLICY
    if request.established is Established.REQUIRE_CUT:
        return Backend.PROXY
    blocked = any(each.blocks and each.only is Backend.NETWORK_POLICY for each in findings)
    return Backend.PROXY if blocked else Backend.NETWORK_POLICY
