"""What the broker holds: exchanges, the queue of each live job, and what clients declared."""

import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.faults import ActiveFaults, Fault
from sandbox.focus_server.jobs import Job

EXCHANGE = "prisma"
RECORDER = "recorder_input"
DEFAULT = ""
"""The exchange without a name leads to the queue of the routing key."""
_OWN = {"amq.direct": "direct", "amq.fanout": "fanout", "amq.headers": "headers"}
_OWN |= {"amq.match": "headers", "amq.topic": "topic"}
_MOST_MESSAGES = 1000
"""In one queue; the oldest goes, as a bounded queue of RabbitMQ has it."""

QUEUE_STAYS = Fault("broker-queue-left-behind", "the queue of a job stays when the job has ended")
QUEUE_MISSING = Fault("broker-queue-missing", "a job gets no queue")
EXCHANGE_UNLIKE = Fault("broker-exchange-not-durable", "the product's exchange is not durable")
RECORDER_GOES = Fault(
    "broker-recorder-queue-lost", "the recorder's queue goes with a job that ends"
)
FAULTS = (QUEUE_STAYS, QUEUE_MISSING, EXCHANGE_UNLIKE, RECORDER_GOES)


@dataclass(frozen=True)
class Message:
    """One message: `header` is its content header as it arrived."""

    exchange: str
    key: str
    header: bytes
    body: bytes
    redelivered: bool = False


@dataclass
class Queue:
    """Messages that wait, and who is sent them; it ends with the connection of its owner."""

    owner: object = None
    messages: deque[Message] = field(default_factory=lambda: deque(maxlen=_MOST_MESSAGES))
    consumers: deque[Callable[[Message], None]] = field(default_factory=deque)

    def deliver(self) -> None:
        """Send what waits to the consumers in turn."""
        while self.messages and self.consumers:
            self.consumers.rotate(-1)
            self.consumers[-1](self.messages.popleft())


@dataclass
class Queues:
    """Queues by name. It observes the jobs: their queues come and go with them."""

    held: dict[str, Queue] = field(default_factory=lambda: {RECORDER: Queue()})
    faults: ActiveFaults = field(default_factory=ActiveFaults)
    _declared: dict[str, tuple[str, bool]] = field(default_factory=dict)
    _bindings: set[tuple[str, str, str]] = field(default_factory=set)
    _left: set[str] = field(default_factory=set)

    @property
    def exchanges(self) -> dict[str, tuple[str, bool]]:
        """Kind of each exchange, and whether it is durable."""
        own = {name: (kind, True) for name, kind in _OWN.items()}
        return {EXCHANGE: ("topic", not self.faults.on(EXCHANGE_UNLIKE)), **own, **self._declared}

    def follow(self, active: ActiveFaults) -> None:
        """Take the faults in force; what an earlier one left behind goes."""
        self.faults = active
        for name in self._left:
            self.remove(name)
        self._left.clear()
        self.held.setdefault(RECORDER, Queue())

    def job_started(self, job: Job) -> None:
        """Declare the queue that the job's analyzer reads."""
        if not self.faults.on(QUEUE_MISSING):
            self.held[_queue(job)] = Queue()

    def job_ended(self, job: Job) -> None:
        """Remove the job's queue."""
        if self.faults.on(RECORDER_GOES):
            self.remove(RECORDER)
        if self.faults.on(QUEUE_STAYS):
            self._left.add(_queue(job))
        else:
            self.remove(_queue(job))

    def declare(self, name: str, owner: object) -> str:
        """Make a queue unless it is there, with a made-up name where none is given."""
        name = name or f"amq.gen-{uuid.uuid4().hex[:22]}"
        self.held.setdefault(name, Queue(owner))
        return name

    def remove(self, name: str) -> int:
        """Remove a queue with its bindings; how many messages it held."""
        self._bindings = {one for one in self._bindings if one[1] != name}
        return len(self.held.pop(name, Queue()).messages)

    def release(self, owner: object) -> None:
        """Remove the queues of a connection that has ended."""
        for name in [name for name, queue in self.held.items() if queue.owner is owner]:
            self.remove(name)

    def declare_exchange(self, name: str, kind: str, durable: bool) -> None:
        self._declared[name] = kind, durable

    def remove_exchange(self, name: str) -> None:
        self._declared.pop(name, None)
        self._bindings = {one for one in self._bindings if one[0] != name}

    def bind(self, exchange: str, queue: str, key: str, bound: bool) -> None:
        """Let messages of an exchange reach a queue, or no longer."""
        change = self._bindings.add if bound else self._bindings.discard
        change((exchange, queue, key))

    def put(self, message: Message) -> bool:
        """Whether a message reaches a queue."""
        reached = self._reached(message)
        for name in reached:
            self.held[name].messages.append(message)
            self.held[name].deliver()
        return bool(reached)

    def _reached(self, message: Message) -> set[str]:
        if message.exchange == DEFAULT:
            return {message.key} & self.held.keys()
        kind, _ = self.exchanges[message.exchange]
        return {
            queue
            for exchange, queue, pattern in self._bindings
            if exchange == message.exchange and _leads(kind, pattern, message.key)
        }


def _leads(kind: str, pattern: str, key: str) -> bool:
    if kind == "topic":
        return _fits(pattern.split("."), key.split("."))
    return kind == "fanout" or (kind == "direct" and pattern == key)


def _fits(pattern: list[str], words: list[str]) -> bool:
    """Whether words are of a topic's pattern: `*` is one word, `#` any number of them."""
    if not pattern:
        return not words
    if pattern[0] == "#":
        return any(_fits(pattern[1:], words[at:]) for at in range(len(words) + 1))
    return bool(words) and pattern[0] in ("*", words[0]) and _fits(pattern[1:], words[1:])


def _queue(job: Job) -> str:
    return f"focus_baby.{job.id}"
