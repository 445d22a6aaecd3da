"""What each network plugin does to real connections, and to a real pymongo pool."""

import socket
import sys
import threading
import time
from functools import partial

import pytest
from network_lab import MONGO, OTHER, SERVER, deny, fate, lab, wait_for
from pymongo import MongoClient
from pymongo.errors import AutoReconnect, PyMongoError
from waiting import wait_until

from sandbox.mongo.database import SandboxDatabase
from sandbox.network.cni import Cni

DROPPED = "timeout" if sys.platform == "linux" else "open"
NEW = {
    Cni.CONNECTIONS: "refused",
    Cni.CONNECTIONS_DROP: DROPPED,
    Cni.PACKETS: DROPPED,
    Cni.NONE: "open",
}
SURVIVES = {Cni.CONNECTIONS, Cni.CONNECTIONS_DROP, Cni.NONE}
DELAY_S = 0.3


def listening():
    return socket.create_server(("127.0.0.1", 0))


def pooled(address, **options):
    """A client whose monitor leaves the pool alone for the length of a test."""
    host, port = address
    settings = {"serverSelectionTimeoutMS": 1500, "connectTimeoutMS": 300, "socketTimeoutMS": 300}
    return MongoClient(
        host, port, directConnection=True, heartbeatFrequencyMS=60_000, **{**settings, **options}
    )


def pings(client):
    try:
        return client.admin.command("ping")["ok"] == 1.0
    except PyMongoError:
        return False


@pytest.mark.parametrize("cni", Cni)
def test_new_and_established_connections(cni):
    with lab(cni) as found:
        address = found.route()
        with pooled(address) as client:
            client.admin.command("ping")
            found.apply(deny())
            if cni is Cni.NONE:
                time.sleep(2 * DELAY_S)
            wait_for(NEW[cni], address)
            if cni in SURVIVES:
                assert client.admin.command("ping")["ok"] == 1.0
            else:
                with pytest.raises(AutoReconnect):  # timed out, or no server left to retry on
                    client.admin.command("ping")
            found.lift()
            wait_until(partial(pings, client), "the pool recovers")


def test_it_takes_the_enforcement_delay():
    with lab(Cni.CONNECTIONS) as found:
        address = found.route()
        began = time.monotonic()
        found.apply(deny())
        wait_for("refused", address)
        assert time.monotonic() - began >= DELAY_S


def test_a_new_client_fails_as_the_plugin_has_it_and_recovers():
    for cni in (Cni.CONNECTIONS, Cni.CONNECTIONS_DROP):
        with lab(cni) as found:
            address = found.route()
            found.apply(deny())
            wait_for(NEW[cni], address)
            with pooled(address) as client:
                with pytest.raises(PyMongoError):
                    client.admin.command("ping")
                found.lift()
                wait_until(partial(pings, client), "the client recovers")


def test_what_packets_lose_arrives_after_the_lift():
    with listening() as upstream, lab(Cni.PACKETS, upstream.getsockname()) as found:
        address = found.route()
        client = socket.create_connection(address, 1)
        server, _ = upstream.accept()
        server.settimeout(0.2)
        found.apply(deny())
        wait_for(DROPPED, address)
        client.sendall(b"lost?")
        with pytest.raises(TimeoutError):
            server.recv(10)
        found.lift()
        server.settimeout(2)
        assert server.recv(10) == b"lost?"
        server.sendall(b"no")
        assert client.recv(10) == b"no"
        client.close()
        assert server.recv(10) == b""
        server.close()


def test_a_client_that_gives_up_while_packets_are_lost_is_noticed_after_the_lift():
    with listening() as upstream, lab(Cni.PACKETS, upstream.getsockname()) as found:
        client = socket.create_connection(found.route(), 1)
        server, _ = upstream.accept()
        found.apply(deny())
        wait_for(DROPPED, found.route())
        client.close()
        server.settimeout(0.2)
        with pytest.raises(TimeoutError):
            server.recv(10)
        found.lift()
        server.settimeout(2)
        assert server.recv(10) == b""
        server.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux drops what a backlog cannot hold")
def test_a_connection_that_is_being_dropped_gets_through_after_the_lift():
    with lab(Cni.CONNECTIONS_DROP) as found:
        address = found.route()
        found.apply(deny())
        wait_for("timeout", address)
        waiting = socket.socket()
        waiting.setblocking(False)
        waiting.connect_ex(address)
        found.lift()
        waiting.settimeout(5)
        waiting.send(b"")  # waits for the connection, or raises
        wait_for("open", address)
        assert waiting.getpeername() == address
        waiting.close()


