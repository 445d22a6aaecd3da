"""The aiohttp session of a sampler: no retries, redirects, cookies or logging; bounded answers."""

from dataclasses import dataclass

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from focus_engine.decoding.bounded_json import LIMITS
from focus_engine.latency.planning.plan import MeasurementPlan, PreparedRequest
from focus_engine.latency.sampler.tls import tls_context

IDLE_CONNECTION_SECONDS = 75.0
CONNECT_SHARE = 0.98  # of the timeout
LONGEST_LINE, MOST_HEADERS = 64 * 2**10, 100  # of an answer; as network.bounded_http has them


@dataclass(frozen=True)
class Prepared:
    """A request in the form that aiohttp takes without further work."""

    method: str
    url: URL
    headers: "CIMultiDict[str]"
    body: bytes | None

    @classmethod
    def of(cls, request: PreparedRequest) -> "Prepared":
        headers = CIMultiDict(request.headers)
        return cls(request.method, URL(request.url, encoded=True), headers, request.body)


def open_session(plan: MeasurementPlan) -> aiohttp.ClientSession:
    """A session for the requests of a plan; to be used as a context manager."""
    timeout = aiohttp.ClientTimeout(
        total=plan.timeout,
        sock_connect=plan.timeout * CONNECT_SHARE,  # tells that it was not even taken
        ceil_threshold=plan.timeout + 1,  # aiohttp rounds longer ones to full seconds
    )
    session = aiohttp.ClientSession(
        connector=_connector(verify_tls=plan.verify_tls),
        timeout=timeout,
        cookie_jar=aiohttp.DummyCookieJar(),
        proxy=plan.proxy,
        max_line_size=LONGEST_LINE,
        max_field_size=LONGEST_LINE,
        max_headers=MOST_HEADERS,
    )
    # aiohttp silently sends a GET again when a kept-alive connection was closed. There is
    # no public switch; a unit test fails should this one stop working.
    session._retry_connection = False  # noqa: SLF001
    return session


async def whole(response: aiohttp.ClientResponse) -> bytes:
    """The body; one that never ends counts as a broken connection."""
    body = bytearray()
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > LIMITS.size:
            raise aiohttp.ClientPayloadError(f"its answer is larger than {LIMITS.size} bytes")
    return bytes(body)


def _connector(*, verify_tls: bool) -> aiohttp.TCPConnector:
    return aiohttp.TCPConnector(
        limit=0,  # waiting for a pooled connection would hide in the latency
        ssl=tls_context(verify=verify_tls),
        keepalive_timeout=IDLE_CONNECTION_SECONDS,
        ttl_dns_cache=None,
    )
