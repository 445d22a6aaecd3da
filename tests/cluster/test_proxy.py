"""Our client of Toxiproxy's API meets the real one, in the path between server and database."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from cluster.admin import Admin
from cluster.conftest import Cluster, Evidence
from cluster.the_server import TheServer

from focus_engine.environment import load_environment
from focus_engine.outage.engine import Engine
from focus_engine.outage.model import Backend, ConnectionFault, OutageRequest

TTL_S = 60.0
RECOVERY_S = 45
SERVICE_UNAVAILABLE = 503
FAULTS = {
    ConnectionFault.DOWN: 0.0,
    ConnectionFault.HANG: 0.0,
    ConnectionFault.RESET: 0.0,
    ConnectionFault.LATENCY: 3000.0,  # ms
    ConnectionFault.CUT_AFTER: 10.0,  # bytes
}


@pytest.fixture(scope="module")
def server(cluster: Cluster, admin: Path) -> Iterator[TheServer]:
    """The server, whose way to MongoDB leads through the proxy."""
    administrator = Admin(admin)
    administrator.lead_mongodb_through_the_proxy()
    yield TheServer(os.environ["FOCUS_BASE_URL"])
    administrator.undo()


@pytest.fixture
def engine(server: TheServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    assert server.recovered_after() < RECOVERY_S
    monkeypatch.setenv("FOCUS_TOXIPROXY_URL", Admin.toxiproxy_url)
    made = Engine(load_environment())
    yield made
    made.stop_all()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_proven_and_taken_back(
    engine: Engine, server: TheServer, evidence: Evidence, fault: ConnectionFault
) -> None:
    asked = OutageRequest(
        "mongodb", ttl=TTL_S, backend=Backend.PROXY, fault=fault, amount=FAULTS[fault]
    )
    outage = engine.start(asked)
    history, ack = server.history(), server.acknowledge()
    engine.stop(outage)
    recovered = server.recovered_after()
    evidence.note(
        f"real Toxiproxy, {fault}",
        {
            "new": outage.new_connections,
            "established": outage.established,
            "history": f"{history.status} after {history.seconds:.2f} s",
            "recovery": f"{recovered:.2f} s",
        },
    )
    assert outage.method is fault.method
    assert ack.status == 200
    assert recovered < RECOVERY_S
    if fault is ConnectionFault.DOWN:
        assert history.status == SERVICE_UNAVAILABLE
