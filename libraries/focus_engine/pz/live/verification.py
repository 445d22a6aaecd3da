"""Claims L1 to L5, each decided from facts that the cluster reports."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from focus_engine.checks.finding import Finding
from focus_engine.clock import Clock
from focus_engine.pz.live.claims import Claim, ClaimResult
from focus_engine.pz.live.cluster import NamespaceReader, Rollout, ServerPod
from focus_engine.pz.live.log_limits import AgreedLimits
from focus_engine.pz.live.log_scan import (
    Scan,
    explanation,
    is_rule,
    last_exception,
    scan_entries,
    scan_start,
)
from focus_engine.pz.live.log_text import read_lines
from focus_engine.pz.profile import Profile
from focus_engine.pz.profile_file import Deployed, Live, LogRules
from focus_engine.pz.report import rest_on
from focus_engine.reading.document import read_bytes
from focus_engine.settings import client_settings, requirements
from focus_engine.status import Status
from focus_engine.verdict import ToolError, Verdict

SOAK = 120.0  # seconds
_POLL = 1.0  # seconds between two looks during the soak


@dataclass(frozen=True)
class DeploymentExpectation:
    """What should be deployed: the profile's view of the server, and the files themselves."""

    live: Live
    rules: LogRules
    files: Mapping[str, bytes]

    @classmethod
    def of(cls, profile: Profile) -> "DeploymentExpectation":
        """The expectation of `profile`; files that are not supplied are left out."""
        live = profile.file.live
        root = profile.files
        wanted = [item.file for item in live.deployed]
        present = {} if root is None else {name: root / name for name in wanted}
        contents = {n: _content(path, n) for n, path in present.items() if path.exists()}
        return cls(live, profile.log_rules(), contents)


def _content(path: Path, name: str) -> bytes:
    content = read_bytes(path, name)
    if isinstance(content, Finding):
        raise ToolError(content.sentence)
    return content


