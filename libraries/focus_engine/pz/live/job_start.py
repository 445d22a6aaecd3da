"""Claim L6: a job starts, its answer is valid, and its pod runs."""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

from focus_engine.clock import Clock
from focus_engine.decoding.bounded_json import decode_json
from focus_engine.decoding.undecodable import UndecodableError
from focus_engine.masking import head_of, showable
from focus_engine.pz.live.claims import Claim, ClaimResult
from focus_engine.pz.live.cluster import NamespaceReader

POD_WITHIN = 60.0  # seconds from the answer until the job's pod runs
_POLL = 1.0  # seconds
_OK = 200


@dataclass(frozen=True)
class JobAnswer:
    """What configuring a small job gave: the HTTP status and the body as text.

    `fault` is set by whoever judged more of it, for example the contract or the first frame, and
    `undecided` by whoever could not. `life_left` says for how many seconds from now a job is alive
    for certain.
    """

    status: int = 0
    body: str = ""
    fault: str = ""
    undecided: str = ""
    life_left: Callable[[str], float] = lambda _: inf


JobStarter = Callable[[], JobAnswer]


def job_starts(
    cluster: NamespaceReader,
    label: str,
    starter: JobStarter | None,
    clock: Clock,
) -> ClaimResult:
    """Start one job by `starter`; `label` is the pods' label with `{job_id}` in it."""
    if starter is None:
        sentence = "nothing was given that starts a job"
        return ClaimResult.undetermined(Claim.JOB_STARTS, sentence)
    answer = starter()
    if answer.undecided:
        return ClaimResult.undetermined(Claim.JOB_STARTS, answer.undecided.rstrip("."))
    problem, job = _judge(answer)
    if problem:
        return ClaimResult.failed(Claim.JOB_STARTS, problem)
    selector = label.format(job_id=job)
    if not cluster.pods(selector) and answer.life_left(job) < 0:
        sentence = (
            f"job {job} has no pod under {selector}, and may have ended by itself before the first "
            "look: run with fewer processes"
        )
        return ClaimResult.undetermined(Claim.JOB_STARTS, sentence)
    return _pod_runs(cluster, selector, job, clock)


def _judge(answer: JobAnswer) -> tuple[str, str]:
    """What is wrong with the answer (empty when nothing is), and the job's id."""
    head = showable(head_of(answer.body, 120))
    if answer.fault:
        return f"the answer to the job is not valid: {answer.fault.rstrip('.')}", ""
    if answer.status != _OK:
        return f"configuring a job was answered with {answer.status}, expected 200: {head}", ""
    try:
        body = decode_json(answer.body)
    except UndecodableError as error:
        return f"the answer to the job is not JSON ({error}): {head}", ""
    job = body.get("job_id") if isinstance(body, dict) else None
    if not isinstance(job, str) or not job:
        return f"the answer to the job names no job_id: {head}", ""
    return "", job


def _pod_runs(cluster: NamespaceReader, selector: str, job: str, clock: Clock) -> ClaimResult:
    end = clock.monotonic() + POD_WITHIN
    state = "no pod"
    while True:
        pods = cluster.pods(selector)
        if pods:
            pod = pods[0]
            state = f"{pod.phase} {pod.waiting}".strip()
            if pod.phase == "Failed" or pod.restarts:
                sentence = f"pod {pod.name} of job {job} is {state} with {pod.restarts} restart(s)"
                return ClaimResult.failed(Claim.JOB_STARTS, sentence)
            if pod.phase in {"Running", "Succeeded"}:
                return ClaimResult.passed(Claim.JOB_STARTS, f"job {job} runs in {pod.name}")
        if clock.monotonic() >= end:
            sentence = (
                f"job {job} has {state} under {selector} after {POD_WITHIN:g} s, expected Running"
            )
            return ClaimResult.failed(Claim.JOB_STARTS, sentence)
        clock.sleep(_POLL)
