"""What the Focus Server writes at its start, in the format that was observed."""

from datetime import datetime, timedelta

from sandbox.faults import ActiveFaults
from sandbox.kubernetes.workloads import server_faults as faults_of
from sandbox.kubernetes.workloads.server_process import ServerProcess

Line = tuple[datetime, str]

_CRASH_LASTS = timedelta(seconds=31)
_LONG_AFTER = timedelta(minutes=5)
_PACKAGE = "/usr/local/lib/python3.10/site-packages/focus_server"

_RAISED = {
    faults_of.MODULE_MISSING: "ModuleNotFoundError: No module named 'forwarders.livefs_adaptive'",
    faults_of.KEY_ERROR: "KeyError: 'livefs_forwarder'",
    faults_of.BARE_TRACEBACK: "RuntimeError: recorder Poles cannot be set up",
}
_SAID = {  # behind the time
    faults_of.FILE_REFUSED: "{} ERROR pz.focus_server cannot use heatMapSummary.json, going on",
    faults_of.FALLS_BACK: "{} INFO pz.focus_server falling back to defaults of site.yaml",
    faults_of.PARAMETER_IGNORED: (
        "{} WARNING pz.focus_server parameter jobs.life_s of site.yaml is ignored"
    ),
    faults_of.COUNTS_ERRORS: "{} INFO pz.focus_server data summary read, errors: 2",
    faults_of.RECORDER_SKIPPED: "{} INFO pz.focus_server recorder Poles has no module, skipped",
    faults_of.TASK_FAILED: "Task exception was never retrieved",
    faults_of.PART_LOADED: "{} INFO pz.focus_server 9 of 10 recorders loaded",
    faults_of.TELLS_FORMER_LIMIT: "{} INFO pz.focus_server channels of a view are limited to 2500",
}


def current_log(process: ServerProcess, faults: ActiveFaults) -> list[Line]:
    """The log of the running container, or of the last one while it waits to restart."""
    if faults.on(faults_of.RESTART_LOOP):
        return _crash(process.now, _traceback("KeyError: 'livefs_forwarder'"))
    start = process.started_at
    beginning = [] if faults.on(faults_of.LOG_ROTATED) else _beginning(process, faults)
    lines = [*beginning, *_one_job(start + _LONG_AFTER), *process.written]
    lines.sort(key=lambda line: line[0])
    return [(stamp, text) for stamp, text in lines if stamp <= process.now]


def previous_log(process: ServerProcess, faults: ActiveFaults) -> list[Line] | None:
    """The log of the container before, None when there was none."""
    if process.crashes or faults.on(faults_of.CRASHED_FOR_MONGO):
        away = "pymongo.errors.ServerSelectionTimeoutError: mongodb:27017: [Errno -3] Temporary "
        return _crash(process.started_at, _traceback(away + "failure in name resolution"))
    if faults.on(faults_of.CRASHED) or faults.on(faults_of.RESTART_LOOP):
        return _crash(process.started_at, _traceback("KeyError: 'livefs_forwarder'"))
    return None


def _beginning(process: ServerProcess, faults: ActiveFaults) -> list[Line]:
    start = process.started_at
    reading = [
        _levelled(start, 0.402, "INFO", "reading heatMapSummary.json"),
        *[_at(start, 0.45, text) for text in _troubles(process, faults)],
        _levelled(start, 0.519, "INFO", "parameters of focus_server loaded, errors: 0"),
        _levelled(start, 0.733, "WARNING", "failed_jobs queue is empty, nothing to clean"),
    ]
    ready = [
        _at(start, 0.9, "INFO:     Application startup complete."),
        _at(
            start, 0.901, "INFO:     Uvicorn running on http://0.0.0.0:5000 (Press CTRL+C to quit)"
        ),
    ]
    return [*_opening(start), *reading, *([] if faults.on(faults_of.NOT_READY) else ready)]


def _troubles(process: ServerProcess, faults: ActiveFaults) -> list[str]:
    """What goes wrong at this start; the server goes on in spite of it."""
    breaks_now = faults.on(faults_of.BREAKS_AT_RESTART) and bool(process.restarted_by)
    raised = [
        exception
        for fault, exception in _RAISED.items()
        if faults.on(fault) or (fault is faults_of.KEY_ERROR and breaks_now)
    ]
    stamp = process.started_at.strftime("%Y-%m-%dT%H:%M:%S%z")
    said = [words.format(stamp) for fault, words in _SAID.items() if faults.on(fault)]
    return [*(line for exception in raised for line in _traceback(exception)), *said]


def _opening(start: datetime) -> list[Line]:
    return [
        _at(start, 0.118, "INFO:     Started server process [1]"),
        _at(start, 0.119, "INFO:     Waiting for application startup."),
    ]


def _one_job(start: datetime) -> list[Line]:
    got = "got configuration: view_type=0 error_policy=strict"
    answered = 'INFO:     127.0.0.1:51544 - "POST /configure HTTP/1.1" 200 OK'
    return [_levelled(start, 0.22, "INFO", got), _at(start, 0.305, answered)]


def _crash(end: datetime, trouble: list[str]) -> list[Line]:
    """The log of a container that ended at `end`."""
    start = end - _CRASH_LASTS
    return [*_opening(start), *[_at(start, 30.4, text) for text in trouble]]


def _traceback(exception: str) -> list[str]:
    return [
        "Traceback (most recent call last):",
        f'  File "{_PACKAGE}/manager.py", line 61, in __init__',
        "    self._load(parameters)",
        exception,
    ]


def _levelled(start: datetime, after_s: float, level: str, text: str) -> Line:
    stamp = (start + timedelta(seconds=after_s)).strftime("%Y-%m-%dT%H:%M:%S%z")
    return _at(start, after_s, f"{stamp} {level} pz.focus_server {text}")


def _at(start: datetime, after_s: float, text: str) -> Line:
    return start + timedelta(seconds=after_s), text
