"""The sampler process that measures: `python -m focus_engine.latency.sampler.worker`.

Standard input: one line with the plan (JSON), one with the path of the sample file; it then stays
open. "stop", end of input (the parent died) or SIGTERM end the run early with a partial result.
Standard output: JSON lines: {"started": ...}, {"progress": ...} about once per second,
{"finished": ...}. A failure is a line {"failed": sentence} and exit code 1.
"""

import asyncio
import contextlib
import gc
import io
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from focus_engine.latency.planning.plan import MeasurementPlan
from focus_engine.latency.sampler.answers import AnswerJudge
from focus_engine.latency.sampler.own_limits import require_open_files
from focus_engine.latency.sampler.sampler import Sampler
from focus_engine.verdict import ToolError

PROGRESS_SECONDS = 1.0

try:
    import uvloop
except ImportError:  # not made for Windows; asyncio's own loop measures too, its timers are coarser
    uvloop = None  # type: ignore[assignment]


def main() -> int:
    with open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as stdin:
        return _run(stdin)


def _run(stdin: io.RawIOBase) -> int:
    plan = MeasurementPlan.from_json(stdin.readline().decode("utf-8"))
    path = Path(stdin.readline().decode("utf-8").rstrip("\r\n"))
    # Keep the collector's pauses out of the latencies, yet let a soak of hours run it at times.
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    try:
        require_open_files(plan)
        judge = AnswerJudge(plan.expectation)  # forks, so before there is any thread or loop
        factory = uvloop.new_event_loop if uvloop else asyncio.new_event_loop
        with asyncio.Runner(loop_factory=factory) as runner:
            facts = runner.run(_measure(plan, path, stdin, judge))
    except ToolError as error:
        _say("failed", error.sentence)
        return 1
    _say("finished", facts)
    return 0


async def _measure(
    plan: MeasurementPlan, path: Path, stdin: io.RawIOBase, judge: AnswerJudge
) -> dict[str, Any]:
    sampler = Sampler(plan, judge)
    run = asyncio.create_task(sampler.run())
    stopped = _stop_on_request(stdin, run)
    progress = asyncio.create_task(_report(sampler))
    try:
        await run
    except asyncio.CancelledError:
        if not stopped.is_set():
            raise
    finally:
        progress.cancel()
    ended = time.perf_counter()
    sampler.recorder.write(path, ended)
    return {
        "started_at": sampler.started_at,
        "ended_at": ended,
        "offered": sampler.offered,
        "dropped": sampler.dropped,
        "rows": sampler.recorder.rows,
        "cpu_share": sampler.effort.share,
        "stopped_early": stopped.is_set(),
        "gave_up": sampler.gave_up,
        "held": sampler.room.held,
        "loop_late_p99": sampler.loop_delay.late_p99,
        "stalls": sampler.loop_delay.stalls,
        "readings": sampler.readings,
        "loop": "uvloop" if uvloop else "asyncio",
        "examples": {kind.name: texts for kind, texts in sampler.recorder.examples.items()},
    }


def _stop_on_request(stdin: io.RawIOBase, run: "asyncio.Task[None]") -> threading.Event:
    loop = asyncio.get_running_loop()
    stopped = threading.Event()

    def stop() -> None:
        if not run.done():
            stopped.set()
            run.cancel()

    def listen() -> None:
        # Unbuffered: a thread that waits in a buffered reader breaks the interpreter's shutdown.
        stdin.read(1)  # the "s" of "stop", or nothing at the end of input
        with contextlib.suppress(RuntimeError):  # the loop is closed: the run is over anyway
            loop.call_soon_threadsafe(stop)

    threading.Thread(target=listen, daemon=True).start()
    if sys.platform != "win32":
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop)
    return stopped


async def _report(sampler: Sampler) -> None:
    await sampler.started.wait()
    _say("started", {"started_at": sampler.started_at, "now": time.perf_counter()})
    while True:
        await asyncio.sleep(PROGRESS_SECONDS)
        recorder = sampler.recorder
        _say(
            "progress",
            {
                "seconds": time.perf_counter() - sampler.started_at,
                "sent": recorder.rows,
                "answered": recorder.finished,
                "errors": recorder.errors,
            },
        )


def _say(kind: str, content: Any) -> None:
    try:
        print(json.dumps({kind: content}), flush=True)
    except BrokenPipeError:
        # The parent is gone. The samples are written, and nobody reads the rest.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
