"""The stand-in for RabbitMQ on the wire, and the server's connection to it."""

import asyncio
import socket
import struct

import pytest

from sandbox.focus_server.publisher import BrokerAwayError, Publisher
from sandbox.network.rabbitmq import amqp, broker
from sandbox.network.rabbitmq.amqp import AmqpError, method_frame, take_frames
from sandbox.network.rabbitmq.broker import Broker
from sandbox.network.relay import Relay

LOGIN = b"\0guest\0guest"


def run(scenario):
    """Run an asynchronous scenario with a broker of its own."""

    async def whole():
        broker = Broker()
        await broker.start()
        try:
            await scenario(broker)
        finally:
            broker.stop()

    asyncio.run(asyncio.wait_for(whole(), 10))


class Client:
    """A client that sends frames by hand."""

    def __init__(self, reader, writer):
        self._reader = reader
        self._writer = writer
        self._received = bytearray()

    @classmethod
    async def connected(cls, broker):
        return cls(*await asyncio.open_connection(*broker.address))

    def send(self, data):
        self._writer.write(data)

    async def frame(self):
        while True:
            for frame in take_frames(self._received):
                return frame
            data = await self._reader.read(4096)
            if not data:
                return None
            self._received += data

    async def rest(self):
        return bytes(self._received) + await self._reader.read()

    def close(self):
        self._writer.close()


async def started(broker, login=LOGIN, mechanism="PLAIN"):
    client = await Client.connected(broker)
    client.send(amqp.PROTOCOL_HEADER)
    start = await client.frame()
    assert start.method == amqp.START
    assert start.arguments[:2] == b"\0\x09"
    assert b"RabbitMQ" in start.arguments
    assert b"PLAIN AMQPLAIN" in start.arguments
    arguments = amqp.table() + amqp.short_text(mechanism) + amqp.long_text(login)
    client.send(method_frame(amqp.START_OK, arguments + amqp.short_text("en_US")))
    return client


async def opened(broker):
    client = await started(broker)
    assert (await client.frame()).method == amqp.TUNE
    client.send(method_frame(amqp.TUNE_OK, struct.pack(">HIH", 0, 0, 0)))
    vhost = amqp.short_text("/") + amqp.short_text("") + b"\0"
    client.send(method_frame(amqp.OPEN, vhost))
    assert (await client.frame()).method == amqp.OPEN_OK
    client.send(method_frame(amqp.CHANNEL_OPEN, amqp.short_text(""), 1))
    assert (await client.frame()).method == amqp.CHANNEL_OPEN_OK
    return client


def declare(name):
    texts = amqp.short_text(name) + amqp.short_text("topic")
    return method_frame(amqp.EXCHANGE_DECLARE, b"\0\0" + texts + b"\x01" + amqp.table(), 1)


def code_of(frame):
    return frame.method, struct.unpack_from(">H", frame.arguments)[0]


def test_from_the_header_to_a_declared_exchange():
    async def scenario(broker):
        client = await opened(broker)
        client.send(declare("prisma"))
        assert (await client.frame()).method == amqp.EXCHANGE_DECLARE_OK
        client.send(struct.pack(">BHI", amqp.HEARTBEAT, 0, 0) + b"\xce")
        client.send(declare("other"))
        assert code_of(await client.frame()) == (amqp.CHANNEL_CLOSE, 404)
        client.send(method_frame(amqp.CHANNEL_CLOSE_OK, channel=1))
        close = struct.pack(">H", 200) + amqp.short_text("bye") + bytes(4)
        client.send(method_frame(amqp.CLOSE, close))
        assert (await client.frame()).method == amqp.CLOSE_OK
        assert await client.rest() == b""

    run(scenario)


def test_a_wrong_header_is_answered_with_the_right_one():
    async def scenario(broker):
        client = await Client.connected(broker)
        client.send(b"AMQP\0\1\0\0")
        assert await client.rest() == amqp.PROTOCOL_HEADER

    run(scenario)


@pytest.mark.parametrize(("login", "mechanism"), [(b"\0guest\0x", "PLAIN"), (LOGIN, "EXTERNAL")])
def test_a_wrong_login_is_refused(login, mechanism):
    async def scenario(broker):
        client = await started(broker, login, mechanism)
        assert code_of(await client.frame()) == (amqp.CLOSE, 403)
        client.send(method_frame(amqp.CLOSE_OK))
        assert await client.rest() == b""

    run(scenario)


def test_who_does_not_log_in_is_dropped(monkeypatch):
    monkeypatch.setattr(broker, "_HANDSHAKE_S", 0.05)

    async def scenario(there):
        idle = await Client.connected(there)
        idle.send(amqp.PROTOCOL_HEADER)
        await idle.frame()
        client = await opened(there)
        assert await idle.rest() == b""
        client.send(declare("prisma"))
        assert (await client.frame()).method == amqp.EXCHANGE_DECLARE_OK

    run(scenario)


def test_what_is_not_served_or_comes_too_early_closes_with_a_reason():
    async def scenario(broker):
        client = await opened(broker)
        client.send(method_frame((90, 10), b"", 1))
        assert code_of(await client.frame()) == (amqp.CLOSE, 540)
        client.close()
        client = await Client.connected(broker)
        client.send(amqp.PROTOCOL_HEADER + method_frame(amqp.OPEN))
        await client.frame()
        assert code_of(await client.frame()) == (amqp.CLOSE, 503)
        client.close()

    run(scenario)


def test_bytes_that_are_no_frame_end_the_connection():
    async def scenario(broker):
        client = await Client.connected(broker)
        client.send(amqp.PROTOCOL_HEADER + struct.pack(">BHI", 1, 0, 1) + b"x\0")
        await client.frame()
        assert await client.rest() == b""

    run(scenario)
    with pytest.raises(AmqpError, match="bytes"):
        list(take_frames(bytearray(struct.pack(">BHI", 1, 0, 1 << 30))))


def test_the_publisher_keeps_its_connection_and_replaces_a_dead_one():
    async def scenario(broker):
        relay = Relay(lambda: broker.address)
        publisher = Publisher(relay.address)
        for _ in range(3):
            await publisher.check(2)
        assert relay.connections == 1
        assert relay.kill() == 1
        await publisher.check(2)
        relay.enable(False)
        with pytest.raises(BrokerAwayError, match="Refused"):
            await publisher.check(2)
        relay.enable(True)
        await asyncio.gather(*(publisher.check(2) for _ in range(20)))
        assert relay.connections == 1
        publisher.close()
        relay.close()

    run(scenario)


def test_a_broker_that_does_not_answer_takes_the_limit_and_no_longer():
    async def scenario(broker):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            publisher = Publisher(silent.getsockname())
            began = asyncio.get_running_loop().time()
            with pytest.raises(BrokerAwayError, match="Timeout"):
                await publisher.check(0.2)
            assert asyncio.get_running_loop().time() - began < 1

    run(scenario)
