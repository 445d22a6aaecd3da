"""The door for HTTP: a whole answer within its time and size, or an exception of requests."""

import gzip
import itertools
import time
import zlib

import pytest
import requests
from fuzzing import fuzzed
from hostile_server import answering, drip
from http_server import Answering, serving
from hypothesis import given
from hypothesis import strategies as st
from requests.exceptions import InvalidHeader

from focus_engine.causes import HTTP, cause_in, told_by
from focus_engine.network import bounded_http
from focus_engine.network.bounded_http import (
    AnswerTooLargeError,
    BoundedAdapter,
    ask_once,
    host_of,
)

OK = b"HTTP/1.1 200 OK\r\n"
ENDLESS = itertools.repeat(b"x" * 65536)
DRIPS = {
    "its status line": drip(b"HTTP/1.1 200 "),
    "its headers": drip(OK + b"X-Header: ", b"y"),
    "interim answers": drip(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    "its body": drip(OK + b"\r\n"),
    "a body of a known length": drip(OK + b"Content-Length: 1000000\r\n\r\n"),
    "chunks": drip(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "one chunk": drip(OK + b"Transfer-Encoding: chunked\r\n\r\nffff\r\n"),
}


def get(url: str, timeout: float = 0.3) -> requests.Response:
    return ask_once("GET", url, timeout=timeout, proxies=False)


@pytest.mark.parametrize("pieces", DRIPS.values(), ids=DRIPS)
def test_a_server_that_drips_is_left_when_the_time_is_over(pieces):
    with answering(pieces) as url:
        begun = time.monotonic()
        with pytest.raises(requests.Timeout):
            get(url)
        assert time.monotonic() - begun < 30  # for ever, before there was a deadline


@pytest.mark.parametrize(
    "head", [b"", b"Transfer-Encoding: chunked\r\n\r\nffffffff", b"Content-Length: 99999999999999"]
)
def test_a_body_without_end_is_left(head, monkeypatch):
    monkeypatch.setattr(bounded_http, "MOST_BYTES", 2**20)
    pieces = itertools.chain([OK + head + b"\r\n\r\n"], ENDLESS)
    with answering(pieces) as url, pytest.raises(AnswerTooLargeError, match="larger than"):
        get(url, timeout=30)


def test_what_decompresses_beyond_all_bounds_is_left(monkeypatch):
    monkeypatch.setattr(bounded_http, "MOST_BYTES", 2**20)
    bomb = gzip.compress(bytes(2**23))
    head = OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
    with answering([head + bomb]) as url, pytest.raises(AnswerTooLargeError):
        get(url, timeout=30)


PACKED = gzip.compress(b"ok", mtime=0)


@pytest.mark.parametrize(
    ("coding", "body", "content"),
    [
        ("gzip", PACKED, b"ok"),
        ("gzip", PACKED + PACKED, b"okok"),
        ("gzip", gzip.compress(b"", mtime=0), b""),
        ("gzip", b"", b""),
        ("deflate", zlib.compress(b"ok"), b"ok"),
        ("deflate", zlib.compress(b"ok", wbits=-15), b"ok"),
    ],
)
def test_a_whole_compressed_body_is_read(coding: str, body: bytes, content: bytes) -> None:
    with answering([OK + f"Content-Encoding: {coding}\r\n\r\n".encode() + body]) as url:
        assert get(url, timeout=30).content == content


BROKEN = {
    "cut gzip": OK + b"Content-Encoding: gzip\r\n\r\n" + PACKED[:-1],
    "bad gzip": OK + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
    "bad chunk": OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    "cut body": OK + b"Content-Length: 10\r\n\r\nxx",
    "101 headers": OK + b"".join(b"X-%d: y\r\n" % number for number in range(101)) + b"\r\n",
    "a line of 64 KiB": OK + b"X: " + b"y" * 65536 + b"\r\n\r\n",
    "no HTTP": b"\x00\x01\x02\r\n\r\n",
    "no status": b"HTTP/1.1 many\r\n\r\n",
    "nothing": b"",
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_what_is_no_http_is_an_exception_of_requests(content):
    with answering([content]) as url, pytest.raises(requests.RequestException):
        get(url, timeout=30)


@pytest.mark.parametrize(
    "before",
    [
        b"",
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n" * 3,
    ],
)
def test_interim_answers_and_long_headers_are_read_over(before):
    long = b"X-Long: " + b"y" * 20_000 + b"\r\n"
    with answering([before + OK + long + b"Content-Length: 2\r\n\r\nok"]) as url:
        answer = get(url, timeout=30)
    assert (answer.status_code, answer.content) == (200, b"ok")
    assert len(answer.headers["X-Long"]) == 20_000


@pytest.mark.parametrize(
    "header", [("5 parsecs", "1"), ("\uff15", "1"), ("X", "\u200b1"), ("", "1")]
)
def test_a_header_that_is_none_is_no_fault_of_the_answer(header):
    with (
        answering([OK + b"\r\n"]) as url,
        pytest.raises(InvalidHeader, match=r"Header part|in header") as raised,
    ):
        ask_once("GET", url, timeout=30, proxies=False, headers=dict([header]))
    assert cause_in(HTTP, told_by(raised.value)).what == "a header cannot be sent"


@pytest.mark.parametrize(
    "location",
    [b"http://[::1", b"\xff\xfe", b"//host:99999/", b"http://a:b:c/", b"http://\xe2\x82"],
)
def test_a_redirect_to_nowhere_is_an_answer_as_any_other(location):
    head = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + location
    with answering([head + b"\r\n\r\n"]) as url:
        answer = ask_once("GET", url, timeout=30, proxies=False, headers={"Authorization": "x"})
    assert answer.status_code == 302
    assert answer.is_redirect
    host_of(answer.headers["Location"])


PIECES = st.sampled_from(
    [
        *[OK, b"HTTP/1.1 ", b"103 x\r\n", b"\r\n", b"\r\n\r\n", b"Content-Length: 3", b"-1"],
        *[b"xyz", b"Transfer-Encoding: chunked", b"3\r\nxyz\r\n", b"0\r\n\r\n", b": "],
        *[b"Content-Encoding: gzip", b"\xff\x00", b"Location: http://[::1", b"Set-Cookie: a=b"],
    ]
)


@fuzzed
@given(st.lists(PIECES | st.binary(max_size=6), max_size=8))
def test_nothing_but_an_exception_of_requests_escapes(pieces):
    with answering([b"".join(pieces)]) as url:
        try:
            get(url, timeout=0.2)
        except requests.RequestException:
            return


class _Keeping(Answering):
    """Keeps its connections, each of which answers with the port that it came from."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send(200, str(self.client_address[1]).encode())


@pytest.mark.parametrize(("idle", "connections"), [(60.0, 1), (0.0, 3)])
def test_a_connection_that_has_rested_is_not_used_again(monkeypatch, idle, connections) -> None:
    """Its server may close it as the next request is on its way."""
    monkeypatch.setattr(bounded_http, "IDLE_CONNECTION_SECONDS", idle)
    with serving(_Keeping) as url, requests.Session() as session:
        session.trust_env = False
        session.mount("http://", BoundedAdapter(max_retries=0))
        assert len({session.get(url, timeout=30).text for _ in range(3)}) == connections
