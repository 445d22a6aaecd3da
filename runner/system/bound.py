"""Starts a program that dies with whoever started it: `python bound.py PARENT COMMAND …`.

On Linux the kernel ends the program as soon as its parent has ended, however that was; elsewhere it
is only started (on Windows a job object does the same for all that we start, see windows.py).
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
CANNOT_START = 127  # as shells say it


def main(parent: int, command: list[str]) -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before we asked
        sys.exit(CANNOT_START)
    try:
        os.execvp(command[0], command)  # noqa: S606 - a program, no shell
    except OSError as error:
        print(f"cannot start {command[0]}: {error.strerror}", file=sys.stderr)
        sys.exit(CANNOT_START)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
