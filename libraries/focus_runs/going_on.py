"""A process that a signal halts (SIGSTOP) goes on when the one that started it ends.

It could not notice that by itself: it would be left behind, halted. Linux only, as halts are.
"""

import ctypes
import signal
import sys

_PR_SET_PDEATHSIG = 1


def go_on_without_parent() -> None:
    """Let the kernel continue this process (SIGCONT) when its parent ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGCONT)
