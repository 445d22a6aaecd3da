"""Keywords that start, prolong and end outages."""

from datetime import timedelta
from typing import Any

from robot.api.deco import keyword
from robot.libraries.BuiltIn import BuiltIn

from focus_engine.outage.model import (
    LIFT_WAIT,
    LOCK_WAIT,
    TTL_DEFAULT,
    Backend,
    ConnectionFault,
    Established,
    Outage,
    OutageRequest,
    Scope,
)
from focus_keywords.outage.session import OutageKeywordSession


class LifecycleKeywords:
    """Each logs a table of what was proven."""

    def __init__(self, session: OutageKeywordSession) -> None:
        self._session = session

    @keyword(tags=["Outage"])
    def start_outage(
        self,
        dependency: str,
        scope: Scope = Scope.SERVER,
        ttl: timedelta = TTL_DEFAULT,
        established: Established = Established.REQUIRE_CUT,
        backend: Backend = Backend.AUTO,
        *,
        namespace: str | None = None,
        reason: str = "",
        lock_wait: timedelta = LOCK_WAIT,
    ) -> Outage:
        """Make a dependency unreachable and return once that is proven in the client's pod.

        Args:
            dependency: Its name in `variables/dependencies.yaml`, such as `mongodb`.
            scope: `server`: nobody reaches it; `client`: only the Focus Server does not.
            ttl: After which the cluster itself ends it; 2 s to 900 s, default 120 s, counted
                from the proof.
            established: `require_cut`, `break` or `accept`: what must become of connections that
                were open before.
            backend: `auto`, `networkpolicy`, `proxy`, or `pod_deletion`: the dependency's pods
                are deleted, their controller brings new ones, and `Stop Outage` waits for them.
            namespace: Of the dependency; default from the environment.
            reason: Written on the objects in the cluster.
            lock_wait: How long to wait for another outage to end; default 60 s.

        Returns:
            The outage: `id`, `dependency`, `method`, `t_enforced` (`time.monotonic()`),
            `enforced` and `lifted` (on both clocks), `new_connections`, `established`, `ttl`.

        Raises:
            NotAllowed: Production, an environment without `disruptive`, a namespace without the
                annotation.
            PreconditionUnmet: `PRECONDITION: mongodb was still reachable 20 s after NetworkPolicy
                …: this cluster does not enforce NetworkPolicies. …`; also another policy that
                would admit the traffic, and an unreachable dependency.
            Undetermined: `UNDETERMINED: new connections to mongodb failed, but one that was open
                before lives on, and nothing here may cut it. …`
            ToolError: `ERROR: the outage of mongodb was too broad: rabbitmq stopped answering
                (refused). It was lifted.`

        `Stop Outage` undoes it; so do the end of the case or suite, and the time to live.

        ```robotframework
        ${outage} =    Start Outage    mongodb    ttl=30 s
        Stop Outage    ${outage}
        ```
        """
        return self._session.start(
            OutageRequest(
                dependency=dependency,
                scope=scope,
                ttl=ttl.total_seconds(),
                established=established,
                backend=backend,
                namespace=namespace,
                reason=reason,
                lock_wait=lock_wait.total_seconds(),
            )
        )

    @keyword(tags=["Outage"])
    def start_proxy_fault(
        self,
        dependency: str,
        fault: ConnectionFault,
        amount: float = 0,
        *,
        ttl: timedelta = TTL_DEFAULT,
        reason: str = "",
        lock_wait: timedelta = LOCK_WAIT,
    ) -> Outage:
        """Let the proxy before a dependency disturb its connections, and prove that it does.

        Args:
            dependency: Its name in `variables/dependencies.yaml`, such as `mongodb`.
            fault: `down`, `hang`, `reset`, `latency`, `bandwidth` or `cut_after`.
            amount: Milliseconds of `latency`, kB/s of `bandwidth`, bytes of `cut_after`.
            ttl: 2 s to 900 s, default 120 s. The cluster does not enforce it for a proxy: the
                process does, and the sweep.
            reason: Written on the objects in the cluster.
            lock_wait: How long to wait for another outage to end; default 60 s.

        Returns:
            The outage, as `Start Outage` does.

        Raises:
            PreconditionUnmet: `PRECONDITION: environment 'staging' has no proxy before mongodb:
                set FOCUS_TOXIPROXY_URL. …`
            NotAllowed: As `Start Outage`.
            ToolError: The proxy took the fault, but the client's pod saw none of it.

        `Stop Outage` undoes it, as does the end of the case or suite. After SIGKILL only
        `python3 focus.py sweep` does.

        ```robotframework
        ${outage} =    Start Proxy Fault    mongodb    latency    300    ttl=30 s
        Stop Outage    ${outage}
        ```
        """
        return self._session.start(
            OutageRequest(
                dependency=dependency,
                ttl=ttl.total_seconds(),
                established=Established.ACCEPT,
                backend=Backend.PROXY,
                fault=fault,
                amount=amount,
                reason=reason,
                lock_wait=lock_wait.total_seconds(),
            )
        )

    @keyword(tags=["Outage"])
    def stop_outage(self, outage: Outage | str, wait: timedelta = LIFT_WAIT) -> float:
        """End an outage and return when the dependency was proven to answer again.

        Args:
            outage: What `Start Outage` returned, or its id. Stopping it again does nothing.
            wait: How long the dependency may take to answer again; default 30 s.

        Returns:
            The time of the proof (`time.monotonic()`, s), for recovery to be measured from.

        Raises:
            ToolError: `ERROR: outage … of mongodb was not lifted: … What remains: NetworkPolicy
                …; Kubernetes removes it by itself in 87 s.`

        ```robotframework
        ${outage} =    Start Outage    mongodb    established=accept    ttl=30 s
        ${lifted} =    Stop Outage    ${outage}
        ```
        """
        return self._session.stop(outage, wait.total_seconds())

    @keyword(tags=["Outage"])
    def stop_all_outages(self) -> int:
        """End every outage that this process started; use it in tear-downs.

        Returns:
            How many there were.

        Raises:
            ToolError: Some could not be lifted; the message says of each what remains.

        ```robotframework
        Stop All Outages
        ```
        """
        return self._session.stop_all()

    @keyword(tags=["Outage"])
    def renew_outage(self, outage: Outage | str, ttl: timedelta = TTL_DEFAULT) -> None:
        """Let an outage last longer: its time to live counts from now.

        Args:
            outage: What `Start Outage` returned, or its id.
            ttl: 2 s to 900 s, default 120 s.

        Raises:
            ToolError: `ERROR: outage … has ended, so it cannot be renewed. Start another.`

        ```robotframework
        ${outage} =    Start Outage    mongodb    ttl=20 s
        Renew Outage    ${outage}    ttl=30 s
        Stop Outage    ${outage}
        ```
        """
        self._session.renew(outage, ttl.total_seconds())

    @keyword(tags=["Outage"])
    def with_outage(
        self,
        dependency: str,
        name: str,
        *arguments: Any,
        scope: Scope = Scope.SERVER,
        ttl: timedelta = TTL_DEFAULT,
        established: Established = Established.REQUIRE_CUT,
        backend: Backend = Backend.AUTO,
        wait: timedelta = LIFT_WAIT,
    ) -> Any:
        """Run a keyword during an outage, and end the outage whatever the keyword does.

        Args:
            dependency: As for `Start Outage`.
            name: The keyword.
            arguments: Its arguments.
            scope: As for `Start Outage`.
            ttl: As for `Start Outage`.
            established: As for `Start Outage`.
            backend: As for `Start Outage`.
            wait: How long ending it may take; default 30 s.

        Returns:
            What the keyword returned.

        Raises:
            Exception: The keyword's failure as it is; when the outage could not be lifted either,
                both: `POST /configure should answer 503, but … In addition: ERROR: outage … of
                mongodb was not lifted: …`

        ```robotframework
        With Outage    mongodb    Log    history is asked now    ttl=30 s
        ```
        """
        request = OutageRequest(
            dependency=dependency,
            scope=scope,
            ttl=ttl.total_seconds(),
            established=established,
            backend=backend,
        )
        seconds = wait.total_seconds()
        return self._session.during(
            request, lambda: BuiltIn().run_keyword(name, *arguments), seconds
        )
