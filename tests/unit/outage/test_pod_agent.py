"""The agent that runs in the client's pod, as a process of its own, against loopback servers."""
# ruff: noqa: ARG002 - stand-ins take what the protocol gives, needed or not

import json
import select
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from focus_engine.outage.dependency import Protocol
from focus_engine.outage.verification import probe as probes
from focus_engine.outage.verification.probe import Agent, Endpoint, Probe, Witnesses
from focus_engine.verdict import ToolError

PATIENT = 30.0  # seconds that an answer may take which is to come
BOOTSTRAP = "import sys,json;exec(json.loads(sys.stdin.readline()))"


class ChildSession:
    """The lines of a child, as pods/exec gives them."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-c", BOOTSTRAP],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def send(self, line: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def receive(self, within: float) -> str:
        assert self.process.stdout
        ready, _, _ = select.select([self.process.stdout], [], [], within)
        return self.process.stdout.readline() if ready else ""

    def close(self) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self.process.stdout.close()


class Server:
    """Answers each connection with `answer(connection)` in a thread of its own."""

    def __init__(self, answer: Callable[[socket.socket], None]) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.connections: list[socket.socket] = []
        self._answer = answer
        threading.Thread(target=self._accept, daemon=True).start()

    def endpoint(self, protocol: Protocol) -> Endpoint:
        return Endpoint("127.0.0.1", self.socket.getsockname()[1], protocol)

    def stop_listening(self) -> None:
        self.socket.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self.socket.close()

    def close(self) -> None:
        if self.socket.fileno() != -1:
            self.stop_listening()
        for connection in self.connections:
            connection.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            self._answer(connection)
        except OSError:
            connection.close()


def hello_of_mongodb(connection: socket.socket) -> None:
    while request := connection.recv(4096):
        size, number, _, code = struct.unpack("<iiii", request[:16])
        assert (size, code) == (len(request), 2013)
        assert b"hello" in request
        assert b"$db" in request
        connection.sendall(struct.pack("<iiii", 116, 1, number, 2013) + b"\0" * 100)


def hello_of_mongodb_once(connection: socket.socket) -> None:
    """Says nothing to whoever asks a second time."""
    request = connection.recv(4096)
    _, number, _, _ = struct.unpack("<iiii", request[:16])
    connection.sendall(struct.pack("<iiii", 116, 1, number, 2013) + b"\0" * 100)
    while connection.recv(4096):
        pass


def method(class_id: int, method_id: int, rest: bytes = b"", channel: int = 0) -> bytes:
    payload = struct.pack(">HH", class_id, method_id) + rest
    return struct.pack(">BHI", 1, channel, len(payload)) + payload + b"\xce"


def start_of_amqp(connection: socket.socket) -> None:
    assert connection.recv(8) == b"AMQP\x00\x00\x09\x01"
    connection.sendall(method(10, 10, b"\0" * 46))


def refusing_broker(connection: socket.socket) -> None:
    start_of_amqp(connection)
    login = connection.recv(4096)
    assert not login or b"authentication_failure_close" in login
    connection.sendall(method(10, 50, b"\x01\x93\0\0\0\0\0"))
    connection.recv(4096)


def open_broker(connection: socket.socket) -> None:
    """Knows the login, and answers what the agent says after it."""
    start_of_amqp(connection)
    assert b"\0guest\0guest" in connection.recv(4096)
    heartbeat = b"\x08\x00\x00\x00\x00\x00\x00\xce"
    connection.sendall(method(10, 30, bytes(8)))
    answers = {(10, 40): method(10, 41, b"\0"), (20, 10): heartbeat + method(20, 11, bytes(4), 1)}
    answers[20, 40] = method(20, 41, b"", 1)
    while data := connection.recv(4096):
        while data:
            (size,) = struct.unpack(">I", data[3:7])
            frame, data = data[: size + 8], data[size + 8 :]
            if frame[0] == 1:
                connection.sendall(answers.get(struct.unpack(">HH", frame[7:11]), b""))


def silent_broker(connection: socket.socket) -> None:
    start_of_amqp(connection)
    connection.recv(4096)
    connection.close()


@pytest.fixture
def agent() -> Iterator[Agent]:
    made = Agent(ChildSession(), "server-0", 30)
    yield made
    made.close()


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is held on a busy machine answers later than an outage may last elsewhere."""
    monkeypatch.setattr(probes, "TIMEOUT", PATIENT)


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def start(answer: Callable[[socket.socket], None]) -> Server:
        servers.append(Server(answer))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def test_mongodb_answers_hello(agent: Agent, serve) -> None:
    endpoint = serve(hello_of_mongodb).endpoint(Protocol.MONGODB)
    probe = agent.connect(endpoint, PATIENT, exchanges=3)
    assert (probe.outcome, probe.received) == ("ok", 348)
    assert probe.elapsed > 0


