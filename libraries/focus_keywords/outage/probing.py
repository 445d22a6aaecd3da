"""Keywords that ask one endpoint again and again in the background."""

from datetime import timedelta

from robot.api import logger
from robot.api.deco import keyword

from focus_engine.evidence import Evidence
from focus_engine.on_use import on_use
from focus_engine.outage.model import Outage
from focus_engine.probes.prober import EndpointProber, Series, require_answered
from focus_engine.probes.single_request import Asked
from focus_keywords.outage.observer import Observer, log, say

with on_use(__name__):
    from focus_engine.probes import prober_chart

INTERVAL = timedelta(seconds=0.5)


class ProbeKeywords:
    """A probe runs until it is stopped, at most a quarter of an hour."""

    def __init__(self, observer: Observer) -> None:
        self._observer = observer
        self._running: list[EndpointProber] = []

    @keyword(tags=["Observation"])
    def probe_during_outage(
        self,
        path: str = "/ack",
        interval: timedelta = INTERVAL,
        *,
        deadline: timedelta | None = None,
    ) -> EndpointProber:
        """Begin to ask an endpoint again and again, one request at a time, in the background.

        Begin before the outage, so that the series shows both.

        Args:
            path: Below the server's prefix; asked by GET.
            interval: From one request to the next; default 0.5 s. After an answer that took
                longer the next request follows at once.
            deadline: How long to wait for an answer; default `outages.answer` of the
                environment.

        Returns:
            The running probe, for `Stop Probe`.

        Raises:
            ToolError: The environment has no address.

        `Stop Probe` and `Stop All Probes` end it, and at the latest the end of the case (or of the
        suite whose set-up began it); it ends by itself after 15 minutes.

        ```robotframework
        ${probe} =    Probe During Outage    /ack    interval=50 ms
        Stop Probe    ${probe}
        ```
        """
        asked = Asked("GET", path)
        probe = EndpointProber(
            lambda: self._observer.ask(asked, deadline), interval.total_seconds()
        )
        self._running.append(probe)
        self._observer.belongings.add(probe, probe.halt)
        return probe.begin()

    @keyword(tags=["Observation"])
    def stop_probe(self, probe: EndpointProber, *outages: Outage) -> Series:
        """End a probe, and log its response times as a chart in which outages are shaded.

        Args:
            probe: What `Probe During Outage` returned. Stopping it again returns the same series.
            outages: What to shade: from the proven beginning to the proven end.

        Returns:
            The series: `samples`, `failed`, `slowest` (s), `availability` (0 to 1).

        Raises:
            ToolError: Nothing could be sampled: the host is not known, for example.

        ```robotframework
        ${probe} =    Probe During Outage    /ack    interval=50 ms
        ${series} =    Stop Probe    ${probe}
        Should Be True    ${series.slowest} < 5
        ```
        """
        self._observer.belongings.remove(probe)
        series = probe.end()
        spans = [
            (outage.t_enforced, outage.t_lifted or series.ended)
            for outage in outages
            if outage.t_enforced is not None
        ]
        evidence = Evidence()
        series.add_to(evidence)
        logger.info(prober_chart.probe_chart(series, spans) + evidence.to_html(), html=True)
        say(str(series))
        return series

    @keyword(tags=["Observation"])
    def stop_all_probes(self) -> int:
        """End every probe that still runs; use it in tear-downs.

        Returns:
            How many there were.

        ```robotframework
        Probe During Outage    /ack
        Stop All Probes
        ```
        """
        running = [probe for probe in self._running if probe.runs]
        for probe in running:
            probe.halt()
        self._running.clear()
        return len(running)

    @keyword(tags=["Assertion"])
    def probe_should_have_been_answered(self, series: Series, within: timedelta) -> None:
        """Fail unless every request of a probe was answered 200 in time.

        Args:
            series: What `Stop Probe` returned.
            within: The longest time that any answer may have taken.

        Raises:
            ProductFailure: `GET /ack should be answered within 1 s all the time, but 2 of 31
                requests took longer: the slowest 4.1 s, 3.0 s after the probe began.`
            Undetermined: Nothing was wrong but what came late as this machine stood still.

        ```robotframework
        ${probe} =    Probe During Outage    /ack    interval=50 ms
        ${series} =    Stop Probe    ${probe}
        Probe Should Have Been Answered    ${series}    within=5 s
        ```
        """
        evidence = Evidence()
        series.add_to(evidence)
        log(evidence)
        require_answered(series, within.total_seconds())