class LiveVerification:
    """Asks one cluster about one expectation."""

    def __init__(
        self, cluster: NamespaceReader, expectation: DeploymentExpectation, clock: Clock
    ) -> None:
        self._cluster = cluster
        self._expectation = expectation
        self._clock = clock

    def deployed(self) -> list[ClaimResult]:
        """L1, once per pod and file that the profile says is deployed."""
        live = self._expectation.live
        if (missing := self._missing()) is not None:
            return [ClaimResult.needs(Claim.DEPLOYED, missing)]
        return [self._same_file(pod, item) for pod in self._pods() for item in live.deployed]

    def fresh(self) -> ClaimResult:
        """L2: the container started after the ConfigMaps of its files were last written."""
        if (missing := self._missing()) is not None:
            return ClaimResult.needs(Claim.FRESH, missing)
        names = {item.config_map for item in self._expectation.live.deployed if item.config_map}
        if not names:
            sentence = "the profile names no ConfigMap, so the file's age is not known"
            return ClaimResult.undetermined(Claim.FRESH, sentence)
        return _worst(self._newer(pod, name) for pod in self._pods() for name in sorted(names))

    def rolled_out(self) -> ClaimResult:
        """L3: the Deployment says so, every pod is ready and of its images, no old pod is left."""
        rollouts = self._cluster.rollouts()
        if len(rollouts) != 1:
            names = ", ".join(rollout.name for rollout in rollouts) or "none"
            return ClaimResult.undetermined(
                Claim.ROLLED_OUT,
                f"exactly one Deployment was expected under the label, not {names}",
            )
        problem = _rollout_problem(rollouts[0]) or _pods_problem(
            rollouts[0], self._cluster.server_pods()
        )
        if problem:
            return ClaimResult.failed(Claim.ROLLED_OUT, problem)
        return ClaimResult.passed(
            Claim.ROLLED_OUT, f"{rollouts[0].name} has {rollouts[0].desired} ready pod(s)"
        )

    def clean_start(self, conditions: Collection[str] = ()) -> ClaimResult:
        """L4: each log from its container's own start on. `conditions` enable allowed entries."""
        return _worst(self._clean_log(pod, conditions) for pod in self._pods())

    def _clean_log(self, pod: ServerPod, conditions: Collection[str]) -> ClaimResult:
        if pod.started_at is None:
            waiting = f" ({pod.waiting})" if pod.waiting else ""
            return ClaimResult.failed(
                Claim.CLEAN_START, f"container of {pod.name} is not running{waiting}"
            )
        rules = self._expectation.rules
        name = f"{pod.name}/{pod.container}"
        scan = Scan(self._cluster.log(pod) or "", name, pod.started_at, conditions)
        limits = AgreedLimits.of(client_settings(), requirements())
        found = scan_start(scan, rules, limits, _now().date())
        result = ClaimResult.judged(Claim.CLEAN_START, rest_on(found, rules.basis("log rules")))
        if result.verdict is Verdict.UNDETERMINED and not rules.ready:
            return ClaimResult.needs(Claim.CLEAN_START, f"supply {rules.needs.rstrip('.')}")
        return result

    def stable(self, soak: float = SOAK) -> ClaimResult:
        """L5: ready, and no restart, for `soak` seconds; the log before explains earlier ones."""
        before = self._pods()
        end = self._clock.monotonic() + soak
        while (left := end - self._clock.monotonic()) > 0:
            self._clock.sleep(min(_POLL, left))
            for pod, now in _followed(before, self._pods()):
                if _restarted(pod, now):
                    return ClaimResult.failed(Claim.STABLE, _restart_words(pod, now, soak))
                if pod.ready and not now.ready:
                    sentence = f"pod {now.name} was ready, and is not any more within {soak:g} s"
                    return ClaimResult.failed(Claim.STABLE, sentence)
        return _worst(
            self._stayed(pod, after, soak) for pod, after in _followed(before, self._pods())
        )

    def _stayed(self, before: ServerPod, after: ServerPod, soak: float) -> ClaimResult:
        if _restarted(before, after) or after.waiting:
            return ClaimResult.failed(Claim.STABLE, _restart_words(before, after, soak))
        if "BackOff" in self._cluster.warnings(after):
            sentence = f"pod {after.name} has BackOff events since its container started"
            return ClaimResult.failed(Claim.STABLE, sentence)
        if after.restarts:
            return self._explained(after)
        return ClaimResult.passed(Claim.STABLE, f"no restart, none during {soak:g} s")

    def _missing(self) -> str | None:
        """What must be supplied before anything can be said of deployed files."""
        live = self._expectation.live
        if live.deployed and live.status is not Status.PLACEHOLDER:
            return None
        needs = live.needs or "the path of each file in the pod"
        return f"supply {needs.rstrip('.')}"

    def _pods(self) -> list[ServerPod]:
        """Every pod of the server that stays; what holds of one need not hold of the others."""
        pods = [pod for pod in self._cluster.server_pods() if not pod.leaving]
        if not pods:
            raise ToolError(
                "no pod carries the Focus Server's label; check labels.server in the environment "
                "file and FOCUS_NAMESPACE."
            )
        return pods

    def _same_file(self, pod: ServerPod, item: Deployed) -> ClaimResult:
        content = self._expectation.files.get(item.file)
        if content is None:
            return ClaimResult.needs(Claim.DEPLOYED, f"supply the file {item.file} to compare")
        expected = hashlib.sha256(content).hexdigest()
        seen = self._cluster.sha256(pod, item.pod_path)
        if seen is None:
            sentence = f"{item.pod_path} is not there in pod {pod.name}"
            return ClaimResult.failed(Claim.DEPLOYED, sentence)
        if seen != expected:
            return ClaimResult.failed(
                Claim.DEPLOYED,
                f"{item.pod_path} in pod {pod.name} has sha256 {seen[:12]}…, expected "
                f"{expected[:12]}… of {item.file}{self._in_config_map(item, expected)}",
            )
        if self._holds(item, expected) is False:
            return ClaimResult.failed(
                Claim.DEPLOYED,
                f"ConfigMap {item.config_map} holds another {item.key} than pod {pod.name} and "
                f"{item.file}: the next start takes that one",
            )
        return ClaimResult.passed(Claim.DEPLOYED, f"{item.pod_path} has sha256 {expected[:12]}…")

    def _in_config_map(self, item: Deployed, expected: str) -> str:
        """Which half of the delivery is wrong: the ConfigMap, or its mount."""
        same = self._holds(item, expected)
        if same is None:
            return ""
        return ", which the ConfigMap holds already" if same else ", and so has the ConfigMap"

    def _holds(self, item: Deployed, expected: str) -> bool | None:
        """Whether the ConfigMap of a file has that content; None where that is not known."""
        state = self._cluster.config_map(item.config_map) if item.config_map else None
        if state is None or item.key is None or item.key not in state.data:
            return None
        return hashlib.sha256(state.data[item.key].encode("utf-8")).hexdigest() == expected

    def _newer(self, pod: ServerPod, name: str) -> ClaimResult:
        if pod.started_at is None:
            return ClaimResult.failed(Claim.FRESH, f"container of {pod.name} is not running")
        state = self._cluster.config_map(name)
        if state is None:
            return ClaimResult.failed(Claim.FRESH, f"ConfigMap {name} does not exist")
        if state.changed_at is None:
            sentence = f"ConfigMap {name} does not record when it was written"
            return ClaimResult.undetermined(Claim.FRESH, sentence)
        age = (pod.started_at - state.changed_at).total_seconds()
        if age < 0:
            return ClaimResult.failed(
                Claim.FRESH,
                f"{pod.name} started {-age:.0f} s before ConfigMap {name} was written, so it runs "
                "with the old values; it must be restarted",
            )
        return ClaimResult.passed(Claim.FRESH, f"started {age:.0f} s after ConfigMap {name}")

    def _explained(self, pod: ServerPod) -> ClaimResult:
        log = self._cluster.log(pod, previous=True)
        if not log:
            return ClaimResult.undetermined(
                Claim.STABLE, f"{pod.restarts} earlier restart(s), and the previous log is gone"
            )
        rules = self._expectation.rules
        explained = explanation(last_exception(log), rules)
        if explained:
            sentence = f"{pod.restarts} earlier restart(s), explained: {explained.reason}"
            return ClaimResult.passed(Claim.STABLE, sentence)
        scan = Scan(log, f"{pod.name}/{pod.container} (previous)", pod.started_at or _now())
        found = tuple(item for item in scan_entries(read_lines(log), scan, rules) if is_rule(item))
        if found:
            return ClaimResult.judged(Claim.STABLE, rest_on(found, rules.basis("log rules")))
        sentence = f"{pod.restarts} earlier restart(s) that the previous log does not explain"
        return ClaimResult.failed(Claim.STABLE, sentence)


