"""What Windows is asked for, told to a stand-in of its API: these tests run on any system."""

import ctypes
import importlib.util
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock, patch

import pytest

import runner.system

SOURCE = Path(runner.system.__file__).with_name("windows.py")
JOB, PROCESS, BREAK = 7, 8, 21
CTRL_C, CTRL_CLOSE, LOGOFF, SHUTDOWN = 0, 2, 5, 6


@pytest.fixture
def kernel() -> MagicMock:
    known: MagicMock = MagicMock()
    known.CreateJobObjectW.return_value = JOB
    known.GetCurrentProcess.return_value = PROCESS
    return known


@pytest.fixture
def windows(kernel: MagicMock) -> Iterator[Any]:
    """The module as Windows would import it."""
    spec = importlib.util.spec_from_file_location("windows_here", SOURCE)
    assert spec is not None
    assert spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    with (
        patch.object(sys, "platform", "win32"),
        patch.object(ctypes, "WinDLL", lambda *_, **__: kernel, create=True),
        patch.object(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE, create=True),
        patch.object(signal, "SIGBREAK", BREAK, create=True),
    ):
        spec.loader.exec_module(module)
        yield module


def test_all_that_we_start_is_in_a_job_that_ends_with_us(windows: Any, kernel: MagicMock) -> None:
    flags = []
    kernel.SetInformationJobObject.side_effect = lambda _job, _kind, limits, _size: flags.append(
        limits._obj.BasicLimitInformation.LimitFlags
    )
    windows.bind_children()
    [(job, kind, _, size)] = [call.args for call in kernel.SetInformationJobObject.call_args_list]
    assert (job, kind) == (JOB, 9)
    assert flags == [0x2000]
    assert size == ctypes.sizeof(windows._ExtendedLimits)
    kernel.AssignProcessToJobObject.assert_called_once_with(JOB, PROCESS)
    kernel.CloseHandle.assert_not_called()


@pytest.mark.parametrize("event", [CTRL_CLOSE, LOGOFF, SHUTDOWN])
def test_closing_the_window_stops_the_run_and_waits(
    windows: Any, kernel: MagicMock, event: int
) -> None:
    stopped = threading.Event()
    windows.on_close(stopped.set)
    handler, added = kernel.SetConsoleCtrlHandler.call_args.args
    assert added is True
    assert not handler(CTRL_C)
    assert not stopped.is_set()
    waiting = threading.Thread(target=handler, args=(event,), daemon=True)
    waiting.start()
    assert stopped.wait(30)
    assert waiting.is_alive()  # Windows ends the process when the handler returns


def test_without_a_stop_of_its_own_it_is_a_break(windows: Any) -> None:
    with patch.object(signal, "raise_signal") as raised:
        windows._break()
    raised.assert_called_once_with(BREAK)
