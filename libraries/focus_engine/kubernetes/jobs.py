"""The `grpc-job-*` Jobs of the cluster: what the server really started."""

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from focus_engine.environment import Environment
from focus_engine.kubernetes.client import Cluster, Object
from focus_engine.kubernetes.fields import objects_in, reading
from focus_engine.kubernetes.resources import JOBS

NAME_PREFIX = "grpc-job-"
ROI_FLAG = "--roi"


@dataclass(frozen=True)
class GrpcJob:
    """One job; `roi` are its first and last channel, None where its command names none."""

    job_id: str
    roi: tuple[int, int] | None


@dataclass(frozen=True)
class GrpcJobs:
    """The jobs of one namespace."""

    cluster: Cluster

    def current(self) -> list[GrpcJob]:
        """Every grpc job there is. Raises ToolError when the cluster cannot be asked."""
        return [
            grpc_job(job)
            for job in self.cluster.items(JOBS)
            if job["metadata"]["name"].startswith(NAME_PREFIX)
        ]


def grpc_jobs(environment: Environment) -> GrpcJobs | None:
    """The jobs of the environment's namespace; None where no cluster is reachable by setup."""
    if not environment.kubeconfig or not environment.file.capabilities.kubernetes:
        return None
    return GrpcJobs(Cluster.connect(environment, "see which jobs the server started"))


@reading("a job")
def grpc_job(job: Object) -> GrpcJob:
    """What a Job of that name prefix says of itself."""
    job_id = str(job["metadata"]["name"]).removeprefix(NAME_PREFIX)
    roi = numbers_after(command_of(job), ROI_FLAG, 2)
    return GrpcJob(job_id, (roi[0], roi[1]) if roi else None)


def command_of(job: Object) -> list[str]:
    """The words of what a Job's containers run."""
    return [
        word
        for container in objects_in(job, "spec", "template", "spec", "containers")
        for key in ("command", "args")
        for part in container.get(key) or []
        for word in _words(str(part))
    ]


def numbers_after(words: Sequence[str], flag: str, count: int) -> tuple[int, ...] | None:
    """So many whole numbers after a flag of a command; None where they are not there."""
    if flag not in words:
        return None
    first = words.index(flag) + 1
    told = words[first : first + count]
    if len(told) != count or not all(re.fullmatch(r"[0-9]{1,15}", each) for each in told):
        return None
    return tuple(int(each) for each in told)


def _words(part: str) -> list[str]:
    """The words of a shell command, or of what is none (`echo it's`)."""
    try:
        return shlex.split(part)
    except ValueError:
        return part.split()
