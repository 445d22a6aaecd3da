"""What is printed for a person, who may stop reading."""

import signal


def end_when_nobody_reads() -> None:
    """Let this process end by SIGPIPE where its output is closed (`| head`), as other programs do.

    For what only prints: what has something to undo must go on. Windows knows no such signal.
    """
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
