"""Whether an outage is possible: every check is a finding, nothing is changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from focus_engine.checks.finding import Finding, Severity
from focus_engine.checks.report import as_json
from focus_engine.declared.permission import Permission
from focus_engine.environment import DISRUPTIVE_ALLOWED, DISRUPTIVE_OPT_IN, Environment
from focus_engine.outage.backends.base import (
    OutageBackend,
    OutagePlan,
    backend_of,
    backends,
    look,
)
from focus_engine.outage.context import Connections
from focus_engine.outage.discovery.facts import Facts
from focus_engine.outage.discovery.rights import EVERY_OUTAGE
from focus_engine.outage.discovery.target import OutageTarget
from focus_engine.outage.model import TTL_MAX, TTL_MIN, Backend, Outage, OutageRequest
from focus_engine.outage.ownership import Identity
from focus_engine.verdict import NotAllowed, PreconditionUnmet, ToolError

OPT_IN = "the namespace allows it"


@dataclass(frozen=True)
class PreflightReport:
    """What was found, and what would make the outage: the plan is there when nothing blocks.

    `looks` are the findings, each with the backend that it matters to, None for all.
    """

    looks: tuple[tuple[Backend | None, Finding], ...]
    backend: OutageBackend
    plan: OutagePlan | None = None

    @property
    def findings(self) -> list[Finding]:
        return [found for _, found in self.looks]

    @property
    def blocking(self) -> list[Finding]:
        concerned = {None, self.backend.name}
        return [found for only, found in self.looks if only in concerned and _blocks(found)]

    def require(self, dependency: str) -> OutagePlan:
        """The plan. Raises NotAllowed or PreconditionUnmet with the first obstacle."""
        for found in self.blocking:
            kind = NotAllowed if found.subject == OPT_IN else PreconditionUnmet
            raise kind(f"an outage of {dependency} is not possible here: {found.sentence}")
        assert self.plan is not None  # noqa: S101 - nothing blocks
        return self.plan

    def as_json(self) -> dict[str, Any]:
        return {
            "possible": not self.blocking,
            "backend": self.backend.name.value,
            "findings": [as_json(found) for found in self.findings],
        }


def _blocks(found: Finding) -> bool:
    return found.severity is Severity.FAIL


def require_allowed(environment: Environment, what: str) -> None:
    """Raises NotAllowed in production, and where the environment forbids what disrupts."""
    if environment.file.production:
        raise NotAllowed(f"{what} is refused: environment '{environment.name}' is production.")
    environment.require(Permission.DISRUPTIVE, what)


def require_ttl(ttl: float) -> None:
    """Raises ToolError for a time to live (s) out of bounds."""
    least, most = TTL_MIN.total_seconds(), TTL_MAX.total_seconds()
    if not least <= ttl <= most:
        raise ToolError(f"ttl is {ttl:g} s; it must be from {least:g} s to {most:g} s.")


def require_sensible(request: OutageRequest, active: Sequence[Outage]) -> None:
    """Raises ToolError for a request that could not be met, or while another outage is active."""
    require_ttl(request.ttl)
    if request.backend is not Backend.AUTO:
        backend_of(request.backend).require_sensible(request)
    if active:
        former = active[-1]
        raise ToolError(
            f"the outage {former.id} of {former.dependency} is not over, and outages do not "
            "overlap. Stop it first."
        )


def judge(facts: Facts, request: OutageRequest, environment: Environment) -> PreflightReport:
    """Judge what was gathered, choose a backend and plan; pure."""
    limits = environment.file.outages
    common = [_opt_in(facts, environment), *_rights(facts), *_target(facts), *_clients(facts)]
    of_backends = [
        (each.name, found)
        for each in backends()
        for found in (*_own_rights(facts, each), *each.checks(request, facts, limits))
        if request.backend in {Backend.AUTO, each.name}
    ]
    looks: list[tuple[Backend | None, Finding]] = [
        *((None, found) for found in (*common, _killing(facts))),
        *of_backends,
    ]
    report = PreflightReport(tuple(looks), _chosen(of_backends, facts, request))
    backend = report.backend
    return report if report.blocking else replace(report, plan=backend.plan(request, facts))


def dry_run(
    report: PreflightReport, connections: Connections, request: OutageRequest
) -> PreflightReport:
    """The report with the cluster's own opinion of the plan, where nothing else is in its way."""
    if report.plan is None:
        return report
    identity = Identity("dry-run", "none", request.dependency, request.reason, "")
    found = report.backend.dry_run(connections, identity, report.plan)
    return replace(report, looks=(*report.looks, *((report.backend.name, each) for each in found)))


