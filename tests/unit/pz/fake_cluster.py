"""A namespace made of plain facts, so that each claim can be decided without Kubernetes."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from focus_engine.clock import Clock
from focus_engine.pz.live.cluster import ConfigMapState, Rollout, ServerPod
from focus_engine.pz.profile import Profile

STARTED = datetime(2025, 12, 8, 9, 14, 2, tzinfo=UTC)
CLEAN = (Path(__file__).with_name("transcripts") / "clean_start.txt").read_text(encoding="utf-8")
POD = ServerPod(
    name="panda-panda-focus-server-6d5f-x2",
    phase="Running",
    container="focus-server",
    ready=True,
    leaving=False,
    created_at=STARTED,
    started_at=STARTED,
    restarts=0,
    previous=None,
)
ROLLOUT = Rollout("panda-panda-focus-server", 3, 3, 1, 1, 1, 1, 1)
CHANGED = datetime(2025, 12, 8, 9, 10, 0, tzinfo=UTC)


@dataclass
class FakeCluster:
    """`server` holds successive looks at the pods; the last one stays."""

    hashes: dict[str, str]
    server: list[list[ServerPod]] = field(default_factory=lambda: [[POD]])
    deployments: list[Rollout] = field(default_factory=lambda: [ROLLOUT])
    maps: dict[str, ConfigMapState] = field(default_factory=dict)
    current_log: str = CLEAN
    previous_log: str | None = None
    reasons: list[str] = field(default_factory=list)
    job_pods: list[ServerPod] = field(default_factory=list)

    def server_pods(self) -> list[ServerPod]:
        return self.server[0] if len(self.server) == 1 else self.server.pop(0)

    def pods(self, selector: str) -> list[ServerPod]:
        return [pod for pod in self.job_pods if selector == f"app={pod.container}"]

    def rollouts(self) -> list[Rollout]:
        return self.deployments

    def config_map(self, name: str) -> ConfigMapState | None:
        return self.maps.get(name)

    def sha256(self, pod: ServerPod, path: str) -> str | None:  # noqa: ARG002 - the protocol's
        return self.hashes.get(path)

    def log(self, pod: ServerPod, *, previous: bool = False) -> str | None:  # noqa: ARG002
        return self.previous_log if previous else self.current_log

    def warnings(self, pod: ServerPod) -> list[str]:  # noqa: ARG002 - the protocol's
        return self.reasons


def conforming(profile: Profile) -> FakeCluster:
    """A cluster that took the files of `profile`."""
    assert profile.files is not None
    hashes: dict[str, str] = {}
    for item in profile.file.live.deployed:
        content = (profile.files / item.file).read_bytes()
        hashes[item.pod_path] = hashlib.sha256(content).hexdigest()
    maps = {"pz-config": ConfigMapState("pz-config", "17", CHANGED, {})}
    job = replace(POD, name="grpc-job-1-7-abcde", container="grpc-job-1-7")
    return FakeCluster(hashes=hashes, maps=maps, job_pods=[job])


def fast_clock() -> Clock:
    """Sleeping takes no time and moves the clock."""
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    monotonic: Callable[[], float] = lambda: now[0]  # noqa: E731 - a clock is one expression
    return Clock(monotonic=monotonic, sleep=sleep)
