"""One HTTP request without retries whose answer is bounded, from its first byte to its last.

The policy, which the measuring client keeps as well (`focus_engine.latency.sampler`):

* An answer is complete within the time-out, counted from the end of sending; not each of its bytes.
* It has at most 64 MiB, on the wire and after decompression, 100 headers, and 64 KiB per line.
* Interim answers (100, 102, 103 Early Hints) are skipped.
* The proxy variables (`HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`) hold for every environment but
  `sandbox`, which is on this machine.
* A connection that has rested is not used again: its server may close it at this very moment
  (uvicorn after 5 s, others after 2), and what is sent then is reset, which is no fault.
"""

import http.client
import io
import math
import re
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

MOST_BYTES = 64 * 2**20
LONGEST_LINE = 64 * 2**10  # bytes of a status line or a header; http.client's own limit
IDLE_CONNECTION_SECONDS = 1.0  # leaves a busy machine seconds between looking and sending
MOST_HEADERS = 100  # of an answer; http.client's own limit
_PIECE = 64 * 2**10
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_LENGTH = re.compile(
    r"\s*[0-9]{1,18}\s*(,\s*[0-9]{1,18}\s*)*", re.ASCII
)  # several: urllib3 says so
_HEADER_VALUE = re.compile(r"[\t -~\x80-\xff]*")


class AnswerTooLargeError(requests.RequestException):
    """The server went on answering beyond what any answer of it can be."""

    def __init__(self) -> None:
        super().__init__(f"its answer is larger than {MOST_BYTES} bytes")


class _TooManyBytesError(Exception):
    """No OSError, so that no layer on the way takes it for a broken connection."""


class _BoundedReads(io.RawIOBase):
    """The bytes of one answer: none after its deadline, and not more than allowed."""

    def __init__(self, raw: io.RawIOBase, connection: socket.socket) -> None:
        self._raw = raw
        self._connection = connection
        self._left = MOST_BYTES
        timeout = connection.gettimeout()
        self._end = None if timeout is None else time.monotonic() + timeout

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self._end is not None:
            left = self._end - time.monotonic()
            if left <= 0:
                raise TimeoutError("the answer was not complete in time")
            self._connection.settimeout(left)
        count = self._raw.readinto(buffer)
        self._left -= count or 0
        if self._left < 0:
            raise _TooManyBytesError
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    """An answer whose bytes are bounded, without the interim ones before it."""

    def __init__(self, sock: socket.socket, *arguments: Any, **named: Any) -> None:
        super().__init__(sock, *arguments, **named)
        self.fp = io.BufferedReader(_BoundedReads(self.fp.detach(), sock))

    def _read_status(self) -> tuple[str, int, str]:
        read: Any = super()._read_status  # type: ignore[misc]
        version, status, reason = read()
        while HTTPStatus.CONTINUE <= status < HTTPStatus.OK and status != _SWITCHING:
            http.client.parse_headers(self.fp)
            version, status, reason = read()
        return version, status, reason

    def begin(self) -> None:
        """Raises ValueError for a length that is none; http.client takes it for an absent one."""
        super().begin()
        for length in self.headers.get_all("Content-Length", ()):
            if not _LENGTH.fullmatch(length):
                raise ValueError("it gave its body a length that is no number")


_SWITCHING = HTTPStatus.SWITCHING_PROTOCOLS


class _Resting(HTTPConnection):
    """Counts as lost when it has rested for long, so that its pool makes another one."""

    response_class = _Answer
    rested_at = math.inf

    @property
    def is_connected(self) -> bool:
        rest = time.monotonic() - self.rested_at
        return rest < IDLE_CONNECTION_SECONDS and super().is_connected


class _Tls(_Resting, HTTPSConnection):
    pass


class _RestingPool(HTTPConnectionPool):
    def _put_conn(self, conn: Any) -> None:
        if conn is not None:
            conn.rested_at = time.monotonic()
        super()._put_conn(conn)


class _PlainPool(_RestingPool, HTTPConnectionPool):
    ConnectionCls = _Resting


class _TlsPool(_RestingPool, HTTPSConnectionPool):
    ConnectionCls = _Tls


_POOLS = {"http": _PlainPool, "https": _TlsPool}


