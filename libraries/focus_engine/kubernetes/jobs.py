"""The `grpc-job-*` Jobs of the cluster: what the server really started."""

import shlex
from dataclasses import dataclass
from typing import Any

from focus_engine.environment import Environment
from focus_engine.kubernetes.client import TIMEOUT, api_client, ask

NAME_PREFIX = "grpc-job-"
ROI_FLAG = "--roi"


@dataclass(frozen=True)
class GrpcJob:
    """One job; `roi` are its first and last channel, None where its command names none."""

    job_id: str
    roi: tuple[int, int] | None


class GrpcJobs:
    """Reads the jobs of one namespace through the Kubernetes API."""

    def __init__(self, kubeconfig: str, namespace: str) -> None:
        self._kubeconfig = kubeconfig
        self._namespace = namespace
        self._api: Any = None

    def current(self) -> list[GrpcJob]:
        """Every grpc job there is. Raises ToolError when the cluster cannot be asked."""
        answer = ask(
            "a list of jobs",
            self._namespace,
            lambda: self._batch_api().list_namespaced_job(
                self._namespace, _request_timeout=TIMEOUT
            ),
        )
        return [_grpc_job(job) for job in answer.items if _is_grpc_job(job)]

    def _batch_api(self) -> Any:
        if self._api is None:
            from kubernetes import client  # noqa: PLC0415 - a heavy import

            self._api = client.BatchV1Api(api_client(self._kubeconfig))
        return self._api


def grpc_jobs(environment: Environment) -> GrpcJobs | None:
    """The jobs of the environment's namespace; None where no cluster is reachable by setup."""
    if not environment.kubeconfig:
        return None
    return GrpcJobs(environment.kubeconfig, environment.namespace)


def _is_grpc_job(job: Any) -> bool:
    return str(job.metadata.name).startswith(NAME_PREFIX)


def _grpc_job(job: Any) -> GrpcJob:
    job_id = str(job.metadata.name).removeprefix(NAME_PREFIX)
    containers = job.spec.template.spec.containers
    words = [
        word
        for container in containers
        for part in [*(container.command or []), *(container.args or [])]
        for word in shlex.split(str(part))
    ]
    return GrpcJob(job_id, _roi(words))


def _roi(words: list[str]) -> tuple[int, int] | None:
    if ROI_FLAG not in words:
        return None
    first = words.index(ROI_FLAG) + 1
    edges = words[first : first + 2]
    if len(edges) != 2 or not all(edge.isdigit() for edge in edges):  # noqa: PLR2004 - from, to
        return None
    return int(edges[0]), int(edges[1])
