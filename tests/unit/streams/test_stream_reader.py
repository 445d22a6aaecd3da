"""Reading from a gRPC server of grpc's own, and what each kind of ending is taken for."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace

import grpc
import pytest
from waiting import wait_until

from focus_engine.arrays.frames import StreamPromise
from focus_engine.streams import channel, reader
from focus_engine.streams import pandadatastream_pb2 as messages
from focus_engine.streams.channel import is_open
from focus_engine.streams.port import PortState, port_after_end
from focus_engine.streams.reader import ReadPlan, attached, read_streams, staying
from focus_engine.streams.reading import End
from focus_engine.streams.target import StreamTarget
from focus_engine.verdict import ProductFailure, ToolError, Undetermined

Script = Callable[[int, grpc.ServicerContext], Iterator[messages.DataStream]]
METHOD = "StreamData"
SERVICE = "pandadatastream.DataStreamService"


@pytest.fixture
def serve() -> Iterator[Callable[[Script], tuple[StreamTarget, grpc.Server]]]:
    """Serve a script on a free loopback port; it is given the index of the stream."""
    servers: list[grpc.Server] = []

    def start(script: Script) -> tuple[StreamTarget, grpc.Server]:
        server = grpc.server(ThreadPoolExecutor(4))
        handler = grpc.unary_stream_rpc_method_handler(
            lambda request, context: script(request.stream_id, context),
            request_deserializer=messages.StreamDataRequest.FromString,
            response_serializer=messages.DataStream.SerializeToString,
        )
        generic = grpc.method_handlers_generic_handler(SERVICE, {METHOD: handler})
        server.add_generic_rpc_handlers((generic,))
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        servers.append(server)
        promises = {0: StreamPromise(0, (1, 2), 2), 1: StreamPromise(1, (3,), 2)}
        return StreamTarget("1-7", "127.0.0.1", port, promises), server

    yield start
    for server in servers:
        server.stop(0).wait()


def _frame(row: int) -> messages.DataStream:
    return messages.DataStream(
        start_channel=1,
        end_channel=2,
        timestamp_in_milis=[1000 + row],
        row_index=[row],
        data_shape_x=4,
        data_shape_y=1,
        global_maximum=1.0,
        main_data=[bytes(8)],
    )


def _endless(stream: int, context: grpc.ServicerContext) -> Iterator[messages.DataStream]:
    row = 0
    while context.is_active():
        yield _frame(row)
        row += 1
        time.sleep(0.005)


def _three(stream: int, context: grpc.ServicerContext) -> Iterator[messages.DataStream]:
    return (_frame(row) for row in range(3))


class Stuck:
    """A channel and its call as grpc leaves them now and then: nothing ends them."""

    def __init__(self) -> None:
        self.freed = threading.Event()

    def unary_stream(self, *_: object, **__: object) -> Callable:
        return lambda *_, **__: self

    def __iter__(self) -> Iterator[messages.DataStream]:
        return self

    def __next__(self) -> messages.DataStream:
        self.freed.wait(60)
        raise StopIteration

    def cancel(self) -> None:
        """Is not heard."""

    def close(self) -> None:
        self.freed.wait(60)


@pytest.fixture
def stuck(monkeypatch: pytest.MonkeyPatch) -> Iterator[StreamTarget]:
    it = Stuck()
    module = SimpleNamespace(insecure_channel=lambda *_, **__: it)
    monkeypatch.setattr(channel, "grpc_module", lambda: module)
    monkeypatch.setattr(channel, "_wait", lambda *_: None)
    monkeypatch.setattr(channel, "OVERDUE_SECONDS", 0.1)
    promises = {0: StreamPromise(0, (1, 2), 2), 1: StreamPromise(1, (3,), 2)}
    yield StreamTarget("1-7", "127.0.0.1", 1, promises)
    it.freed.set()


def _attach(target: StreamTarget) -> None:
    with attached(target, 0.2):
        pass


WAYS_TO_READ = {
    "to its end": lambda target: read_streams(target, ReadPlan(timeout=0.2)),
    "some frames": lambda target: read_streams(target, ReadPlan(timeout=0.2, frames=1)),
    "the first frame": _attach,
}


@pytest.mark.parametrize("read", WAYS_TO_READ.values(), ids=WAYS_TO_READ)
def test_nobody_waits_for_what_grpc_never_ends(stuck: StreamTarget, read: Callable) -> None:
    begin = time.monotonic()
    with pytest.raises(ToolError, match=r"gRPC does not end the call to stream 0 of job 1-7.*no f"):
        read(stuck)
    assert time.monotonic() - begin < 30


@pytest.mark.parametrize("read", WAYS_TO_READ.values(), ids=WAYS_TO_READ)
def test_what_grpc_never_ends_of_a_late_reader_is_undetermined(
    stuck: StreamTarget, read: Callable
) -> None:
    with pytest.raises(Undetermined, match=r"later than .* Seen was: gRPC does not end the call"):
        read(_late(stuck))


def test_a_reader_in_the_background_that_never_ends_is_left_behind(
    stuck: StreamTarget, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "attached", lambda *_: nullcontext())
    with pytest.raises(ToolError, match="gRPC does not end the call"), staying(stuck, 1, 1):
        pass


def test_what_breaks_a_reading_is_told(serve, monkeypatch) -> None:
    target, _ = serve(_three)

    def breaks(*_: object) -> None:
        raise TimeoutError("of its own")

    monkeypatch.setattr(reader, "_read", breaks)
    with pytest.raises(TimeoutError, match="of its own"):
        read_streams(target, ReadPlan(timeout=5))


def test_so_many_frames_of_every_stream_are_read(serve) -> None:
    target, _ = serve(_endless)
    reading = read_streams(target, ReadPlan(timeout=5, frames=4))
    assert [len(stream.frames) for stream in reading.streams.values()] == [4, 4]
    assert {stream.end for stream in reading.streams.values()} == {End.ENOUGH}
    assert reading.streams[1].rows == [0, 1, 2, 3]
    [first] = reading.streams[0].frames[:1]
    assert (first.channels, first.buffer_sizes, first.buffers) == ("1..2", (8,), ())


def test_frames_are_enough_only_after_the_least_time(serve) -> None:
    target, _ = serve(_endless)
    stream = read_streams(target, ReadPlan(5.0, frames=2, streams=(0,), at_least=0.2)).streams[0]
    assert stream.end is End.ENOUGH
    assert len(stream.frames) > 2
    assert stream.frames[-1].arrived - stream.frames[0].arrived < 4


def test_one_stream_with_its_buffers(serve) -> None:
    target, _ = serve(_endless)
    plan = ReadPlan(timeout=5, frames=1, streams=(1,), with_buffers=True)
    reading = read_streams(target, plan)
    assert list(reading.streams) == [1]
    assert reading.streams[1].frames[0].buffers == (bytes(8),)


def test_a_stream_that_is_over_has_ended(serve) -> None:
    target, _ = serve(_three)
    reading = read_streams(target, ReadPlan(timeout=5))
    assert [(stream.end, stream.words) for stream in reading.streams.values()] == [
        (End.ENDED, "OK")
    ] * 2


def test_a_server_that_shuts_down_ends_its_streams_with_goaway(serve) -> None:
    target, server = serve(_endless)
    threading.Timer(0.3, server.stop, [0]).start()
    reading = read_streams(target, ReadPlan(timeout=5))
    for stream in reading.streams.values():
        assert stream.end is End.ENDED
        assert "Cancelling all calls" in stream.words


def test_time_is_up_for_an_endless_stream(serve) -> None:
    target, _ = serve(_endless)
    began = time.perf_counter()
    reading = read_streams(target, ReadPlan(timeout=1))
    assert time.perf_counter() - began < 30
    assert {stream.end for stream in reading.streams.values()} == {End.TIME_IS_UP}
    assert reading.frame_count > 0


def test_a_status_of_the_server_is_a_failure(serve) -> None:
    def script(stream: int, context: grpc.ServicerContext) -> Iterator[messages.DataStream]:
        yield _frame(0)
        context.abort(grpc.StatusCode.INTERNAL, "no more")

    target, _ = serve(script)
    reading = read_streams(target, ReadPlan(timeout=5, streams=(0,)))
    assert (reading.streams[0].end, reading.streams[0].words) == (End.FAILED, "INTERNAL: no more")
    assert len(reading.streams[0].frames) == 1


def test_a_large_frame_is_read(serve) -> None:
    target, _ = serve(lambda *_: iter([messages.DataStream(main_data=[bytes(20_000_000)])]))
    reading = read_streams(target, ReadPlan(timeout=10, frames=1, streams=(0,)))
    assert reading.streams[0].frames[0].buffer_sizes == (20_000_000,)


def test_the_calls_are_over_when_the_reading_is(serve) -> None:
    active = threading.Semaphore(0)

    def script(stream: int, context: grpc.ServicerContext) -> Iterator[messages.DataStream]:
        context.add_callback(active.release)
        return _endless(stream, context)

    target, _ = serve(script)
    read_streams(target, ReadPlan(timeout=5, frames=1))
    assert all(active.acquire(timeout=60) for _ in range(2))


def test_a_reader_stays_attached_while_it_is_needed(serve) -> None:
    over = threading.Event()

    def script(stream: int, context: grpc.ServicerContext) -> Iterator[messages.DataStream]:
        context.add_callback(over.set)
        return _endless(stream, context)

    target, _ = serve(script)
    with attached(target, timeout=5) as frame:
        assert frame.rows == (0,)
        assert not over.wait(0.2)
    assert over.wait(60)


def test_a_reader_that_stays_takes_frames_until_it_leaves(serve) -> None:
    sent, active = [], threading.Semaphore(0)

    def script(stream: int, context: grpc.ServicerContext) -> Iterator[messages.DataStream]:
        context.add_callback(active.release)
        for row in range(10_000):
            sent.append(row)
            yield messages.DataStream(main_data=[bytes(100_000)])
            time.sleep(0.001)

    target, _ = serve(script)
    with staying(target, timeout=5, stay=5) as ends_within:
        assert not ends_within(0.0)
        # far more than a connection buffers for a reader that takes none
        wait_until(lambda: len(sent) >= 200, "200 messages are sent")
    assert all(active.acquire(timeout=60) for _ in range(2))


def test_a_reader_that_stays_knows_when_the_stream_has_ended(serve) -> None:
    target, _ = serve(lambda *_: iter([messages.DataStream()]))
    with staying(target, timeout=5, stay=5) as ends_within:
        assert ends_within(60)


def test_a_short_reading_is_not_held_up_by_grpc(serve) -> None:
    """Neither by a watch that grpc leaves behind nor by the way this is avoided."""
    target, _ = serve(_endless)

    def seconds() -> float:
        began = time.perf_counter()
        read_streams(target, ReadPlan(timeout=5, frames=1, streams=(0,)))
        return time.perf_counter() - began

    assert any(seconds() < 0.15 for _ in range(50))  # the watch holds up each reading


@pytest.mark.parametrize("script", [lambda *_: iter([]), lambda *_: iter(lambda: time.sleep(9), 0)])
def test_nobody_is_attached_without_a_frame(serve, script) -> None:
    target, server = serve(script)
    with pytest.raises(ProductFailure, match="stream 0 of job 1-7"), attached(target, timeout=0.5):
        pass
    server.stop(0)


def _closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_a_closed_port_is_the_products_failure(serve) -> None:
    target = StreamTarget("1-7", "127.0.0.1", _closed_port(), {0: StreamPromise(0, (1,), 2)})
    with pytest.raises(
        ProductFailure, match=r"promised its streams at .* the port is still closed"
    ):
        read_streams(target, ReadPlan(timeout=0.3))


def _late(target: StreamTarget) -> StreamTarget:
    return replace(target, alive_until=time.perf_counter() - 0.1)


def test_what_a_late_reader_sees_is_no_fault(serve) -> None:
    closed = StreamTarget("1-7", "127.0.0.1", _closed_port(), {0: StreamPromise(0, (1,), 2)})
    with pytest.raises(Undetermined, match=r"1-7 was reached 0\.\d s later .* still closed\.$"):
        read_streams(_late(closed), ReadPlan(timeout=0.3))
    silent, _ = serve(lambda *_: iter([]))
    with (
        pytest.raises(Undetermined, match=r"Seen was: stream 0 of job 1-7 ended without a frame"),
        attached(_late(silent), timeout=5),
    ):
        pass


def test_what_was_refused_in_time_is_a_fault_however_long_it_lasts() -> None:
    target = StreamTarget("1-7", "127.0.0.1", _closed_port(), {0: StreamPromise(0, (1,), 2)})
    in_time = replace(target, alive_until=time.perf_counter() + 5)
    with pytest.raises(ProductFailure, match="the port is still closed"):
        read_streams(in_time, ReadPlan(timeout=6))


def test_a_late_reader_that_is_served_reads(serve) -> None:
    target, _ = serve(lambda *_: iter([_frame(0)]))
    assert read_streams(_late(target), ReadPlan(timeout=5)).frame_count == 2


def test_a_port_that_speaks_something_else_is_the_products_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        target = StreamTarget("1-7", "127.0.0.1", port, {0: StreamPromise(0, (1,), 2)})
        with pytest.raises(ProductFailure, match="speaks no gRPC"):
            read_streams(target, ReadPlan(timeout=0.3))


def test_an_unknown_host_is_an_error() -> None:
    target = StreamTarget("1-7", "host.invalid", 1, {0: StreamPromise(0, (1,), 2)})
    with pytest.raises(ToolError, match="FOCUS_STREAM_HOST"):
        read_streams(target, ReadPlan(timeout=0.3))


def test_no_frames_cannot_be_read() -> None:
    target = StreamTarget("1-7", "127.0.0.1", 1, {0: StreamPromise(0, (1,), 2)})
    with pytest.raises(ToolError, match="0 frames cannot be read"):
        read_streams(target, ReadPlan(1, frames=0))


class _Ledger:
    def __init__(self, *job_ids: str) -> None:
        self._job_ids = frozenset(job_ids)

    def job_ids(self) -> frozenset[str]:
        return self._job_ids


def test_states_of_a_port_after_the_end() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        target = StreamTarget("1-7", "127.0.0.1", port, {0: StreamPromise(0, (1,), 2)})
        assert is_open("127.0.0.1", port)
        assert port_after_end(target, _Ledger("1-7", "2-9"), 0.1) is PortState.STILL_OPEN
        assert port_after_end(target, _Ledger("1-7", "1-9"), 0.1) is PortState.REUSED
    assert port_after_end(target, _Ledger("1-7"), 0.1) is PortState.CLOSED
