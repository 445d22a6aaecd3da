"""What the message broker holds, asked over AMQP: nothing is made, sent, read or removed.

The address holds a password: it appears in no message, and no error is chained that may quote it.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from focus_engine.environment import Environment
from focus_engine.verdict import PreconditionUnmet, ToolError

VARIABLE = "FOCUS_AMQP_URI"
POLL_SECONDS = 0.05
_NOT_FOUND, _LOCKED, _UNLIKE = 404, 405, 406


class BrokerTopology:
    """One connection. Each question has a channel of its own, since a refusal ends the channel."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def has_exchange(self, name: str) -> bool:
        return self._answer(lambda channel: channel.exchange_declare(name, passive=True)) is None

    def is_durable_topic(self, name: str) -> bool:
        """Whether the exchange, which must be there, is: to declare it again changes nothing."""
        as_wanted = {"exchange_type": "topic", "durable": True}
        return self._answer(lambda channel: channel.exchange_declare(name, **as_wanted)) is None

    def has_queue(self, name: str) -> bool:
        """Also one that a single connection keeps to itself."""
        refusal = self._answer(lambda channel: channel.queue_declare(name, passive=True))
        return refusal in {None, _LOCKED}

    def has_queue_in_time(self, name: str, wanted: bool, seconds: float) -> bool:
        """Whether the queue is there (or, if not `wanted`, gone) after at most `seconds`."""
        deadline = time.perf_counter() + seconds
        while self.has_queue(name) is not wanted:
            if time.perf_counter() > deadline:
                return False
            time.sleep(POLL_SECONDS)
        return True

    def _answer(self, ask: Callable[[Any], object]) -> int | None:
        """None for yes, else the code of the refusal."""
        from pika.exceptions import ChannelClosedByBroker  # noqa: PLC0415 - heavy

        channel = self._connection.channel()
        try:
            ask(channel)
        except ChannelClosedByBroker as error:
            code = int(error.reply_code)
            if code in {_NOT_FOUND, _LOCKED, _UNLIKE}:
                return code
            raise ToolError(f"the broker refuses to tell: {code}. Has the user rights?") from None
        channel.close()
        return None


@contextmanager
def open_broker(environment: Environment) -> Iterator[BrokerTopology]:
    """The broker of the environment.

    Raises PreconditionUnmet when no address is given, ToolError when it cannot be asked.
    """
    import pika  # noqa: PLC0415 - heavy
    from pika.exceptions import AMQPError  # noqa: PLC0415

    if not environment.amqp_uri:
        raise PreconditionUnmet(
            f"no broker is given for environment '{environment.name}'. Set {VARIABLE}."
        )
    logging.getLogger("pika").setLevel(logging.CRITICAL)  # it logs what is raised, and addresses
    seconds = environment.file.request_timeout
    parameters = pika.URLParameters(environment.amqp_uri)
    parameters.socket_timeout = parameters.stack_timeout = seconds
    parameters.blocked_connection_timeout = seconds
    connection = None
    try:
        connection = pika.BlockingConnection(parameters)
        yield BrokerTopology(connection)
    except (AMQPError, OSError) as error:
        raise ToolError(
            f"the broker cannot be asked ({type(error).__name__}). Is {VARIABLE} right, with user "
            "and password, and can this machine reach it?"
        ) from None
    finally:
        if connection is not None and connection.is_open:
            connection.close()
