"""What the server itself wrote in a time window: its pods' own logs, bounded in lines and bytes."""

from dataclasses import dataclass
from math import ceil

from focus_engine.environment import Environment
from focus_engine.kubernetes.client import Cluster, Object
from focus_engine.kubernetes.errors import KubernetesError
from focus_engine.kubernetes.fields import reading
from focus_engine.kubernetes.resources import PODS
from focus_engine.verdict import PreconditionUnmet, ToolError

MOST_PODS = 3
MOST_LINES = 300  # per container, the last ones
MOST_BYTES = 64 * 1024  # per container
CLOCK_SLACK = 1.0  # seconds before the window that may be told as well: stamps are whole seconds


@dataclass(frozen=True)
class ContainerLog:
    """What one container wrote; `absent` says why there is nothing to show."""

    name: str
    text: str = ""
    absent: str = ""


def written_in_last(environment: Environment, seconds: float) -> list[ContainerLog]:
    """The logs of the server's containers of the last `seconds`, on the cluster's own clock.

    Empty where no Kubernetes is given. What could not be read is said in its place; nothing raises.
    """
    if not environment.kubeconfig or not environment.file.capabilities.kubernetes:
        return []
    selector = environment.file.labels.server
    try:
        cluster = Cluster.connect(environment, "read the server's own log")
        pods = cluster.items(PODS, selector)[:MOST_PODS]
        places = [place for pod in pods for place in _containers(pod)]
    except (KubernetesError, PreconditionUnmet, ToolError) as error:
        return [ContainerLog("the server", absent=str(error))]
    if not pods:
        return [ContainerLog("the server", absent=f"no pod has the labels {selector}.")]
    window = ceil(seconds + CLOCK_SLACK)
    return [_read(cluster, *place, window) for place in places]


@reading("a pod")
def _containers(pod: Object) -> list[tuple[str, str]]:
    name, containers = str(pod["metadata"]["name"]), (pod.get("spec") or {}).get("containers")
    return [(name, str(container["name"])) for container in containers or []]


def _read(cluster: Cluster, pod: str, container: str, window: int) -> ContainerLog:
    name = f"{pod}/{container}"
    bounds = {"sinceSeconds": window, "tailLines": MOST_LINES, "limitBytes": MOST_BYTES}
    try:
        text = cluster.log(pod, container, timestamps=True, bounds=bounds)
    except KubernetesError as error:
        return ContainerLog(name, absent=str(error))
    if not text.strip():
        return ContainerLog(name, absent=f"it wrote nothing in the last {window} s.")
    return ContainerLog(name, text)
