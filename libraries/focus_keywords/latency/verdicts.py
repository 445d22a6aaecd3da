"""Keywords that judge latency: by limits, by its recovery, by a baseline."""

from datetime import timedelta

from robot.api.deco import keyword

from focus_engine.latency.measuring.events import Phase
from focus_engine.latency.measuring.measurement import Measurement
from focus_engine.latency.requirements.limit import percent_of
from focus_keywords.latency.measuring import SECOND, MeasuringKeywords


class LatencyVerdictKeywords:
    """Decide whether what was measured holds."""

    def __init__(self, measuring: MeasuringKeywords) -> None:
        self._measuring = measuring

    @keyword(tags=["Assertion"])
    def latency_should_be_within(
        self,
        measured: Measurement,
        *,
        p50: timedelta | None = None,
        p90: timedelta | None = None,
        p95: timedelta | None = None,
        p99: timedelta | None = None,
        error_rate: float | None = None,
        phase: Phase = Phase.WHOLE,
        extend_up_to: timedelta = 0 * SECOND,
    ) -> None:
        """Fail unless the limits hold; without limits those of `thresholds.yaml`.

        Args:
            measured: From `Measure Latency`.
            p50: Limit of P50. The same for `p90`, `p95` and `p99`. None may be looser than
                `thresholds.yaml` demands, of this or of a higher percentile; only a waiver there
                can loosen it. The log names the targets that the case leaves out.
            p90: Limit of P90.
            p95: Limit of P95.
            p99: Limit of P99.
            error_rate: Tolerated share of errors and timeouts, 0 to below 1; default from
                `thresholds.yaml`, else 0.
            phase: `whole`, or `before`, `during` or `after` the outage that events mark.
            extend_up_to: Measure on for at most this long while the verdict is open. The
                confidence is corrected for looking repeatedly.

        Raises:
            ProductFailure: `POST /configure: expected P95 <= 300 ms, but 52 of 300 requests exceed
                it (17.33%, allowed 5.00%); the share lies between 12.52% and 22.99%.`
                `GET /channels: expected no errors, but 40 of 40 failed, most by: wrong body (no
                'lowest_channel' in 200: {}).`
            Undetermined: The samples decide neither way, or the limits held in a `closed` load,
                whose users wait while the server stalls.
            ToolError: A limit is looser than the threshold, a waiver has ended, or the run itself
                was at fault and nothing that is certain breaks a limit: `ERROR: the measurement of
                GET /channels is invalid and says nothing about the server: requests were sent at
                80.0% of the rate that was offered (at least 99%): 80 of 100, the last ones 0.50 s
                late. Measure on a quieter machine or at a lower rate.`

        ```robotframework
        ${measured} =    Measure Latency    GET /channels    rate=100    samples=100    warm_up=0 s
        Latency Should Be Within    ${measured}    p95=300 ms    extend_up_to=10 s
        ```
        """
        asked = {"P50": p50, "P90": p90, "P95": p95, "P99": p99}
        limits = {name: limit.total_seconds() for name, limit in asked.items() if limit is not None}
        self._measuring.session.judge(
            measured, limits, error_rate, phase, extend_up_to.total_seconds()
        )

    @keyword(tags=["Assertion"])
    def latency_should_recover_within(
        self,
        measured: Measurement,
        time_to_recover: timedelta,
        *,
        p95: timedelta,
        window: timedelta = SECOND,
        hold: timedelta = 5 * SECOND,
    ) -> float:
        """Fail unless P95 holds again soon after the end of the outage, and keeps holding.

        Args:
            measured: From `Finish Measuring Latency`, with an `end` event.
            time_to_recover: The longest tolerated time from the `end` event.
            p95: The limit that must hold again.
            window: The time to recover is the start of the first window of this length from which
                on all windows hold.
            hold: How long it must have held when the measurement ended.

        Returns:
            The time to recover in seconds.

        Raises:
            ProductFailure: `GET /channels: expected P95 <= 300 ms to hold 10 s after the outage,
                but it held only after 14 s.`
            Undetermined: It held for less than `hold` before the measurement ended.
            ToolError: The measurement has no `end` event, or a time cannot be judged: `ERROR:
                windows of 0 s, 10 s to recover and 5 s to hold cannot be judged. Give windows
                above 0 s, and nothing below 0 s.`

        ```robotframework
        Measure Latency    GET /channels    rate=50    duration=1 min    warm_up=0 s
        ...    background=True
        Mark Event    outage    begin
        Mark Event    outage ends    end
        Sleep    2 s    # the server recovers
        ${measured} =    Finish Measuring Latency    early=True
        Latency Should Recover Within    ${measured}    1 s    p95=300 ms    hold=1 s
        ```
        """
        return self._measuring.session.recovered(
            measured,
            time_to_recover.total_seconds(),
            p95.total_seconds(),
            window.total_seconds(),
            hold.total_seconds(),
        )

    @keyword(tags=["Baseline"])
    def save_latency_baseline(self, measured: Measurement) -> str:
        """Store a measurement as what later ones of the same environment are compared with.

        Args:
            measured: From `Measure Latency`. It replaces an earlier baseline of the same
                environment, endpoint and load.

        Returns:
            The path of the file, under FOCUS_BASELINES (default: `baselines/` in the project).

        Raises:
            ToolError: `ERROR: a measurement without a single ok answer is no baseline.`

        ```robotframework
        ${measured} =    Measure Latency    GET /channels    rate=50    samples=60    warm_up=0 s
        Save Latency Baseline    ${measured}
        ```
        """
        return str(self._measuring.session.save_baseline(measured))

    @keyword(tags=["Assertion", "Baseline"])
    def compare_latency_with_baseline(
        self, measured: Measurement, percentile_name: str = "P95", tolerance: float = 0.1
    ) -> float:
        """Fail when a percentile is slower than the baseline's by more than the tolerance.

        Args:
            measured: From `Measure Latency`.
            percentile_name: `P50`, `P95` …
            tolerance: Tolerated slowdown as a share; 0.1 is 10 %.

        Returns:
            How many times the baseline's the percentile is.

        Raises:
            ProductFailure: Slower for certain: `GET /channels: P95 is 48.1 ms, 1.60 times the
                30.1 ms of 2026-11-01T10:00:00+00:00 (interval 1.48 to 1.71, tolerated 1.10).`
                Also when more requests failed than in the baseline.
            PreconditionUnmet: There is no baseline of this environment, endpoint and load.
            ToolError: Too few samples or time windows.

        ```robotframework
        ${measured} =    Measure Latency    GET /channels    rate=20    samples=100    warm_up=0 s
        Save Latency Baseline    ${measured}
        Compare Latency With Baseline    ${measured}    P50    tolerance=0.2
        ```
        """
        return self._measuring.session.compare(measured, percent_of(percentile_name), tolerance)
