"""All claims about one running server, in the order in which they are tried."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from focus_engine.clock import REAL_TIME, Clock
from focus_engine.declared.permission import Permission
from focus_engine.environment import Environment
from focus_engine.pz.live.claims import Claim, ClaimResult, LiveReport
from focus_engine.pz.live.cluster import NamespaceReader
from focus_engine.pz.live.job_start import JobStarter, job_starts
from focus_engine.pz.live.kubernetes_cluster import KubernetesCluster
from focus_engine.pz.live.restart import require_opt_in, restart
from focus_engine.pz.live.verification import DeploymentExpectation, LiveVerification
from focus_engine.pz.profile import Profile
from focus_engine.verdict import ToolError, Verdict


@dataclass(frozen=True)
class LiveCheck:
    """What to ask a cluster. `soak` in seconds; `conditions` enable entries of the allow-list."""

    profile: Profile
    cluster: NamespaceReader
    soak: float
    conditions: Collection[str] = ()
    clock: Clock = REAL_TIME

    @classmethod
    def of(
        cls, profile: Profile, environment: Environment, soak: float, conditions: Collection[str]
    ) -> "LiveCheck":
        cluster = KubernetesCluster.connect(environment, profile.file.live.container)
        return cls(profile, cluster, soak, conditions)

    def only(self, claim: str) -> LiveReport:
        """One of L1 to L5. Raises ToolError for any other word."""
        tried = self._tried()
        if claim.upper() not in tried:
            raise ToolError(f"'{claim}' is no claim. Known are: {', '.join(tried)}.")
        return LiveReport(tuple(tried[claim.upper()]()))

    def all(self, starter: JobStarter | None) -> LiveReport:
        """L1 to L6. No job is started on a server that already failed a claim."""
        results = [result for check in self._tried().values() for result in check()]
        if any(result.verdict is Verdict.FAIL for result in results):
            sentence = "not tried, because another claim failed"
            results.append(ClaimResult.undetermined(Claim.JOB_STARTS, sentence))
        else:
            label = self.profile.file.live.job_label
            results.append(job_starts(self.cluster, label, starter, self.clock))
        return LiveReport(tuple(results))

    def _tried(self) -> dict[str, Callable[[], list[ClaimResult]]]:
        verification = LiveVerification(
            self.cluster, DeploymentExpectation.of(self.profile), self.clock
        )
        return {
            Claim.DEPLOYED.id: verification.deployed,
            Claim.FRESH.id: lambda: [verification.fresh()],
            Claim.ROLLED_OUT.id: lambda: [verification.rolled_out()],
            Claim.CLEAN_START.id: lambda: [verification.clean_start(self.conditions)],
            Claim.STABLE.id: lambda: [verification.stable(self.soak)],
        }


def restart_server(environment: Environment, container: str | None, within: float) -> str:
    """Restart the Focus Server of `environment` where both opt-ins are given; seconds.

    Returns the Deployment's name. Raises NotAllowed without the opt-ins.
    """
    environment.require(Permission.DISRUPTIVE, "Restarting the Focus Server")
    cluster = KubernetesCluster.connect(environment, container)
    require_opt_in(environment, cluster.namespace_annotations())
    return restart(cluster, cluster.patch_deployment, REAL_TIME, within)
