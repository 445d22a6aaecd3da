"""What LatencyLibrary leaves in a run's output: the log, the console, metadata and raw samples."""

from collections.abc import Sequence

from robot.api import logger
from robot.libraries.BuiltIn import BuiltIn

from files_beside_log import address_in_log, stem_beside_log
from focus_engine.latency.charts.plot import timeline
from focus_engine.latency.charts.report import decisions_html, measurement_html
from focus_engine.latency.measuring.measurement import Measurement
from focus_engine.latency.requirements.limit import Limit
from focus_engine.latency.statistics.decision import Decision
from focus_engine.latency.verdict.judgement import coverage

SAMPLES = "latency"


class RunLog:
    """Writes to the running Robot; the count keeps the files of one run apart."""

    def __init__(self) -> None:
        self._stored = 0

    def say(self, line: str) -> None:
        logger.console(f"\n{line}", newline=False)  # Robot has left its cursor behind a name
        logger.info(line)

    def measurement(self, measured: Measurement, limits: Sequence[Limit]) -> None:
        """Store the samples, log tables and charts, and set the test's metadata."""
        links = self._store(measured)
        logger.info(measurement_html(measured, limits, links), html=True)
        self.say(str(measured))
        _set_metadata(measured)

    def timeline(self, measured: Measurement, limits: Sequence[Limit]) -> None:
        logger.info(timeline(measured.samples, limits, measured.events), html=True)

    def decisions(self, decisions: Sequence[Decision], remarks: Sequence[str]) -> None:
        logger.info(decisions_html(decisions, remarks), html=True)

    def warn(self, line: str) -> None:
        logger.warn(line)

    def passed(self, measured: Measurement, left_out: Sequence[str]) -> None:
        """Say what a PASS speaks of: the time that was seen, and the targets that were judged."""
        words = "; ".join([coverage(measured), *left_out])
        self.say(f"{measured.endpoint}: {words}")
        if BuiltIn().get_variable_value("${TEST NAME}") is not None:
            BuiltIn().set_test_metadata(f"Covers {measured.endpoint}", words)

    def _store(self, measured: Measurement) -> list[str]:
        self._stored += 1
        stem = stem_beside_log(SAMPLES, self._stored, measured.endpoint)
        return [address_in_log(path) for path in measured.samples.store(stem)]


def _set_metadata(measured: Measurement) -> None:
    """P50, P95 and P99 of the endpoint, where a test runs: a suite set-up has no test."""
    built_in = BuiltIn()
    if built_in.get_variable_value("${TEST NAME}") is None:
        return
    for name, words in measured.percentiles_in_words().items():
        built_in.set_test_metadata(f"{name} {measured.endpoint}", words)
