"""One AMQP channel of a client: it declares, publishes, reads and acknowledges."""

import struct
from collections.abc import Callable, Mapping

from sandbox.network.rabbitmq import amqp
from sandbox.network.rabbitmq.amqp import AmqpFrame, Method, frame, method_frame
from sandbox.network.rabbitmq.queues import DEFAULT, Message, Queue, Queues

NOT_IMPLEMENTED = 540
_NOT_FOUND, _ACCESS_REFUSED, _UNLIKE, _NO_ROUTE = 404, 403, 406, 312
_PASSIVE, _DURABLE, _EXCLUSIVE, _AUTO_DELETE = 1, 2, 4, 8  # bits of a declaration
_MANDATORY = 1
_BODY_BYTES = 131_064  # a frame of the size that was agreed on, without its own eight


class ChannelRefusal(Exception):  # noqa: N818 - a refusal of a client's wish is no error of ours
    """Why the broker ends the channel: its code and a sentence."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


class Channel:
    """Its answers go out by `write`; queues that are exclusive end with `owner`."""

    def __init__(
        self, number: int, queues: Queues, write: Callable[[bytes], None], owner: object
    ) -> None:
        self._number = number
        self._queues = queues
        self._write = write
        self._owner = owner
        self._publishing: tuple[Message, int, bool] | None = None  # missing bytes, mandatory
        self._confirmed: int | None = None  # messages so far, where the client wants to know
        self._delivered = 0
        self._unacknowledged: dict[int, tuple[str, Message]] = {}
        self._consumers: dict[str, tuple[str, Callable[[Message], None]]] = {}
        self._answers: Mapping[Method, Callable[[bytes], None]] = {
            amqp.EXCHANGE_DECLARE: self._declare_exchange,
            amqp.EXCHANGE_DELETE: self._delete_exchange,
            amqp.QUEUE_DECLARE: self._declare_queue,
            amqp.QUEUE_BIND: lambda told: self._bind(told, bound=True),
            amqp.QUEUE_UNBIND: lambda told: self._bind(told, bound=False),
            amqp.QUEUE_PURGE: self._purge,
            amqp.QUEUE_DELETE: self._delete_queue,
            amqp.CONFIRM_SELECT: self._confirm,
            amqp.BASIC_QOS: lambda _: self._send(amqp.BASIC_QOS_OK),
            amqp.BASIC_PUBLISH: self._publish,
            amqp.BASIC_GET: self._get,
            amqp.BASIC_CONSUME: self._consume,
            amqp.BASIC_CANCEL: self._cancel,
            amqp.BASIC_ACK: lambda told: self._settle(told, multiple=told[8] & 1, requeue=0),
            amqp.BASIC_REJECT: lambda told: self._settle(told, multiple=0, requeue=told[8] & 1),
            amqp.BASIC_NACK: lambda told: self._settle(
                told, multiple=told[8] & 1, requeue=told[8] & 2
            ),
        }

    def take(self, taken: AmqpFrame) -> None:
        """Answer a method or content. Raises ChannelRefusal, AmqpError and LookupError."""
        if taken.method is None:
            self._content(taken)
            return
        answer = self._answers.get(taken.method)
        if answer is None:
            raise ChannelRefusal(NOT_IMPLEMENTED, f"NOT_IMPLEMENTED - {taken.method}")
        answer(taken.arguments)

    def close(self) -> None:
        """Nothing is delivered here any more; what was not acknowledged waits again."""
        for tag in list(self._consumers):
            self._end_consumer(tag)
        for number in sorted(self._unacknowledged, reverse=True):
            self._requeue(*self._unacknowledged.pop(number))

    def _declare_exchange(self, told: bytes) -> None:
        name, offset = amqp.read_short(told, 2)
        kind, offset = amqp.read_short(told, offset)
        there, bits = self._queues.exchanges.get(name), told[offset]
        wanted = kind, bool(bits & _DURABLE)
        if there is None and bits & _PASSIVE:
            raise _absent("exchange", name)
        if there is None and name.startswith("amq."):
            text = f"ACCESS_REFUSED - exchange name '{name}' contains reserved prefix 'amq.*'"
            raise ChannelRefusal(_ACCESS_REFUSED, text)
        if there is None:
            self._queues.declare_exchange(name, *wanted)
        elif not bits & _PASSIVE and there != wanted:
            text = f"PRECONDITION_FAILED - inequivalent arg for exchange '{name}' in vhost '/'"
            raise ChannelRefusal(_UNLIKE, text)
        self._send(amqp.EXCHANGE_DECLARE_OK)

    def _delete_exchange(self, told: bytes) -> None:
        self._queues.remove_exchange(amqp.read_short(told, 2)[0])
        self._send(amqp.EXCHANGE_DELETE_OK)

    def _declare_queue(self, told: bytes) -> None:
        name, offset = amqp.read_short(told, 2)
        bits = told[offset]
        if not bits & _PASSIVE:
            ends = bits & (_EXCLUSIVE | _AUTO_DELETE)
            name = self._queues.declare(name, self._owner if ends else None)
        queue = self._queue(name)
        counts = struct.pack(">II", len(queue.messages), len(queue.consumers))
        self._send(amqp.QUEUE_DECLARE_OK, amqp.short_text(name) + counts)

    def _bind(self, told: bytes, bound: bool) -> None:
        name, offset = amqp.read_short(told, 2)
        exchange, offset = amqp.read_short(told, offset)
        key, _ = amqp.read_short(told, offset)
        self._queue(name)
        self._known(exchange)
        self._queues.bind(exchange, name, key, bound)
        self._send(amqp.QUEUE_BIND_OK if bound else amqp.QUEUE_UNBIND_OK)

    def _purge(self, told: bytes) -> None:
        queue = self._queue(amqp.read_short(told, 2)[0])
        count = len(queue.messages)
        queue.messages.clear()
        self._send(amqp.QUEUE_PURGE_OK, struct.pack(">I", count))

    def _delete_queue(self, told: bytes) -> None:
        held = self._queues.remove(amqp.read_short(told, 2)[0])
        self._send(amqp.QUEUE_DELETE_OK, struct.pack(">I", held))

    def _confirm(self, _: bytes) -> None:
        self._confirmed = self._confirmed or 0
        self._send(amqp.CONFIRM_SELECT_OK)

    def _publish(self, told: bytes) -> None:
        exchange, offset = amqp.read_short(told, 2)
        key, offset = amqp.read_short(told, offset)
        if exchange != DEFAULT:
            self._known(exchange)
        self._publishing = Message(exchange, key, b"", b""), -1, bool(told[offset] & _MANDATORY)

    def _content(self, taken: AmqpFrame) -> None:
        """Take header and body of a message; route and confirm it when it is whole."""
        if self._publishing is None:
            return
        message, missing, mandatory = self._publishing
        if taken.kind == amqp.HEADER:
            missing = amqp.body_size(taken.arguments)
            message = Message(message.exchange, message.key, taken.arguments, b"")
        elif taken.kind == amqp.BODY:
            missing -= len(taken.arguments)
            body = message.body + taken.arguments
            message = Message(message.exchange, message.key, message.header, body)
        self._publishing = message, missing, mandatory
        if missing == 0:
            self._publishing = None
            self._routed(message, mandatory)

    def _routed(self, message: Message, mandatory: bool) -> None:
        if not self._queues.put(message) and mandatory:
            why = struct.pack(">H", _NO_ROUTE) + amqp.short_text("NO_ROUTE")
            self._send_message(amqp.BASIC_RETURN, why + _route(message), message)
        if self._confirmed is not None:
            self._confirmed += 1
            self._send(amqp.BASIC_ACK, struct.pack(">QB", self._confirmed, 0))

    def _get(self, told: bytes) -> None:
        name, offset = amqp.read_short(told, 2)
        queue = self._queue(name)
        if not queue.messages:
            self._send(amqp.BASIC_GET_EMPTY, amqp.short_text(""))
            return
        message = queue.messages.popleft()
        tag = self._tag(name, message, no_ack=bool(told[offset] & 1))
        rest = struct.pack(">I", len(queue.messages))
        self._send_message(amqp.BASIC_GET_OK, tag + _route(message) + rest, message)

    def _consume(self, told: bytes) -> None:
        name, offset = amqp.read_short(told, 2)
        tag, offset = amqp.read_short(told, offset)
        queue, no_ack = self._queue(name), bool(told[offset] & 2)
        tag = tag or f"amq.ctag-{self._number}-{len(self._consumers)}"

        def deliver(message: Message) -> None:
            numbered = amqp.short_text(tag) + self._tag(name, message, no_ack)
            self._send_message(amqp.BASIC_DELIVER, numbered + _route(message), message)

        self._consumers[tag] = name, deliver
        queue.consumers.append(deliver)
        self._send(amqp.BASIC_CONSUME_OK, amqp.short_text(tag))
        queue.deliver()

    def _cancel(self, told: bytes) -> None:
        tag, _ = amqp.read_short(told)
        self._end_consumer(tag)
        self._send(amqp.BASIC_CANCEL_OK, amqp.short_text(tag))

    def _end_consumer(self, tag: str) -> None:
        name, deliver = self._consumers.pop(tag, ("", None))
        if deliver is not None and name in self._queues.held:
            self._queues.held[name].consumers.remove(deliver)

    def _settle(self, told: bytes, multiple: int, requeue: int) -> None:
        """Take an answer to a delivery, or to all up to it: 0 stands for the latest."""
        (tag,) = struct.unpack_from(">Q", told)
        up_to = tag or self._delivered
        settled = [one for one in self._unacknowledged if one == tag or (multiple and one <= up_to)]
        if not settled:
            text = f"PRECONDITION_FAILED - unknown delivery tag {tag}"
            raise ChannelRefusal(_UNLIKE, text)
        for one in sorted(settled, reverse=True):
            name, message = self._unacknowledged.pop(one)
            if requeue:
                self._requeue(name, message)

    def _requeue(self, name: str, message: Message) -> None:
        if name in self._queues.held:
            again = Message(message.exchange, message.key, message.header, message.body, True)
            self._queues.held[name].messages.appendleft(again)
            self._queues.held[name].deliver()

    def _tag(self, name: str, message: Message, no_ack: bool) -> bytes:
        """Number a delivery, to be acknowledged where the client is to."""
        self._delivered += 1
        if not no_ack:
            self._unacknowledged[self._delivered] = name, message
        return struct.pack(">QB", self._delivered, message.redelivered)

    def _queue(self, name: str) -> Queue:
        if name not in self._queues.held:
            raise _absent("queue", name)
        return self._queues.held[name]

    def _known(self, exchange: str) -> None:
        if exchange not in self._queues.exchanges:
            raise _absent("exchange", exchange)

    def _send(self, method: Method, arguments: bytes = b"") -> None:
        self._write(method_frame(method, arguments, self._number))

    def _send_message(self, method: Method, arguments: bytes, message: Message) -> None:
        self._send(method, arguments)
        self._write(frame(amqp.HEADER, self._number, message.header))
        for at in range(0, len(message.body), _BODY_BYTES):
            self._write(frame(amqp.BODY, self._number, message.body[at : at + _BODY_BYTES]))


def _route(message: Message) -> bytes:
    return amqp.short_text(message.exchange) + amqp.short_text(message.key)


def _absent(kind: str, name: str) -> ChannelRefusal:
    return ChannelRefusal(_NOT_FOUND, f"NOT_FOUND - no {kind} '{name}' in vhost '/'")
