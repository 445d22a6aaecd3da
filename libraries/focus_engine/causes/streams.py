"""Table of causes for gRPC connections to a job's streams that fail."""

from focus_engine.causes.cause import Cause, Whose
from focus_engine.causes.network import not_connected

_HOST = "FOCUS_STREAM_HOST"

STREAMS: tuple[Cause, ...] = (
    Cause(
        r"UNIMPLEMENTED|Method not found",
        "something else than the stream service answers there",
        "Look at what listens on the port that the answer to POST /configure named.",
        Whose.PRODUCT,
    ),
    Cause(
        r"RESOURCE_EXHAUSTED|larger than max",
        "a frame is larger than the client accepts (50 MB)",
        "Look at the channels and the height that were asked for.",
        Whose.PRODUCT,
    ),
    *not_connected(f"stream_url of the answer (or {_HOST})", "the job"),
    Cause(
        r"timed out|DEADLINE_EXCEEDED|Timeout",
        "no connection within the time-out",
        f"Is stream_url an address inside the cluster? {_HOST} replaces its host.",
    ),
    Cause(
        "",
        "no connection came about",
        f"Is stream_url a private address? {_HOST} replaces its host.",
    ),
)
