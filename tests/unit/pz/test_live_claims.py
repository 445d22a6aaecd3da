"""L1 to L6: each claim holds on a conforming cluster and is killed by its own fault."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from unit.pz.fake_cluster import CHANGED, POD, ROLLOUT, FakeCluster, conforming, fast_clock

from focus_engine.pz.live.claims import LiveReport
from focus_engine.pz.live.cluster import ConfigMapState
from focus_engine.pz.live.job_start import JobAnswer, JobStarter
from focus_engine.pz.live.session import LiveCheck
from focus_engine.pz.profile import load_profile
from focus_engine.verdict import NeedsInput, ProductFailure, ToolError, Undetermined, Verdict

PROFILE = load_profile("example")
TRANSCRIPTS = Path(__file__).with_name("transcripts")
MONGO = (TRANSCRIPTS / "mongo_crash.txt").read_text(encoding="utf-8")
HEATMAP = PROFILE.file.live.deployed[0].pod_path
OLD = replace(POD, restarts=1)
Spoil = Callable[[FakeCluster], object]


def accepted() -> JobAnswer:
    return JobAnswer(200, '{"job_id": "1-7", "status": "ok"}')


def check(cluster: FakeCluster) -> LiveCheck:
    return LiveCheck(PROFILE, cluster, soak=120, clock=fast_clock())


def outcomes(report: LiveReport) -> dict[str, Verdict]:
    order = list(Verdict)
    seen: dict[str, Verdict] = {}
    for result in report.results:
        known = seen.get(result.claim.id, Verdict.PASS)
        seen[result.claim.id] = min(known, result.verdict, key=order.index)
    return seen


def test_all_claims_hold_on_a_conforming_cluster() -> None:
    report = check(conforming(PROFILE)).all(accepted)
    assert set(outcomes(report)) == {"L1", "L2", "L3", "L4", "L5", "L6"}
    assert set(outcomes(report).values()) == {Verdict.PASS}
    report.conclude()


FAULTS: dict[str, tuple[Spoil, str, Verdict, str]] = {
    "file is not deployed": (
        lambda c: c.hashes.pop(HEATMAP),
        "L1",
        Verdict.FAIL,
        "is not there in pod",
    ),
    "another file is deployed": (
        lambda c: c.hashes.update({HEATMAP: "0" * 64}),
        "L1",
        Verdict.FAIL,
        "has sha256 000000000000…, expected",
    ),
    "ConfigMap of another file": (
        lambda c: c.maps.update(
            {"pz-config": ConfigMapState("pz-config", "17", CHANGED, {"sv_modules.py": "SV = []"})}
        ),
        "L1",
        Verdict.FAIL,
        "ConfigMap pz-config holds another sv_modules.py than pod",
    ),
    "stale process": (
        lambda c: c.maps.update(
            {"pz-config": ConfigMapState("pz-config", "18", CHANGED + timedelta(hours=1), {})}
        ),
        "L2",
        Verdict.FAIL,
        "before ConfigMap pz-config was written",
    ),
    "no time of change": (
        lambda c: c.maps.update({"pz-config": ConfigMapState("pz-config", "18", None, {})}),
        "L2",
        Verdict.UNDETERMINED,
        "does not record when",
    ),
    "no ConfigMap": (lambda c: c.maps.clear(), "L2", Verdict.FAIL, "does not exist"),
    "controller is behind": (
        lambda c: c.deployments.__setitem__(0, replace(ROLLOUT, generation=4)),
        "L3",
        Verdict.FAIL,
        "is at generation 4, its controller has seen 3",
    ),
    "an old pod is left": (
        lambda c: c.server.__setitem__(0, [POD, replace(POD, name="old")]),
        "L3",
        Verdict.FAIL,
        "1 pod(s) expected under the label",
    ),
    "controller is ahead": (
        lambda c: c.deployments.__setitem__(0, replace(ROLLOUT, generation=2)),
        "L3",
        Verdict.FAIL,
        "is at generation 2, its controller has seen 3",
    ),
    "not ready": (
        lambda c: c.deployments.__setitem__(0, replace(ROLLOUT, ready=0)),
        "L3",
        Verdict.FAIL,
        "0 ready",
    ),
    "not available": (
        lambda c: c.deployments.__setitem__(0, replace(ROLLOUT, available=0)),
        "L3",
        Verdict.FAIL,
        "0 available",
    ),
    "another image": (
        lambda c: (
            c.server.__setitem__(
                0, [replace(POD, images={"focus-server": "f:0", "sidecar": "s:1"})]
            ),
            c.deployments.__setitem__(0, replace(ROLLOUT, images={"focus-server": "f:1"})),
        ),
        "L3",
        Verdict.FAIL,
        "wants image f:1 in container focus-server, pod panda-panda-focus-server-6d5f-x2 runs f:0",
    ),
    "two deployments": (
        lambda c: c.deployments.append(ROLLOUT),
        "L3",
        Verdict.UNDETERMINED,
        "exactly one Deployment",
    ),
    "pod not ready": (
        lambda c: c.server.__setitem__(0, [replace(POD, ready=False)]),
        "L3",
        Verdict.FAIL,
        "not ready, not running or leaving",
    ),
    "pod does not run": (
        lambda c: c.server.__setitem__(0, [replace(POD, phase="Unknown")]),
        "L3",
        Verdict.FAIL,
        "not ready, not running or leaving",
    ),
    "fault in the log": (
        lambda c: setattr(c, "current_log", c.current_log + MONGO.replace("09:10", "09:15")),
        "L4",
        Verdict.FAIL,
        "LG001",
    ),
    "empty log": (lambda c: setattr(c, "current_log", ""), "L4", Verdict.UNDETERMINED, "LG022"),
    "restart during the soak": (
        lambda c: setattr(c, "server", [[POD], [POD], [POD], [POD], [POD], [POD], [OLD]]),
        "L5",
        Verdict.FAIL,
        "from 0 to 1 restarts within 120 s",
    ),
    "replaced during the soak": (
        lambda c: setattr(
            c, "server", [[POD], [POD], [POD], [POD], [POD], [replace(POD, name="b")]]
        ),
        "L5",
        Verdict.FAIL,
        "was replaced by b",
    ),
    "not ready for a while": (
        lambda c: setattr(c, "server", [*[[POD]] * 6, [replace(POD, ready=False)], [POD]]),
        "L5",
        Verdict.FAIL,
        "was ready, and is not any more within 120 s",
    ),
    "back-off": (lambda c: c.reasons.append("BackOff"), "L5", Verdict.FAIL, "BackOff events"),
    "unexplained restart": (
        lambda c: (setattr(c, "server", [[OLD]]), setattr(c, "previous_log", "x")),
        "L5",
        Verdict.FAIL,
        "does not explain",
    ),
    "previous log is gone": (
        lambda c: setattr(c, "server", [[OLD]]),
        "L5",
        Verdict.UNDETERMINED,
        "previous log is gone",
    ),
    "crash by configuration, then recovered": (
        lambda c: (
            setattr(c, "server", [[OLD]]),
            setattr(c, "previous_log", MONGO.replace("pymongo.errors.ServerSelec", "KeyError: x")),
        ),
        "L5",
        Verdict.FAIL,
        "LG003",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_kills_its_claim_and_no_other(name: str) -> None:
    spoil, claim, outcome, words = FAULTS[name]
    cluster = conforming(PROFILE)
    spoil(cluster)
    report = check(cluster).all(accepted)
    expected = dict.fromkeys(["L1", "L2", "L3", "L4", "L5", "L6"], Verdict.PASS)
    expected[claim] = outcome
    if outcome is Verdict.FAIL:
        expected["L6"] = Verdict.UNDETERMINED  # no job is started on a server known to be wrong
    assert outcomes(report) == expected
    with pytest.raises(ProductFailure if outcome is Verdict.FAIL else Undetermined) as error:
        report.conclude()
    assert words in str(error.value)
    assert str(error.value).count(f"{claim} ") >= 1


OTHER = replace(POD, name="older")
OF_THE_OLDER_POD = {
    "L1": lambda c: setattr(c, "sha256", _without(c.sha256, OTHER)),
    "L2": lambda c: c.server.__setitem__(
        0, [POD, replace(OTHER, started_at=CHANGED - timedelta(seconds=1))]
    ),
    "L4": lambda c: setattr(c, "log", _without(c.log, OTHER)),
    "L5": lambda c: setattr(c, "server", [[POD, OTHER]] * 5 + [[POD, replace(OTHER, restarts=1)]]),
}


def _without(usual, pod):
    return lambda asked, *rest, **more: None if asked == pod else usual(asked, *rest, **more)


@pytest.mark.parametrize("claim", OF_THE_OLDER_POD)
def test_each_pod_of_the_server_must_keep_each_claim(claim: str) -> None:
    cluster = conforming(PROFILE)
    cluster.server[0] = [POD, OTHER]
    cluster.deployments[0] = replace(
        ROLLOUT, desired=2, **dict.fromkeys(["replicas", "updated", "ready", "available"], 2)
    )
    usual = outcomes(check(cluster).all(accepted))
    assert set(usual.values()) == {Verdict.PASS}
    OF_THE_OLDER_POD[claim](cluster)
    judged = outcomes(check(cluster).all(accepted))
    assert judged.pop(claim) in {Verdict.FAIL, Verdict.UNDETERMINED}
    judged.pop("L6")
    assert Verdict.FAIL not in judged.values()


def test_a_crash_that_mongodb_explains_is_no_fault() -> None:
    cluster = conforming(PROFILE)
    cluster.server = [[OLD]]
    cluster.previous_log = MONGO
    report = check(cluster).only("L5")
    assert report.verdict is Verdict.PASS
    assert "explained: MongoDB could not be reached" in report.results[0].sentence


JOBS: dict[str, tuple[JobStarter | None, Verdict, str]] = {
    "no starter": (None, Verdict.UNDETERMINED, "nothing was given"),
    "refused": (lambda: JobAnswer(503, "no"), Verdict.FAIL, "answered with 503, expected 200"),
    "not JSON": (lambda: JobAnswer(200, "<html>"), Verdict.FAIL, "is not JSON"),
    "no id": (lambda: JobAnswer(200, "{}"), Verdict.FAIL, "names no job_id"),
    "bad first frame": (
        lambda: JobAnswer(200, '{"job_id": "1-7"}', "frame is empty"),
        Verdict.FAIL,
        "frame is empty",
    ),
    "undecided": (
        lambda: JobAnswer(undecided="job 1-7 was reached late."),
        Verdict.UNDETERMINED,
        "job 1-7 was reached late",
    ),
    "over before the first look": (
        lambda: JobAnswer(200, '{"job_id": "9-9"}', life_left=lambda _: -0.1),
        Verdict.UNDETERMINED,
        "has no pod under app=grpc-job-9-9, and may have ended by itself",
    ),
    "a pod after its life": (
        lambda: JobAnswer(200, '{"job_id": "1-7"}', life_left=lambda _: -0.1),
        Verdict.PASS,
        "job 1-7 runs in",
    ),
    "no pod": (lambda: JobAnswer(200, '{"job_id": "9-9"}'), Verdict.FAIL, "has no pod under"),
}


@pytest.mark.parametrize("name", JOBS)
def test_l6_says_what_became_of_the_job(name: str) -> None:
    starter, outcome, words = JOBS[name]
    report = check(conforming(PROFILE)).all(starter)
    assert outcomes(report)["L6"] is outcome
    assert words in report.results[-1].sentence


def test_a_job_pod_that_failed_fails_l6() -> None:
    cluster = conforming(PROFILE)
    cluster.job_pods = [replace(cluster.job_pods[0], phase="Failed")]
    assert outcomes(check(cluster).all(accepted))["L6"] is Verdict.FAIL


def test_the_real_profile_needs_input_instead_of_passing() -> None:
    profile = load_profile("pz")
    report = LiveCheck(profile, conforming(PROFILE), soak=1, clock=fast_clock()).all(accepted)
    assert outcomes(report)["L1"] is Verdict.NEEDS_INPUT
    assert outcomes(report)["L4"] is Verdict.NEEDS_INPUT
    with pytest.raises(NeedsInput, match=r"^NEEDS INPUT: L1 .*supply the paths of heatMapSummary"):
        report.conclude()


def test_no_server_pod_is_an_error_of_the_environment() -> None:
    cluster = conforming(PROFILE)
    cluster.server = [[]]
    with pytest.raises(ToolError, match="no pod carries the Focus Server's label"):
        check(cluster).only("L4")


def test_an_unknown_claim_is_refused() -> None:
    with pytest.raises(ToolError, match=r"'L7' is no claim\. Known are: L1, L2, L3, L4, L5"):
        check(conforming(PROFILE)).only("L7")
