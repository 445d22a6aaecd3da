"""What stands behind OutageLibrary's keywords: one engine, its log, and who started what."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from robot.api import logger
from robot.libraries.BuiltIn import BuiltIn
from robot.result import TestCase

from files_beside_log import address_in_log, stem_beside_log
from focus_engine.on_use import on_use
from focus_engine.outage.model import (
    LIFT_WAIT,
    ConnectionKind,
    EstablishedVerdict,
    Outage,
    OutageRequest,
    OutageState,
)
from focus_engine.verdict import PreconditionUnmet, ToolError
from focus_keywords.run.tags import OUTAGE, require_tags
from focus_keywords.subject import SystemUnderTest

with on_use(__name__):
    from focus_engine import environment as environments
    from focus_engine.outage import active as outages
    from focus_engine.outage import engine as engines
    from focus_engine.outage import report as reports
    from focus_engine.outage.backends import connection_killer

T = TypeVar("T")
FOLDER = "outages"


class OutageKeywordSession:
    """Opens nothing until the first keyword."""

    def __init__(self, subject: SystemUnderTest) -> None:
        self._subject = subject
        self._engine: engines.Engine | None = None
        self._owners: dict[str, str] = {}  # outage id -> full name of the case or suite
        self._stored = 0
        self._shown_for: list[environments.Environment] = []

    def start(self, request: OutageRequest) -> Outage:
        require_tags("an outage", OUTAGE)
        engine = self._usable_engine()
        try:
            outage = engine.start(request)
        except Exception:
            self._show_last(engine)
            raise
        self._owners[outage.id] = _running()
        self._show(engine.known(outage))
        self._say(str(outage))
        return outage

    def stop(self, outage: Outage | str, wait: float) -> float:
        engine = self._usable_engine()
        over = engine.known(outage).is_over
        try:
            lifted = engine.stop(outage, wait)
        finally:
            if not over:
                self._keep(engine.known(outage))
        return lifted

    def stop_all(self) -> int:
        return self._engine.stop_all() if self._engine else 0

    def renew(self, outage: Outage | str, ttl: float) -> None:
        self._usable_engine().renew(outage, ttl)

    def during(self, request: OutageRequest, body: Callable[[], Any], wait: float) -> Any:
        require_tags("an outage", OUTAGE)
        engine = self._usable_engine()

        def within(outage: Outage) -> Any:
            self._owners[outage.id] = _running()
            self._say(str(outage))
            return body()

        try:
            return engine.during(request, within, wait)
        finally:
            self._show_last(engine)

    def preflight(self, request: OutageRequest) -> dict[str, Any]:
        report = self._usable_engine().preflight(request)
        logger.info(reports.preflight_html(report), html=True)
        return report.as_json()

    def should_be_effective(self, outage: Outage | str, kind: ConnectionKind, times: int) -> None:
        if times < 1:
            raise ToolError(f"times is {times}; at least 1 connection must be tried.")
        active = self._usable_engine().proven(outage)
        if kind in {ConnectionKind.NEW, ConnectionKind.BOTH}:
            _require_new(active, times)
        if kind in {ConnectionKind.ESTABLISHED, ConnectionKind.BOTH}:
            _require_established(active)

    def should_be_reachable(self, dependency: str, times: int, namespace: str | None) -> float:
        if times < 1:
            raise ToolError(f"times is {times}; at least 1 connection must be tried.")
        return self._look(
            dependency, namespace, lambda active: active.verification.require_reachable(times)
        )

    def controls_should_answer(
        self, dependency: str, targets: tuple[str, ...], namespace: str | None
    ) -> None:
        def answer(active: outages.ActiveOutage) -> None:
            active.verification.require_controls_of(targets)

        self._look(dependency, namespace, answer)

    def break_established(self, outage: Outage | str) -> int:
        engine = self._usable_engine()
        active = engine.proven(outage)
        return connection_killer.kill_connections(
            active, engine.environment.file.outages.tool_image
        )

    def listed(self, namespace: str | None) -> list[dict[str, Any]]:
        found = self._usable_engine().sweeper(namespace).found()
        return [each.as_json() for each in found]

    def sweep(self, namespace: str | None, *, dry_run: bool) -> list[str]:
        swept = self._usable_engine().sweep(namespace, dry_run=dry_run)
        logger.info("\n".join(swept.removed) or "nothing to sweep")
        for line in swept.skipped:
            logger.warn(line)
        return swept.removed

    def evidence(self, outage: Outage | str) -> dict[str, Any]:
        return reports.as_json(self._usable_engine().known(outage))

    def end_of(self, owner: str, result: Any) -> None:
        """Lift what `owner`, a case or a suite, left behind; failing to is its failure."""
        engine = self._engine
        if engine is None:
            return
        for active in list(engine.exit_handler.active):
            if self._owners.get(active.outage.id, owner) == owner:
                logger.warn(f"{owner} left {active.outage} behind; it is lifted now.")
                self._lift_for(engine, active, result)

    def close(self) -> None:
        """Robot logs what a listener raises, so that it is seen even here."""
        engine = self._engine
        if engine is not None:
            for active in list(engine.exit_handler.active):
                engine.stop(active.outage, _patience(active))

    def _lift_for(self, engine: engines.Engine, active: outages.ActiveOutage, result: Any) -> None:
        """Lift for a case, which fails where that fails, or for a suite, where Robot says it."""
        try:
            engine.stop(active.outage, _patience(active))
        except ToolError as error:
            if not isinstance(result, TestCase):
                logger.error(f"{result.full_name}: {error}")  # a suite's verdict is its cases'
                return
            result.status = "FAIL"
            result.message = "\n".join(filter(None, [result.message, str(error)]))

    def _usable_engine(self) -> engines.Engine:
        if self._engine is None or not self._engine.exit_handler.active:
            self._engine = self._renewed(self._engine)
        return self._engine

    def _renewed(self, former: engines.Engine | None) -> engines.Engine:
        """The environment is read anew, as long as no outage depends on the former one."""
        environment = self._subject.environment()
        if former is not None and former.environment == environment:
            return former
        return engines.Engine(environment, show_one_system=lambda: self._shown(environment))

    def _shown(self, environment: environments.Environment) -> None:
        """Once per environment it is shown that the server is in this cluster, or is not.

        Raises ToolError where it is not; where no job starts now, that is for the cases to judge.
        """
        if environment in self._shown_for:
            return
        try:
            shown = self._subject.one_system(environment)
        except PreconditionUnmet as unmet:
            logger.warn(unmet.sentence)
        else:
            self._shown_for.append(environment)
            logger.info(shown)

    def _look(
        self, dependency: str, namespace: str | None, look: Callable[[outages.ActiveOutage], T]
    ) -> T:
        active = self._usable_engine().looking(OutageRequest(dependency, namespace=namespace))
        try:
            return look(active)
        finally:
            active.close()
            logger.info(reports.outage_html(active), html=True)

    def _show_last(self, engine: engines.Engine) -> None:
        active = engine.last
        if active is not None:
            self._keep(active)

    def _keep(self, active: outages.ActiveOutage) -> None:
        """Show it, and store it beside the log."""
        self._show(active)
        self._stored += 1
        path = stem_beside_log(FOLDER, self._stored, active.outage.id).with_suffix(".json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            json.dumps(reports.as_json(active), indent=1, default=str), encoding="utf-8"
        )
        logger.info(f"The whole evidence: {address_in_log(path)}")

    def _show(self, active: outages.ActiveOutage) -> None:
        logger.info(reports.outage_html(active), html=True)

    def _say(self, line: str) -> None:
        logger.info(line)


def _patience(active: outages.ActiveOutage) -> float:
    """What could not be undone in time is tried once more, not for as long again."""
    return 0.0 if active.outage.state is OutageState.LEFT_BEHIND else LIFT_WAIT.total_seconds()


def _running() -> str:
    """The full name of the running case, or of the suite whose set-up runs."""
    built_in = BuiltIn()
    suite = str(built_in.get_variable_value("${SUITE NAME}"))
    case = built_in.get_variable_value("${TEST NAME}")
    return suite if case is None else f"{suite}.{case}"


def _require_new(active: outages.ActiveOutage, times: int) -> None:
    probe = active.still_holds(times)
    if probe is not None:
        raise ToolError(
            f"the outage {active.outage.id} of {active.outage.dependency} does not hold: a new "
            f"connection was {probe}. What was measured in it does not count."
        )


def _require_established(active: outages.ActiveOutage) -> None:
    if active.verification.established() is EstablishedVerdict.ALIVE:
        raise ToolError(
            f"the outage {active.outage.id} of {active.outage.dependency} does not hold for "
            "connections that were open before: one still answers."
        )
