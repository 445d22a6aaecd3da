"""What the cluster must hold of an accepted job: its Jobs, their pods and its Service."""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from focus_engine.checks.report import Report
from focus_engine.contract.configure.configuration import is_live
from focus_engine.contract.json_types import is_int
from focus_engine.kubernetes.client import Cluster, Object
from focus_engine.kubernetes.errors import ApiFailure, KubernetesError
from focus_engine.kubernetes.fields import objects_in, reading
from focus_engine.kubernetes.jobs import NAME_PREFIX, ROI_FLAG, command_of, numbers_after
from focus_engine.kubernetes.leftovers import is_of_job
from focus_engine.kubernetes.resources import JOBS, PODS, SERVICES, Resource

CLEANUP = "cleanup-job-"
SERVICE = "grpc-service-"
JOB_NAME, CONTROLLER = "job-name", "controller-uid"
OWED = (
    *((JOBS, NAME_PREFIX), (PODS, NAME_PREFIX), (JOBS, CLEANUP), (PODS, CLEANUP)),
    (SERVICES, SERVICE),
)
POLL_SECONDS = 0.2
BOUNDS = {ROI_FLAG: "channels", "--sg-range": "frequencyRange"}
TIME_FLAGS = ("--time-start", "--time-end")
QUEUE_FLAG = "--queue-name"
STARTED = frozenset({"Running", "Succeeded"})  # phases of a pod whose container has been started
DOUBLED = 20  # times, at most


@dataclass(frozen=True)
class JobObjects:
    """What the namespace holds of a job, by kind; no kind that the account may not list."""

    job_id: str
    held: Mapping[Resource, Sequence[Object]]

    def of(self, kind: Resource, prefix: str) -> list[Object]:
        """Those of a kind whose names begin so."""
        return [each for each in self.held.get(kind, ()) if _name(each).startswith(prefix)]

    def missing(self) -> list[str]:
        """What a job owes and is not there, of the kinds that could be listed."""
        return [
            f"{kind.kind} {prefix}{self.job_id}"
            for kind, prefix in OWED
            if kind in self.held and not self.of(kind, prefix)
        ]

    @property
    def are_started(self) -> bool:
        """Whether its pods run, or have run."""
        return all(_phase(pod) in STARTED for pod in self.of(PODS, NAME_PREFIX))


def objects_of_job(cluster: Cluster, job_id: str, limit: float) -> JobObjects:
    """What there is of the job: as soon as all is there and started, after `limit` seconds at last.

    Raises KubernetesError when the cluster cannot be asked.
    """
    deadline = time.monotonic() + limit
    while True:
        listed = {kind: _listed(cluster, kind, job_id) for kind in (JOBS, PODS, SERVICES)}
        found = JobObjects(
            job_id, {kind: objects for kind, objects in listed.items() if objects is not None}
        )
        if (not found.missing() and found.are_started) or time.monotonic() >= deadline:
            return found
        time.sleep(POLL_SECONDS)


@reading("a job's objects")
def judge_job_objects(found: JobObjects, asked: Mapping[str, Any], port: int) -> Report:
    """That nothing is missing, and what is there is made for `asked` and answers at `port`."""
    findings, missing = Report(), ", ".join(found.missing())
    said = f"job {found.job_id} was accepted, but there is no {missing} in the cluster."
    findings.expect("objects", not missing, "Jobs, their pods and a Service", missing, said)
    for kind in (JOBS, PODS, SERVICES):
        if kind not in found.held:
            findings.not_checked(str(kind), f"the account may not list {kind}")
    for service in found.of(SERVICES, SERVICE):
        _judge_service(service, port, findings)
        _judge_selector(service, found.of(PODS, NAME_PREFIX), findings)
    for prefix in (NAME_PREFIX, CLEANUP):
        _judge_pods(found, prefix, findings)
    for job in found.of(JOBS, NAME_PREFIX):
        _judge_command(_name(job), command_of(job), asked, findings)
        _judge_queue(_name(job), command_of(job), found.job_id, findings)
    return findings


def _judge_pods(found: JobObjects, prefix: str, findings: Report) -> None:
    """That Kubernetes knows whose they are, and that the job's own runs."""
    name = f"{prefix}{found.job_id}"
    owners = [job for job in found.of(JOBS, prefix) if _name(job) == name]
    for pod in found.of(PODS, prefix):
        _judge_label(pod, JOB_NAME, name, findings)
        for owner in owners:
            _judge_label(pod, CONTROLLER, owner["metadata"].get("uid"), findings)
        if prefix == NAME_PREFIX:
            said = f"pod {_name(pod)} should run, but its phase is {_phase(pod)}."
            findings.expect("phase", _phase(pod) in STARTED, "Running", _phase(pod), said)


def _listed(cluster: Cluster, kind: Resource, job_id: str) -> list[Object] | None:
    try:
        return [each for each in cluster.items(kind) if is_of_job(_name(each), job_id)]
    except KubernetesError as error:
        if error.cause is not ApiFailure.FORBIDDEN:
            raise
        return None


