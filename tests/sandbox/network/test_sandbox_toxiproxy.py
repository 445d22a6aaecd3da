"""The stand-in for Toxiproxy: its HTTP API, and what each toxic does to real bytes."""

import asyncio
import socket
import threading
import time
from contextlib import contextmanager
from unittest.mock import Mock

import pytest
import requests

from sandbox.network.pipe import Current, Side

HELD_S = 0.25


class Proxy:
    """A proxy of the sandbox's API before a server of our own, which answers what it gets."""

    def __init__(self, url):
        self.url = url
        self._server = socket.create_server(("127.0.0.1", 0))
        self.upstream = "{}:{}".format(*self._server.getsockname())
        self.served = []
        threading.Thread(target=self._serve, daemon=True).start()
        self.api("DELETE", "/proxies/mine")
        made = self.api("POST", "/proxies", {"name": "mine", "upstream": self.upstream})
        assert made.status_code == 201
        host, port = made.json()["listen"].split(":")
        self.address = (host, int(port))

    def api(self, method, path, body=None):
        return requests.request(method, self.url + path, json=body, timeout=60)

    def toxic(self, kind, stream="downstream", toxicity=1.0, **attributes):
        body = {"type": kind, "stream": stream, "toxicity": toxicity, "attributes": attributes}
        answer = self.api("POST", "/proxies/mine/toxics", body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def connect(self):
        connection = socket.create_connection(self.address, 2)
        connection.settimeout(2)
        return connection

    def close(self):
        self.api("DELETE", "/proxies/mine")
        for connection in [self._server, *self.served]:
            connection.close()

    def _serve(self):
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            self.served.append(connection)
            threading.Thread(target=_echo, args=(connection,), daemon=True).start()


def _echo(connection):
    try:
        while data := connection.recv(65_536):
            connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
    except OSError:
        return


def echoed(connection, data=b"hello"):
    """Send, wait for it to come back; return the seconds it took."""
    began = time.monotonic()
    connection.sendall(data)
    received = b""
    while len(received) < len(data):
        part = connection.recv(65_536)
        assert part, "closed"
        received += part
    assert received == data
    return time.monotonic() - began


@contextmanager
def silent(connection):
    connection.settimeout(HELD_S)
    with pytest.raises(TimeoutError):
        connection.recv(1)
    yield
    connection.settimeout(2)


@pytest.fixture
def proxy(sandbox):
    made = Proxy(sandbox.addresses["toxiproxy_url"])
    yield made
    made.close()


def test_without_toxics_bytes_pass_and_the_end_too(proxy):
    with proxy.connect() as connection:
        echoed(connection, b"x" * 300_000)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1) == b""


def test_a_source_that_has_ended_is_not_read_again():
    """uvloop would tell its end again and again, as fast as it can."""
    sink, source = Mock(), Mock(**{"is_reading.return_value": False})
    for transport in (sink, source):
        transport.is_closing.return_value = False

    async def ends_twice():
        passing = asyncio.Event()
        passing.set()
        ends = Mock(**{"freeze_point.return_value": passing})
        current = Current(ends, Side(source), Side(sink))
        current.feed(b"x")
        current.finish()
        current.finish()
        await asyncio.sleep(0.01)

    asyncio.run(ends_twice())
    sink.write_eof.assert_called_once()
    source.resume_reading.assert_not_called()


@pytest.mark.parametrize("stream", ["upstream", "downstream"])
def test_latency_delays_each_direction_and_ends_with_the_toxic(proxy, stream):
    with proxy.connect() as connection:
        made = proxy.toxic("latency", stream, latency=200)
        assert made == {
            "attributes": {"latency": 200, "jitter": 0}, "name": f"latency_{stream}",
            "type": "latency", "stream": stream, "toxicity": 1.0,
        }  # fmt: skip
        assert 0.19 <= echoed(connection) < 0.6
        path = f"/proxies/mine/toxics/latency_{stream}"
        changed = proxy.api("POST", path, {"attributes": {"latency": 60_000}})
        assert changed.json()["attributes"] == {"latency": 60_000, "jitter": 0}
        connection.sendall(b"held")
        with silent(connection):
            assert proxy.api("DELETE", path).status_code == 204
        assert connection.recv(4) == b"held"  # nothing is lost
        assert echoed(connection) < 0.2


def test_jitter_stays_within_its_bounds(proxy):
    proxy.toxic("latency", latency=100, jitter=50)
    with proxy.connect() as connection:
        taken = [echoed(connection) for _ in range(6)]
    assert min(taken) >= 0.045
    assert max(taken) < 0.35
    assert len({round(one, 3) for one in taken}) > 1