def _chosen(
    looks: Sequence[tuple[Backend, Finding]], facts: Facts, request: OutageRequest
) -> OutageBackend:
    """The one that is asked for; else the one liked best of those that nothing blocks."""
    if request.backend is not Backend.AUTO:
        return backend_of(request.backend)
    blocked = {name for name, found in looks if _blocks(found)}
    willing = {each.name: each.preference(request, facts) for each in backends()}
    ranked = sorted((rank, name) for name, rank in willing.items() if rank is not None)
    free = [name for _, name in ranked if name not in blocked]
    return backend_of(free[0] if free else Backend.NETWORK_POLICY)


def _opt_in(facts: Facts, environment: Environment) -> Finding:
    wanted = f"{DISRUPTIVE_OPT_IN}={DISRUPTIVE_ALLOWED}"
    if facts.annotations.get(DISRUPTIVE_OPT_IN) == DISRUPTIVE_ALLOWED:
        return look(OPT_IN, f"it has the annotation {wanted}.", Severity.OK)
    seen = f"namespace '{environment.namespace}' lacks the annotation {wanted}."
    return look(OPT_IN, seen)


def _rights(facts: Facts) -> Iterator[Finding]:
    check = "the account may do it"
    if not facts.missing_rights:
        yield look(check, "it may do everything that is needed.", Severity.OK)
    for right in facts.missing_rights:
        if right in EVERY_OUTAGE:
            yield look(check, _may_not(right))


def _own_rights(facts: Facts, backend: OutageBackend) -> Iterator[Finding]:
    for right in facts.missing_rights:
        if right in backend.rights and right not in EVERY_OUTAGE:
            yield look("the account may do it", _may_not(right))


def _may_not(right: object) -> str:
    return f"the account may not {right}. Give it the Role of deploy/rbac."


def _target(facts: Facts) -> Iterator[Finding]:
    check, target = "the Service leads to pods", facts.target
    if target is None:
        seen = "the Service of the dependency does not exist, or may not be read."
        yield look(check, seen)
    elif target.pods:
        ports = f"port {target.service_port} is {target.pod_port} of {len(target.pods)} pod(s)"
        yield look(check, f"{target.service}: {ports}.", Severity.OK)
    else:
        yield _without_pods(target)


def _without_pods(target: OutageTarget) -> Finding:
    check = "the Service leads to pods"
    if target.outside:
        where = ", ".join(target.outside)
        return look(check, f"it leads to {where}, outside: scope=client only.", Severity.WARN)
    return look(check, f"Service {target.service} has no endpoints.")


def _clients(facts: Facts) -> Iterator[Finding]:
    check = "there is a client to look from"
    if not facts.client_labels:
        yield look(check, "the client's label is empty: it means every pod.")
    elif not facts.clients:
        yield look(check, "no ready pod of the Focus Server was found.")
    else:
        yield look(check, ", ".join(pod.name for pod in facts.clients), Severity.OK)


def _killing(facts: Facts) -> Finding:
    check = "established connections can be killed"
    if facts.may_kill:
        return look(check, "the account may add ephemeral containers.", Severity.WARN)
    return look(check, "the account may not patch pods/ephemeralcontainers.", Severity.WARN)