def _name(item: Object) -> str:
    return str(item["metadata"]["name"])


def _phase(pod: Object) -> Any:
    return (pod.get("status") or {}).get("phase")


def _judge_selector(service: Object, pods: Sequence[Object], findings: Report) -> None:
    """That the Service leads to the job's own pod, where that is known."""
    if not pods:
        return
    wanted = (service.get("spec") or {}).get("selector") or {}
    labels = [pod["metadata"].get("labels") or {} for pod in pods]
    fits = bool(wanted) and any(wanted.items() <= each.items() for each in labels)
    said = (
        f"Service {_name(service)} should lead to pod {_name(pods[0])}, but it selects {wanted} "
        f"and the pod's labels are {labels[0]}."
    )
    findings.expect("selector of the Service", fits, str(labels[0]), wanted, said)


def _judge_queue(job: str, words: Sequence[str], job_id: str, findings: Report) -> None:
    if QUEUE_FLAG in words:
        queue = _word_after(words, QUEUE_FLAG)
        said = f"{job} should use a queue of {job_id}, but its command says {QUEUE_FLAG} {queue}."
        findings.expect(QUEUE_FLAG, queue.endswith(job_id), f"… {job_id}", queue, said)


def _judge_service(service: Object, port: int, findings: Report) -> None:
    kind = (service.get("spec") or {}).get("type")
    said = f"Service {_name(service)} should be a NodePort, but its type is {kind}."
    findings.expect("type of the Service", kind == "NodePort", "NodePort", kind, said)
    ports = [each.get("nodePort") for each in objects_in(service, "spec", "ports")]
    said = f"Service {_name(service)} should open the stream_port {port}, but opens {ports}."
    findings.expect("port of the Service", port in ports, str(port), ports, said)


def _judge_label(pod: Object, label: str, value: Any, findings: Report) -> None:
    """That Kubernetes knows whose it is; what `app` says is the server's own."""
    seen = (pod["metadata"].get("labels") or {}).get(label)
    said = f"pod {_name(pod)} should have the label {label} {value}, but it is {seen}."
    findings.expect(f"label {label}", seen == value, str(value), seen, said)


def _judge_command(
    job: str, words: Sequence[str], asked: Mapping[str, Any], findings: Report
) -> None:
    """That the command repeats what was asked, where it has the form that was seen."""
    if ROI_FLAG not in words:
        findings.not_checked("command", f"the command of {job} has no {ROI_FLAG}")
        return
    for flag, field in BOUNDS.items():
        if isinstance(bounds := asked.get(field), dict):
            wanted, told = (bounds.get("min"), bounds.get("max")), numbers_after(words, flag, 2)
            said = f"{job} was asked for {wanted}, but its command says {flag} {_shown(told)}."
            findings.expect(flag, told == wanted, str(wanted), told, said)
    nfft, told = asked.get("nfftSelection"), numbers_after(words, "-sg", 1)
    if is_int(nfft) and nfft > 0:
        # The server may double the transform until it overlaps.
        doubled = told is not None and told[0] in {nfft << times for times in range(DOUBLED)}
        said = f"{job} was asked for NFFT {nfft}, but its command says -sg {_shown(told)}."
        findings.expect("-sg", doubled, f"{nfft}, or doubled", told, said)
    _judge_times(job, words, asked, findings)


def _judge_times(
    job: str, words: Sequence[str], asked: Mapping[str, Any], findings: Report
) -> None:
    """A live job has no times; those of a historic one cover what was asked, and may be padded."""
    told = {flag: _word_after(words, flag) for flag in TIME_FLAGS if flag in words}
    if is_live(asked):
        said = f"{job} is a live job, but its command has {', '.join(told)}."
        findings.expect("times", not told, "none", told, said)
        return
    times = [_seconds(word) for word in told.values()]
    if None in times:
        findings.not_checked("times", f"{job} is told its times as {', '.join(told.values())}")
        return
    wanted = f"{asked['start_time']} to {asked['end_time']}"
    seen = " ".join(f"{flag} {word}" for flag, word in told.items()) or "no times"
    covered = len(times) == len(TIME_FLAGS) and _covers(times, asked)
    said = f"{job} was asked for the time from {wanted}, but its command says {seen}."
    findings.expect("times", covered, wanted, seen, said)


def _covers(times: Sequence[int | None], asked: Mapping[str, Any]) -> bool:
    start, end = times
    return bool(start and end and start <= asked["start_time"] < asked["end_time"] <= end)


def _word_after(words: Sequence[str], flag: str) -> str:
    return next(iter(words[words.index(flag) + 1 :]), "")


def _seconds(word: str) -> int | None:
    """Epoch seconds, told so or in milliseconds; None in any other form, such as a date."""
    if re.fullmatch(r"[0-9]{9,10}", word):
        return int(word)
    return int(word) // 1000 if re.fullmatch(r"[0-9]{13}", word) else None


def _shown(told: object) -> object:
    return "nothing" if told is None else told
