"""What Windows needs so that nothing outlives us and that closing the window stops a run."""

import sys

if sys.platform == "win32":
    import ctypes
    import signal
    import threading
    from collections.abc import Callable
    from ctypes import wintypes

    _CLOSING = {2, 5, 6}  # CTRL_CLOSE_EVENT, CTRL_LOGOFF_EVENT, CTRL_SHUTDOWN_EVENT
    _KILL_ON_JOB_CLOSE = 0x2000
    _EXTENDED_LIMITS = 9  # JobObjectExtendedLimitInformation
    _kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel.CreateJobObjectW.restype = wintypes.HANDLE
    _kernel.GetCurrentProcess.restype = wintypes.HANDLE
    _kernel.AssignProcessToJobObject.argtypes = [wintypes.HANDLE, wintypes.HANDLE]
    _kernel.SetInformationJobObject.argtypes = [
        wintypes.HANDLE,
        ctypes.c_int,
        ctypes.c_void_p,
        wintypes.DWORD,
    ]
    _HANDLER = ctypes.WINFUNCTYPE(wintypes.BOOL, wintypes.DWORD)
    _kept: list[object] = []  # a handle or callback that is collected would stop working

    class _BasicLimits(ctypes.Structure):
        _fields_ = (
            ("PerProcessUserTimeLimit", wintypes.LARGE_INTEGER),
            ("PerJobUserTimeLimit", wintypes.LARGE_INTEGER),
            ("LimitFlags", wintypes.DWORD),
            ("MinimumWorkingSetSize", ctypes.c_size_t),
            ("MaximumWorkingSetSize", ctypes.c_size_t),
            ("ActiveProcessLimit", wintypes.DWORD),
            ("Affinity", ctypes.c_size_t),
            ("PriorityClass", wintypes.DWORD),
            ("SchedulingClass", wintypes.DWORD),
        )

    class _ExtendedLimits(ctypes.Structure):
        _fields_ = (
            ("BasicLimitInformation", _BasicLimits),
            ("IoInfo", ctypes.c_ulonglong * 6),
            ("ProcessMemoryLimit", ctypes.c_size_t),
            ("JobMemoryLimit", ctypes.c_size_t),
            ("PeakProcessMemoryUsed", ctypes.c_size_t),
            ("PeakJobMemoryUsed", ctypes.c_size_t),
        )

    def bind_children() -> None:
        """Put ourselves into a job whose processes end when we do, with all that we start."""
        job = _kernel.CreateJobObjectW(None, None)
        limits = _ExtendedLimits()
        limits.BasicLimitInformation.LimitFlags = _KILL_ON_JOB_CLOSE
        size = ctypes.sizeof(limits)
        _kernel.SetInformationJobObject(job, _EXTENDED_LIMITS, ctypes.byref(limits), size)
        _kernel.AssignProcessToJobObject(job, _kernel.GetCurrentProcess())
        _kept.append(job)  # never closed by us: Windows closes it when we end

    def on_close(stop: Callable[[], None] | None = None) -> None:
        """Closing the window, logging off and shutting down come to us as SIGBREAK.

        Windows ends a process as soon as its handler returns, at the latest after some seconds.
        """

        def closing(event: int) -> bool:
            if event not in _CLOSING:
                return False
            (stop or _break)()
            threading.Event().wait()  # the main thread clears up meanwhile and ends the process
            return True

        handler = _HANDLER(closing)
        _kernel.SetConsoleCtrlHandler(handler, True)
        _kept.append(handler)

    def _break() -> None:
        signal.raise_signal(signal.SIGBREAK)