def test_bandwidth_takes_its_time(proxy):
    proxy.toxic("bandwidth", rate=100)
    with proxy.connect() as connection:
        assert echoed(connection, b"x" * 30_000) >= 0.28
    assert proxy.api("POST", "/proxies/mine/toxics/bandwidth_downstream",
                     {"attributes": {"rate": 0}}).ok  # fmt: skip
    with proxy.connect() as connection:
        assert echoed(connection, b"x" * 30_000) < 0.28


def test_slow_close_delays_the_end_alone(proxy):
    proxy.toxic("slow_close", delay=300)
    with proxy.connect() as connection:
        assert echoed(connection) < 0.2
        began = time.monotonic()
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1) == b""
        assert time.monotonic() - began >= 0.29  # uvloop counts in whole milliseconds


def test_timeout_zero_hangs_until_it_is_removed_and_then_closes(proxy):
    with proxy.connect() as connection:
        echoed(connection)
        proxy.toxic("timeout", timeout=0)
        connection.sendall(b"lost")
        with silent(connection):
            assert proxy.api("DELETE", "/proxies/mine/toxics/timeout_downstream").ok
        assert connection.recv(4) == b""
    with proxy.connect() as connection:
        echoed(connection)


def test_timeout_closes_after_its_time(proxy):
    proxy.toxic("timeout", timeout=200)
    with proxy.connect() as connection:
        began = time.monotonic()
        connection.sendall(b"lost")
        assert connection.recv(4) == b""
        assert time.monotonic() - began >= 0.19


def test_reset_peer_resets(proxy):
    proxy.toxic("reset_peer", timeout=100)
    with proxy.connect() as connection:
        began = time.monotonic()
        connection.sendall(b"x")
        with pytest.raises(ConnectionResetError):
            connection.recv(1)
        assert time.monotonic() - began >= 0.09


def test_slicer_slices_and_loses_nothing(proxy):
    proxy.toxic("slicer", average_size=100, size_variation=20, delay=2000)
    with proxy.connect() as connection:
        data = bytes(range(250)) * 8
        assert echoed(connection, data) >= 0.02


def test_limit_data_cuts_in_the_middle(proxy):
    proxy.toxic("limit_data", bytes=3)
    with proxy.connect() as connection:
        connection.sendall(b"hello")
        assert connection.recv(10) == b"hel"
        assert connection.recv(10) == b""


def test_toxicity_zero_spares_every_connection(proxy):
    proxy.toxic("timeout", toxicity=0.0, timeout=0)
    with proxy.connect() as connection:
        echoed(connection)


def test_toxics_in_a_row_add_up_and_reset_ends_all(proxy):
    proxy.toxic("latency", "upstream", latency=100)
    proxy.toxic("latency", "downstream", latency=100)
    proxy.toxic("slicer", average_size=2, size_variation=0)
    listed = proxy.api("GET", "/proxies/mine/toxics").json()
    assert [one["name"] for one in listed] == [
        "latency_upstream", "latency_downstream", "slicer_downstream",
    ]  # fmt: skip
    with proxy.connect() as connection:
        assert 0.19 <= echoed(connection) < 0.6
        assert proxy.api("PATCH", "/proxies/mine", {"enabled": False}).ok
        assert connection.recv(1) == b""
    assert proxy.api("POST", "/reset").status_code == 204
    assert proxy.api("GET", "/proxies/mine").json() == {
        "name": "mine", "listen": "{}:{}".format(*proxy.address), "upstream": proxy.upstream,
        "enabled": True, "toxics": [],
    }  # fmt: skip
    with proxy.connect() as connection:
        assert echoed(connection) < 0.1


def test_disabled_refuses_and_cuts(proxy):
    with proxy.connect() as connection:
        echoed(connection)
        assert proxy.api("PATCH", "/proxies/mine", {"enabled": False}).json()["enabled"] is False
        assert connection.recv(1) == b""
        with pytest.raises(ConnectionRefusedError):
            proxy.connect()
        assert proxy.api("POST", "/proxies/mine", {"enabled": True}).ok
    with proxy.connect() as connection:
        echoed(connection)


def test_an_upstream_that_is_not_there_ends_the_connection(proxy):
    with socket.create_server(("127.0.0.1", 0)) as gone:
        upstream = "{}:{}".format(*gone.getsockname())
    assert proxy.api("PATCH", "/proxies/mine", {"upstream": upstream}).ok
    with pytest.raises(ConnectionResetError), proxy.connect() as connection:
        connection.recv(1)


