"""The gRPC channel to a job, opened bounded in time and always closed.

grpc is imported on first use: most runs of the engine never stream.
"""

import os
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from errno import ECONNREFUSED
from functools import cache
from math import inf
from threading import Thread
from types import ModuleType
from typing import Any, TypeVar

from focus_engine.causes import STREAMS, cause_in, told_by
from focus_engine.streams.target import StreamTarget
from focus_engine.verdict import ProductFailure, ToolError, Undetermined

LARGEST_MESSAGE = 50 * 1024 * 1024  # bytes: what the production client accepts
PROBE_SECONDS = 1.0
POLL_SECONDS = 0.001
OVERDUE_SECONDS = 10.0  # beyond its deadline nobody waits for grpc any more
OPTIONS = (
    ("grpc.max_receive_message_length", LARGEST_MESSAGE),
    ("grpc.enable_http_proxy", 0),  # a company proxy does not know the ports of jobs
    ("grpc.use_local_subchannel_pool", 1),  # a connection of its own, never one of another job
    # The port opens when the job's pod has started; a slow retry would spoil the measured time.
    ("grpc.initial_reconnect_backoff_ms", 50),
    ("grpc.min_reconnect_backoff_ms", 50),
    ("grpc.max_reconnect_backoff_ms", 250),
)

T = TypeVar("T")
Open = Callable[[int, float], Any]
"""Open one stream by its index for so many seconds; returns an iterable call with `cancel()`."""


class EndlessCallError(ToolError):
    """A call that gRPC itself never ends."""


@cache
def grpc_module() -> ModuleType:
    """The module `grpc`, which otherwise writes its own log to the console."""
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    import grpc  # noqa: PLC0415 - heavy

    module: ModuleType = grpc
    return module


def load() -> None:
    """Import what reading takes, up to a second, before the life of the first job begins."""
    from focus_engine.arrays import values  # noqa: F401, PLC0415 - numpy is heavy
    from focus_engine.streams import pandadatastream_pb2  # noqa: F401, PLC0415 - protobuf is heavy

    grpc_module()


def begun(work: Callable[[], T]) -> Future[T]:
    """What `work` returns or raises, in a thread that can be left behind."""
    result: Future[T] = Future()

    def run() -> None:
        try:
            result.set_result(work())
        except BaseException as error:  # noqa: BLE001 - whoever waits for it raises it
            result.set_exception(error)

    Thread(target=run, daemon=True).start()
    return result


def ended(work: Future[T], seconds: float, what: str) -> T:
    """The result of what was begun; it is left behind when it takes longer: EndlessCallError.

    Seen on busy machines, and known of grpc: a call whose connection was lost as it began hears
    neither its deadline nor that it is cancelled, and whoever reads it waits for ever.
    """
    try:
        return work.result(max(0.0, seconds))
    except TimeoutError as error:
        if work.done():
            raise
        raise EndlessCallError(
            f"gRPC does not end {what}, {OVERDUE_SECONDS:g} s beyond its time. That is no fault "
            "of the server: run the case again."
        ) from error


@contextmanager
def judged_in_time(target: StreamTarget, reached: float) -> Iterator[None]:
    """Let a failure stand only when the job lived for certain when it was reached.

    An unread job ends by itself and the next one may get its port, so a late reader sees what is
    no fault. Raises Undetermined in place of ProductFailure and EndlessCallError.
    """
    try:
        yield
    except (ProductFailure, EndlessCallError) as failure:
        late = reached - target.alive_until
        if late <= 0:
            raise
        seen = failure.sentence if isinstance(failure, EndlessCallError) else failure
        raise Undetermined(
            f"job {target.job_id} was reached {late:.1f} s later than an unread job lives for "
            "certain (half of job_life), so it may have ended by itself and its port be another "
            f"job's. Read it sooner, or run with fewer processes. Seen was: {seen}"
        ) from failure


@contextmanager
def connected(target: StreamTarget, timeout: float) -> Iterator[Open]:
    """A connection to the job, waiting up to `timeout` seconds for its port to open.

    Raises ProductFailure when the port stays closed, Undetermined when that was first seen too late
    in the life of the job, and ToolError when the host cannot be reached.
    """
    grpc = grpc_module()
    channel = grpc.insecure_channel(target.address, options=OPTIONS)
    try:
        _wait(channel, target, timeout)
        yield _opener(channel)
    finally:
        with suppress(EndlessCallError):  # closing waits for its calls, and some never end
            ended(begun(channel.close), OVERDUE_SECONDS, f"the connection to {target.address}")


def is_open(host: str, port: int) -> bool:
    """Whether something accepts connections there. Raises ToolError when that cannot be told."""
    try:
        with socket.create_connection((host, port), timeout=PROBE_SECONDS):
            return True
    except ConnectionRefusedError:
        return False
    except OSError as error:
        raise ToolError(_unreachable(f"{host}:{port}", error)) from error


def _wait(channel: Any, target: StreamTarget, timeout: float) -> None:
    """Wait until the channel is connected.

    grpc's own future for this leaves a watch behind that holds up `close` for 200 ms, in every
    short reading. There is no public way to ask; a unit test fails should this one stop working.
    """
    states = grpc_module().ChannelConnectivity
    ready, failing = states.READY.value[0], states.TRANSIENT_FAILURE.value[0]
    began = now = time.perf_counter()
    first_failure = inf
    while (state := channel._channel.check_connectivity_state(True)) != ready:  # noqa: SLF001
        now = time.perf_counter()
        if state == failing:
            first_failure = min(first_failure, now)
        if now - began > timeout:
            with judged_in_time(target, min(first_failure, now)):
                raise _never_connected(target, now - began)
        time.sleep(POLL_SECONDS)


def _never_connected(target: StreamTarget, waited: float) -> ProductFailure | ToolError:
    """Why there is no connection: a closed port is the product's, an unreachable host is not."""
    promise = f"job {target.job_id} promised its streams at {target.address}, but after "
    try:
        with socket.create_connection((target.host, target.port), timeout=PROBE_SECONDS):
            return ProductFailure(
                f"{promise}{waited:.1f} s something there accepts connections and speaks no gRPC."
            )
    except OSError as error:
        if error.errno == ECONNREFUSED:
            return ProductFailure(f"{promise}{waited:.1f} s the port is still closed.")
        return ToolError(_unreachable(target.address, error))


def _unreachable(address: str, error: OSError) -> str:
    cause = cause_in(STREAMS, told_by(error))
    return f"cannot reach the streams at {address}: {cause.what}. {cause.advice}"


def _opener(channel: Any) -> Open:
    from focus_engine.streams import pandadatastream_pb2 as messages  # noqa: PLC0415 - protobuf is heavy

    service = messages.DESCRIPTOR.services_by_name["DataStreamService"]
    method = channel.unary_stream(
        f"/{service.full_name}/{service.methods[0].name}",
        request_serializer=messages.StreamDataRequest.SerializeToString,
        response_deserializer=messages.DataStream.FromString,
    )

    def open_stream(stream: int, seconds: float) -> Any:
        return method(messages.StreamDataRequest(stream_id=stream), timeout=seconds)

    return open_stream
