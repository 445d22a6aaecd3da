"""The scheduler that hands shares to workers: one at an address, or one of this machine.

Dask is imported on first use, and only when more than one worker is asked for.
"""

import atexit
import os
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from focus_engine.given import file_given
from focus_engine.network.addresses import is_loopback, scheduler_address
from focus_engine.paths import PROJECT
from focus_engine.verdict import ToolError

# Of distributed, which need not be installed.
Client: TypeAlias = Any
Security: TypeAlias = Any
SCHEDULER = "FOCUS_DASK_SCHEDULER"
TLS_FILES = ("FOCUS_DASK_CA", "FOCUS_DASK_CERT", "FOCUS_DASK_KEY")
CLOSE_SECONDS = 20.0
SETTINGS = {
    "distributed.scheduler.allowed-failures": 0,
    "distributed.scheduler.worker-ttl": "30s",
    "distributed.scheduler.work-stealing": False,
    "distributed.admin.tick.limit": "1h",  # says nothing of a measurement
}


class DaskScheduler:
    """Opened on first use; without an address it is one with `workers` processes here."""

    def __init__(self, workers: int, address: str) -> None:
        self.address = address
        self._workers = workers
        self._cluster: Any = None
        self._client: Client = None

    @property
    def is_there(self) -> bool:
        return self._client is not None and self._client.status == "running"

    def client(self) -> Client:
        """The connection, made anew where there is none. Raises ToolError where that fails."""
        if self.is_there:
            return self._client
        self.close()
        dask, distributed = _dask()
        dask.config.set(SETTINGS)
        atexit.register(self.close)
        try:
            if self.address:
                self._client = distributed.Client(
                    self.address, security=_security(self.address), set_as_default=False
                )
            else:
                self._cluster = distributed.LocalCluster(
                    n_workers=self._workers,
                    threads_per_worker=1,
                    processes=True,
                    host="127.0.0.1",
                    dashboard_address=None,
                    silence_logs="CRITICAL",
                )
                self._client = distributed.Client(self._cluster, set_as_default=False)
        except (OSError, TimeoutError) as error:
            raise ToolError(
                f"the workers' scheduler {self.address or '(of this machine)'} cannot be "
                f"reached: {error}. Is it running, and is {SCHEDULER} right?"
            ) from error
        _require_no_repetition(self._client)
        return self._client

    def run(self, *words: Any, **options: Any) -> None:
        """Have workers run a function, where there still is a connection."""
        if self._client is not None:
            self._client.run(*words, **options)

    def close(self) -> None:
        """Leave it; workers of our own end."""
        atexit.unregister(self.close)
        for part in (self._client, self._cluster):
            if part is not None:
                part.close(timeout=CLOSE_SECONDS)
        self._client = self._cluster = None


def scheduler_given() -> str:
    """The address in FOCUS_DASK_SCHEDULER, if any. Raises ToolError for what is none."""
    text = os.environ.get(SCHEDULER, "").strip()
    return scheduler_address(SCHEDULER, text) if text else ""


def _dask() -> tuple[Any, Any]:
    try:
        import dask  # noqa: PLC0415 - heavy, and only for those who ask for workers
        import distributed  # noqa: PLC0415 - the same
    except ImportError as error:
        raise ToolError(
            "more than one worker needs Dask, which is not installed. Install "
            "requirements-load.txt into this environment."
        ) from error
    return dask, distributed


def _security(scheduler: str) -> Security:
    if not any(os.environ.get(name) for name in TLS_FILES):
        host = urlsplit(scheduler if "//" in scheduler else f"tcp://{scheduler}").hostname or ""
        if not is_loopback(host):
            raise ToolError(
                f"{SCHEDULER} is on another machine, and whoever reaches it without TLS can run "
                f"anything there. Give the files by {', '.join(TLS_FILES)}."
            )
        return None
    from distributed import Security  # noqa: PLC0415 - heavy

    ca, certificate, key = (str(file_given(name, PROJECT / name)) for name in TLS_FILES)
    return Security(
        tls_ca_file=ca, tls_client_cert=certificate, tls_client_key=key, require_encryption=True
    )


def _require_no_repetition(client: Client) -> None:
    allowed = client.run_on_scheduler(_allowed_failures)
    if allowed:
        raise ToolError(
            f"the scheduler sends a share again when its worker dies ({allowed} times), as a "
            "burst. Start it with DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES=0."
        )


def _allowed_failures(dask_scheduler: Any) -> int:
    return int(dask_scheduler.allowed_failures)
