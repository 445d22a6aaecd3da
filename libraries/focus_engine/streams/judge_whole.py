"""Judging a job that one reader read to its end: its streams belong together."""

from math import inf

from focus_engine.checks.report import Report
from focus_engine.streams.reading import Reading

IDLE_SECONDS = 0.5  # after a row, in which another stream should have delivered it, too


def judge_played(reading: Reading) -> Report:
    """That the streams of a historic job which one reader read to the end hold the same rows.

    They cut one recording. A row may be missing where the job ended while it was being played.
    """
    findings, rows = Report(), _rows_played(reading)
    for stream in reading.streams.values():
        had = set(stream.rows)
        missing = sorted(
            row for row, at in rows.items() if row not in had and stream.over > at + IDLE_SECONDS
        )
        findings.expect(
            f"rows of stream {stream.stream}",
            not missing,
            "those of the other streams",
            f"{len(had)} rows",
            f"stream {stream.stream} of job {reading.target.job_id} should hold the rows that the "
            f"others hold, but {len(missing)} of {len(rows)} are missing, row "
            f"{min(missing, default=0)} first.",
        )
    return findings


def _rows_played(reading: Reading) -> dict[int, float]:
    """When each row first came, in whichever stream."""
    came: dict[int, float] = {}
    for stream in reading.streams.values():
        for frame in stream.frames:
            for row in frame.rows:
                came[row] = min(frame.arrived, came.get(row, inf))
    return came
