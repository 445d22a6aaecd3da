"""Shares sent by Dask workers: together the schedule, and nothing twice when a part is lost."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest
from waiting import wait_until

from focus_engine.latency.measuring.dask_scheduler import TLS_FILES
from focus_engine.latency.measuring.fleet import Fleet, fleet_given
from focus_engine.latency.measuring.shared_run import SharedRun
from focus_engine.latency.measuring.worker_process import Progress
from focus_engine.latency.planning.plan import MeasurementPlan, PreparedRequest
from focus_engine.latency.planning.schedule import constant
from focus_engine.ledger import JobLedger
from focus_engine.paths import IMPORT_ROOT
from focus_engine.verdict import ToolError, Undetermined

psutil = pytest.importorskip("psutil")

RATE, SECONDS = 40, 4
TLS = Path(__file__).parents[2] / "tls"
Count = Callable[[], int]


def plan(address: str, seconds: float = SECONDS) -> MeasurementPlan:
    return MeasurementPlan(
        (PreparedRequest("GET", f"{address}/a"), PreparedRequest("GET", f"{address}/b")),
        constant(RATE, seconds),
    )


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    """Imported by whoever runs these tests, not by everybody who collects them."""
    pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    """Three processes of this machine."""
    opened = Fleet(3)
    yield opened
    opened.close()


def test_without_workers_and_scheduler_there_is_no_fleet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FOCUS_DASK_SCHEDULER", raising=False)

    assert fleet_given(1) is None
    with pytest.raises(ToolError, match="0 workers send nothing"):
        fleet_given(0)


def test_dask_is_imported_by_nobody_who_did_not_ask() -> None:
    code = "import LatencyLibrary, sys; from focus_keywords.load.running import LoadKeywords; "
    code += "LoadKeywords(1).session; "
    code += "sys.exit('distributed' in sys.modules or 'dask' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=IMPORT_ROOT, timeout=60)


def test_a_scheduler_elsewhere_needs_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOCUS_DASK_SCHEDULER", "tcp://192.0.2.1:8786")
    found = fleet_given(1)
    assert found is not None

    with pytest.raises(ToolError, match=r"without TLS can run anything.*FOCUS_DASK_CA"):
        found.members()


def test_the_union_of_the_shares_is_the_schedule(
    fleet: Fleet, server: str, received: Count, tmp_path: Path
) -> None:
    before = received()

    with SharedRun(plan(server, 1), fleet, JobLedger(tmp_path / "ledger")) as run:
        samples, rounds = run.outcome(lambda _: None)

    assert received() - before - 1 == RATE == len(samples)  # asking is counted, too
    assert np.allclose(samples.due, np.arange(RATE) / RATE, atol=0.02)
    assert [item.share.split(" on ")[0] for item in rounds] == [
        f"share {number} of 3" for number in (1, 2, 3)
    ]


def test_an_early_stop_gives_what_was_sent(fleet: Fleet, server: str, tmp_path: Path) -> None:
    with SharedRun(plan(server, 60), fleet, JobLedger(tmp_path / "ledger")) as run:
        samples, rounds = run.outcome(once(2.0, run.stop))

    assert 0 < len(samples) < 60 * RATE
    assert all(item.stopped_early for item in rounds)


def test_a_killed_worker_is_named_and_its_share_is_not_sent_again(
    fleet: Fleet, server: str, received: Count, tmp_path: Path
) -> None:
    victim = fleet.members()[1]
    before = received()
    with SharedRun(plan(server), fleet, JobLedger(tmp_path / "ledger")) as run:
        kill = once(1.0, lambda: os.kill(pid_of(victim.address), signal.SIGKILL))
        with pytest.raises(
            Undetermined, match=f"share 2 of 3 on {victim.host}: the worker was killed"
        ):
            run.outcome(kill)

    assert received() - before < RATE * SECONDS
    assert len(fleet.members()) == 3  # for the next measurement there are three again


def test_a_killed_scheduler_is_named(server: str, received: Count, tmp_path: Path) -> None:
    with outside(tmp_path, workers=2) as (address, scheduler, _):
        fleet = Fleet(2, address)
        with SharedRun(plan(server), fleet, JobLedger(tmp_path / "ledger")) as run:
            before = received()
            with pytest.raises(
                Undetermined, match=r"share 1 of 2 on .*: the connection to the scheduler"
            ):
                run.outcome(once(1.0, scheduler.kill))
        fleet.close()

    assert received() - before - 1 <= RATE * SECONDS


def test_a_cut_connection_is_a_lost_share(server: str, received: Count, tmp_path: Path) -> None:
    with outside(tmp_path, workers=2, cut_last=True) as (address, _, cut):
        fleet = Fleet(2, address)
        with SharedRun(plan(server), fleet, JobLedger(tmp_path / "ledger")) as run:
            before = received()
            with pytest.raises(
                Undetermined, match=r"share . of 2 on .*: the worker was killed or lost"
            ):
                run.outcome(once(1.0, cut))
        fleet.close()

    assert received() - before - 1 <= RATE * SECONDS


def test_a_scheduler_is_spoken_to_over_tls_and_only_with_the_right_certificate(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One certificate that signs itself is authority, scheduler, workers and client."""
    with outside(tmp_path, workers=2, certificate=TLS / "workers.pem") as (address, _, _):
        assert address.startswith("tls://")
        monkeypatch.setenv("FOCUS_DASK_SCHEDULER", address)
        for name in TLS_FILES:
            monkeypatch.setenv(name, str(TLS / "workers.pem"))
        fleet = Fleet(2, address)
        with SharedRun(plan(server, 1), fleet, JobLedger(tmp_path / "ledger")) as run:
            samples, rounds = run.outcome(lambda _: None)
        assert [member.address[:6] for member in fleet.members()] == ["tls://"] * 2
        fleet.close()
        assert (len(samples), len(rounds)) == (RATE, 2)

        monkeypatch.setenv("FOCUS_DASK_CA", str(TLS / "ca.pem"))  # of somebody else
        stranger = Fleet(2, address)
        with pytest.raises(ToolError, match="cannot be reached"):
            stranger.members()
        stranger.close()


