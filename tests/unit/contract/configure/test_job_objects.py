"""What the cluster holds of a job, judged by what was asked; and what may come late."""

import pytest

from focus_engine.contract.configure.job_objects import (
    JobObjects,
    judge_job_objects,
    objects_of_job,
)
from focus_engine.kubernetes.errors import refused
from focus_engine.kubernetes.resources import JOBS, PODS, SERVICES

LIVE = {
    "channels": {"min": 11, "max": 109},
    "frequencyRange": {"min": 0, "max": 1000},
    "nfftSelection": 1024,
}
HISTORIC = {**LIVE, "start_time": 1_764_946_703, "end_time": 1_764_946_763}
COMMAND = "python -m baby_analyzer --roi 11 109 -sg 1024 --sg-range 0 1000"
TIMES = " --time-start 1764946703 --time-end 1764946763 --time-zone UTC"


def _job(name: str, command: str = "") -> dict:
    containers = [{"command": command.split()}]
    return {
        "metadata": {"name": name, "uid": f"uid of {name}"},
        "spec": {"template": {"spec": {"containers": containers}}},
    }


def _pod(name: str, job: str, phase: str = "Running") -> dict:
    labels = {"app": name, "job-name": job, "controller-uid": f"uid of {name}"}
    status = {"phase": phase}
    return {"metadata": {"name": f"{name}-abcde", "labels": labels}, "status": status}


def _held(command: str, **changes) -> JobObjects:
    service = {
        "metadata": {"name": "grpc-service-1-3"},
        "spec": {
            "type": "NodePort",
            "ports": [{"port": 5000, "nodePort": 12301}],
            "selector": {"app": "grpc-job-1-3"},
        },
    }
    service["spec"] |= changes.get("service", {})
    label = changes.get("label", "cleanup-job-1-3")
    phase = changes.get("phase", "Running")
    pods = [_pod("grpc-job-1-3", "grpc-job-1-3", phase), _pod("cleanup-job-1-3", label)]
    pods[0]["metadata"]["labels"] |= changes.get("labels", {})
    jobs = [_job("grpc-job-1-3", command), _job("cleanup-job-1-3")]
    return JobObjects("1-3", {JOBS: jobs, PODS: pods, SERVICES: [service]})


@pytest.mark.parametrize(
    ("asked", "command"),
    [
        (LIVE, COMMAND),
        (HISTORIC, COMMAND + TIMES),
        (HISTORIC, f"{COMMAND} --time-start 1764946700 --time-end 1764946800"),
        (HISTORIC, f"{COMMAND} --time-start 1764946703000 --time-end 1764946763000"),
        (LIVE, COMMAND.replace("1024", "4096")),
        (LIVE, f"{COMMAND} --queue-name focus_baby.1-3"),
        ({"channels": LIVE["channels"], "nfftSelection": None}, "x --roi 11 109 -sg None"),
    ],
)
def test_what_repeats_the_request_is_right(asked: dict, command: str) -> None:
    report = judge_job_objects(_held(command), asked, 12301)
    assert report.failures == []
    assert report.unchecked("times") == report.unchecked("command") == []


@pytest.mark.parametrize(
    ("asked", "command", "sentence"),
    [
        (LIVE, COMMAND.replace("109", "110"), r"asked for (11, 109), but its command says --roi"),
        (LIVE, COMMAND.replace("1024", "1000"), "NFFT 1024, but its command says -sg (1000,)."),
        (LIVE, COMMAND.replace("-sg 1024", ""), "NFFT 1024, but its command says -sg nothing."),
        (LIVE, COMMAND.replace("1000", "999"), "(0, 1000), but its command says --sg-range (0, 9"),
        (LIVE, f"{COMMAND} --queue-name focus_baby.1-4", "should use a queue of 1-3, but its comm"),
        (LIVE, COMMAND + TIMES, "is a live job, but its command has --time-start, --time-end."),
        (HISTORIC, COMMAND, "the time from 1764946703 to 1764946763, but its command says no t"),
        (HISTORIC, COMMAND + TIMES.replace("763", "703"), "--time-end 1764946703."),
    ],
)
def test_a_command_that_says_something_else_is_a_failure(asked, command, sentence) -> None:
    (failure,) = judge_job_objects(_held(command), asked, 12301).failures
    assert sentence in failure


@pytest.mark.parametrize(
    ("command", "subject"),
    [
        ("focus --config x", "command"),
        (COMMAND + " --time-start 251205145823 --time-end 251205145923", "times"),
    ],
)
def test_what_has_another_form_is_not_judged(command: str, subject: str) -> None:
    report = judge_job_objects(_held(command), HISTORIC, 12301)
    assert report.failures == []
    assert report.unchecked(subject)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"service": {"type": "ClusterIP"}}, "should be a NodePort, but its type is ClusterIP."),
        ({"service": {"ports": []}}, "should open the stream_port 12301, but opens []."),
        (
            {"service": {"selector": {"app": "grpc-job-1-4"}}},
            "should lead to pod grpc-job-1-3-abc",
        ),
        (
            {"service": {"selector": {}}},
            "but it selects {} and the pod's labels are {'app'",
        ),
        (
            {"labels": {"controller-uid": ""}},
            "label controller-uid uid of grpc-job-1-3, but it is .",
        ),
        ({"phase": "Pending"}, "pod grpc-job-1-3-abcde should run, but its phase is Pending."),
        ({"label": "grpc-job-1-3"}, "label job-name cleanup-job-1-3, but it is grpc-job-1-3."),
    ],
)
def test_a_service_and_labels_that_lead_elsewhere_are_failures(changes, sentence) -> None:
    (failure,) = judge_job_objects(_held(COMMAND, **changes), LIVE, 12301).failures
    assert sentence in failure


class Cluster:
    """Lists the Service from the second look on; pods only where they may be listed."""

    def __init__(self, *, may_list_pods: bool) -> None:
        self.held, self.may_list_pods, self.looks = _held(COMMAND).held, may_list_pods, 0

    def items(self, kind) -> list[dict]:
        if kind is PODS and not self.may_list_pods:
            raise refused(f"listing {kind}", "panda", 403, "no right")
        self.looks += kind is SERVICES
        other = [_job("grpc-job-1-33")]
        return other if kind is SERVICES and self.looks < 2 else [*self.held[kind], *other]


def test_what_is_missing_may_come_late() -> None:
    assert objects_of_job(Cluster(may_list_pods=True), "1-3", 60).missing() == []
    found = objects_of_job(Cluster(may_list_pods=True), "1-3", 0)
    (failure,) = judge_job_objects(found, LIVE, 12301).failures
    assert "job 1-3 was accepted, but there is no Service grpc-service-1-3 in the" in failure


def test_a_kind_that_may_not_be_listed_is_not_checked() -> None:
    report = judge_job_objects(objects_of_job(Cluster(may_list_pods=False), "1-3", 60), LIVE, 12301)
    assert report.failures == []
    assert report.unchecked("pods") == ["the account may not list pods"]
