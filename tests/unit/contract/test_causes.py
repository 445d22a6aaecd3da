"""Whose fault is what: each kind with real bytes on a real connection, or the libraries' words."""

import gzip
import re
import socket
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from focus_engine.causes import HTTP, KUBERNETES, TABLES, Whose, cause_in
from focus_engine.causes.mongodb import mongodb_cause
from focus_engine.environment import Environment
from focus_engine.ledger import JobLedger
from focus_engine.transport.client import connect
from focus_engine.transport.http_transport import BrokenAnswerError
from focus_engine.verdict import Prefix, ToolError

OK = b"HTTP/1.1 200 OK\r\n"
STALLS = object()  # the connection stays open and brings no more
GZIPPED = gzip.compress(b"[1, 2, 3]" * 100)

# What a server that was reached may send, and what is said of it.
BROKEN = {
    "nothing, stalls": (b"", STALLS, "did not answer in full within 0.3 s"),
    "head only, stalls": (OK + b"Content-Length: 5\r\n\r\n", STALLS, "within 0.3 s"),
    "half a body, stalls": (OK + b"Content-Length: 5\r\n\r\nab", STALLS, "within 0.3 s"),
    "half a header, stalls": (OK + b"Content-Le", STALLS, "within 0.3 s"),
    "half a chunk, stalls": (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab", STALLS, "within"),
    "nothing": (b"", None, "closed the connection without an answer"),
    "half a body": (OK + b"Content-Length: 5\r\n\r\nab", None, "in the middle of its answer"),
    "half a chunk": (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab", None, "in the middle"),
    "no chunk": (OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n", None, "chunks"),
    "negative chunk": (OK + b"Transfer-Encoding: chunked\r\n\r\n-4\r\nab\r\n", None, ", but "),
    "no gzip": (OK + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\nab", None, "encoding"),
    "gzip as deflate": (
        OK + b"Content-Encoding: deflate\r\nContent-Length: 20\r\n\r\n" + GZIPPED[:20],
        None,
        "encoding",
    ),
    **{
        f"{kind} cut after {length}": (
            OK + b"Content-Encoding: %s\r\n\r\n" % kind.encode() + body[:length],
            None,
            "its compressed body is cut",
        )
        for kind, body in (("gzip", GZIPPED), ("deflate", zlib.compress(b"[1, 2, 3]" * 100)))
        for length in (5, 12, len(body) - 1)
    },
    "two lengths": (
        OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nab",
        None,
        "two lengths",
    ),
    "101 headers": (OK + b"X: y\r\n" * 101 + b"\r\n", None, "more than 100 headers"),
    "long header": (OK + b"X: " + b"y" * 70000 + b"\r\n\r\n", None, "too long"),
    "no HTTP": (b"SSH-2.0-OpenSSH_9\r\n\r\n", None, "no HTTP"),
    "no status": (b"HTTP/1.1 abc OK\r\n\r\n", None, "no HTTP"),
    "binary": (bytes(range(256)), None, "no HTTP"),
}


@contextmanager
def serving(answer: bytes, end: object) -> Iterator[str]:
    """The address of a server that gives each request these bytes."""
    held: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                connection.recv(65536)
                connection.sendall(answer)
                held.append(connection)
                if end is not STALLS:
                    connection.shutdown(socket.SHUT_RDWR)
                    connection.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/focus-server"
    for connection in held:
        connection.close()


@pytest.fixture
def asked(environment: Environment, tmp_path: Path) -> Callable[[str], None]:
    """Ask a server for /ack, and once more by a raw keyword's way."""

    def ask(url: str) -> None:
        file = environment.file.model_copy(update={"request_timeout": 0.3})
        ledger = JobLedger(tmp_path / "ledger.sqlite")
        connect(requests.Session(), replace(environment, base_url=url, file=file), ledger).ack()

    return ask


@pytest.mark.parametrize("kind", BROKEN)
def test_what_was_reached_and_broken_is_the_products(kind: str, asked) -> None:
    answer, end, says = BROKEN[kind]
    with serving(answer, end) as url, pytest.raises(BrokenAnswerError) as raised:
        asked(url)
    message = str(raised.value)
    assert Prefix.of(message) is None
    assert message.startswith("GET /focus-server/ack should be answered by http://127.0.0.1:")
    assert says in message


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://127.0.0.1:9", "connection refused. Is FOCUS_BASE_URL right"),
        ("http://no-such-host.invalid", "the host name "),
        ("http://[::1]:9", "cannot reach "),
    ],
)
def test_what_was_not_reached_is_an_error(url: str, says: str, asked) -> None:
    with pytest.raises(ToolError, match=re.escape(says)):
        asked(url)


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ("status 401 Unauthorized", "does not know the account"),
        ("status 403 Forbidden", "deploy/rbac"),
        ("status 403 Forbidden (pods is forbidden: exceeded quota: q)", "quota"),
        ("status 404 Not Found", "FOCUS_NAMESPACE"),
        ("status 409 Conflict", "focus.py sweep"),
        ("status 429 Too Many Requests", "less busy"),
        ("status 500 Internal Server Error", "control plane"),
        ("status 503 Service Unavailable", "control plane"),
        ("SSLError: certificate verify failed: self-signed certificate", "certificate-authority"),
        ("SSLError: [SSL: WRONG_VERSION_NUMBER] wrong version number", "does not speak TLS"),
        ("SSLError: certificate has expired", "has expired"),
        ("NewConnectionError: [Errno 111] Connection refused", "connection refused"),
        ("ConnectTimeoutError: timed out", "tunnel or VPN"),
    ],
)
def test_advice_follows_what_kubernetes_said(said: str, says: str) -> None:
    cause = cause_in(KUBERNETES, said)
    assert says in f"{cause.what}. {cause.advice}"
    assert ("role" in cause.advice) is (said == "status 403 Forbidden")