def _rollout_problem(rollout: Rollout) -> str:
    if rollout.observed_generation != rollout.generation:
        return (
            f"{rollout.name} is at generation {rollout.generation}, "
            f"its controller has seen {rollout.observed_generation}"
        )
    if rollout.counts != {rollout.desired}:
        return (
            f"{rollout.name} wants {rollout.desired} pod(s) and has {rollout.replicas}, "
            f"{rollout.updated} updated, {rollout.ready} ready, {rollout.available} available"
        )
    return ""


def _pods_problem(rollout: Rollout, pods: list[ServerPod]) -> str:
    if len(pods) != rollout.desired:
        names = ", ".join(pod.name for pod in pods) or "none"
        return f"{rollout.desired} pod(s) expected under the label, seen {names}"
    unready = [pod.name for pod in pods if not pod.serves]
    if unready:
        return f"not ready, not running or leaving: {', '.join(unready)}"
    return next(filter(None, (_image_problem(rollout, pod) for pod in pods)), "")


def _image_problem(rollout: Rollout, pod: ServerPod) -> str:
    """Another image in the pod than in the template; a container of one of them alone is added."""
    for name, image in rollout.images.items():
        seen = pod.images.get(name, image)
        if seen != image:
            wanted = f"{rollout.name} wants image {image} in container {name}"
            return f"{wanted}, pod {pod.name} runs {seen}"
    return ""


def _worst(results: Iterable[ClaimResult]) -> ClaimResult:
    return min(results, key=lambda result: list(Verdict).index(result.verdict))


def _followed(
    before: Sequence[ServerPod], now: Sequence[ServerPod]
) -> Iterator[tuple[ServerPod, ServerPod]]:
    """Each pod and what it is now: itself, else one that was not there, which took its place."""
    known, later = {pod.name for pod in before}, {pod.name: pod for pod in now}
    new = [pod for pod in now if pod.name not in known] or list(now)
    for pod in before:
        yield pod, later.get(pod.name, new[0])


def _restarted(before: ServerPod, after: ServerPod) -> bool:
    return before.name != after.name or before.restarts != after.restarts


def _restart_words(before: ServerPod, after: ServerPod, soak: float) -> str:
    if before.name != after.name:
        return f"pod {before.name} was replaced by {after.name} within {soak:g} s"
    waiting = f" and waits ({after.waiting})" if after.waiting else ""
    return (
        f"pod {after.name} went from {before.restarts} to {after.restarts} restarts "
        f"within {soak:g} s{waiting}"
    )


def _now() -> datetime:
    return datetime.now(UTC)
