"""Answers as servers write them, well and badly: read in one piece and byte by byte."""

import gzip
import zlib
from dataclasses import replace
from functools import partial

import pytest
from httptools import HttpParserCallbackError

from focus_engine.latency.sampler import http_answer
from focus_engine.latency.sampler.http_answer import AnswerReader, IncompleteAnswerError, WireAnswer

OK = b"HTTP/1.1 200 OK\r\n"
TWO = b"Content-Length: 2\r\n\r\nok"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
HINTS = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
gzipped = partial(gzip.compress, mtime=0)  # the same in each test process, which names tests by it
PIECES = pytest.mark.parametrize("size", [1, 7, 100_000], ids=["bytes", "pieces", "at once"])


def fed(reader: AnswerReader, data: bytes, size: int = 10**6) -> AnswerReader:
    for start in range(0, len(data), size):
        reader.feed(data[start : start + size])
    return reader


def read(data: bytes, size: int = 10**6, *, asks_head: bool = False) -> WireAnswer:
    reader = AnswerReader()
    reader.expect(asks_head=asks_head)
    fed(reader, data, size)
    if not reader.complete:
        reader.end()
    return reader.answer()


@PIECES
@pytest.mark.parametrize(
    ("data", "status", "body"),
    [
        (OK + TWO, 200, b"ok"),
        (OK + b"Content-Length: 0\r\n\r\n", 200, b""),
        (OK + CHUNKED + b"1\r\no\r\n1;a=b\r\nk\r\n0\r\nA: trailer\r\n\r\n", 200, b"ok"),
        (OK + CHUNKED + b"2 \r\nok\r\n0\r\n\r\n", 200, b"ok"),
        (HINTS + OK + TWO, 200, b"ok"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n", 304, b""),
        (b"HTTP/1.1 302 Found\r\nLocation: /a\r\n" + TWO, 302, b"ok"),
        (OK + b"\r\nuntil it closes", 200, b"until it closes"),
        (b"HTTP/1.0 200 OK\r\n\r\nuntil it closes", 200, b"until it closes"),
        (OK + b"Transfer-Encoding: gzip\r\n\r\nuntil", 200, b"until"),
        (b"HTTP/1.1 200\r\n" + TWO, 200, b"ok"),
        (b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok", 200, b"ok"),
        (OK + b"X-Some: y\r\n" * 99 + TWO, 200, b"ok"),
        (OK + b"X-Long: " + b"y" * 65_526 + b"\r\n" + TWO, 200, b"ok"),
    ],
    ids=lambda value: value[-40:] if isinstance(value, bytes) else value,
)
def test_an_answer_is_read_however_its_body_ends(
    data: bytes, status: int, body: bytes, size: int
) -> None:
    assert read(data, size) == WireAnswer(status, b"", body)


@PIECES
@pytest.mark.parametrize("head", [b"Content-Length: 2\r\n", CHUNKED[:-2], b""])
def test_the_answer_to_head_has_no_body_and_the_next_one_has(head: bytes, size: int) -> None:
    reader = AnswerReader()
    reader.expect(asks_head=True)
    assert fed(reader, OK + head + b"\r\n", size).complete
    assert reader.answer().body == b""
    reader.expect(asks_head=False)
    assert fed(reader, OK + TWO, size).answer().body == b"ok"


@PIECES
@pytest.mark.parametrize(
    ("data", "reusable"),
    [
        (OK + TWO, True),
        (HINTS + OK + TWO, True),
        (OK + CHUNKED + b"0\r\n\r\n", True),
        (b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n" + TWO, True),
        (b"HTTP/1.0 200 OK\r\n" + TWO, False),
        (OK + b"Connection: close\r\n" + TWO, False),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n", False),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", False),
    ],
)
def test_only_what_is_kept_alive_is_used_again(data: bytes, reusable: bool, size: int) -> None:
    reader = fed(AnswerReader(), data, size)
    assert (reader.complete, reader.reusable) == (True, reusable)


@pytest.mark.parametrize("rest", [b"more", OK + TWO, HINTS])
@pytest.mark.parametrize("data", [OK + TWO, b"HTTP/1.1 204 No Content\r\n\r\n"])
def test_what_goes_on_after_its_end_is_an_answer_and_the_last_one(data: bytes, rest: bytes) -> None:
    reader = fed(AnswerReader(), data + rest)
    assert reader.complete
    assert not reader.reusable
    assert reader.answer() == read(data)


@PIECES
def test_answers_come_one_after_the_other(size: int) -> None:
    reader = AnswerReader()
    for number in (b"11", b"22", b"33"):
        reader.expect(asks_head=False)
        assert not reader.complete
        fed(reader, HINTS + OK + b"Content-Length: 2\r\n\r\n" + number, size)
        assert reader.answer().body == number


@PIECES
@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "closed without an answer"),
        (OK, "closed within the head"),
        (HINTS, "closed within the head"),
        (OK + b"Content-Length: 10\r\n\r\nxx", "the body was cut off after 2 bytes"),
        (OK + CHUNKED + b"5\r\nxx", "the body was cut off after 2 bytes"),
        (OK + CHUNKED + b"2\r\nxx\r\n", "the body was cut off after 2 bytes"),
        (OK + CHUNKED + b"zz\r\n", "the answer is no HTTP: Invalid character in chunk size"),
        (OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nok", "the answer is no HTTP: "),
        (OK + b"Content-Length: -2\r\n\r\nok", "the answer is no HTTP: "),
        (OK + b"Content-Length: 2\r\n" + CHUNKED + b"0\r\n\r\n", "the answer is no HTTP: "),
        (b"SSH-2.0-OpenSSH\r\n", "the answer is no HTTP: "),
        (b"HTTP/1.1 abc\r\n\r\n", "the answer is no HTTP: "),
        (OK + b"X-Some: y\r\n" * 101 + TWO, "more than 100 headers"),
        (OK + b"X-Long: " + b"y" * 65_527 + b"\r\n" + TWO, "line of more than 65536 bytes"),
        (OK + b"X" * 65_600 + b": y\r\n" + TWO, "line of more than 65536 bytes"),
        (b"HTTP/1.1 200 " + b"y" * 70_000 + b"\r\n" + TWO, "line of more than 65536 bytes"),
        (OK + b"X-Endless: " + b"y" * 300_000, "line of more than 65536 bytes"),
        (OK + CHUNKED + b"2;" + b"y" * 300_000, "line of more than 65536 bytes"),
        (OK + CHUNKED + b"0\r\nX: " + b"y" * 300_000, "line of more than 65536 bytes"),
    ],
    ids=lambda value: value[-40:] if isinstance(value, bytes) else value,
)
def test_a_broken_answer_is_said_in_a_sentence(data: bytes, said: str, size: int) -> None:
    with pytest.raises(IncompleteAnswerError, match=said):
        read(data, size)


