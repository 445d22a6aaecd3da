"""Whether GET /live_metadata tells of the fibre what the recording made now says of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from focus_engine.checks.report import Report, shorten
from focus_engine.recordings.database import RecordingsDatabase
from focus_engine.recordings.survey import METADATA, WITH_METADATA, collections_in_use
from focus_engine.verdict import PreconditionUnmet

# dx and the two lengths in metres, prr in Hz. Versions are those of two programs, and channels are
# counted here before and there after decimation: neither pair need agree.
OF_THE_FIBRE = ("dx", "prr", "fiber_start_meters", "fiber_length_meters", "fiber_description")


def fibre_recorded_now(database: RecordingsDatabase) -> Mapping[str, Any]:
    """The leaf layer of the live recording that started last below a path in use.

    Raises PreconditionUnmet where none that has metadata goes on.
    """
    goes_on = {"deleted": {"$ne": True}, "end_time": None, "start_time": {"$type": "date"}}
    query = {**goes_on, **WITH_METADATA}
    found = [
        document
        for name in collections_in_use(database)
        for document in database.newest(name, 1, query, "start_time", METADATA)
        if isinstance(document.get("start_time"), datetime)
        and isinstance(document.get(METADATA), Mapping)
    ]
    if not found:
        raise PreconditionUnmet(
            f"MongoDB holds no recording with {METADATA} that goes on, so nothing tells what the "
            "fibre is. Start the recorder."
        )
    newest = max(found, key=lambda document: document["start_time"])
    leaf: Mapping[str, Any] = newest[METADATA]
    while isinstance(leaf.get("parent"), Mapping):
        leaf = leaf["parent"]
    return leaf


def judge_fibre(told: Mapping[str, Any], recorded: Mapping[str, Any]) -> Report:
    """That `told`, the answer to GET /live_metadata, equals what the recording made now holds."""
    findings = Report()
    for field in OF_THE_FIBRE:
        if recorded.get(field) is None:  # old recorders did not write all of them
            continue
        findings.expect(
            field,
            field in told and told[field] == recorded[field],
            shorten(recorded[field]),
            told.get(field),
            f"GET /live_metadata should tell the fibre that is recorded now, but {field} is "
            f"{shorten(told.get(field))} where the newest live recording in MongoDB holds "
            f"{shorten(recorded[field])}.",
        )
    if not findings.findings:
        raise PreconditionUnmet("the newest live recording tells nothing of the fibre.")
    return findings
