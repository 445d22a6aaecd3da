"""Reads the answers that come over one connection: llhttp finds their parts, this bounds them.

The policy is that of `focus_engine.network.bounded_http`.
"""

import zlib
from dataclasses import dataclass
from http import HTTPStatus
from types import SimpleNamespace

from httptools import (
    HttpParserCallbackError,
    HttpParserError,
    HttpParserUpgrade,
    HttpResponseParser,
)

from focus_engine.decoding.bounded_json import LIMITS

LONGEST_LINE, MOST_HEADERS = 64 * 2**10, 100  # as network.bounded_http has them
MOST_MEMBERS = 100  # of a gzip body; usual is one
GZIP_BITS = 16 + zlib.MAX_WBITS
ZLIB_METHOD = 8  # in the first byte, unless a deflate body has no header, which some send


class IncompleteAnswerError(Exception):
    """A connected server gave no complete answer that is HTTP; its text says how."""


@dataclass(frozen=True, slots=True)
class WireAnswer:
    """One complete answer; its body as it came, in the coding that its header names."""

    status: int
    coding: bytes
    body: bytes

    def content(self) -> bytes:
        """The decoded body. Raises IncompleteAnswerError where that is not possible."""
        if not self.coding or not self.body:
            return self.body
        return _decoded(self.coding.strip().lower(), self.body)


class AnswerReader:
    """Takes what is received, piece by piece; `complete` once the answer is.

    The methods `_on_…` are called by the parser. They raise only what `_refused` has noted.
    """

    def __init__(self) -> None:
        self._parser = self._new_parser()
        self._asks_head = False
        self._refusal: IncompleteAnswerError | None = None
        self.expect(asks_head=False)

    def expect(self, *, asks_head: bool) -> None:
        """The next answer is that to a new request."""
        if self._asks_head:  # the parser would wait for the body that the headers speak of
            self._parser = self._new_parser()
        self._asks_head = asks_head
        self.complete = False
        self.reusable = False  # whether the connection may carry another request
        self._status = 0  # that of an interim answer is none
        self._received = 0
        self._unfinished = 0  # bytes since the last header or piece of the body

    def feed(self, data: bytes) -> None:
        """Raises IncompleteAnswerError for what is no HTTP, or too much."""
        self._received += len(data)
        self._unfinished += len(data)
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as error:
            self.reusable = False
            if not self.complete:
                raise self._reason(error) from error
        if self._received > LIMITS.size:
            raise IncompleteAnswerError(f"its answer is larger than {LIMITS.size} bytes")
        if self._unfinished > 2 * LONGEST_LINE:  # a header is told when the next one begins
            raise _too_long()

    def end(self) -> None:
        """Nothing more will come. Raises IncompleteAnswerError unless that ends the body."""
        if not self._received:
            raise IncompleteAnswerError("the connection was closed without an answer")
        if not self._status:
            raise IncompleteAnswerError("the connection was closed within the head of the answer")
        if self._has_end:
            got = sum(map(len, self._pieces))
            raise IncompleteAnswerError(f"the body was cut off after {got} bytes")
        self.complete = True

    def answer(self) -> WireAnswer:
        return WireAnswer(self._status, self._coding, b"".join(self._pieces))

    def _new_parser(self) -> HttpResponseParser:
        parser = HttpResponseParser(
            SimpleNamespace(
                on_message_begin=self._on_message_begin,
                on_status=self._on_status,
                on_header=self._on_header,
                on_headers_complete=self._on_headers_complete,
                on_body=self._on_body,
                on_message_complete=self._on_message_complete,
            )
        )
        parser.set_dangerous_leniencies(  # what clients put up with, such as lines that end with LF
            lenient_headers=True,
            lenient_optional_cr_before_lf=True,
            lenient_spaces_after_chunk_size=True,
        )
        return parser

    def _on_message_begin(self) -> None:
        if self.complete:
            raise self._refused(IncompleteAnswerError("it went on after its end"))
        self._unfinished = 0
        self._headers = 0
        self._line = 0
        self._coding = b""
        self._has_end = False  # told by its headers, and not by the end of the connection
        self._pieces: list[bytes] = []

    def _on_status(self, reason: bytes) -> None:
        self._line += len(reason)
        if self._line > LONGEST_LINE:
            raise self._refused(_too_long())

    def _on_header(self, name: bytes, value: bytes) -> None:
        self._unfinished = 0
        self._headers += 1
        if self._headers > MOST_HEADERS:
            raise self._refused(_too_many())
        if len(name) + len(value) + len(": \r\n") > LONGEST_LINE:
            raise self._refused(_too_long())
        name = name.lower()
        if name == b"content-length":
            self._has_end = True
        elif name == b"transfer-encoding":
            self._has_end = value.strip().lower().endswith(b"chunked")
        elif name == b"content-encoding":
            self._coding = value

    def _on_headers_complete(self) -> None:
        self._unfinished = 0
        status = self._parser.get_status_code()
        switching = status == HTTPStatus.SWITCHING_PROTOCOLS
        if status < HTTPStatus.OK and not switching:
            return
        self._status = status
        self.reusable = self._parser.should_keep_alive() and not switching
        self.complete = self._asks_head or switching

    def _on_body(self, piece: bytes) -> None:
        if self.complete:
            raise self._refused(IncompleteAnswerError("it went on after its end"))
        self._unfinished = 0
        self._pieces.append(piece)

    def _on_message_complete(self) -> None:
        self.complete = self._status != 0

    def _refused(self, error: IncompleteAnswerError) -> IncompleteAnswerError:
        self._refusal = error
        return error

    def _reason(self, error: Exception) -> Exception:
        """What to raise instead of the parser's error; one of a mistake of ours stays."""
        if self._refusal is not None:
            return self._refusal
        if isinstance(error, HttpParserCallbackError):
            return error
        return IncompleteAnswerError(f"the answer is no HTTP: {error}")


def _too_many() -> IncompleteAnswerError:
    return IncompleteAnswerError(f"its answer has more than {MOST_HEADERS} headers")


def _too_long() -> IncompleteAnswerError:
    return IncompleteAnswerError(f"its answer has a line of more than {LONGEST_LINE} bytes")


def _decoded(coding: bytes, body: bytes) -> bytes:
    """Codings that nobody asked for and we do not know are left to the judge of the body."""
    try:
        if coding == b"gzip":
            return _inflated(body, GZIP_BITS)
        if coding == b"deflate":
            plain = body[0] & 0xF != ZLIB_METHOD
            return _inflated(body, -zlib.MAX_WBITS if plain else zlib.MAX_WBITS)
    except zlib.error as error:
        raise IncompleteAnswerError(f"its body is no {coding.decode()}: {error}") from error
    return body


def _inflated(body: bytes, bits: int) -> bytes:
    """All members one after the other. Raises IncompleteAnswerError for too large a body."""
    whole = bytearray()
    for _ in range(MOST_MEMBERS):
        decoder = zlib.decompressobj(bits)
        whole += decoder.decompress(body, LIMITS.size + 1 - len(whole))
        if len(whole) > LIMITS.size:
            raise IncompleteAnswerError(f"its answer is larger than {LIMITS.size} bytes")
        if not decoder.eof:
            raise zlib.error("it ends too early")
        body = decoder.unused_data
        if not body:
            return bytes(whole)
    raise zlib.error(f"it has more than {MOST_MEMBERS} members")
