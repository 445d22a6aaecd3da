"""Keywords about what the message broker holds for the server and its jobs."""

from datetime import timedelta

from robot.api.deco import keyword

from focus_engine.on_use import on_use
from focus_engine.verdict import ProductFailure
from focus_keywords.server.server import Server

with on_use(__name__):
    from focus_engine.network import broker as brokers

FIVE_SECONDS = timedelta(seconds=5)


class BrokerKeywords:
    """The broker is asked by name only: AMQP lists neither exchanges nor queues."""

    def __init__(self, server: Server) -> None:
        self._server = server

    @keyword
    def exchange_should_be_there(self, name: str) -> None:
        """Fail unless the broker has a durable exchange of type topic with this name.

        Args:
            name: Of the exchange, such as `prisma`.

        Raises:
            ProductFailure: `the broker should have the exchange 'prisma', but it has none of that
                name.`
            PreconditionUnmet: `PRECONDITION: no broker is given for environment 'staging'. Set
                FOCUS_AMQP_URI.`
            ToolError: The broker cannot be asked.

        ```robotframework
        Exchange Should Be There    prisma
        ```
        """
        with brokers.open_broker(self._server.environment) as broker:
            if not broker.has_exchange(name):
                raise ProductFailure(
                    f"the broker should have the exchange '{name}', but it has none of that name."
                )
            if not broker.is_durable_topic(name):
                raise ProductFailure(
                    f"exchange '{name}' should be durable and of type topic, but the broker says "
                    "that it is of another kind."
                )

    @keyword
    def queue_should_be_there(self, name: str, within: timedelta = FIVE_SECONDS) -> None:
        """Fail unless the broker has a queue with this name.

        Args:
            name: Of the queue.
            within: How long it may take to appear.

        Raises:
            ProductFailure: `the broker should have the queue 'focus_baby.1-3', but within 5 s it
                had none of that name.`
            PreconditionUnmet: No broker is given.
            ToolError: The broker cannot be asked.

        ```robotframework
        ${response} =    Configuration Should Be Accepted    singlechannel
        Stay Attached To Job    ${response}
        Queue Should Be There    focus_baby.${response}[job_id]
        Detach From Jobs
        ```
        """
        with brokers.open_broker(self._server.environment) as broker:
            if not broker.has_queue_in_time(name, True, within.total_seconds()):
                raise ProductFailure(
                    f"the broker should have the queue '{name}', but within "
                    f"{within.total_seconds():g} s it had none of that name."
                )

    @keyword
    def queue_should_be_gone(self, name: str, within: timedelta = FIVE_SECONDS) -> None:
        """Fail while the broker has a queue with this name.

        Args:
            name: Of the queue.
            within: How long it may take to go.

        Raises:
            ProductFailure: `the queue 'focus_baby.1-3' should be gone, but the broker still has it
                after 5 s.`
            PreconditionUnmet: No broker is given.
            ToolError: The broker cannot be asked.

        ```robotframework
        Queue Should Be Gone    focus_baby.0-0
        ```
        """
        with brokers.open_broker(self._server.environment) as broker:
            if not broker.has_queue_in_time(name, False, within.total_seconds()):
                raise ProductFailure(
                    f"the queue '{name}' should be gone, but the broker still has it after "
                    f"{within.total_seconds():g} s."
                )
