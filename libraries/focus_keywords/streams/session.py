"""Reads the streams of jobs: where they are, how long to wait, and that the job counts as alive."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from math import inf
from typing import Any

from focus_engine.arrays.contract import ReadClaim
from focus_engine.checks.report import Report
from focus_engine.contract.configure.configuration import is_live
from focus_engine.declared.permission import Permission
from focus_engine.evidence import Evidence
from focus_engine.on_use import on_use
from focus_engine.verdict import Undetermined
from focus_keywords.reporting import conclude
from focus_keywords.server.server import Server

with on_use(__name__):
    from focus_engine.contract.configure import accepted
    from focus_engine.streams import channel, reader, recorded_when, value_type
    from focus_engine.streams import judge as judging
    from focus_engine.streams import reading as readings
    from focus_engine.streams import target as targets

Response = dict[str, Any]
Summary = dict[str, Any]
LEAST_FRAMES = 3


class StreamSession:
    """What all keywords about streams need of the server's open session."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def read(
        self,
        response: Response,
        timeout: timedelta | None,
        frames: int | None,
        streams: tuple[int, ...] | None = None,
        *,
        with_buffers: bool = False,
        at_least: float = 0.0,
    ) -> readings.Reading:
        """Read `frames` of each stream, or of `streams`; None reads until the server ends them.

        They are read for `at_least` seconds, and `timeout` is counted from then on. Those that the
        answer does not promise are asked for as well.
        """
        target, seconds = self.target(response), self.patience(timeout) + at_least
        with self.held(target, seconds):
            plan = reader.ReadPlan(
                seconds, frames, streams, with_buffers, at_least, self._value_type(response)
            )
            return reader.read_streams(target, plan)

    def read_by_two(
        self, response: Response, timeout: timedelta | None, frames: int | None, at_least: float
    ) -> list[readings.Reading]:
        """What each of two got that read all streams at once, each over a connection of its own."""
        target, seconds = self.target(response), self.patience(timeout) + at_least
        plan = reader.ReadPlan(
            seconds, frames, at_least=at_least, values=self._value_type(response)
        )
        with self.held(target, seconds):
            return reader.read_at_once(target, plan, readers=2)

    def _value_type(self, response: Response) -> ReadClaim | None:
        return value_type.value_type(response, self.server.environment.name)

    def target(self, response: Response) -> targets.StreamTarget:
        """Where the streams of an accepted configuration are, and what they owe.

        Raises NotAllowed where jobs may not be read.
        """
        environment = self.server.environment
        # Reading takes frames away from whoever else reads, so it is no harmless look.
        environment.require(Permission.JOBS, "reading the streams of a job")
        target = targets.stream_target(response, environment)
        left = self.server.judge.ledger.certain_life_left(target.job_id)
        target = replace(target, alive_until=time.perf_counter() + left)
        started = self.server.api.wire.started(target.job_id)
        if started is None:  # configured elsewhere: when it was recorded is not known
            return target
        asked = accepted.asked_fields(started.body)
        recorded = recorded_when.RecordedWhen(
            asked,
            time.time() - (time.perf_counter() - started.sent_at),
            self.server.environment.file.live_delay,
            self.server.judge.required.recording_chunk_seconds.value or 0.0,
        )
        return replace(target, recorded=recorded, live=is_live(asked))

    def patience(self, timeout: timedelta | None) -> float:
        """Seconds to wait; the environment's `stream_timeout` where a keyword was given none."""
        if timeout is None:
            return self.server.environment.stream_timeout
        return timeout.total_seconds()

    def until_the_end(self) -> timedelta:
        """How long a job that nobody keeps may take to be over."""
        environment = self.server.environment
        return timedelta(seconds=environment.stream_timeout + environment.job_life)

    @contextmanager
    def held(self, target: targets.StreamTarget, seconds: float) -> Iterator[None]:
        """Count the job as alive while it is read: a reader keeps it alive."""
        ledger = self.server.judge.ledger
        ledger.hold(target.job_id, seconds)
        try:
            yield
        finally:
            ledger.hold(target.job_id, 0)

    def sent_at(self, job_id: str) -> float:
        """When its configuration was sent, by the monotonic clock.

        Raises Undetermined for a job that was not configured in this process.
        """
        started = self.server.api.wire.started(job_id)
        if started is None:
            raise Undetermined(
                f"when job {job_id} was configured is not known: it was not in this session. Count "
                "since=connect."
            )
        return started.sent_at


def conclude_reading(reading: readings.Reading, findings: Report) -> None:
    """Log what was read as one message, then pass or raise the verdict.

    Raises Undetermined where something is wrong and the job may have been over when it was reached.
    """
    conclude_readings([reading], findings)


def conclude_readings(several: list[readings.Reading], findings: Report) -> None:
    """The same of several readings of one job."""
    evidence = Evidence()
    for reading in several:
        reading.add_to(evidence)
    over = [reading.connected for reading in several if judging.may_be_over(reading)]
    with channel.judged_in_time(several[0].target, max(over, default=-inf)):
        conclude(findings, evidence)
