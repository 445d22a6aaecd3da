"""A red case carries the server's own log of its time: folded, masked, and never a verdict."""

import threading
import time
from html import escape

from robot.api import logger

from focus_engine.environment import Environment
from focus_engine.kubernetes.server_log import ContainerLog, written_in_last
from focus_engine.masking import showable

PATIENCE = 8.0  # seconds that a red case waits for the log of the server


class ServerLog:
    """Knows when the case began. A cluster that does not answer is not asked again in this run."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._silent = False

    def case_begins(self) -> None:
        self._began = time.monotonic()

    def show(self, environment: Environment) -> None:
        """Log what the server wrote since the case began; say so where that is not to be had."""
        if self._silent:
            logger.info("The server's own log is not here: the cluster did not answer before.")
            return
        seconds, found = time.monotonic() - self._began, list[ContainerLog]()
        reading = threading.Thread(
            target=lambda: found.extend(written_in_last(environment, seconds)), daemon=True
        )
        reading.start()
        reading.join(PATIENCE)
        self._silent = reading.is_alive()
        if self._silent:
            logger.info(f"The server's own log is not here: no answer within {PATIENCE:g} s.")
        elif found:
            logger.info("".join(_folded(each) for each in found), html=True)
        else:
            logger.info("The server's own log is not here: no Kubernetes API is given.")


def _folded(log: ContainerLog) -> str:
    name = escape(showable(log.name))
    if log.absent:
        return f"<div>The log of {name} is not here: {escape(showable(log.absent))}</div>"
    lines = [escape(showable(line)) for line in log.text.splitlines()]
    title = f"What {name} wrote during this case, and up to 2 s before it: {len(lines)} lines"
    body = "\n".join(lines)
    style = "overflow-x:auto;max-height:30em;white-space:pre-wrap;overflow-wrap:anywhere"
    return f'<details><summary>{title}</summary><pre style="{style}">{body}</pre></details>'
