"""Keywords that verify an outage: its preflight, its effect, and the return of the dependency."""

from collections.abc import Sequence
from typing import Any

from robot.api.deco import keyword

from focus_engine.outage.model import (
    Backend,
    ConnectionKind,
    Established,
    Outage,
    OutageRequest,
    Scope,
)
from focus_keywords.outage.session import OutageKeywordSession


class ProofKeywords:
    """What they ask is asked inside the client's pod: a probe of the runner proves nothing."""

    def __init__(self, session: OutageKeywordSession) -> None:
        self._session = session

    @keyword(tags=["Outage"])
    def outage_preflight(
        self,
        dependency: str,
        scope: Scope = Scope.SERVER,
        established: Established = Established.REQUIRE_CUT,
        backend: Backend = Backend.AUTO,
        *,
        namespace: str | None = None,
    ) -> dict[str, Any]:
        """Find out whether an outage is possible; changes nothing and reports everything.

        Args:
            dependency: Its name in `variables/dependencies.yaml`, such as `mongodb`.
            scope: `server` or `client`, as for `Start Outage`.
            established: As for `Start Outage`.
            backend: As for `Start Outage`.
            namespace: Of the dependency; default from the environment.

        Returns:
            A dictionary: `possible` (truth), `backend` (what fits), and `findings`, each with
            `severity` (`ok`, `warn`, or `fail`: in the way), `subject` and `sentence`.

        Raises:
            ToolError: There is no such dependency, or the cluster cannot be asked.

        ```robotframework
        ${report} =    Outage Preflight    mongodb
        Should Be True    ${report}[possible]
        ```
        """
        return self._session.preflight(
            OutageRequest(
                dependency=dependency,
                scope=scope,
                established=established,
                backend=backend,
                namespace=namespace,
            )
        )

    @keyword(tags=["Outage", "Assertion"])
    def outage_should_be_effective(
        self, outage: Outage | str, kind: ConnectionKind = ConnectionKind.NEW, times: int = 3
    ) -> None:
        """Fail unless connections still fail, asked in the client's pod.

        Args:
            outage: What `Start Outage` returned, or its id.
            kind: `new`, `established` or `both`.
            times: How many new connections must fail in a row; default 3.

        Raises:
            ToolError: `ERROR: outage … of mongodb does not hold: a new connection succeeded after
                2 ms. What was measured in it does not count.`

        ```robotframework
        ${outage} =    Start Outage    mongodb    ttl=30 s
        Outage Should Be Effective    ${outage}    both
        Stop Outage    ${outage}
        ```
        """
        self._session.should_be_effective(outage, kind, times)

    @keyword(tags=["Outage", "Assertion"])
    def dependency_should_be_reachable(
        self, dependency: str, times: int = 3, *, namespace: str | None = None
    ) -> float:
        """Fail unless the Focus Server's pod reaches a dependency.

        Args:
            dependency: Its name in `variables/dependencies.yaml`.
            times: How many new connections must succeed in a row; default 3.
            namespace: Of the dependency; default from the environment.

        Returns:
            How long the slowest took until the answer (s).

        Raises:
            PreconditionUnmet: `PRECONDITION: mongodb:27017 is not reachable from pod …: refused
                after 1 ms. …`

        ```robotframework
        Dependency Should Be Reachable    rabbitmq
        ```
        """
        return self._session.should_be_reachable(dependency, times, namespace)

    @keyword(tags=["Outage", "Assertion"])
    def control_targets_should_be_reachable(
        self, dependency: str, targets: Sequence[str] = (), *, namespace: str | None = None
    ) -> None:
        """Fail unless what an outage must leave alone answers from the Focus Server's pod.

        Args:
            dependency: Whose control targets; that names resolve is one of them.
            targets: Names of control targets; default all of them.
            namespace: Of the dependency; default from the environment.

        Raises:
            ToolError: `ERROR: rabbitmq does not answer from pod … (refused). …`

        ```robotframework
        Control Targets Should Be Reachable    mongodb
        ```
        """
        self._session.controls_should_answer(dependency, tuple(targets), namespace)

    @keyword(tags=["Outage"])
    def break_established_connections(self, outage: Outage | str) -> int:
        """Kill the connections of the client's pod to the dependency, by `ss -K`.

        It runs in an ephemeral container with NET_ADMIN, which stays listed in the pod, ended.

        Args:
            outage: What `Start Outage` returned, or its id.

        Returns:
            How many were killed.

        Raises:
            Undetermined: `UNDETERMINED: connections of pod … could not be killed: the account may
                not patch pods/ephemeralcontainers. …`

        Nothing undoes it: clients connect again when they can.

        ```robotframework
        ${outage} =    Start Outage    mongodb    established=accept    backend=networkpolicy
        Break Established Connections    ${outage}
        Outage Should Be Effective    ${outage}    established
        Stop Outage    ${outage}
        ```
        """
        return self._session.break_established(outage)
