"""Keywords about what an outage promises: it is refused where it must be, waits, and cleans up."""

from __future__ import annotations

from datetime import timedelta

from robot.api import logger
from robot.api.deco import keyword

from focus_engine.on_use import on_use
from focus_engine.outage.model import (
    LOCK_WAIT,
    TTL_DEFAULT,
    Backend,
    Established,
    OutageRequest,
    Scope,
)
from focus_engine.verdict import (
    NotAllowed,
    PreconditionUnmet,
    ProductFailure,
    ToolError,
    Undetermined,
)
from focus_keywords.subject import SystemUnderTest

with on_use(__name__):
    from focus_engine.outage import engine as engines
    from focus_engine.outage import staged_conditions

OBSTACLE_TTL = timedelta(seconds=60)
VERDICTS = (NotAllowed, PreconditionUnmet, Undetermined, ToolError)


class PromiseKeywords:
    """Conditions are made in the cluster, owned and bounded as an outage is."""

    def __init__(self, subject: SystemUnderTest) -> None:
        self._subject = subject
        self._staged: staged_conditions.StagedConditions | None = None

    @keyword(tags=["Outage"])
    def admit_traffic_meanwhile(self, dependency: str, ttl: timedelta = OBSTACLE_TTL) -> str:
        """Create a NetworkPolicy that admits everything to a dependency, and so forbids nothing.

        Policies are additive: beside it an outage by policy cannot hold.

        Args:
            dependency: Its name in `variables/dependencies.yaml`.
            ttl: After which the cluster removes it; default 60 s.

        Returns:
            The name of the policy.

        Raises:
            NotAllowed: The environment does not allow `disruptive`, or the namespace did not opt
                in.
            ToolError: The cluster refused it.

        `Clear Staged Conditions` removes it.

        ```robotframework
        ${policy} =    Admit Traffic Meanwhile    mongodb    ttl=30 s
        Clear Staged Conditions
        ```
        """
        return self._made().admit_traffic(dependency, ttl.total_seconds())

    @keyword(tags=["Outage"])
    def leave_expired_outage_behind(self, dependency: str) -> str:
        """Create what an outage of another run would have left behind; it cuts nothing off.

        Args:
            dependency: Its name in `variables/dependencies.yaml`.

        Returns:
            The name of its objects.

        Raises:
            NotAllowed: As `Admit Traffic Meanwhile`.
            ToolError: The cluster refused it.

        `Sweep Expired Outages` and `Clear Staged Conditions` remove it; the cluster after 60 s.

        ```robotframework
        ${name} =    Leave Expired Outage Behind    mongodb
        Clear Staged Conditions
        ```
        """
        return self._made().leave_expired(dependency)

    @keyword(tags=["Outage"])
    def hold_lock_as_another_run(self, promised: timedelta) -> str:
        """Take the Lease of outages as another run would that then died.

        Args:
            promised: For how long that run said it needs the Lease (whole seconds).

        Returns:
            The holder, as the Lease names it.

        Raises:
            PreconditionUnmet: Somebody else holds it.
            NotAllowed: The environment does not allow `disruptive`.

        `Clear Staged Conditions` gives it back.

        ```robotframework
        ${holder} =    Hold Lock As Another Run    2 s
        Clear Staged Conditions
        ```
        """
        return self._made().hold_lock(promised.total_seconds())

    @keyword(tags=["Outage"])
    def clear_staged_conditions(self) -> int:
        """Remove what the other keywords of this kind made; use it in tear-downs.

        Returns:
            How many conditions there were.

        Raises:
            ToolError: The cluster refused it; it removes them by itself in the end.

        ```robotframework
        Clear Staged Conditions
        ```
        """
        made, self._staged = self._staged, None
        return made.clear() if made else 0

    @keyword(tags=["Assertion"])
    def outage_should_be_refused(
        self,
        dependency: str,
        verdict: str,
        naming: str,
        *,
        scope: Scope = Scope.SERVER,
        backend: Backend = Backend.AUTO,
        environment: str = "",
        lock_wait: timedelta = LOCK_WAIT,
    ) -> None:
        """Fail unless `Start Outage` would be refused for this reason; one that starts is stopped.

        Args:
            dependency: Its name in `variables/dependencies.yaml`.
            verdict: How the refusal begins: `PRECONDITION`, `NOT ALLOWED`, `UNDETERMINED` or
                `ERROR`.
            naming: What it must name.
            scope: As for `Start Outage`.
            backend: As for `Start Outage`.
            environment: Where it is tried; default the one under test. Addresses stay the same.
            lock_wait: As for `Start Outage`.

        Raises:
            ProductFailure: `An outage of mongodb should be refused (PRECONDITION, naming
                admits-mongodb-1f2e3d), but it was started.`
            Exception: A refusal of another kind, as it is.

        ```robotframework
        Outage Should Be Refused    mongodb    NOT ALLOWED    production    environment=kefar_saba
        ```
        """
        request = OutageRequest(
            dependency,
            scope,
            TTL_DEFAULT.total_seconds(),
            Established.ACCEPT,
            backend,
            lock_wait=lock_wait.total_seconds(),
        )
        expected = f"An outage of {dependency} should be refused ({verdict}, naming {naming})"
        refusal = _refusal(engines.Engine(self._subject.environment(environment or None)), request)
        if refusal is None:
            raise ProductFailure(f"{expected}, but it was started.")
        logger.info(f"Refused: {refusal}")
        if not str(refusal).startswith(f"{verdict}:"):
            raise refusal
        if naming not in str(refusal):
            raise ProductFailure(f"{expected}, but what was said is: {refusal}")

    def _made(self) -> staged_conditions.StagedConditions:
        if self._staged is None:
            self._staged = staged_conditions.StagedConditions(self._subject.environment())
        return self._staged


def _refusal(engine: engines.Engine, request: OutageRequest) -> Exception | None:
    """Why it was refused; None for an outage that was made, and is ended again."""
    try:
        outage = engine.start(request)
    except VERDICTS as refusal:
        return refusal
    engine.stop(outage)
    return None
