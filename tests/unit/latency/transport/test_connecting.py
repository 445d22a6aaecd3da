"""The way to a server: its addresses, its certificate, and a proxy before it; on both loops."""

import asyncio
import socket
import ssl
import sys
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from focus_engine.latency.sampler import connecting
from focus_engine.latency.sampler.connecting import UnconnectedError

from .conftest import OK, Run, Visitors, client, fill, serving

CONNECTED = b"HTTP/1.1 200 Connection established\r\n\r\n"
CERTIFICATES = Path(__file__).parents[3] / "tls"


def _closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_each_address_that_refuses_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> None:
        _resolve_to(monkeypatch, _closed_port(), _closed_port())
        async with client("http://focus.example") as asking:
            with pytest.raises(UnconnectedError) as found:
                await asking.ask()
            assert [type(each) for each in found.value.causes] == [ConnectionRefusedError] * 2

    run(work())


@pytest.mark.skipif(sys.platform == "win32", reason="a full queue refuses there")
@pytest.mark.parametrize("silent", [False, True], ids=["refuses", "is silent"])
def test_the_next_address_is_tried(run: Run, monkeypatch: pytest.MonkeyPatch, silent: bool) -> None:
    async def work() -> None:
        server = Visitors(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
        with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
            waiting = fill(listener)
            bad = listener.getsockname()[1] if silent else _closed_port()
            async with serving(server.visit) as url:
                asked = _resolve_to(monkeypatch, bad, int(url.rpartition(":")[2]))
                async with client("http://focus.example") as asking:
                    for _ in range(4):
                        assert (await asking.ask()).body == b"ok"
            assert len(asked) == 1  # a name is resolved once
            for each in waiting:
                each.close()

    run(work())


def test_a_name_that_is_not_there_is_asked_for_again(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work() -> None:
        asked: list[str] = []

        async def unknown(host: str, _port: int) -> deque[Any]:
            asked.append(host)
            raise socket.gaierror(socket.EAI_NONAME, "no such name")

        monkeypatch.setattr(connecting, "_addresses_of", unknown)
        async with client("http://focus.example") as asking:
            for _ in range(2):
                found = await asyncio.gather(
                    *(asking.ask() for _ in range(3)), return_exceptions=True
                )
                causes = [each.causes for each in found if isinstance(each, UnconnectedError)]
                assert [type(each) for (each,) in causes] == [socket.gaierror] * 3
        assert len(asked) == 2

    run(work())


def _resolve_to(monkeypatch: pytest.MonkeyPatch, *ports: int) -> list[str]:
    """Every name has these ports of this machine as its addresses; what was asked for is listed."""
    asked: list[str] = []

    async def addresses(host: str, _port: int) -> deque[Any]:
        asked.append(host)
        return deque((socket.AF_INET, ("127.0.0.1", port)) for port in ports)

    monkeypatch.setattr(connecting, "_addresses_of", addresses)
    return asked


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """For a server whose authority the client trusts."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATES / "ca.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATES / "server.pem")
    return context


def test_an_encrypted_connection_is_kept_too(run: Run, trusted: ssl.SSLContext) -> None:
    async def work() -> None:
        server = Visitors(OK)
        async with serving(server.visit, trusted) as url, client(url) as asking:
            for _ in range(2):
                assert (await asking.ask()).body == b"ok"
        assert server.connections == 1

    run(work())


def test_a_certificate_of_another_name_is_refused(
    run: Run, trusted: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work() -> None:
        server = Visitors(OK)
        async with serving(server.visit, trusted) as url:
            _resolve_to(monkeypatch, int(url.rpartition(":")[2]))
            async with client("https://localhost.") as asking:
                assert (await asking.ask()).body == b"ok"
            async with client("https://focus.example") as asking:
                with pytest.raises(UnconnectedError) as found:
                    await asking.ask()
            assert isinstance(found.value.causes[0], ssl.SSLCertVerificationError)

    run(work())


def test_who_speaks_no_tls_is_not_connected(run: Run, trusted: ssl.SSLContext) -> None:
    assert trusted

    async def work() -> None:
        async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.close()

        async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(OK)

        for visit in (hang_up, talk):
            async with serving(visit, scheme="https") as url, client(url) as asking:
                with pytest.raises(UnconnectedError):
                    await asking.ask()

    run(work())


class Proxy:
    """Digs a tunnel to wherever it is asked, unless it is to `refuse` with an answer."""

    def __init__(self, refuse: bytes | None = None) -> None:
        self.asked: list[bytes] = []
        self._refuse = refuse
        self._tasks: list[asyncio.Task[None]] = []

    async def visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.asked.append(head)
        if self._refuse is not None:
            writer.write(self._refuse)
            writer.close()
            return
        host, _, port = head.split()[1].decode().rpartition(":")
        further = await asyncio.open_connection(host, int(port))
        writer.write(CONNECTED)
        await asyncio.gather(_carry(reader, further[1]), _carry(further[0], writer))


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(2**16):
            writer.write(data)
    writer.close()


def test_a_tunnel_through_a_proxy_is_kept(run: Run, trusted: ssl.SSLContext) -> None:
    async def work() -> None:
        server, between = Visitors(OK), Proxy()
        async with serving(server.visit, trusted) as url, serving(between.visit) as address:
            proxy = address.replace("//", "//me:secret@")
            async with client(url, proxy=proxy) as asking:
                for _ in range(3):
                    assert (await asking.ask()).body == b"ok"
        assert len(between.asked) == 1
        assert between.asked[0].startswith(b"CONNECT 127.0.0.1:")
        assert b"\r\nProxy-Authorization: Basic bWU6c2VjcmV0\r\n" in between.asked[0]
        assert all(b"Proxy-Authorization" not in each for _, each in server.requests)

    run(work())


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (b"HTTP/1.1 407 Auth\r\nContent-Length: 2\r\n\r\nno", "the proxy answered 407 to CONNECT"),
        (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", "the proxy answered 502 to CONNECT"),
        (b"no HTTP\r\n\r\n", "the answer is no HTTP"),
        (b"", "closed without an answer"),
    ],
)
def test_a_proxy_that_digs_no_tunnel_connects_nobody(
    run: Run, trusted: ssl.SSLContext, refusal: bytes, said: str
) -> None:
    assert trusted

    async def work() -> None:
        between = Proxy(refusal)
        async with (
            serving(between.visit) as proxy,
            client("https://focus.example", proxy=proxy) as asking,
        ):
            with pytest.raises(UnconnectedError, match=said):
                await asking.ask()
        assert len(between.asked) == 1

    run(work())


def test_a_proxy_gets_plain_requests_whole(run: Run) -> None:
    async def work() -> None:
        server = Visitors(OK)
        async with (
            serving(server.visit) as proxy,
            client("http://focus.example/x", proxy=proxy) as asking,
        ):
            assert (await asking.ask()).body == b"ok"
        assert server.requests[0][1].startswith(b"GET http://focus.example/x HTTP/1.1\r\n")

    run(work())
