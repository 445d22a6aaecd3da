"""Judging which rows a reader is served: alone, beside others, and after others."""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import inf

from focus_engine.checks.report import Report
from focus_engine.streams.reading import Reading

IDLE_SECONDS = 0.5  # after a row, in which another stream should have delivered it, too


def judge_shared(readings: Sequence[Reading]) -> Report:
    """That no row came to more than one of those who read the job at once."""
    findings = Report()
    for stream in readings[0].streams:
        readers = Counter(row for each in readings for row in set(each.streams[stream].rows))
        twice = sorted(row for row, count in readers.items() if count > 1)
        findings.expect(
            f"sharing of stream {stream}",
            not twice,
            "each row to one reader",
            f"{len(twice)} of {len(readers)} rows to several",
            f"the {len(readings)} readers of stream {stream} of job {readings[0].target.job_id} "
            f"should share its rows, but {len(twice)} of {len(readers)} came to more than one of "
            f"them, row {min(twice, default=0)} first.",
        )
    return findings


def judge_resumed(reading: Reading, last_rows: Mapping[int, int | None]) -> Report:
    """That a reader is served the rows that come after those that others have read.

    `last_rows` has the highest of those by stream, None where nothing was read.
    """
    findings = Report()
    for stream in reading.streams.values():
        last = last_rows.get(stream.stream)
        if last is None:
            continue
        again = [row for row in stream.rows if row <= last]
        findings.expect(
            f"stream {stream.stream} goes on",
            not again,
            f"rows after {last}",
            stream.rows[:1],
            f"stream {stream.stream} of job {reading.target.job_id} was read up to row {last}, so "
            f"its next reader should be served later rows, but row {min(again, default=0)} came.",
        )
    return findings


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
