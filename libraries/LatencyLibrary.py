"""Keywords that measure latency and judge it."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from robot.api.deco import library
from robotlibcore import HybridCore

from focus_engine import __version__
from focus_engine.declared.permission import Permission
from focus_engine.service import Service
from focus_keywords.durations import CONVERTERS
from focus_keywords.latency.cells import CellKeywords
from focus_keywords.latency.measuring import MeasuringKeywords
from focus_keywords.latency.verdicts import LatencyVerdictKeywords


@library(scope="GLOBAL", doc_format="MARKDOWN", version=__version__, converters=CONVERTERS)
class LatencyLibrary(HybridCore):
    """Measure how long a server takes, from a process of its own, and decide whether it holds.

    One keyword measures one phase; no Robot keyword runs per request. Loads other than `closed`
    are open loops: requests are due at fixed times whatever the server does, and a latency counts
    from the due time, so that a stall is seen by every request that a user would have sent
    during it. A `closed` load (users who wait) is for capacity; its percentiles hide stalls.

    Requests are never repeated, and redirects are not followed. Percentiles are of ok answers
    only, and each is a latency that really happened. In verdicts errors and timeouts count as
    exceedances of every limit.

    | verdict | when |
    |---|---|
    | PASS | the share of requests over the limit is at most what is allowed, with 95 % confidence |
    | FAIL | it is above, for certain (95 %): for half of the time, or again and again |
    | UNDETERMINED | neither, also after measuring on for `extend_up_to` |
    | ERROR | what seems slow may be this machine: late, short of requests, out of CPU or files |

    Evidence comes first: requests that took too long from when they were sent FAIL, however the
    sampler fared. Waiting for unanswered requests is the server's time, not the sampler's.

    `POST /configure` starts jobs. Each is entered in the job ledger, and the environment's budget
    of live jobs sets the pace: the planned time is printed before it starts.

    A case that measures needs the tags `latency` and `exclusive`, else the keyword is an ERROR:
    beside other cases it would measure them.

    ## Another service

    With `base_url` the library measures any HTTP service, without a file of an environment:

    ```text
    *** Settings ***
    Library    LatencyLibrary    base_url=http://127.0.0.1:8080
    ...    thresholds=${CURDIR}/thresholds.yaml
    Test Tags    latency    exclusive
    ```

    More than 5 requests per second, or users who wait, need `allow=['load']`, other methods than
    GET and HEAD `allow=['jobs']`. Nothing is then taken from `variables/`, and no request is taken
    for one that starts a job.

    Durations are Robot times (`300 ms`, `2 s`), rates are requests per second, latencies that
    keywords return are milliseconds.
    """

    ROBOT_LISTENER_API_VERSION = 3

    def __init__(
        self,
        *,
        base_url: str = "",
        thresholds: Path | None = None,
        allow: Sequence[Permission] = (),
        name: str = "",
        timeout: timedelta = timedelta(seconds=10),
        verify_tls: bool = True,
        workers: int = 1,
    ) -> None:
        """Without arguments the Focus Server is measured that the environment declares.

        Args:
            base_url: Address of another service, `https://HOST/path`.
            thresholds: Its limits, a file of the form of `variables/thresholds.yaml`; default
                none, and cases then give the limits.
            allow: What may be done beyond gentle GET: `load`, `jobs` (any method).
            name: What messages and baselines call it; default its host.
            timeout: After which a request counts as timed out.
            verify_tls: Whether its certificate must be trusted.
            workers: Processes on this machine that each send a share of every measurement, or how
                many workers of the scheduler of FOCUS_DASK_SCHEDULER do (1: all that it has). More
                than one needs `requirements-load.txt`.
        """
        service = Service(
            base_url=base_url,
            name=name,
            allow=tuple(allow),
            timeout=timeout.total_seconds(),
            verify_tls=verify_tls,
            thresholds=thresholds,
        )
        self._measuring = measuring = MeasuringKeywords(service, workers)
        self._cells = CellKeywords()
        super().__init__([measuring, LatencyVerdictKeywords(measuring), self._cells])
        self.ROBOT_LIBRARY_LISTENER = [self]

    def start_suite(self, data: Any, result: Any) -> None:  # noqa: ARG002 - Robot passes both
        """Remember what is selected to run, for `Get Cells Of Cases`."""
        self._cells.suite = data

    def end_test(self, data: Any, result: Any) -> None:  # noqa: ARG002 - Robot passes both
        """End what the case measures in the background."""
        self._measuring.end_of(str(data.full_name))

    def end_suite(self, data: Any, result: Any) -> None:  # noqa: ARG002 - Robot passes both
        """End what the suite's set-up measures in the background."""
        self._measuring.end_of(str(data.full_name))

    def close(self) -> None:
        """End whatever is still being measured."""
        self._measuring.close()