def test_amqp_answers_start(agent: Agent, serve) -> None:
    probe = agent.connect(serve(start_of_amqp).endpoint(Protocol.AMQP), PATIENT)
    assert (probe.outcome, probe.received) == ("ok", 58)


def test_amqp_of_another_version_is_an_answer(agent: Agent, serve) -> None:
    server = serve(lambda connection: connection.sendall(b"AMQP\x00\x01\x00\x00"))
    assert agent.connect(server.endpoint(Protocol.AMQP), PATIENT).ok


def test_plain_tcp_needs_no_answer(agent: Agent, serve) -> None:
    assert agent.connect(serve(lambda _: None).endpoint(Protocol.TCP), PATIENT).ok


def _reset(connection: socket.socket) -> None:
    connection.recv(1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def _cut(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(struct.pack("<iiii", 116, 1, 0, 2013))
    connection.close()


def _close(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.close()


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (_reset, "reset"),
        (_cut, "cut"),
        (_close, "closed"),
        (lambda connection: connection.recv(4096), "timeout"),
    ],
)
def test_how_a_connection_fails(agent: Agent, serve, answer, outcome: str) -> None:
    probe = agent.connect(serve(answer).endpoint(Protocol.MONGODB), timeout=0.2)
    assert probe.outcome == outcome


def test_refused(agent: Agent) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert agent.connect(Endpoint("127.0.0.1", port, Protocol.TCP)).outcome == "refused"


def test_name_that_does_not_resolve(agent: Agent) -> None:
    nowhere = Endpoint("nowhere.invalid", 1, Protocol.TCP)
    assert agent.resolve(nowhere).outcome == "dns"
    assert agent.connect(nowhere).outcome == "dns"
    assert agent.resolve(Endpoint("localhost", 1, Protocol.TCP)).ok


@pytest.mark.usefixtures("patient")
def test_held_connection_lives_until_it_is_cut(agent: Agent, serve) -> None:
    server = serve(hello_of_mongodb)
    assert agent.hold(server.endpoint(Protocol.MONGODB)).ok
    assert agent.ask_held().ok
    assert agent.ask_held().ok
    server.connections[0].shutdown(socket.SHUT_RDWR)
    assert not agent.ask_held().ok


@pytest.mark.usefixtures("patient")
def test_question_waits_beside_new_connections(agent: Agent, serve) -> None:
    """The answer that does not come is waited for once, from when it was asked."""
    server = serve(hello_of_mongodb_once)
    assert agent.hold(server.endpoint(Protocol.MONGODB)).ok
    for _ in range(3):
        agent.ask_meanwhile()
        assert agent.connect(server.endpoint(Protocol.MONGODB), PATIENT).ok
    assert agent.ask_held().outcome == "timeout"


@pytest.mark.usefixtures("patient")
def test_connection_that_answered_meanwhile_is_asked_again(agent: Agent, serve) -> None:
    """It may have answered before the outage reached it."""
    server = serve(hello_of_mongodb)
    assert agent.hold(server.endpoint(Protocol.MONGODB)).ok
    agent.ask_meanwhile()
    assert agent.connect(server.endpoint(Protocol.MONGODB), PATIENT).ok
    server.connections[0].shutdown(socket.SHUT_RDWR)
    assert not agent.ask_held().ok


@pytest.mark.usefixtures("patient")
def test_question_to_a_connection_that_was_replaced_says_nothing(agent: Agent, serve) -> None:
    server = serve(hello_of_mongodb)
    assert agent.hold(server.endpoint(Protocol.MONGODB)).ok
    server.connections[0].shutdown(socket.SHUT_RDWR)
    agent.ask_meanwhile()
    assert agent.hold(server.endpoint(Protocol.MONGODB)).ok
    assert agent.ask_held().ok


@pytest.mark.usefixtures("patient")
def test_new_held_connection_replaces_the_former_only_when_it_is_open(agent: Agent, serve) -> None:
    server = serve(hello_of_mongodb)
    endpoint = server.endpoint(Protocol.MONGODB)
    agent.hold(endpoint)
    server.stop_listening()
    assert agent.hold(endpoint).outcome == "refused"
    assert agent.ask_held().ok


@pytest.mark.usefixtures("patient")
def test_held_amqp_is_logged_in_and_can_be_asked_again_and_again(agent: Agent, serve) -> None:
    server = serve(open_broker)
    held = agent.hold(server.endpoint(Protocol.AMQP))
    assert (held.outcome, held.detail) == (
        "ok", "a heartbeat was sent, and a channel opened and closed",
    )  # fmt: skip
    assert [agent.ask_held().outcome for _ in range(5)] == ["ok"] * 5
    server.connections[0].shutdown(socket.SHUT_RDWR)
    assert not agent.ask_held().ok


@pytest.mark.usefixtures("patient")
def test_held_amqp_without_a_login_can_be_asked_as_often_as_it_was_opened(
    agent: Agent, serve
) -> None:
    server = serve(refusing_broker)
    for _ in range(2):  # the second time no login is tried
        held = agent.hold(server.endpoint(Protocol.AMQP))
        assert held.ok, held.detail
        assert "the login is refused" in held.detail
    assert len(server.connections) == 1 + 3 + 3
    asked = [agent.ask_held() for _ in range(3)]
    assert [(one.outcome, one.detail) for one in asked] == [
        ("ok", "the login was answered (refused)")
    ] * 3
    with pytest.raises(ToolError, match=r"no connection from pod server-0 is left.*nothing is he"):
        agent.ask_held()


def test_broker_that_refuses_a_login_silently_cannot_be_held(agent: Agent, serve) -> None:
    """Its silence could not be told from the outage afterwards."""
    assert not agent.hold(serve(silent_broker).endpoint(Protocol.AMQP)).ok


def test_connection_that_waits_in_the_backlog_is_not_held(agent: Agent) -> None:
    """The kernel has taken it, nobody has answered: it would die with the listener."""
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        for protocol in (Protocol.MONGODB, Protocol.AMQP):
            endpoint = Endpoint("127.0.0.1", nobody.getsockname()[1], protocol)
            assert agent.hold(endpoint).outcome == "timeout"


class DeadSession:
    def send(self, line: str) -> None:
        json.loads(line)

    def receive(self, within: float) -> str:
        return "sh: python3: not found"

    def close(self) -> None: ...


def test_container_without_python_says_so() -> None:
    with pytest.raises(ToolError, match=r"its last words: 'sh: python3: not found'"):
        Agent(DeadSession(), "server-0")


def test_agent_ends_by_itself() -> None:
    session = ChildSession()
    Agent(session, "server-0", life=0.1)
    assert session.process.wait(timeout=60) == 0
    session.process.stdout.close()
    session.process.stdin.close()


class OnePod:
    def __init__(self, probe: Probe) -> None:
        self.pod, self.probe = probe.outcome, probe

    def connect(self, *_args: object) -> Probe:
        return self.probe

    def ask_held(self, *_args: object) -> Probe:
        return self.probe


def test_an_outage_must_hold_in_every_pod_and_a_baseline_as_well() -> None:
    both = Witnesses([OnePod(Probe("ok", 0.1)), OnePod(Probe("refused", 0.2))])
    target = Endpoint("mongodb", 27017, Protocol.MONGODB)
    assert both.connect(target).ok  # one pod still gets through
    assert both.ask_held().ok
    assert not both.reach(target).ok  # one pod does not
