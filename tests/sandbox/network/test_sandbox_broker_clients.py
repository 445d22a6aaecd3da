"""The broker for a plain client, pika: publish to the exchange, look at the queues of jobs."""

import asyncio
from types import SimpleNamespace

import pika
import pytest
from pika.exceptions import ChannelClosedByBroker

from sandbox.network.broker import Broker

JOB = SimpleNamespace(id="1-7")
QUEUE = f"focus_baby.{JOB.id}"


def talk(scenario):
    """Run `scenario(channel)` in a thread beside a broker that serves one job."""

    async def whole():
        broker = Broker()
        await broker.start()
        broker.queues.job_started(JOB)
        try:
            return await asyncio.to_thread(_connected, broker.address, scenario)
        finally:
            broker.queues.job_ended(JOB)
            assert broker.queues.waiting == {}
            broker.stop()

    return asyncio.run(asyncio.wait_for(whole(), 20))


def _connected(address, scenario):
    connection = pika.BlockingConnection(pika.ConnectionParameters(*address))
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


def test_the_queue_of_a_job_counts_what_was_sent_to_it():
    def scenario(channel):
        channel.confirm_delivery()
        channel.basic_publish("", QUEUE, b"one")
        channel.basic_publish("", QUEUE, b"two")
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
