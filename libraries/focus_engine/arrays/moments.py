"""When the lines of a job were recorded."""

from collections.abc import Sequence
from dataclasses import dataclass

from focus_engine.arrays.codes import ArrayCode
from focus_engine.arrays.frames import MILLISECONDS, has_a_line
from focus_engine.arrays.message import FrameMessage
from focus_engine.checks.finding import Finding, finding

TRANSFORM_LINES = 4  # that one transform may reach over: it is doubled until it overlaps by half


@dataclass(frozen=True)
class Moments:
    """When the lines of a job were recorded, epoch milliseconds; `why` completes a sentence.

    `begins` is the latest moment of a historic job's first line; None where that is not known.
    """

    earliest: int
    latest: int
    why: str
    begins: int | None = None


def moment_defects(
    frames: Sequence[FrameMessage], moments: Moments, where: str, line_seconds: float = 0.0
) -> list[Finding]:
    """That each line was recorded when the job says, `line_seconds` apart from its begin on."""
    for number, frame in enumerate(frames):
        for moment in frame.timestamps_ms:
            if not moments.earliest <= moment <= moments.latest:
                sentence = f"frame {number} of {where} says {moment} ms, but {moments.why}."
                expected = f"{moments.earliest} to {moments.latest} ms"
                return [finding(ArrayCode.TIMES, sentence, expected, str(moment))]
    return _late_begin(frames, moments, where, line_seconds)


def _late_begin(
    frames: Sequence[FrameMessage], moments: Moments, where: str, line_seconds: float
) -> list[Finding]:
    first = next(filter(has_a_line, frames), None)
    if first is None or moments.begins is None:
        return []
    # Others may have read the rows before it.
    row, moment = first.rows[0], first.timestamps_ms[0]
    due = moments.begins + round((row + TRANSFORM_LINES) * line_seconds * MILLISECONDS)
    if moment <= due:
        return []
    sentence = (
        f"row {row} of {where} says {moment} ms, but {moments.why}, and is played from its begin "
        f"on: that row comes by {due} ms."
    )
    return [finding(ArrayCode.TIMES, sentence, f"at most {due} ms", str(moment))]
