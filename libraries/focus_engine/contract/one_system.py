"""Whether the server at the address is the one in the cluster: shown by a job that we start.

An outage proven in one cluster and judged at the server of another says nothing. So before one, a
job for a channel that is drawn by chance is configured; the cluster must then have a new job for
that very channel. It ends by itself, and nothing else is touched.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import requests

from focus_engine.contract.configure.configuration import View, configuration
from focus_engine.declared.permission import Permission
from focus_engine.environment import Environment
from focus_engine.kubernetes.jobs import GrpcJob, grpc_jobs
from focus_engine.ledger import JobLedger
from focus_engine.settings import client_settings
from focus_engine.transport.client import connect
from focus_engine.transport.reply import Reply
from focus_engine.verdict import PreconditionUnmet, ToolError

PATIENCE = 15.0  # seconds until the cluster lists a job that the server has answered
POLL_SECONDS = 0.1


@dataclass(frozen=True)
class OneSystem:
    """Shows it: `configure` sends a body to the server, `jobs` lists those of the cluster."""

    environment: Environment
    configure: Callable[[bytes], Reply]
    jobs: Callable[[], list[GrpcJob]]
    patience: float = PATIENCE
    draw: random.Random = field(default_factory=random.SystemRandom)

    def require(self) -> str:
        """The id of the job that shows it.

        Raises ToolError when the job is not in the cluster, PreconditionUnmet when the server
        starts none now, and NotAllowed where the environment allows no jobs.
        """
        self.environment.require(Permission.JOBS, "to show that server and cluster belong together")
        before = {job.job_id for job in self.jobs()}
        channel = self.draw.randint(1, client_settings().Constraints.SensorsRange)
        reply = self.configure(_body(channel))
        answer = reply.json_or_none() if reply.is_ok else None
        job_id = answer.get("job_id") if isinstance(answer, dict) else None
        if not isinstance(job_id, str):
            raise PreconditionUnmet(
                "nothing shows that server and cluster belong together: the server starts no job "
                f"now, but answers {reply.answer}. Run this when POST /configure is served."
            )
        deadline = time.monotonic() + self.patience
        while not self._is_there(channel, before):
            if time.monotonic() > deadline:
                raise ToolError(self._apart(job_id))
            time.sleep(POLL_SECONDS)
        return job_id

    def _is_there(self, channel: int, before: set[str]) -> bool:
        """Whether a new job is for our channel. An id alone proves nothing: every server counts."""
        asked = (channel, channel)
        return any(job.roi == asked and job.job_id not in before for job in self.jobs())

    def _apart(self, job_id: str) -> str:
        return (
            f"the server at FOCUS_BASE_URL started job {job_id}, but within {self.patience:g} s "
            f"namespace {self.environment.namespace} of the cluster in FOCUS_KUBECONFIG got no new "
            "job for its channel: they do not belong together, so what is done to the one says "
            "nothing about the other. Correct FOCUS_BASE_URL, FOCUS_KUBECONFIG or FOCUS_NAMESPACE."
        )


def show_one_system(environment: Environment, ledger: JobLedger) -> str:
    """The id of a job that the server started in the cluster. Raises as `OneSystem.require`."""
    jobs = grpc_jobs(environment)
    if jobs is None:
        raise PreconditionUnmet(
            "nothing shows that server and cluster belong together: no Kubernetes API is given "
            "for this system. Set FOCUS_KUBECONFIG."
        )
    with requests.Session() as session:
        api = connect(session, environment, ledger)
        return OneSystem(environment, api.configure, jobs.current).require()


def _body(channel: int) -> bytes:
    wanted = {"channels.min": channel, "channels.max": channel}
    return configuration(client_settings(), View.SINGLECHANNEL, overrides=wanted).to_body()
