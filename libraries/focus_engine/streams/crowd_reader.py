"""Reads the streams of many jobs at once, as clients do, in a process of its own.

`python -m focus_engine.streams.crowd_reader`: the first line of standard input holds the terms,
each other one a job: when it was asked for and answered (time.perf_counter(), one clock for a whole
machine) and the answer to POST /configure as it came. At the end of input the readings that go on
are finished. Standard output is a line "ready", then a JSON list with a record per stream.
"""

import json
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from itertools import pairwise

from focus_engine.decoding.bounded_json import decode_object
from focus_engine.decoding.undecodable import UndecodableError
from focus_engine.streams.channel import Open, connected, grpc_module, load
from focus_engine.streams.frame import frame_of
from focus_engine.streams.reader import ending_of
from focus_engine.streams.reading import End
from focus_engine.streams.target import StreamTarget, target_at
from focus_engine.streams.terms import ReaderTerms
from focus_engine.verdict import ProductFailure, ToolError

LEAST_STALL = 2.0  # seconds without a frame; a busy machine makes shorter ones
STALL_LINES = 5  # of a live stream, by its own lines_dt
FINE = (End.ENOUGH, End.ENDED, End.TIME_IS_UP)
_NOTHING = {
    End.ENDED: "the server ended the stream before one",
    End.TIME_IS_UP: "nothing came within {:g} s",
}


@dataclass(frozen=True)
class StreamRecord:
    """One stream as it was read: seconds, counts, and `trouble`, empty where it was served.

    `first` is from the request for the job to the first frame, None without one.
    """

    job_id: str
    stream: int
    first: float | None = None
    frames: int = 0
    size: int = 0  # bytes
    longest_gap: float = 0.0
    lines_per_second: float | None = None
    promised_per_second: float | None = None
    trouble: str = ""
    example: str = ""
    own_delay: float = 0.0  # from the answer until we began to connect


def main() -> int:
    terms = ReaderTerms(**json.loads(sys.stdin.readline()))
    load()
    print("ready", flush=True)
    found: list[StreamRecord] = []

    def read(asked: float, answered: float, answer: str) -> None:
        delay = time.perf_counter() - answered
        records = read_job(asked, answer, terms)
        found.extend(replace(record, own_delay=delay) for record in records)

    readers = []
    for line in sys.stdin:
        reader = threading.Thread(target=read, args=json.loads(line))
        reader.start()
        readers.append(reader)
    for reader in readers:
        reader.join()
    print(json.dumps([asdict(record) for record in found]))
    return 0


def read_job(asked: float, answer: str, terms: ReaderTerms) -> list[StreamRecord]:
    """Read every stream of one job, each by a reader of its own, over one connection."""
    try:
        response = decode_object(answer)
        target = target_at(response, terms.host, only_loopback=terms.only_loopback)
    except (UndecodableError, ProductFailure, ToolError) as error:
        return [StreamRecord("", 0, trouble="no streams", example=str(error))]
    try:
        with (
            ThreadPoolExecutor(len(target.promises)) as pool,
            connected(target, terms.timeout) as opened,
        ):
            return list(
                pool.map(lambda one: _read(opened, target, one, asked, terms), target.promises)
            )
    except (ProductFailure, ToolError) as error:
        return [
            StreamRecord(target.job_id, one, trouble="no connection", example=str(error))
            for one in target.promises
        ]


def _read(
    opened: Open, target: StreamTarget, stream: int, asked: float, terms: ReaderTerms
) -> StreamRecord:
    arrived: list[float] = []
    size = lines = 0
    end, words = End.ENDED, ""
    limit = terms.timeout + terms.seconds
    call = opened(stream, limit)
    try:
        for message in call:
            now = time.perf_counter()
            frame = frame_of(message, stream, now, with_buffers=False)
            lines += len(frame.rows) if arrived else 0
            arrived.append(now)
            size += sum(frame.buffer_sizes)
            if now - arrived[0] >= terms.seconds:
                end = End.ENOUGH
                break
            if terms.pause:
                time.sleep(terms.pause)  # what makes it a slow reader
    except grpc_module().RpcError as error:
        end, words = ending_of(error)
    finally:
        call.cancel()
    arrived_until = [*arrived, time.perf_counter()] if end is End.TIME_IS_UP else arrived
    if end in FINE:
        words = "" if arrived else _NOTHING[end].format(limit)
    gaps = [after - before for before, after in pairwise(arrived_until)]
    pace = target.promises[stream].line_seconds
    longest = max(gaps, default=0.0)
    seconds = arrived_until[-1] - arrived_until[0] if len(arrived_until) > 1 else 0.0
    return StreamRecord(
        target.job_id,
        stream,
        first=arrived[0] - asked if arrived else None,
        frames=len(arrived),
        size=size,
        longest_gap=longest,
        lines_per_second=lines / seconds if seconds > 0 else None,
        promised_per_second=1 / pace if pace > 0 else None,
        trouble=_trouble(end, longest, pace, terms, served=bool(arrived)),
        example=words,
    )


def _trouble(end: End, longest: float, pace: float, terms: ReaderTerms, *, served: bool) -> str:
    if end not in FINE:
        return "stream cut" if end is End.CUT else "stream failed"
    if not served:
        return "no frame"
    stalled = longest > max(LEAST_STALL, STALL_LINES * pace) + terms.pause
    return "stalled" if stalled else ""


if __name__ == "__main__":
    sys.exit(main())