def test_a_scheduler_that_sends_again_is_refused(tmp_path: Path) -> None:
    with outside(tmp_path, workers=1, failures=3) as (address, _, _):
        fleet = Fleet(1, address)
        with pytest.raises(ToolError, match=r"sends a share again.*ALLOWED_FAILURES=0"):
            fleet.members()
        fleet.close()


def once(after: float, act: Callable[[], None]) -> Callable[[Progress], None]:
    """Do `act` when the load has gone on for `after` seconds."""
    left = [act]

    def tell(progress: Progress) -> None:
        if left and progress["seconds"] > after:
            left.pop()()

    return tell


def pid_of(address: str) -> int:
    """The process that listens at a worker's address."""
    port = int(address.rsplit(":", 1)[1])
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if any(c.laddr.port == port and c.status == "LISTEN" for c in child.net_connections()):
                return int(child.pid)
    raise AssertionError(f"nobody listens at {address}")


@contextmanager
def outside(
    folder: Path,
    workers: int,
    failures: int = 0,
    *,
    cut_last: bool = False,
    certificate: Path | None = None,
) -> Iterator[tuple[str, "subprocess.Popen[bytes]", Callable[[], None]]]:
    """A scheduler and workers as processes of their own; the last worker by way of a relay."""
    port = free_port()
    tls: list[str] = []
    if certificate is not None:
        tls = ["--protocol", "tls"]
        for option in ("--tls-ca-file", "--tls-cert", "--tls-key"):
            tls += [option, str(certificate)]
    address = f"{'tls' if tls else 'tcp'}://127.0.0.1:{port}"
    relay = Relay(port)
    started = [
        spawn("dask_scheduler", folder, failures, "--port", str(port), "--no-dashboard", *tls)
    ]
    wait_until(lambda: is_open(port), "the scheduler listens")
    try:
        for number in range(workers):
            via = relay.address if cut_last and number == workers - 1 else address
            options = [
                "--nthreads",
                "1",
                "--no-nanny",
                "--no-dashboard",
                "--name",
                str(number),
                *tls,
            ]
            started.append(spawn("dask_worker", folder, failures, via, *options))
        yield address, started[0], relay.cut
    finally:
        for process in started:
            process.kill()
            process.wait()
        relay.cut()


def spawn(module: str, folder: Path, failures: int, *words: str) -> "subprocess.Popen[bytes]":
    settings = {
        "PYTHONPATH": str(IMPORT_ROOT),
        "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": str(failures),
        "DASK_TEMPORARY_DIRECTORY": str(folder),
    }
    command = [sys.executable, "-m", f"distributed.cli.{module}", "--host", "127.0.0.1", *words]
    if module == "dask_worker":
        command = [part for part in command if part != "--no-nanny"] + ["--no-nanny"]
    return subprocess.Popen(
        command,
        env={**os.environ, **settings},
        stdout=subprocess.DEVNULL,
        stderr=(folder / f"{module}.log").open("ab"),
    )


class Relay:
    """Forwards connections to a port of this machine until it is cut."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._server = socket.create_server(("127.0.0.1", 0))
        self._sockets: list[socket.socket] = []
        self.address = f"tcp://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        for one in (self._server, *self._sockets):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._server.accept()
                far = socket.create_connection(("127.0.0.1", self._port))
                self._sockets += [near, far]
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=pump, args=pair, daemon=True).start()


def pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def is_open(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False