SELECTION = (
    "ServerSelectionTimeoutError: {host}:27017: {why} (configured timeouts: …), Timeout: 1s, "
    "Topology Description: <TopologyDescription id: 1, topology_type: {kind}, servers: "
    "[<ServerDescription ('{host}', 27017) server_type: Unknown, rtt: None>]>"
)


@pytest.mark.parametrize(
    ("said", "says"),
    [
        (SELECTION.format(host="db", why="[Errno 111] Connection refused", kind="Single"), "refu"),
        (SELECTION.format(host="db", why="[Errno -2] Name or service not known", kind="U"), "kno"),
        (SELECTION.format(host="db", why="SSL handshake failed: certificate verify failed: self-"
         "signed certificate", kind="Single"), "tlsCAFile"),
        (SELECTION.format(host="db", why="SSL handshake failed: [SSL: WRONG_VERSION_NUMBER]",
         kind="Single"), "Leave tls=true out"),
        (SELECTION.format(host="mongo-0.svc", why="[Errno -2] Name or service not known",
         kind="ReplicaSetNoPrimary"), "directConnection=true"),
        (SELECTION.format(host="10.0.0.9", why="timed out", kind="ReplicaSetNoPrimary"),
         "directConnection=true"),
        ('No replica set members available for replica set name "x"', "Correct replicaSet="),
        ("Replica set is configured with internal hostnames or IPs?", "directConnection=true"),
        ("client is configured to connect to a replica set named 'a'", "Correct replicaSet="),
        ("code 13435 NotPrimaryNoSecondaryOk OperationFailure: not primary", "readPreference"),
        ("code 10107 NotWritablePrimary", "readPreference"),
        ("code 50 MaxTimeMSExpired OperationFailure: operation exceeded time limit", "index"),
        ("code 18 AuthenticationFailed", "authSource"),
        ("code 13 Unauthorized", "role `read`"),
        ("AutoReconnect: connection closed", "tls=true"),
    ],
)  # fmt: skip
def test_advice_follows_what_mongodb_said(said: str, says: str) -> None:
    cause = mongodb_cause(said, ["db"])
    assert says in f"{cause.what}. {cause.advice}"


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_table_is_complete(table) -> None:
    assert table[-1].pattern == ""
    for cause in table:
        re.compile(cause.pattern)
        assert cause.advice.endswith((".", "?"))
        assert not cause.what.endswith(".")
    assert all(cause.whose is Whose.SET_UP for cause in KUBERNETES)


def test_the_words_of_an_address_are_no_cause() -> None:
    error = requests.ConnectionError(
        "HTTPConnectionPool(host='h', port=1): Max retries exceeded with url: /a/IncompleteRead "
        "(Caused by NewConnectionError('[Errno 111] Connection refused'))"
    )
    from focus_engine.causes import told_by  # noqa: PLC0415

    assert cause_in(HTTP, told_by(error)).name == "refused"
