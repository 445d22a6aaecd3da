"""Connections to servers of this machine, on both event loops: kept, given up, and never reused."""

import asyncio
import socket
import time

import pytest

from focus_engine.latency.sampler import connection_pool
from focus_engine.latency.sampler.connection_pool import NotConnectedInTimeError
from focus_engine.latency.sampler.http_answer import IncompleteAnswerError, WireAnswer

from .conftest import OK, Run, Visitors, client, fill, serving, until


def test_a_connection_is_kept_and_stamps_are_in_order(run: Run) -> None:
    async def work() -> None:
        server = Visitors(OK)
        async with serving(server.visit) as url, client(url) as asking:
            for _ in range(3):
                began = time.perf_counter()
                exchange, ended = asking.send()
                assert (await ended).answer() == WireAnswer(200, b"", b"ok")
                assert began <= exchange.sent < exchange.done <= time.perf_counter()
        assert [number for number, _ in server.requests] == [1, 1, 1]

    run(work())


def test_the_connection_that_was_used_last_is_used_first(run: Run) -> None:
    async def work() -> None:
        server = Visitors(OK)
        async with serving(server.visit) as url, client(url) as asking:
            await asyncio.gather(*(asking.ask() for _ in range(5)))
            assert server.connections == 5
            for _ in range(3):
                await asking.ask()
        assert len({number for number, _ in server.requests[5:]}) == 1

    run(work())


@pytest.mark.parametrize("rest", [b"", b"HTTP/1.1 408 Request Timeout\r\n\r\n"])
def test_what_is_closed_while_idle_is_not_used(run: Run, rest: bytes) -> None:
    async def work() -> None:
        server = Visitors(OK + rest, hang_up=True)
        async with serving(server.visit) as url, client(url) as asking:
            for number in range(1, 4):
                assert (await asking.ask()).body == b"ok"
                await until(lambda gone=number: server.gone == gone)
                await asyncio.sleep(0.05)  # until the end of the connection has been read
        assert [number for number, _ in server.requests] == [1, 2, 3]

    run(work())


def test_what_has_been_idle_for_long_is_not_used(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> None:
        server = Visitors(OK)
        async with serving(server.visit) as url, client(url) as asking:
            await asking.ask()
            monkeypatch.setattr(connection_pool, "IDLE_CONNECTION_SECONDS", 0.0)
            await asking.ask()
            await until(lambda: server.gone == 1)
        assert server.connections == 2

    run(work())


def test_what_breaks_on_a_kept_connection_is_not_sent_again(run: Run) -> None:
    async def work() -> None:
        server = Visitors(OK, None)
        async with serving(server.visit) as url, client(url) as asking:
            await asking.ask()
            with pytest.raises(IncompleteAnswerError, match="closed without an answer"):
                await asking.ask()
        assert len(server.requests) == 2

    run(work())


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", OK + b"more"],
)
def test_an_answer_that_ends_its_connection_is_taken(run: Run, answer: bytes) -> None:
    async def work() -> None:
        server = Visitors(answer)
        async with serving(server.visit) as url, client(url) as asking:
            for number in (1, 2):
                assert (await asking.ask()).body == b"ok"
                await until(lambda gone=number: server.gone == gone)  # we have closed it
        assert server.connections == 2

    run(work())


def test_a_body_may_end_with_its_connection(run: Run) -> None:
    async def work() -> None:
        server = Visitors(b"HTTP/1.1 200 OK\r\n\r\nok", hang_up=True)
        async with serving(server.visit) as url, client(url) as asking:
            assert (await asking.ask()).body == b"ok"

    run(work())


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 200 OK\r\n", OK[:-1], b"HTTP/1.1 100 C\r\n\r\n"]
)
def test_no_complete_answer_in_time_ends_the_connection(run: Run, answer: bytes) -> None:
    async def work() -> None:
        server = Visitors(answer)
        async with serving(server.visit) as url, client(url, within=0.3) as asking:
            exchange, ended = asking.send()
            with pytest.raises(TimeoutError) as found:
                (await ended).answer()
            assert not isinstance(found.value, NotConnectedInTimeError)
            assert exchange.done - exchange.sent > 0.29  # uvloop counts in whole milliseconds
            await until(lambda: server.gone == 1)

    run(work())


def test_no_connection_in_time_is_told_apart(run: Run) -> None:
    async def work() -> None:
        with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
            waiting = fill(listener)
            address = f"http://127.0.0.1:{listener.getsockname()[1]}"
            async with client(address, within=0.3) as asking:
                with pytest.raises(NotConnectedInTimeError):
                    await asking.ask()
            for each in waiting:
                each.close()

    run(work())


def test_closing_leaves_what_is_under_way_open(run: Run) -> None:
    async def work() -> None:
        server = Visitors(b"HTTP/1.1 100 Continue\r\n\r\n")
        async with serving(server.visit) as url:
            async with client(url, within=0.5) as asking:
                _, ended = asking.send()
                await until(lambda: server.requests)
            await until(lambda: server.gone == 1)
            await asyncio.sleep(0.6)
            assert not ended.done()

    run(work())
