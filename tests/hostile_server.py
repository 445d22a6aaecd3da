"""A server on this machine that answers every connection with the bytes that a test gives it."""

import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress


def drip(head: bytes, piece: bytes = b"x", pause: float = 0.02) -> Iterator[bytes]:
    """`head`, and then `piece` again and again until nobody listens any more."""
    yield head
    while True:
        time.sleep(pause)
        yield piece


@contextmanager
def answering(pieces: Iterable[bytes]) -> Iterator[str]:
    """The address of a server that sends `pieces` to each visitor and hangs up."""
    listening = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            with suppress(OSError):
                connection, _ = listening.accept()
                _answer(connection, pieces, over)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        over.set()
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def _answer(connection: socket.socket, pieces: Iterable[bytes], over: threading.Event) -> None:
    with connection:
        connection.recv(65536)
        for piece in pieces:
            if over.is_set():
                return
            connection.sendall(piece)
