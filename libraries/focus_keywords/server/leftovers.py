"""Keywords about what refused requests leave behind in the cluster."""

from datetime import timedelta

from robot.api import logger
from robot.api.deco import keyword

from focus_engine.evidence import Evidence
from focus_keywords.server.server import Server


class LeftoverKeywords:
    """They look at the whole suite; each refusal by itself is judged by its own row."""

    def __init__(self, server: Server) -> None:
        self._server = server

    @keyword
    def nothing_should_be_left_behind(self, settle: timedelta | None = None) -> None:
        """Fail when a refused request of this suite left an object in the cluster, also a late one.

        The namespace is watched from the first configuration on: jobs, services, pods, config
        maps, volume claims and every other kind that the account may list. Last case of a suite of
        refusals. Objects of jobs that this run was given, and of these tests, are expected.

        Args:
            settle: How long after the last refusal to look; default `settle` of the environment.

        Raises:
            ProductFailure: `POST /configure with channels.min=0 (row 'Minimum is zero', 12:03:04,
                answered 400) should leave nothing in the cluster, but it left Job grpc-job-3-17
                behind, 1.5 s after its answer.`
            PreconditionUnmet: No request of this suite was refused, or no Kubernetes API is given.
            Undetermined: Others work on this system too, or a watch broke, so that what came and
                went is not known.
            ToolError: The cluster cannot be asked.

        ```robotframework
        Configuration Should Be Rejected    multichannel    channels.min=0
        Nothing Should Be Left Behind    settle=100 ms
        ```
        """
        environment, judge = self._server.environment, self._server.judge
        seconds = settle.total_seconds() if settle else environment.file.settle
        evidence = Evidence()
        try:
            judge.refusals.require_nothing_left(
                seconds, judge.ledger, shared=environment.file.shared, evidence=evidence
            )
        finally:
            logger.info(evidence.to_html(), html=True)
