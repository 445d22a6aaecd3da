"""What the observing keywords share: the system, its ledger, its cluster, and the log."""

from __future__ import annotations

from datetime import timedelta

from robot.api import logger

from focus_engine.evidence import Evidence
from focus_engine.on_use import on_use
from focus_engine.probes.single_request import Answer, Asked, ask_once
from focus_keywords.run.owner import Belongings
from focus_keywords.subject import SystemUnderTest

with on_use(__name__):
    from focus_engine import environment as environments
    from focus_engine import ledger as ledgers
    from focus_engine.kubernetes import client as clients


class Observer:
    """Opens nothing until the first keyword; reads the environment anew each time."""

    def __init__(self, subject: SystemUnderTest) -> None:
        self._subject = subject
        self.belongings = Belongings()  # probes and watches

    @property
    def environment(self) -> environments.Environment:
        return self._subject.environment()

    @property
    def ledger(self) -> ledgers.JobLedger:
        return ledgers.run_ledger()

    def cluster(self) -> clients.Cluster:
        return clients.Cluster.connect(
            self.environment, "see what the server leaves in the cluster"
        )

    def ask(self, asked: Asked, deadline: timedelta | None) -> Answer:
        """Once. Default for `deadline` is `outages.answer` of the environment."""
        environment = self.environment
        seconds = deadline.total_seconds() if deadline else environment.file.outages.answer
        return ask_once(environment, self.ledger, asked, seconds)


def log(evidence: Evidence) -> None:
    logger.info(evidence.to_html(), html=True)


def say(line: str) -> None:
    logger.console(f"\n{line}", newline=False)  # Robot has left its cursor behind a name
    logger.info(line)
