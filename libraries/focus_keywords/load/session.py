"""What stands behind LoadLibrary's keywords: the engine, the demands, and the log."""

import json
import time
from collections.abc import Sequence

import requests
from robot.api import logger
from robot.libraries.BuiltIn import BuiltIn

from files_beside_log import address_in_log, stem_beside_log
from focus_engine.contract.configure.configuration import View, configuration
from focus_engine.contract.endpoints.recorded_range import Recording, recordings_from
from focus_engine.contract.endpoints.server_contract import judge_recordings
from focus_engine.environment import environment_name, load_environment
from focus_engine.evidence import Evidence
from focus_engine.kubernetes.jobs import grpc_jobs
from focus_engine.latency.measuring.fleet import fleet_given
from focus_engine.latency.planning.measurement_spec import CONFIGURE
from focus_engine.latency.requirements.requirement import LatencyRequirement, requirement_of
from focus_engine.latency.requirements.thresholds import read_thresholds
from focus_engine.ledger import run_ledger
from focus_engine.load.defaults import default_mix
from focus_engine.load.engine import LoadEngine, budget_of
from focus_engine.load.historic import historic_mix
from focus_engine.load.report import load_html
from focus_engine.load.run import LoadRun
from focus_engine.load.shapes import LoadShape
from focus_engine.load.verdict import Break, breaking_step, conclude, held_at_once
from focus_engine.load.watch import require_nothing_left
from focus_engine.probes.recovery import Patience, await_recovery, require_within
from focus_engine.probes.single_request import Asked, ask_once
from focus_engine.settings import client_settings, requirements
from focus_engine.transport.client import connect, recordings_of
from focus_engine.unchecked import GIVE_A_CLUSTER, NO_CLUSTER, note_unchecked
from focus_engine.verdict import PreconditionUnmet, ToolError, conclude_all
from focus_keywords.latency.log import RunLog
from focus_keywords.run.tags import LOAD, require_tags

DEMANDED_OF = f"{CONFIGURE} under load"  # in thresholds.yaml
FIRST_FRAME = "job to first frame"  # the same, of a stream that is read
FOLDER = "load"
RECOVERED = 3  # configurations in a row that must be served as usual


