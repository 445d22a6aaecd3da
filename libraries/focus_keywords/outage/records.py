"""Keywords that list and sweep outages in the cluster, and give their evidence."""

from typing import Any

from robot.api.deco import keyword

from focus_engine.outage.model import Outage
from focus_keywords.outage.session import OutageKeywordSession


class RecordKeywords:
    """They find what carries our label, whoever made it."""

    def __init__(self, session: OutageKeywordSession) -> None:
        self._session = session

    @keyword(tags=["Outage"])
    def list_outages(self, namespace: str | None = None) -> list[dict[str, Any]]:
        """Return the outages that are in the cluster and in the proxy, of any run.

        Args:
            namespace: Default from the environment.

        Returns:
            A list of dictionaries: `kind`, `name`, `dependency`, `run`, `expires_at`, `expired`.

        Raises:
            ToolError: The cluster cannot be asked.

        ```robotframework
        ${outages} =    List Outages
        Should Be Empty    ${outages}
        ```
        """
        return self._session.listed(namespace)

    @keyword(tags=["Outage"])
    def sweep_expired_outages(
        self, namespace: str | None = None, *, dry_run: bool = False
    ) -> list[str]:
        """Remove what expired outages left behind; only what carries our label.

        Args:
            namespace: Default from the environment.
            dry_run: Only tell what would be removed.

        Returns:
            One line per object that was removed, or would be.

        Raises:
            NotAllowed: Production, or an environment without `disruptive`.
            ToolError: The cluster cannot be asked.

        ```robotframework
        ${removed} =    Sweep Expired Outages
        ```
        """
        return self._session.sweep(namespace, dry_run=dry_run)

    @keyword(tags=["Outage"])
    def get_outage_evidence(self, outage: Outage | str) -> dict[str, Any]:
        """Return all that is known of an outage, as it is stored beside the log.

        Args:
            outage: What `Start Outage` returned, or its id; it may have ended.

        Returns:
            A dictionary: the request, the method, times on both clocks, every probe, the verdicts
            of new and established connections, the controls, what was created and what became of
            it.

        Raises:
            ToolError: `ERROR: there is no outage 'x' in this process. …`

        ```robotframework
        ${outage} =    Start Outage    mongodb    ttl=30 s
        Stop Outage    ${outage}
        ${evidence} =    Get Outage Evidence    ${outage}
        Should Be Equal    ${evidence}[state]    lifted
        ```
        """
        return self._session.evidence(outage)
