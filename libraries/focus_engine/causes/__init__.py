"""The one table of what goes wrong between us and a system: what it says, why, what to do."""

from focus_engine.causes.cause import Cause, Whose, cause_in, told_by
from focus_engine.causes.http import HTTP
from focus_engine.causes.kubernetes import KUBERNETES
from focus_engine.causes.mongodb import MONGODB
from focus_engine.causes.streams import STREAMS

TABLES: dict[str, tuple[Cause, ...]] = {
    "The Focus Server (HTTP)": HTTP,
    "Kubernetes": KUBERNETES,
    "MongoDB": MONGODB,
    "The streams of a job (gRPC)": STREAMS,
}

__all__ = [
    "HTTP",
    "KUBERNETES",
    "MONGODB",
    "STREAMS",
    "TABLES",
    "Cause",
    "Whose",
    "cause_in",
    "told_by",
]
