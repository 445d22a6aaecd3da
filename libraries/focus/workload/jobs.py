"""The `grpc-job-*` Jobs of the cluster: what the server really started."""

import shlex
from dataclasses import dataclass
from typing import Any

from focus.environment import Environment
from focus.verdict import ToolError

NAME_PREFIX = "grpc-job-"
CONNECT_SECONDS = 5.0
READ_SECONDS = 15.0
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
        # Imported here: the client costs half a second, and most runs of one case need none.
        from kubernetes.client.exceptions import ApiException  # noqa: PLC0415
        from kubernetes.config.config_exception import ConfigException  # noqa: PLC0415
        from urllib3.exceptions import HTTPError  # noqa: PLC0415

        try:
            answer = self._batch_api().list_namespaced_job(
                self._namespace, _request_timeout=(CONNECT_SECONDS, READ_SECONDS)
            )
        except ApiException as error:
            raise ToolError(self._refused(error.status, error.reason)) from error
        except ConfigException as error:
            raise ToolError(
                f"the kubeconfig {self._kubeconfig} cannot be used: {error}. Set FOCUS_KUBECONFIG."
            ) from error
        except (HTTPError, OSError) as error:
            raise ToolError(
                f"cannot reach the Kubernetes API of {self._kubeconfig}: {error}. Is it the right "
                "kubeconfig (FOCUS_KUBECONFIG) and the cluster up?"
            ) from error
        return [_grpc_job(job) for job in answer.items if _is_grpc_job(job)]

    def _batch_api(self) -> Any:
        if self._api is None:
            from kubernetes import client, config  # noqa: PLC0415

            settings = client.Configuration()
            settings.retries = False  # a repeated request would hide an unreachable cluster
            config.load_kube_config(self._kubeconfig, client_configuration=settings)
            self._api = client.BatchV1Api(client.ApiClient(settings))
        return self._api

    def _refused(self, status: int, reason: str) -> str:
        what = f"list jobs in namespace '{self._namespace}'"
        if status in {401, 403}:
            return (
                f"the Kubernetes API does not let this kubeconfig {what} ({status} {reason}). "
                "Give its user a role with get and list on jobs."
            )
        return f"the Kubernetes API could not {what}: {status} {reason}."


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