def test_the_standing_proxies_and_populate(sandbox, proxy):
    proxies = proxy.api("GET", "/proxies").json()
    assert set(proxies) == {"mongodb", "rabbitmq", "mine"}
    assert proxies["mongodb"]["upstream"] in sandbox.addresses["mongo_uri"]
    kept = {key: proxies["mongodb"][key] for key in ("name", "listen", "upstream")}
    new = {"name": "new", "upstream": proxy.upstream, "enabled": False}
    made = proxy.api("POST", "/populate", [kept, new])
    assert made.status_code == 201
    assert [one["name"] for one in made.json()["proxies"]] == ["mongodb", "new"]
    assert made.json()["proxies"][0] == proxies["mongodb"]
    assert proxy.api("DELETE", "/proxies/new").status_code == 204
    assert proxy.api("DELETE", "/proxies/mongodb").status_code == 204
    now = int(time.time())
    body = {"start_time": now - 60, "end_time": now}
    sandbox.control("PUT", "/faults", {"dependency-limit": 0.1})
    assert sandbox.focus("POST", "/recordings_in_time_range", json=body).status_code == 503
    assert proxy.api("POST", "/proxies", kept).status_code == 201
    sandbox.control("POST", "/reset")
    assert sandbox.focus("POST", "/recordings_in_time_range", json=body).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "message"),
    [
        ("GET", "/proxies/none", None, 404, "proxy not found"),
        ("DELETE", "/proxies/none", None, 404, "proxy not found"),
        ("POST", "/proxies/none/toxics", {"type": "latency"}, 404, "proxy not found"),
        ("POST", "/proxies", {"name": "x"}, 400, "missing required field: upstream"),
        ("POST", "/proxies", {"upstream": "127.0.0.1:1"}, 400, "missing required field: name"),
        ("POST", "/proxies", {"name": "mine", "upstream": "127.0.0.1:1"}, 409,
         "proxy already exists"),
        ("POST", "/proxies", {"name": "x", "upstream": "192.0.2.1:1"}, 400, "bad request body"),
        ("POST", "/proxies", {"name": "x", "upstream": "127.0.0.1:x"}, 400, "bad request body"),
        ("POST", "/proxies", [], 400, "bad request body"),
        ("PATCH", "/proxies/mine", {"enabled": "no"}, 400, "bad request body"),
        ("PATCH", "/proxies/mongodb", {"upstream": "127.0.0.1:1"}, 400, "bad request body"),
        ("POST", "/populate", {}, 400, "bad request body"),
        ("POST", "/populate", [{"name": "x"}], 400, "missing required field: upstream at proxy 1"),
        ("POST", "/proxies/mine/toxics", {"type": "flood"}, 400, "invalid toxic type"),
        ("POST", "/proxies/mine/toxics", {"type": "latency", "stream": "up"}, 400,
         "stream was invalid, can be either upstream or downstream"),
        ("POST", "/proxies/mine/toxics", {"type": "latency", "attributes": {"latency": "1"}}, 400,
         "bad request body"),
        ("POST", "/proxies/mine/toxics", {"type": "latency", "attributes": {"late": 1}}, 400,
         "bad request body"),
        ("POST", "/proxies/mine/toxics", {"type": "latency", "toxicity": "all"}, 400,
         "bad request body"),
        ("DELETE", "/proxies/mine/toxics/none", None, 404, "toxic not found"),
    ],
)  # fmt: skip
def test_wrong_requests_get_toxiproxys_errors(proxy, method, path, body, status, message):
    answer = proxy.api(method, path, body)
    assert answer.status_code == status
    assert answer.json()["status"] == status
    assert answer.json()["error"].startswith(message)


def test_what_is_no_json_other_paths_browsers_and_a_second_toxic(proxy):
    assert requests.post(proxy.url + "/proxies", data=b"{", timeout=60).status_code == 400
    assert proxy.api("GET", "/else").text == "404 page not found\n"
    assert proxy.api("PUT", "/proxies").status_code == 405
    assert proxy.api("GET", "/version").json() == {"version": "2.12.0"}
    browser = {"User-Agent": "Mozilla/5.0"}
    assert requests.get(proxy.url + "/proxies", headers=browser, timeout=60).status_code == 403
    proxy.toxic("latency")
    again = proxy.api("POST", "/proxies/mine/toxics", {"type": "latency"})
    assert (again.status_code, again.json()["error"]) == (409, "toxic already exists")


def test_a_port_that_is_taken_is_said(proxy):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = "{}:{}".format(*taken.getsockname())
        answer = proxy.api(
            "POST", "/proxies", {"name": "x", "listen": listen, "upstream": proxy.upstream}
        )
    assert answer.status_code == 500
    assert "address already in use" in answer.json()["error"]


def test_an_absent_proxy_answers_nothing(sandbox):
    url = sandbox.addresses["toxiproxy_url"]
    sandbox.control("PUT", "/faults", {"toxiproxy-absent": True})
    assert requests.get(url + "/proxies", timeout=60).text == "404 page not found\n"
    sandbox.control("POST", "/reset")
    assert requests.get(url + "/proxies", timeout=60).ok
