"""The keyword that measures how soon a server serves again."""

from datetime import timedelta
from typing import Any

from robot.api.deco import keyword
from robot.libraries.BuiltIn import BuiltIn

from focus_engine.evidence import Evidence
from focus_engine.outage.model import Outage
from focus_engine.probes.recovery import Patience, Recovery, await_recovery, require_within
from focus_engine.probes.single_request import Answer
from focus_engine.verdict import ToolError
from focus_keywords.outage.observer import Observer, log, say
from focus_keywords.outage.requests_once import asked


class RecoveryKeywords:
    """Time counts from the proven end of the outage."""

    def __init__(self, observer: Observer) -> None:
        self._observer = observer

    @keyword(tags=["Assertion"])
    def recovery_should_be_within(
        self,
        outage: Outage,
        method: str,
        path: str,
        body: Any = None,
        *,
        limit: timedelta | None = None,
        consecutive: int = 3,
        give_up: timedelta | None = None,
    ) -> Recovery:
        """Ask until the server answers 200 several times in a row; report how soon that was.

        Args:
            outage: What `Start Outage` returned; it must have been stopped.
            method: Such as `POST`.
            path: Below the server's prefix, such as `/configure`.
            body: A dictionary (sent as JSON), text or bytes; default none.
            limit: The longest time from the proven end of the outage to the last of the answers
                in a row; default None reports and judges no time.
            consecutive: How many answers in a row make a recovery; default 3.
            give_up: When a server that does not recover is given up; default `outages.recovery`
                of the environment.

        Returns:
            The recovery: `first` and `steady` (s after the proven end), and all `tries`.

        Raises:
            ProductFailure: `POST /configure should be served again after the outage without a
                restart (3 times in a row), but 5.1 s after its end it answered 503: …`
            ToolError: The outage goes on.

        The times are also in the test's metadata. Jobs that it starts end by themselves.

        ```robotframework
        ${outage} =    Start Outage    mongodb    ttl=30 s
        Stop Outage    ${outage}
        Recovery Should Be Within    ${outage}    GET    /ack    limit=5 s
        ```
        """
        if outage.t_lifted is None:
            raise ToolError(f"{outage} goes on, so nothing can recover. Stop it first.")
        patience = Patience(consecutive, self._seconds(give_up))
        request = asked(method, path, body)
        evidence = Evidence()

        def ask() -> Answer:
            return self._observer.ask(request, None)

        try:
            recovery = await_recovery(ask, outage.t_lifted, patience, evidence)
        finally:
            log(evidence)
        self._report(f"{request.method} {request.path}", recovery)
        require_within(recovery, limit.total_seconds() if limit else None)
        return recovery

    def _seconds(self, give_up: timedelta | None) -> float:
        if give_up is None:
            return self._observer.environment.file.outages.recovery
        return give_up.total_seconds()

    def _report(self, request: str, recovery: Recovery) -> None:
        say(f"{request} {recovery}")
        built_in = BuiltIn()
        if built_in.get_variable_value("${TEST NAME}") is not None:
            built_in.set_test_metadata(f"Recovery {request}", f"{recovery.steady:.2f} s")
