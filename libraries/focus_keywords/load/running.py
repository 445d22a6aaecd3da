"""Keywords that lay load on a server."""

from collections.abc import Sequence
from datetime import timedelta
from functools import cached_property
from typing import Any

from robot.api.deco import keyword

from focus_engine.load.arrival import Readers
from focus_engine.load.run import LoadRun
from focus_engine.on_use import on_use
from focus_engine.verdict import ToolError

with on_use(__name__):
    from focus_engine.latency.planning import measurement_spec
    from focus_engine.load import shapes
    from focus_keywords.load import session as sessions


class LoadKeywords:
    """Lay load. The session opens, and numpy loads, with the first of it."""

    def __init__(self, workers: int) -> None:
        self._workers = workers

    @cached_property
    def session(self) -> "sessions.LoadKeywordSession":
        """What all keywords of the library share."""
        return sessions.LoadKeywordSession(self._workers)

    @keyword(tags=["Getter"])
    def get_default_load(self) -> list[bytes]:
        """Return the request bodies that a load sends when nothing is said.

        Returns:
            JSON bodies of live configurations (bytes, UTF-8), to be sent with
            `Send Raw Configuration` of FocusServerLibrary.

        Raises:
            ToolError: The client settings cannot be read, for example `ERROR:
                usersettings.json: key 'Defaults.Nfft' is missing. Correct the file.`

        Sends nothing, so nothing undoes it.

        ```robotframework
        ${bodies} =    Get Default Load
        ```
        """
        return self.session.default_bodies()

    @keyword(tags=["Getter"])
    def get_historic_load(self, windows: Sequence[int] | None = None) -> list[bytes]:
        """Return bodies of historic investigations over recordings that exist.

        Args:
            windows: How long they are, in seconds; at most what all windows of the client show
                together. By default 30, 60 and 300, as far as the client shows them.

        Returns:
            JSON bodies (bytes, UTF-8): each window over each of the latest recordings.

        Raises:
            PreconditionUnmet: `PRECONDITION: the server knows no finished recording of 300 s in
                the last 366 days. Record some data, or ask for shorter windows.`
            ToolError: A window is longer than the client shows.

        Asks the server for its recordings and starts nothing.

        ```robotframework
        ${bodies} =    Get Historic Load
        ${load} =    Run Load    steady    ${bodies}    jobs=[5]    step=1 s
        ```
        """
        return self.session.historic_bodies(windows)

    @keyword(tags=["Load"])
    def run_load(
        self,
        shape: str,
        bodies: Any = None,
        *,
        jobs: Sequence[int] = (),
        step: timedelta | None = None,
        readers: Readers | None = None,
    ) -> LoadRun:
        """Lay load on the server, step by step, and return what was found.

        Args:
            shape: Its name in `load_shapes.yaml`: `waves`, `ramp`, `steady`, `spike`, `soak`,
                `read_waves`, `slow_readers`.
            bodies: A body (bytes or dictionary) or a list of them, sent in turn; default
                `Get Default Load`.
            jobs: Investigations at once, per step; default from the shape.
            step: How long a step lasts; default from the shape. Where investigations come
                evenly, at least as long as a job lives.
            readers: Who reads the streams: `none`, `each_stream` or `slow`; default from the
                shape. A job that is read lives longer.

        Returns:
            The load, for the other keywords of this library. It passes whatever happened:
            `Load Should Succeed` judges it.

        Raises:
            NotAllowed: The environment allows no load.
            PreconditionUnmet: A step needs more jobs than the environment lets a load have.
            ToolError: There is no such shape, the server cannot be reached, or a step was not
                sent as planned.

        The log has a table of the steps and two charts; the result (JSON) and the raw samples are
        stored in `load/` beside it. Jobs end by themselves.

        ```robotframework
        ${load} =    Run Load    waves    jobs=[2, 4]    step=300 ms
        ```
        """
        sent = measurement_spec.bodies_of(bodies) or tuple(self.session.default_bodies())
        seconds = None if step is None else step.total_seconds()
        if any(count < 1 for count in jobs) or (seconds is not None and seconds <= 0):
            raise ToolError("a load needs at least 1 investigation per step, and steps above 0 s.")
        changed = shapes.load_shape(shape).changed(tuple(jobs), seconds, readers)
        return self.session.run(changed, sent)

    @keyword(tags=["Getter"])
    def get_load_result(self, load: LoadRun) -> dict[str, Any]:
        """Return the result of a load as plain data, as it is stored beside the log.

        Args:
            load: From `Run Load`.

        Returns:
            A dictionary: shape, environment, engine, and per step its jobs, counts of requests,
            failures by kind, exceedances by limit, and a histogram of the latencies.

        Raises:
            TypeError: `load` is no load.

        ```robotframework
        ${load} =    Run Load    waves    jobs=[2]    step=300 ms
        ${result} =    Get Load Result    ${load}
        Should Be Equal As Integers    ${result}[steps][0][counts][requests]    2
        ```
        """
        return load.result.as_json()
