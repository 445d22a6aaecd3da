"""Claims that a case makes and that could not be checked here: noted where that is found out.

A green case with such a claim is less green than it looks, so the run counts them at its end.
"""

from dataclasses import dataclass
from threading import Lock

NO_CLUSTER = "no Kubernetes API is given for this system"
GIVE_A_CLUSTER = "Set FOCUS_KUBECONFIG."


@dataclass(frozen=True, order=True)
class Unchecked:
    """What was not checked, why, and what to set so that it is (empty: nothing can be set)."""

    claim: str
    reason: str
    remedy: str = ""

    def __str__(self) -> str:
        said = f"{self.claim}: {self.reason.rstrip('.')}."
        return f"{said} {self.remedy}".rstrip()


_noted: dict[Unchecked, None] = {}  # in the order in which they came; each once per case
_lock = Lock()  # requests are sent by threads


def note_unchecked(claim: str, reason: str, remedy: str = "") -> None:
    """Remember that `claim` was not checked by what runs now."""
    with _lock:
        _noted[Unchecked(claim, reason, remedy)] = None


def take_unchecked() -> list[Unchecked]:
    """What was noted since the last call, each once."""
    with _lock:
        taken = list(_noted)
        _noted.clear()
    return taken
