"""Every outage ends with the process that made it: at its exit, and when a signal ends it.

Robot Framework handles SIGTERM by itself and runs tear-downs, but dies of SIGHUP and SIGQUIT on the
spot; pabot leaves its workers running. So the outage is lifted first, then the former handler has
its turn.
"""

import atexit
import os
import signal
import threading
from types import FrameType
from typing import Any

from focus_engine.outage.active import ActiveOutage

PATIENCE = 10.0  # seconds that lifting may hold up the end of the process
_NAMES = ("SIGTERM", "SIGHUP", "SIGQUIT")
_SIGNALS = tuple(getattr(signal, name) for name in _NAMES if hasattr(signal, name))


class ExitHandler:
    """The outages of this process that still have to end."""

    def __init__(self) -> None:
        self.active: list[ActiveOutage] = []
        self._former: dict[int, Any] = {}

    def watch(self, outage: ActiveOutage) -> None:
        """From now on the outage ends with the process."""
        if not self.active:
            self._install()
        self.active.append(outage)

    def forget(self, outage: ActiveOutage) -> None:
        """It has ended."""
        if outage in self.active:
            self.active.remove(outage)
        if not self.active:
            self._uninstall()

    def lift_all(self) -> None:
        """Lift over fresh connections, at most for a while: the process is about to end."""
        active = list(self.active)
        threads = [threading.Thread(target=outage.lift_at_once, daemon=True) for outage in active]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)

    def _install(self) -> None:
        atexit.register(self.lift_all)
        if threading.current_thread() is not threading.main_thread():
            return  # only there can handlers be set; the time to live remains
        for number in _SIGNALS:
            former = signal.getsignal(number)
            if former is not signal.SIG_IGN:  # nohup
                self._former[number] = former
                signal.signal(number, self._on_signal)

    def _uninstall(self) -> None:
        atexit.unregister(self.lift_all)
        if threading.current_thread() is not threading.main_thread():
            return
        for number, former in self._former.items():
            if signal.getsignal(number) == self._on_signal:
                signal.signal(number, former)
        self._former.clear()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.lift_all()
        former = self._former.get(number)
        if callable(former):
            former(number, frame)
            return
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