@pytest.mark.parametrize("body", [TWO[:-2] + b"ok", CHUNKED + b"2\r\nok\r\n0\r\n\r\n", b"\r\nok"])
def test_an_answer_is_bounded_on_the_wire(monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    limits = replace(http_answer.LIMITS, size=len(OK + body))
    monkeypatch.setattr(http_answer, "LIMITS", limits)
    assert read(OK + body, 7).body == b"ok"
    monkeypatch.setattr(http_answer, "LIMITS", replace(limits, size=limits.size - 1))
    with pytest.raises(IncompleteAnswerError, match="its answer is larger than"):
        read(OK + body, 7)


TEXT = b'{"job_id": "1-1"}' * 9
DEFLATED = zlib.compress(TEXT)


@pytest.mark.parametrize(
    ("coding", "body", "content"),
    [
        (b"", TEXT, TEXT),
        (b"identity", TEXT, TEXT),
        (b"br", b"\x8b", b"\x8b"),
        (b"gzip", gzipped(TEXT), TEXT),
        (b" GZip ", gzipped(TEXT) + gzipped(b"more"), TEXT + b"more"),
        (b"gzip", b"", b""),
        (b"gzip", gzipped(b""), b""),
        (b"deflate", DEFLATED, TEXT),
        (b"deflate", DEFLATED[2:-4], TEXT),
    ],
)
def test_a_coded_body_is_decoded(coding: bytes, body: bytes, content: bytes) -> None:
    assert WireAnswer(200, coding, body).content() == content


@pytest.mark.parametrize(
    ("coding", "body", "said"),
    [
        (b"gzip", b"ok", "its body is no gzip: "),
        (b"gzip", gzipped(TEXT)[:-9], "its body is no gzip: it ends too early"),
        (b"gzip", gzipped(TEXT) + b"rest", "its body is no gzip: "),
        (b"gzip", gzipped(b"") * 101, "no gzip: it has more than 100 members"),
        (b"deflate", DEFLATED[:-5], "its body is no deflate: it ends too early"),
        (b"deflate", b"ok", "its body is no deflate: "),
    ],
)
def test_what_cannot_be_decoded_is_broken(coding: bytes, body: bytes, said: str) -> None:
    with pytest.raises(IncompleteAnswerError, match=said):
        WireAnswer(200, coding, body).content()


def test_a_small_body_cannot_become_a_large_one() -> None:
    bomb = gzipped(bytes(http_answer.LIMITS.size + 1), compresslevel=1)
    with pytest.raises(IncompleteAnswerError, match="its answer is larger than"):
        WireAnswer(200, b"gzip", bomb).content()


def test_a_mistake_of_ours_is_no_broken_answer() -> None:
    class Wrong(AnswerReader):
        def _on_status(self, _: bytes) -> None:
            raise LookupError

    with pytest.raises(HttpParserCallbackError):
        fed(Wrong(), OK + TWO)
