"""A request in the form that is written to a connection, and the way that the connection takes.

The bytes are made once, before anything is measured.
"""

from base64 import b64encode
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from focus_engine import __version__
from focus_engine.latency.planning.plan import DEFAULT_PORTS, PreparedRequest
from focus_engine.verdict import ToolError

WITHOUT_BODY = ("GET", "HEAD", "OPTIONS", "TRACE")  # they say no length where they send nothing
DEFAULTS = {
    "Accept": "*/*",
    "Accept-Encoding": "gzip, deflate",
    "User-Agent": f"focus-engine/{__version__}",
}


class Route(NamedTuple):
    """Whom a connection is made to: the server, or a proxy that leads to `tunnel_to`."""

    host: str
    port: int
    tls: bool
    tunnel: bytes = b""  # the CONNECT request; empty where the proxy is none, or is asked itself
    tunnel_to: str = ""  # the name in the certificate at the end of the tunnel

    @property
    def is_encrypted(self) -> bool:
        return self.tls or bool(self.tunnel)


@dataclass(frozen=True)
class WireRequest:
    """`data` is all of it; the answer to one that `asks_head` has no body."""

    data: bytes
    route: Route
    asks_head: bool = False

    @classmethod
    def of(cls, request: PreparedRequest, proxy: str | None) -> "WireRequest":
        """Raises ToolError for a proxy that is none of HTTP."""
        url = urlsplit(request.url)
        by = _proxy(proxy) if proxy else None
        absolute = by is not None and url.scheme == "http"
        target = (url.path or "/") + (f"?{url.query}" if url.query else "")
        target = f"http://{_authority(url)}{target}" if absolute else target
        fields = {"Authorization": _basic(url)}
        if by is not None and absolute:
            fields["Proxy-Authorization"] = _basic(by)
        return cls(
            _head(request, target, _authority(url), fields) + (request.body or b""),
            _route(url, by),
            request.method == "HEAD",
        )


def _route(url: SplitResult, proxy: SplitResult | None) -> Route:
    there = Route(_host(url), _port(url), url.scheme == "https")
    if proxy is None:
        return there
    by = Route(_host(proxy), _port(proxy), proxy.scheme == "https")
    if not there.tls:
        return by
    end = f"{_bracketed(there.host)}:{there.port}"
    connect = PreparedRequest("CONNECT", end)
    fields = {"Proxy-Authorization": _basic(proxy)}
    return by._replace(
        tunnel=_head(connect, end, _authority(url), fields),
        tunnel_to=there.host,
    )


def _head(request: PreparedRequest, target: str, host: str, fields: dict[str, str]) -> bytes:
    """The first line and the headers; what the request has of its own comes before a default."""
    own = {name.lower() for name, _ in request.headers}
    defaults = {**DEFAULTS, **{name: value for name, value in fields.items() if value}}
    if request.body is not None or request.method not in (*WITHOUT_BODY, "CONNECT"):
        defaults["Content-Length"] = str(len(request.body or b""))
    if request.body or request.method in {"POST", "PUT", "PATCH"}:
        defaults["Content-Type"] = "application/octet-stream"
    first = [] if "host" in own else [("Host", host)]
    rest = [(name, value) for name, value in defaults.items() if name.lower() not in own]
    lines = [f"{name}: {value}" for name, value in (*first, *request.headers, *rest)]
    text = "\r\n".join([f"{request.method} {target} HTTP/1.1", *lines])
    if text.count("\n") != len(lines) or text.count("\r") != len(lines):
        raise ToolError("a header or the address of a request has a line break. Take it out.")
    return text.encode() + b"\r\n\r\n"


def _proxy(address: str) -> SplitResult:
    """One without a scheme is taken for HTTP, as requests does."""
    proxy = urlsplit(address if "://" in address else f"http://{address}")
    if proxy.scheme not in DEFAULT_PORTS:
        raise ToolError(
            f"the proxy that the environment names is one of '{proxy.scheme}', and latency is "
            "measured through proxies of http and https only. Set NO_PROXY, or another proxy."
        )
    return proxy


def _host(url: SplitResult) -> str:
    return url.hostname or ""


def _port(url: SplitResult) -> int:
    return url.port or DEFAULT_PORTS[url.scheme]


def _authority(url: SplitResult) -> str:
    """Host and port as the Host header has them: the usual port is left out."""
    port = "" if _port(url) == DEFAULT_PORTS[url.scheme] else f":{url.port}"
    return _bracketed(_host(url)) + port


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _basic(url: SplitResult) -> str:
    """The credentials that stand in an address; empty where there are none."""
    if url.username is None:
        return ""
    pair = f"{unquote(url.username)}:{unquote(url.password or '')}"
    return "Basic " + b64encode(pair.encode("latin-1")).decode("ascii")
