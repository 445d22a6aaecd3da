"""Connections tried from inside the client's pods, by an agent that runs there."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from focus_engine.decoding.bounded_json import decode_object
from focus_engine.decoding.undecodable import UndecodableError, refusing
from focus_engine.kubernetes.client import Cluster
from focus_engine.kubernetes.exec import open_program, spoken
from focus_engine.outage.dependency import Protocol as Spoken
from focus_engine.verdict import ToolError

T = TypeVar("T")
TIMEOUT = 1.0  # seconds that a connection, and each answer on it, may take
HELD_TIMEOUT = 3.0  # seconds: a slow answer must not pass for a dead connection
AGENT_LIFE = 1000.0  # seconds without a request until the agent ends: longer than any outage
_STARTING = 15.0  # seconds until the agent says that it is ready
_SLACK = 10.0  # seconds on top of what was asked until the answer must have come
_BOOTSTRAP = "import sys,json;exec(json.loads(sys.stdin.readline()))"
_SOURCE = Path(__file__).with_name("pod_agent.py")


@dataclass(frozen=True)
class Endpoint:
    """Where to connect to, and what to say there."""

    host: str
    port: int
    protocol: Spoken

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Probe:
    """One try: `outcome` is ok, refused, timeout, reset, closed, cut, dns or unreachable."""

    outcome: str
    elapsed: float  # seconds, by the pod's own clock
    received: int = 0  # bytes of the answer
    detail: str = ""

    @property
    def ok(self) -> bool:
        return self.outcome == "ok"

    def __str__(self) -> str:
        return f"{self.outcome} after {self.elapsed * 1000:.0f} ms"


class Prober(Protocol):
    """Tries connections where the client is. Raises ToolError when nothing could be tried."""

    def connect(self, target: Endpoint, timeout: float = TIMEOUT, exchanges: int = 1) -> Probe:
        """Open a new connection, say hello `exchanges` times; the one that got on best."""
        ...

    def reach(self, target: Endpoint) -> Probe:
        """Open a new connection from every pod; the one that got on worst."""
        ...

    def hold(self, target: Endpoint) -> Probe:
        """Open a connection, be answered on it, and keep it; a former one is closed then."""
        ...

    def ask_meanwhile(self) -> None:
        """Say something on the connection that is kept; `ask_held` waits for the answer."""
        ...

    def ask_held(self, timeout: float = HELD_TIMEOUT) -> Probe:
        """Say something on the connection that is kept, and wait for the answer."""
        ...

    def resolve(self, target: Endpoint) -> Probe:
        """Look the name up."""
        ...


class Session(Protocol):
    """The lines of a running program."""

    def send(self, line: str) -> None: ...
    def receive(self, within: float) -> str: ...
    def close(self) -> None: ...


class Agent:
    """The agent in one pod."""

    def __init__(self, session: Session, pod: str, life: float = AGENT_LIFE) -> None:
        self.pod = pod
        self._session = session
        source = f"{_SOURCE.read_text(encoding='utf-8')}\nserve({life!r})\n"
        session.send(json.dumps(source))
        self._answer(_STARTING, dict)

    def connect(self, target: Endpoint, timeout: float = TIMEOUT, exchanges: int = 1) -> Probe:
        return self._try("connect", timeout, target, exchanges=exchanges)

    def hold(self, target: Endpoint) -> Probe:
        return self._try("hold", TIMEOUT, target)

    def ask_meanwhile(self) -> None:
        self._try("ask_meanwhile", HELD_TIMEOUT)

    def ask_held(self, timeout: float = HELD_TIMEOUT) -> Probe:
        probe = self._try("ask_held", timeout)
        if probe.outcome == "none":
            raise ToolError(
                f"no connection from pod {self.pod} is left to ask whether it lives: "
                f"{probe.detail}. Start another outage."
            )
        return probe

    def resolve(self, target: Endpoint) -> Probe:
        return self._try("resolve", TIMEOUT, target)

    def close(self) -> None:
        self._session.close()

    def _try(self, deed: str, timeout: float, target: Endpoint | None = None, **more: Any) -> Probe:
        where = {} if target is None else {**asdict(target), "protocol": target.protocol.value}
        asked = {"do": deed, "timeout": timeout, **where, **more}
        self._session.send(json.dumps(asked))
        return self._answer(4 * timeout + _SLACK, _probe)

    def _answer(self, within: float, made: Callable[[dict[str, Any]], T]) -> T:
        line = self._session.receive(within)
        try:
            with refusing():
                return made(decode_object(line))
        except UndecodableError:
            raise ToolError(
                f"what tries connections in pod {self.pod} ended; its last words: "
                f"'{line.strip()[-200:]}'. It needs python3 in that container."
            ) from None


def _probe(answer: dict[str, Any]) -> Probe:
    return Probe(
        outcome=str(answer["outcome"]),
        elapsed=float(answer["elapsed"]),
        received=int(answer["bytes"]),
        detail=str(answer["detail"]),
    )


class Witnesses:
    """The agents of all pods of the client: they fail together, or the outage does not hold."""

    def __init__(self, agents: Sequence[Agent]) -> None:
        self._agents = agents

    @property
    def pods(self) -> list[str]:
        return [agent.pod for agent in self._agents]

    def connect(self, target: Endpoint, timeout: float = TIMEOUT, exchanges: int = 1) -> Probe:
        return self._least_affected(lambda agent: agent.connect(target, timeout, exchanges))

    def hold(self, target: Endpoint) -> Probe:
        return self._most_affected(lambda agent: agent.hold(target))

    def ask_meanwhile(self) -> None:
        for agent in self._agents:
            agent.ask_meanwhile()

    def ask_held(self, timeout: float = HELD_TIMEOUT) -> Probe:
        return self._least_affected(lambda agent: agent.ask_held(timeout))

    def resolve(self, target: Endpoint) -> Probe:
        return self._most_affected(lambda agent: agent.resolve(target))

    def reach(self, target: Endpoint) -> Probe:
        return self._most_affected(lambda agent: agent.connect(target))

    def close(self) -> None:
        for agent in self._agents:
            agent.close()

    def _least_affected(self, trial: Callable[[Agent], Probe]) -> Probe:
        probes = [trial(agent) for agent in self._agents]
        return min(probes, key=lambda probe: (not probe.ok, probe.elapsed))

    def _most_affected(self, trial: Callable[[Agent], Probe]) -> Probe:
        probes = [trial(agent) for agent in self._agents]
        return max(probes, key=lambda probe: (not probe.ok, probe.elapsed))


class ExecSession:
    """`python3` in a container, by pods/exec. The WebSocket is its standard input and output."""

    def __init__(self, cluster: Cluster, pod: str, container: str) -> None:
        command = ["python3", "-u", "-c", _BOOTSTRAP]
        self._stream = open_program(cluster, pod, container, command, stdin=True)
        self._pod, self._namespace = pod, cluster.namespace

    def send(self, line: str) -> None:
        spoken(
            f"a line to what runs in {self._pod}",
            self._namespace,
            lambda: self._stream.write_stdin(line + "\n"),
        )

    def receive(self, within: float) -> str:
        """The next line; when the program has ended, what it said last."""
        end = time.monotonic() + within
        line = ""
        while not line and self._stream.is_open() and time.monotonic() < end:
            line = self._asked(lambda: self._stream.readline_stdout(timeout=_left(end)))
        if line or self._stream.is_open():
            return line
        said = self._asked(lambda: self._stream.read_stdout(timeout=0))
        return said + self._asked(lambda: self._stream.read_stderr(timeout=0))

    def _asked(self, call: Callable[[], Any]) -> str:
        return str(spoken(f"the answer of what runs in {self._pod}", self._namespace, call))

    def close(self) -> None:
        self._stream.close()


def _left(end: float) -> float:
    return max(0.0, end - time.monotonic())