class BoundedAdapter(HTTPAdapter):
    """Sends once, to any address, and reads a bounded answer."""

    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        super().init_poolmanager(*arguments, **named)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **named: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **named)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def send(  # noqa: PLR0917 - the signature is requests' own
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Raises requests.RequestException, also for a body that breaks off or never ends."""
        _require_sendable(request)
        with _said_by_requests(request):
            response = super().send(request, stream, timeout, verify, cert, proxies)
            _make_location_readable(response)
            if not stream:
                _read_whole(response)
        return response


def without_netrc(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """An `auth` of requests that changes nothing: without one it signs in as ~/.netrc says.

    That would replace the token that the user gave, by a password that nobody masks.
    """
    return request


def ask_once(
    method: str,
    url: str,
    *,
    timeout: float | tuple[float, float],
    verify: bool = True,
    proxies: bool = True,
    json: Any = None,
    headers: Mapping[str, str] | None = None,
) -> requests.Response:
    """The answer to one request; redirects are not followed. Raises requests.RequestException.

    Without `proxies` the environment's proxy variables are ignored.
    """
    with requests.Session() as session:
        session.trust_env = proxies
        session.auth = without_netrc
        adapter = BoundedAdapter(max_retries=0)
        session.mount("http://", adapter)
        session.mount("https://", adapter)
        if not verify:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        return session.request(
            method,
            url,
            json=json,
            headers=headers,
            timeout=timeout,
            verify=verify,
            allow_redirects=False,
        )


def _require_sendable(request: requests.PreparedRequest) -> None:
    """Raise InvalidHeader, which quotes no value, for a header that is none: ours, not an answer's.

    urllib3 would send a name with blanks, and call text that is not Latin-1 a broken answer.
    """
    for each in request.headers.items():
        name, value = (p.decode("latin-1") if isinstance(p, bytes) else str(p) for p in each)
        if not (_HEADER_NAME.fullmatch(name) and _HEADER_VALUE.fullmatch(value)):
            raise requests.exceptions.InvalidHeader(
                f"Header part {name!a} cannot be sent: write a name of letters, digits and "
                "dashes, and a value of Latin-1.",
                request=request,
            )


@contextmanager
def _said_by_requests(request: requests.PreparedRequest) -> Iterator[None]:
    """Each way in which reading can fail as the exception of requests that says it best."""
    try:
        yield
    except _TooManyBytesError as error:
        raise AnswerTooLargeError from error
    except requests.ConnectionError as error:
        if any(isinstance(each, urllib3.exceptions.ReadTimeoutError) for each in error.args):
            raise requests.ReadTimeout(*error.args, request=request) from error
        raise
    except requests.RequestException:
        raise
    except (ValueError, LookupError, TypeError, AttributeError, OSError) as error:
        # What the layers below do not expect of a server, such as a header that is no text.
        raise requests.ConnectionError(
            f"the answer is no HTTP that can be read: {error}", request=request
        ) from error


def _make_location_readable(response: requests.Response) -> None:
    """Escape an address that is none: requests reads it even where no redirect is followed."""
    location = response.headers.get("Location", "")
    try:
        _ = urlsplit(location.encode("latin-1").decode()).port
    except ValueError:
        response.headers["Location"] = quote(location, safe="")


def _read_whole(response: requests.Response) -> None:
    """Put the body where requests keeps it, unless it is larger than allowed."""
    pieces: list[bytes] = []
    size = 0
    for piece in response.iter_content(_PIECE):
        size += len(piece)
        if size > MOST_BYTES:
            response.close()
            raise AnswerTooLargeError
        pieces.append(piece)
    _require_end(response)
    response._content = b"".join(pieces)  # noqa: SLF001 - requests has no bounded way to read


def _require_end(response: requests.Response) -> None:
    """Raise ContentDecodingError for a compressed body that is cut: urllib3 gives what there is."""
    inflater = getattr(getattr(response.raw, "_decoder", None), "_obj", None)
    if response.raw.tell() and not getattr(inflater, "eof", True):
        raise requests.exceptions.ContentDecodingError("its compressed body ends too early")


def host_of(url: str) -> str:
    """Scheme, host and port of `url`, what may be shown of it; nothing where it is no address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