def test_sockets_are_killed_with_a_reset_and_the_pool_notices():
    with lab(Cni.CONNECTIONS) as found:
        address = found.route()
        raw = socket.create_connection(address, 1)
        with pooled(address) as client:
            client.admin.command("ping")
            found.apply(deny())
            wait_for("refused", address)
            assert found.call(lambda: found.network.kill_sockets(*SERVER, "10.9.9.9", 27017)) == 0
            assert found.call(lambda: found.network.kill_sockets(*OTHER, None, None)) == 0
            assert found.call(lambda: found.network.kill_sockets(*SERVER, "10.42.0.3", 27017)) >= 2
            with pytest.raises(ConnectionResetError):
                raw.recv(1)
            with pytest.raises(AutoReconnect):
                client.admin.command("ping")
        raw.close()


def test_only_who_is_denied_is_denied():
    with lab(Cni.CONNECTIONS) as found:
        servers, others = found.route(), found.route(OTHER)
        allowed = {"podSelector": {"matchLabels": {"app": "other"}}}
        found.apply(deny(ingress=[{"from": [allowed]}]))
        wait_for("refused", servers)
        assert fate(others) == "open"
        found.apply(deny("allow", ingress=[{"ports": [{"port": "db"}]}]))
        wait_for("open", servers)


def test_routes_name_service_and_addresses_and_end_with_the_pod():
    with lab(Cni.CONNECTIONS) as found:
        routes = found.call(lambda: found.network.routes(*OTHER))
        assert set(routes) == {
            "mongodb:27017", "mongodb.panda:27017", "mongodb.panda.svc:27017",
            "mongodb.panda.svc.cluster.local:27017", "10.42.0.3:27017", "10.43.0.3:27017",
        }  # fmt: skip
        assert len(set(routes.values())) == 1
        address = routes["mongodb:27017"]
        held = socket.create_connection(address, 1)
        found.wait_for_connections(1)
        found.call(lambda: found.store.remove("pods", *OTHER))
        assert fate(address) == "refused"
        with pytest.raises(ConnectionResetError):
            held.recv(1)
        held.close()
        assert found.call(lambda: found.network.routes(*OTHER)) == {}
        assert found.call(lambda: found.network.routes("else", "none")) == {}


def test_without_egress_to_dns_no_name_is_resolved():
    with lab(Cni.CONNECTIONS) as found:
        found.route()
        only_mongo = {"podSelector": {"matchLabels": {"app": "mongodb"}}}
        found.apply(
            deny(
                podSelector={"matchLabels": {"app": "server"}},
                policyTypes=["Egress"],
                egress=[{"to": [only_mongo]}],
            )
        )
        address = found.route(key="10.42.0.3:27017")
        routes = partial(found.call, lambda: found.network.routes(*SERVER))
        wait_until(lambda: "mongodb:27017" not in routes(), "the name no longer leads anywhere")
        assert fate(address) == "open"
        assert "mongodb:27017" in found.call(lambda: found.network.routes(*OTHER))


def test_a_service_without_a_pod_refuses():
    with lab(Cni.CONNECTIONS) as found:
        address = found.route()
        found.apply(deny(podSelector={"matchLabels": {"app": "nobody"}}))
        time.sleep(2 * DELAY_S)
        found.call(lambda: found.store.remove("pods", *MONGO))
        wait_for("refused", address)
        assert found.call(lambda: found.network.routes(*SERVER)) == {}


def test_switching_the_plugin_takes_effect_at_once():
    with lab(Cni.NONE) as found:
        address = found.route()
        found.apply(deny())
        time.sleep(2 * DELAY_S)
        assert fate(address) == "open"
        found.call(lambda: found.network.switch(Cni.CONNECTIONS))
        wait_for("refused", address)
        found.call(lambda: found.network.switch(Cni.PACKETS))
        wait_for(DROPPED, address)
        found.call(found.network.reset)
        wait_for("open", address)


def test_many_bytes_go_through_whole_both_ways():
    sent = bytes(range(256)) * 4096
    with listening() as upstream, lab(Cni.CONNECTIONS, upstream.getsockname()) as found:
        client = socket.create_connection(found.route(), 2)
        server, _ = upstream.accept()
        for source, sink in ((client, server), (server, client)):
            received = bytearray()
            sink.settimeout(5)
            _send_aside(source, sent)
            while len(received) < len(sent):
                received += sink.recv(65536)
            assert bytes(received) == sent
        client.close()
        server.close()


def _send_aside(connection, data):
    threading.Thread(target=connection.sendall, args=(data,), daemon=True).start()


@pytest.mark.parametrize(
    ("uri", "address", "through"),
    [
        ("mongodb://127.0.0.1:5/db", ("127.0.0.1", 5), "mongodb://127.0.0.1:7/db?"),
        ("mongodb://u:p@one,two:6/db?authSource=x", ("one", 27017),
         "mongodb://u:p@127.0.0.1:7/db?authSource=x&"),
    ],
)  # fmt: skip
def test_the_server_reaches_a_real_mongodb_through_the_relay_alone(uri, address, through):
    database = SandboxDatabase(uri, "db", None)
    assert database.address == address
    assert database.uri_through(("127.0.0.1", 7)) == f"{through}directConnection=true"
