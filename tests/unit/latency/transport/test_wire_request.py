"""What is written for a request, byte by byte, and to whom."""

import pytest

from focus_engine import __version__
from focus_engine.latency.planning.plan import PreparedRequest
from focus_engine.latency.sampler.wire_request import Route, WireRequest
from focus_engine.verdict import ToolError

AGENT = f"User-Agent: focus-engine/{__version__}"
USUAL = ("Accept: */*", "Accept-Encoding: gzip, deflate", AGENT)
JSON = ("Content-Type", "application/json")
BINARY = "Content-Type: application/octet-stream"
PROXY = "http://us%40er:p%3Aw@proxy.example:3128"
BASIC = "Basic dXNAZXI6cDp3"  # us@er:p:w


def wire(method: str, url: str, *headers: tuple[str, str], body: bytes | None = None) -> bytes:
    return WireRequest.of(PreparedRequest(method, url, headers, body), None).data


def lines(*each: str, body: bytes = b"") -> bytes:
    return "\r\n".join([*each, "", ""]).encode() + body


@pytest.mark.parametrize(
    ("url", "target", "host"),
    [
        ("http://a.example", "/", "a.example"),
        ("http://a.example:80/x", "/x", "a.example"),
        ("https://a.example:443/x", "/x", "a.example"),
        ("http://a.example:443/x", "/x", "a.example:443"),
        ("http://a.example:8080/x%20y?c=d&e#part", "/x%20y?c=d&e", "a.example:8080"),
        ("http://a.example?c=d", "/?c=d", "a.example"),
        ("http://[::1]:7/x", "/x", "[::1]:7"),
    ],
)
def test_target_and_host_are_those_of_the_address(url: str, target: str, host: str) -> None:
    assert wire("GET", url) == lines(f"GET {target} HTTP/1.1", f"Host: {host}", *USUAL)


def test_a_body_says_its_length_and_what_it_is() -> None:
    first = ("POST / HTTP/1.1", "Host: a")
    length = "Content-Length: 2"
    assert wire("POST", "http://a", body=b"{}") == lines(*first, *USUAL, length, BINARY, body=b"{}")
    assert wire("POST", "http://a", JSON, body=b"{}") == lines(
        *first, ": ".join(JSON), *USUAL, length, body=b"{}"
    )
    assert wire("POST", "http://a") == lines(*first, *USUAL, "Content-Length: 0", BINARY)
    assert wire("DELETE", "http://a").endswith(b"\r\nContent-Length: 0\r\n\r\n")
    assert b"Content" not in wire("HEAD", "http://a")


def test_headers_of_its_own_come_before_the_defaults() -> None:
    own = (("host", "b"), ("ACCEPT", "text/plain"), ("user-agent", "me"), ("X-A", "1"))
    assert wire("GET", "http://a", *own, ("X-A", "2")) == lines(
        "GET / HTTP/1.1",
        *(f"{name}: {value}" for name, value in own),
        "X-A: 2",
        "Accept-Encoding: gzip, deflate",
    )


@pytest.mark.parametrize("value", ["a\r\nX-More: b", "a\nb", "a\rb"])
def test_a_header_cannot_smuggle_another_one(value: str) -> None:
    with pytest.raises(ToolError, match="line break"):
        wire("GET", "http://a", ("X-A", value))


def test_credentials_of_an_address_are_sent_unless_there_are_others() -> None:
    url = "http://us%40er:p%3Aw@a.example/x"
    assert f"\r\nAuthorization: {BASIC}\r\n".encode() in wire("GET", url)
    own = wire("GET", url, ("authorization", "Bearer token"))
    assert b"Bearer token" in own
    assert b"Basic" not in own


def test_a_proxy_is_told_the_whole_address() -> None:
    request = WireRequest.of(PreparedRequest("GET", "http://a.example:8080/x?y"), PROXY)
    assert request.data == lines(
        "GET http://a.example:8080/x?y HTTP/1.1",
        "Host: a.example:8080",
        *USUAL,
        f"Proxy-Authorization: {BASIC}",
    )
    assert request.route == Route("proxy.example", 3128, tls=False)


@pytest.mark.parametrize(
    ("url", "port"), [("https://[::1]/x", 443), ("https://[::1]:8443/x", 8443)]
)
def test_a_proxy_is_asked_for_a_tunnel_and_sees_nothing_else(url: str, port: int) -> None:
    request = WireRequest.of(PreparedRequest("GET", url, (("X-Secret", "1"),)), PROXY)
    assert request.data.startswith(b"GET /x HTTP/1.1\r\n")
    assert b"Proxy-Authorization" not in request.data
    host = "[::1]" if port == 443 else f"[::1]:{port}"
    tunnel = lines(
        f"CONNECT [::1]:{port} HTTP/1.1",
        f"Host: {host}",
        *USUAL,
        f"Proxy-Authorization: {BASIC}",
    )
    assert request.route == Route("proxy.example", 3128, tls=False, tunnel=tunnel, tunnel_to="::1")
    assert request.route.is_encrypted


@pytest.mark.parametrize(
    ("proxy", "route"),
    [
        ("proxy.example:3128", Route("proxy.example", 3128, tls=False)),
        ("http://proxy.example", Route("proxy.example", 80, tls=False)),
        ("https://proxy.example", Route("proxy.example", 443, tls=True)),
    ],
)
def test_a_proxy_may_leave_out_what_is_usual(proxy: str, route: Route) -> None:
    assert WireRequest.of(PreparedRequest("GET", "http://a"), proxy).route == route


def test_a_proxy_that_is_none_of_http_is_refused() -> None:
    with pytest.raises(ToolError, match="one of 'socks5'"):
        WireRequest.of(PreparedRequest("GET", "http://a"), "socks5://proxy.example:1080")