class LoadKeywordSession:
    """Opens nothing until the first load."""

    def __init__(self, workers: int) -> None:
        self._log = RunLog()
        self._fleet = fleet_given(workers)
        self._stored = 0

    def default_bodies(self) -> list[bytes]:
        mix = default_mix(client_settings(), requirements())
        return [configured.to_body() for configured in mix]

    def historic_bodies(self, windows: Sequence[int] | None) -> list[bytes]:
        with requests.Session() as session:
            api = connect(session, load_environment(), run_ledger())

            def search(start: int, end: int) -> list[Recording]:
                reply = api.recordings_in_time_range(start, end)
                found = recordings_of(reply) if reply.is_ok else None
                judge_recordings(reply, found).conclude()
                return recordings_from(found or [])

            mix = historic_mix(client_settings(), search, time.time(), windows)
        return [configured.to_body() for configured in mix]

    def run(self, shape: LoadShape, bodies: Sequence[bytes]) -> LoadRun:
        require_tags("a load", LOAD)
        engine = LoadEngine(load_environment(), run_ledger(), self._log.say, self._fleet)
        requirement, remarks = self._requirement()
        try:
            run = engine.run(shape, bodies, requirement, self._demanded_of(FIRST_FRAME)[0])
        finally:
            engine.close()
        logger.info(load_html(run, requirement, remarks, self._store(run)), html=True)
        found = breaking_step(run.result, requirement)
        _set_metadata(f"Load {shape.name}", _in_a_word(run, found))
        return run

    def conclude(self, run: LoadRun, up_to: int | None) -> None:
        if up_to is not None and up_to < 1:
            raise ToolError(f"up_to={up_to} judges nothing. Give at least 1 investigation.")
        if up_to is not None and up_to > max(step.jobs for step in run.result.steps):
            self._require_complete(run, up_to)
        conclude(run.result, self._requirement()[0], up_to)

    def breaking_step(self, run: LoadRun) -> Break | None:
        return breaking_step(run.result, self._requirement()[0])

    def require_nothing_left(self, run: LoadRun) -> None:
        environment = load_environment()
        jobs = grpc_jobs(environment)
        if jobs is None:
            raise PreconditionUnmet(
                "no Kubernetes API is given for this system, so nobody can see what the load "
                "left behind. Set FOCUS_KUBECONFIG."
            )
        require_nothing_left(run.result, jobs, life=environment.job_life, since=run.ended)

    def require_carried(self, run: LoadRun, up_to: int | None, tolerated: float) -> None:
        checks = [lambda: self.conclude(run, up_to), lambda: self.recovered(run, tolerated)]
        if not load_environment().kubeconfig:
            self._log.say(f"left behind: not checked, {NO_CLUSTER}")
            note_unchecked("no job left behind by a load", NO_CLUSTER, GIVE_A_CLUSTER)
        else:
            checks.append(lambda: self.require_nothing_left(run))
        conclude_all(*checks)

    def recovered(self, run: LoadRun, tolerated: float) -> float:
        if tolerated <= 0:
            raise ToolError(f"nothing recovers within {tolerated:g} s. Give a time above 0 s.")
        environment = load_environment()
        # Beside the load's own budget, so that its last jobs do not hold up the question.
        roomy = environment.with_budget(budget_of(environment) + RECOVERED)
        usual = configuration(client_settings(), View.MULTICHANNEL)
        probe = Asked("POST", "/configure", usual.to_body())
        patience = Patience(RECOVERED, tolerated, _usual_seconds(environment.name), 0.5, "the load")
        evidence = Evidence()
        try:
            recovery = await_recovery(
                lambda: ask_once(roomy, run_ledger(), probe, roomy.file.request_timeout),
                time.monotonic() - (time.perf_counter() - run.ended),
                patience,
                evidence,
            )
        finally:
            logger.info(evidence.to_html(), html=True)
        require_within(recovery, tolerated, "the load")
        self._log.say(f"{probe.method} {probe.path} {recovery} of the load")
        return recovery.steady

    def _require_complete(self, run: LoadRun, up_to: int) -> None:
        result = run.result
        if len(result.steps) == result.planned:
            raise ToolError(
                f"load '{result.shape}' has no step of {up_to} investigations at once, so it says "
                "nothing about so many. Give `jobs` that reach it."
            )

    def _requirement(self) -> tuple[LatencyRequirement, list[str]]:
        return self._demanded_of(DEMANDED_OF)

    def _demanded_of(self, what: str) -> tuple[LatencyRequirement, list[str]]:
        return requirement_of(read_thresholds(environment_name()), what, {}, None)

    def _store(self, run: LoadRun) -> list[str]:
        self._stored += 1
        stem = stem_beside_log(FOLDER, self._stored, run.result.shape)
        samples = run.samples.store(stem)
        result = stem.with_name(f"{stem.name}.json")
        result.write_text(json.dumps(run.result.as_json(), indent=1), encoding="utf-8")
        return [address_in_log(path) for path in (result, *samples)]


def _usual_seconds(environment: str) -> float:
    """The strictest limit of an unloaded server."""
    thresholds = read_thresholds(environment).of(CONFIGURE)
    if not thresholds:
        raise ToolError(
            f"nothing says how fast {CONFIGURE} usually is. Add it to variables/thresholds.yaml."
        )
    return thresholds[0].limit.seconds


def _in_a_word(run: LoadRun, found: Break | None) -> str:
    held = f"held with {held_at_once(run.result, found)} at once"
    if found is None:
        return held
    return f"{held}, broke at step {found.step.number} ({found.step.jobs} at once)"


def _set_metadata(name: str, value: str) -> None:
    """Metadata of the test, where one runs: a suite set-up has none."""
    built_in = BuiltIn()
    if built_in.get_variable_value("${TEST NAME}") is not None:
        built_in.set_test_metadata(name, value)
