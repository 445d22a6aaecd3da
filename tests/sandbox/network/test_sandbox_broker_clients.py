"""The broker for a plain client, pika: publish to the exchange, look at the queues of jobs."""

import asyncio
from types import SimpleNamespace

import pika
import pytest
from pika.exceptions import AMQPConnectionError, ChannelClosedByBroker, UnroutableError

from sandbox.network.rabbitmq.broker import Broker
from sandbox.network.rabbitmq.queues import RECORDER

JOB = SimpleNamespace(id="1-7")
QUEUE = f"focus_baby.{JOB.id}"


def talk(scenario, **parameters):
    """Run `scenario(channel)` in a thread beside a broker that serves one job."""

    async def whole():
        broker = Broker()
        await broker.start()
        broker.queues.job_started(JOB)
        try:
            return await asyncio.to_thread(_connected, broker.address, scenario, parameters)
        finally:
            broker.queues.job_ended(JOB)
            await _until_alone(broker.queues)
            broker.stop()

    return asyncio.run(asyncio.wait_for(whole(), 20))


async def _until_alone(queues):
    """The job's queue has gone, and those of a connection go with it: the recorder's is left."""
    while queues.held.keys() != {RECORDER}:  # noqa: ASYNC110 - a queue tells nobody that it has gone
        await asyncio.sleep(0.01)


def _connected(address, scenario, parameters):
    connection = pika.BlockingConnection(pika.ConnectionParameters(*address, **parameters))
    try:
        return scenario(connection.channel())
    finally:
        connection.close()


@pytest.mark.parametrize("body", [b"", b"x", b"x" * 300_000])
def test_a_message_to_the_exchange_is_confirmed(body):
    def scenario(channel):
        channel.confirm_delivery()
        for _ in range(3):
            channel.basic_publish("prisma", "any.key", body)

    talk(scenario)


def test_a_queue_gets_what_is_published_to_its_topic():
    def scenario(channel):
        own = channel.queue_declare("", exclusive=True).method.queue
        channel.queue_bind(own, "prisma", "Prpcast.#")
        channel.confirm_delivery()
        for key in ("Prpcast.Info", "Prpcast", "Other.Info"):
            channel.basic_publish("prisma", key, key.encode() * 70_000, mandatory=key[0] == "P")
        method, _, first = channel.basic_get(own)
        channel.basic_nack(method.delivery_tag)
        again, _, body = channel.basic_get(own)
        assert (again.redelivered, again.routing_key, body) == (True, "Prpcast.Info", first)
        channel.basic_ack(again.delivery_tag)
        channel.basic_qos(prefetch_count=1)
        read = next(channel.consume(own, inactivity_timeout=10))
        channel.cancel()
        assert len(read[2]) == 7 * 70_000
        assert channel.queue_purge(own).method.message_count == 0
        channel.queue_unbind(own, "prisma", "Prpcast.#")
        with pytest.raises(UnroutableError):
            channel.basic_publish("prisma", "Prpcast.Info", b"", mandatory=True)
        return channel.basic_get(own)

    assert talk(scenario) == (None, None, None)


def test_exchanges_are_those_of_the_broker_and_the_declared():
    def scenario(channel):
        for name in ("prisma", "amq.topic", "amq.direct"):
            channel.exchange_declare(name, passive=True)
        channel.exchange_declare("mine", "fanout")
        channel.queue_bind(QUEUE, "mine")
        channel.basic_publish("mine", "", b"one")
        assert channel.queue_delete(QUEUE).method.message_count == 1
        channel.exchange_delete("mine")
        channel.exchange_declare("mine", passive=True)

    with pytest.raises(ChannelClosedByBroker, match="NOT_FOUND - no exchange 'mine'"):
        talk(scenario)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"virtual_host": "other"}, "NOT_ALLOWED - vhost other not found"),
        ({"credentials": pika.PlainCredentials("guest", "wrong")}, "ACCESS_REFUSED"),
    ],
)
def test_another_host_or_password_is_refused(changed, says):
    with pytest.raises(AMQPConnectionError) as refused:
        talk(lambda _: None, **changed)
    assert says in repr(refused.value)


def test_the_queue_of_a_job_counts_what_was_sent_to_it():
    def scenario(channel):
        channel.confirm_delivery()
        channel.basic_publish("", QUEUE, b"one")
        channel.basic_publish("", QUEUE, b"two")
        channel.queue_declare("recorder_input", passive=True)
        return channel.queue_declare(QUEUE, passive=True).method.message_count

    assert talk(scenario) == 2


@pytest.mark.parametrize(
    "ask",
    [
        lambda channel: channel.queue_declare("focus_baby.1-8", passive=True),
        lambda channel: channel.exchange_declare("other", passive=True),
    ],
)
def test_what_is_not_there_is_refused(ask):
    with pytest.raises(ChannelClosedByBroker, match="NOT_FOUND"):
        talk(ask)
