"""What the broker is asked, of the sandbox's own, and what is said where it cannot be asked."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from threading import Thread
from types import SimpleNamespace

import pytest

from focus_engine.environment import Environment, load_environment
from focus_engine.network.broker import open_broker
from focus_engine.verdict import PreconditionUnmet, ToolError
from sandbox.faults import ActiveFaults
from sandbox.network.rabbitmq.broker import Broker

JOB = SimpleNamespace(id="1-7")
QUEUE = "focus_baby.1-7"


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    served, loop = Broker(), asyncio.new_event_loop()
    loop.run_until_complete(served.start())
    thread = Thread(target=loop.run_forever)
    thread.start()
    yield served
    loop.call_soon_threadsafe(served.stop)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def environment(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> Environment:
    monkeypatch.setenv("FOCUS_ENVIRONMENT", "sandbox")
    monkeypatch.setenv("FOCUS_BASE_URL", "http://127.0.0.1:1/focus-server")
    monkeypatch.setenv("FOCUS_AMQP_URI", broker.uri)
    broker.queues.follow(ActiveFaults())
    return load_environment()


def test_exchange_and_queues_are_told_by_name(broker: Broker, environment: Environment) -> None:
    with open_broker(environment) as asked:
        assert asked.has_exchange("prisma")
        assert asked.is_durable_topic("prisma")
        assert not asked.has_exchange("other")
        assert not asked.has_queue(QUEUE)
        broker.queues.job_started(JOB)
        assert asked.has_queue_in_time(QUEUE, wanted=True, seconds=5)
        assert not asked.has_queue_in_time(QUEUE, wanted=False, seconds=0)
        broker.queues.job_ended(JOB)
        assert asked.has_queue_in_time(QUEUE, wanted=False, seconds=5)


@pytest.mark.parametrize(
    "fault", ["broker-exchange-not-durable", "broker-queue-left-behind", "broker-queue-missing"]
)
def test_what_is_wrong_is_seen(broker: Broker, environment: Environment, fault: str) -> None:
    active = ActiveFaults()
    active.replace({fault: True})
    broker.queues.follow(active)
    broker.queues.job_started(JOB)
    with open_broker(environment) as asked:
        assert asked.has_queue(QUEUE) is (fault != "broker-queue-missing")
    broker.queues.job_ended(JOB)
    with open_broker(environment) as asked:
        assert asked.is_durable_topic("prisma") is (fault != "broker-exchange-not-durable")
        assert asked.has_queue(QUEUE) is (fault == "broker-queue-left-behind")


@pytest.mark.parametrize(
    "address",
    ["amqp://guest:wrong-secret@{}:{}", "amqp://me:wrong-secret@127.0.0.1:9"],
)
def test_a_broker_that_cannot_be_asked_is_an_error_without_its_password(
    broker: Broker, environment: Environment, address: str
) -> None:
    wrong = replace(environment, amqp_uri=address.format(*broker.address))
    with pytest.raises(ToolError, match="FOCUS_AMQP_URI") as raised, open_broker(wrong):
        pass
    assert "secret" not in str(raised.value)


def test_without_an_address_the_case_is_skipped(environment: Environment) -> None:
    nowhere = replace(environment, amqp_uri=None)
    with pytest.raises(PreconditionUnmet, match=r"Set FOCUS_AMQP_URI\."), open_broker(nowhere):
        pass


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:5672",
        "amqp://:9",
        "127.0.0.1:5672",
        "amqp://a b@h",
        "amqp://me:pw/@h:5672",
    ],
)
def test_what_is_no_address_of_a_broker_is_refused_unquoted(
    environment: Environment, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("FOCUS_AMQP_URI", address)
    with pytest.raises(ToolError, match="FOCUS_AMQP_URI") as raised:
        load_environment()
    assert address not in str(raised.value)


def test_the_sandbox_takes_a_broker_of_this_machine_only(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOCUS_AMQP_URI", "amqp://guest:guest@192.0.2.7:5672")
    with pytest.raises(ToolError, match="loopback addresses only"):
        load_environment()
