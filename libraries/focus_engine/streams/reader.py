"""Reading the streams of a job at once, each to so many frames or to its end, within a deadline."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from focus_engine.arrays.contract import ReadClaim
from focus_engine.streams import channel
from focus_engine.streams.channel import (
    Open,
    begun,
    connected,
    ended,
    grpc_module,
    judged_in_time,
)
from focus_engine.streams.frame import Frame, frame_of
from focus_engine.streams.reading import End, Reading, StreamReading
from focus_engine.streams.target import StreamTarget
from focus_engine.verdict import ProductFailure, ToolError, broken_off

# What a server that shuts down says: as HTTP/2 frame, or in the status where that comes first.
LAST_WORDS = ("GOAWAY", "Cancelling all calls")


@dataclass(frozen=True)
class ReadPlan:
    """How to read: `frames` of each stream (None = to the end), `timeout` seconds for everything.

    `streams` are the indexes to read, None for all of the job. Buffers are kept only on request,
    because a long reading would fill the memory with them. `frames` are enough only after
    `at_least` seconds. `values` is the type of the values, None where it is not known.
    """

    timeout: float
    frames: int | None = None
    streams: tuple[int, ...] | None = None
    with_buffers: bool = False
    at_least: float = 0.0
    values: ReadClaim | None = None


def read_streams(target: StreamTarget, plan: ReadPlan) -> Reading:
    """Read the streams of a job; nothing is judged.

    Raises ProductFailure when the port never opens, ToolError when the host cannot be reached. The
    connection is closed whatever happens.
    """
    if plan.frames is not None and plan.frames < 1:
        raise ToolError(f"{plan.frames} frames cannot be read; ask for 1 or more.")
    wanted = tuple(target.promises) if plan.streams is None else plan.streams
    began = time.perf_counter()
    deadline = began + plan.timeout
    with connected(target, plan.timeout) as open_stream:
        reached = time.perf_counter()
        readings = [
            begun(partial(_read, open_stream, stream, plan, deadline - time.perf_counter()))
            for stream in wanted
        ]
        with judged_in_time(target, reached):
            streams = {
                stream: ended(reading, _patience(deadline), _call_to(target, stream))
                for stream, reading in zip(wanted, readings, strict=True)
            }
    return Reading(target, began, reached, streams)


def read_at_once(target: StreamTarget, plan: ReadPlan, readers: int) -> list[Reading]:
    """What each of so many readers got that read the same streams at once, each connected itself.

    Raises as `read_streams` does.
    """
    readings = [begun(partial(read_streams, target, plan)) for _ in range(readers)]
    patience = plan.timeout + 3 * channel.OVERDUE_SECONDS  # each step of one has its own
    what = f"the streams of job {target.job_id}"
    return [ended(reading, patience, what) for reading in readings]


def _patience(deadline: float) -> float:
    return deadline + channel.OVERDUE_SECONDS - time.perf_counter()


def _call_to(target: StreamTarget, stream: int) -> str:
    return f"the call to stream {stream} of job {target.job_id}"


@contextmanager
def attached(target: StreamTarget, timeout: float, stream: int | None = None) -> Iterator[Frame]:
    """Stay a reader of a stream, by default the first; yields its first frame when that has come.

    Raises ProductFailure when no frame comes within `timeout` seconds.
    """
    stream = min(target.promises) if stream is None else stream
    deadline = time.perf_counter() + timeout
    with connected(target, timeout) as open_stream:
        with judged_in_time(target, time.perf_counter()):
            call = open_stream(stream, max(0.0, deadline - time.perf_counter()))
            message = _first_message(target, stream, call, deadline)
        if message is None:
            raise ProductFailure(
                f"stream {stream} of job {target.job_id} should deliver a frame within "
                f"{timeout:g} s, but none came."
            )
        yield frame_of(message, stream, time.perf_counter(), with_buffers=False)


def _first_message(target: StreamTarget, stream: int, call: Any, deadline: float) -> Any:
    """None when nothing came in time. Raises ProductFailure when the stream ended before."""
    grpc, spoken = grpc_module(), "OK"
    try:
        message = ended(
            begun(partial(next, call, None)), _patience(deadline), _call_to(target, stream)
        )
    except grpc.RpcError as error:
        if _end(error) is End.TIME_IS_UP:
            return None
        message, spoken = None, _spoken(error)
    if message is None:
        raise ProductFailure(
            f"stream {stream} of job {target.job_id} ended without a frame: {spoken}."
        )
    return message


@contextmanager
def staying(
    target: StreamTarget, timeout: float, stay: float, stream: int | None = None
) -> Iterator[Callable[[float], bool]]:
    """Read a stream of the job, by default its first, in the background for at most `stay` seconds.

    Frames are taken and thrown away, because a reader that takes none holds up the server. Yields
    what tells whether the stream ends within so many seconds. Raises ProductFailure when no frame
    comes within `timeout` seconds.
    """
    stream = min(target.promises) if stream is None else stream
    with attached(target, timeout, stream), connected(target, timeout) as open_stream:
        call = open_stream(stream, stay)
        taking = begun(partial(_take_all, call))
        try:
            yield partial(_is_over, taking)
        finally:
            call.cancel()
        ended(taking, channel.OVERDUE_SECONDS, _call_to(target, stream))


def _is_over(taking: Future[None], seconds: float) -> bool:
    return taking in wait([taking], seconds).done


def _take_all(call: Any) -> None:
    try:
        with suppress(grpc_module().RpcError):  # the end of the stream, whose ever it was
            for _ in call:
                pass
    except Exception as error:  # noqa: BLE001 - a reader that died read nothing
        raise broken_off("the reader in the background", error) from None


def _read(open_stream: Open, stream: int, plan: ReadPlan, seconds: float) -> StreamReading:
    grpc = grpc_module()
    frames: list[Frame] = []
    enough_at = time.perf_counter() + plan.at_least
    call = open_stream(stream, max(0.0, seconds))
    try:
        for message in call:
            arrived = time.perf_counter()
            frames.append(
                frame_of(
                    message, stream, arrived, with_buffers=plan.with_buffers, values=plan.values
                )
            )
            if plan.frames is not None and len(frames) >= plan.frames and arrived >= enough_at:
                return StreamReading(stream, tuple(frames), End.ENOUGH)
    except grpc.RpcError as error:
        over = time.perf_counter()
        return StreamReading(stream, tuple(frames), _end(error), _spoken(error), over)
    finally:
        call.cancel()
    return StreamReading(stream, tuple(frames), End.ENDED, "OK")


def _end(error: Any) -> End:
    """The observed server ends the streams of a job that is over with UNAVAILABLE and GOAWAY."""
    codes = grpc_module().StatusCode
    if error.code() is codes.DEADLINE_EXCEEDED:
        return End.TIME_IS_UP
    if error.code() is codes.UNAVAILABLE:
        said = error.details() or ""
        return End.ENDED if any(words in said for words in LAST_WORDS) else End.CUT
    return End.FAILED


def ending_of(error: Any) -> tuple[End, str]:
    """How a call ended that grpc ended with `error`, and what was said."""
    return _end(error), _spoken(error)


def _spoken(error: Any) -> str:
    return f"{error.code().name}: {error.details()}"
