"""Where the streams of a job are and what they must carry, read from the answer to configure."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

from focus_engine.arrays.frames import StreamPromise, misses, promises_of
from focus_engine.contract.json_types import is_int, is_text
from focus_engine.environment import SANDBOX, Environment
from focus_engine.network.addresses import is_loopback, is_port, is_url_of_host, require_loopback
from focus_engine.streams.recorded_when import RecordedWhen
from focus_engine.verdict import ToolError

INDEXES = 2**31


@dataclass(frozen=True)
class StreamTarget:
    """The streams of one job.

    `promises` say by the index of a stream what its frames must hold; `recorded` when its lines
    were, None where that is not known; `live` jobs may lose data on the way, and so may
    one of which that is not known (None). Until `alive_until` (time.perf_counter()) the job lives
    for certain, read or not.
    """

    job_id: str
    host: str
    port: int
    promises: Mapping[int, StreamPromise]
    recorded: RecordedWhen | None = None
    live: bool | None = None
    alive_until: float = inf

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def slot(self) -> str:
        return self.job_id.partition("-")[0]

    @property
    def names_slot(self) -> bool:
        """Whether the id tells the slot, and with it which job has the port."""
        return "-" in self.job_id

    @property
    def ids_nearby(self) -> list[str]:
        """Ids that are none of a job while this one lives.

        One character less, or one more: another job of a slot can only follow this one, and ids of
        another form have one length. And what only reads like the id: with leading zeros, a sign, a
        blank before or after, or capitals.
        """
        own, (slot, dash, counter) = self.job_id, self.job_id.partition("-")
        alike = [f"0{own}", f" {own}", f"{own} ", own.upper()]
        if dash:
            alike += [f"{slot}-00{counter}", f"{slot}-+{counter}"]
        return [own[:-1], own[1:], f"{own}0", *(each for each in alike if each != own)]

    def range_of(self, stream: int) -> str:
        """The channels of a stream as messages show them."""
        return self.promises[stream].shown if stream in self.promises else "none"

    def has(self, stream: int) -> bool:
        """Whether the job has such a stream. Raises ToolError for what is no index in gRPC."""
        if not -INDEXES <= stream < INDEXES:
            raise ToolError(
                f"{stream} is no index of a stream; those are whole numbers of 32 bits."
            )
        return stream in self.promises


def stream_target(response: Mapping[str, Any], environment: Environment) -> StreamTarget:
    """The target of an accepted configuration; FOCUS_STREAM_HOST replaces the host.

    Raises ProductFailure when the answer does not say where the streams are, or sends environment
    `sandbox` elsewhere than to loopback; ToolError when FOCUS_STREAM_HOST does so.
    """
    only_loopback = environment.name == SANDBOX
    return target_at(response, environment.stream_host or "", only_loopback=only_loopback)


def target_at(response: Mapping[str, Any], host: str, *, only_loopback: bool) -> StreamTarget:
    """The same without an environment; `host` replaces that of the answer unless empty."""
    promises = promises_of(response)
    if only_loopback and host:
        require_loopback("FOCUS_STREAM_HOST", host)
    told = response.get("stream_url")
    host = host or _host(told)
    if only_loopback and not is_loopback(host):
        misses("stream_url", "a loopback address in environment 'sandbox'", told)
    return StreamTarget(
        job_id=str(response.get("job_id")),
        host=host,
        port=_port(response.get("stream_port")),
        promises=promises,
    )


def _host(url: Any) -> str:
    # Older servers answer the bare host.
    text = url if is_text(url) else ""
    whole = text if "//" in text else f"http://{text}"
    if not is_url_of_host(whole):
        misses("stream_url", "http://HOST", url)
    return whole.rpartition("/")[2].strip("[]")


def _port(port: Any) -> int:
    # Older servers answer the port as text; whether that is right is judged with the answer.
    if not ((is_int(port) or is_text(port)) and is_port(str(port))):
        misses("stream_port", "a port", port)
    return int(port)
