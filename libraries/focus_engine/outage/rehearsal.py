"""The API server's own opinion of a policy, before anything is made: a server-side dry run."""

from dataclasses import replace
from datetime import timedelta

from focus_engine.kubernetes.errors import KubernetesError
from focus_engine.outage.cluster import POLICIES, Cluster
from focus_engine.outage.facts import Facts
from focus_engine.outage.model import Backend, Request
from focus_engine.outage.policy import Identity, network_policy, policy_spec
from focus_engine.outage.preflight import Finding, Report, Status

_OPINIONS = {400, 403, 409, 422}  # anything else is trouble of the API, and says nothing


def rehearsed(report: Report, cluster: Cluster, facts: Facts, request: Request) -> Report:
    """The report with one more finding, where a policy would be made and nothing speaks against."""
    if report.backend is not Backend.NETWORK_POLICY or report.blocking or facts.target is None:
        return report
    spec = policy_spec(request.scope, facts.target, facts.client_labels)
    identity = Identity("rehearsal", "none", request.dependency, request.reason, "")
    policy = network_policy(identity, spec, cluster.now + timedelta(seconds=request.ttl), None)
    finding = _tried(cluster, policy)
    return replace(report, findings=(*report.findings, finding))


def _tried(cluster: Cluster, policy: dict[str, object]) -> Finding:
    check = "the API server finds the policy right"
    try:
        cluster.create(POLICIES, policy, dry_run=True)
    except KubernetesError as error:
        if error.status not in _OPINIONS:
            raise
        return Finding(check, Status.REFUSED, error.sentence, Backend.NETWORK_POLICY)
    return Finding(check, Status.OK, "a dry run of it was accepted.")
