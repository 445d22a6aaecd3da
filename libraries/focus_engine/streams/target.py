"""Where the streams of a job are and what they must carry, read from the answer to configure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import urlsplit

from focus_engine.addresses import require_loopback
from focus_engine.checks.report import shorten
from focus_engine.contract.json_types import is_int, is_object, is_text
from focus_engine.environment import SANDBOX, Environment
from focus_engine.verdict import ProductFailure


@dataclass(frozen=True)
class StreamTarget:
    """The streams of one job.

    `channels` are those of each stream by its index, `frequencies` the values per channel in a
    row: 0 for a waterfall, which has no spectrum.
    """

    job_id: str
    host: str
    port: int
    channels: Mapping[int, frozenset[int]]
    frequencies: int

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def slot(self) -> str:
        return self.job_id.partition("-")[0]

    def range_of(self, stream: int) -> str:
        """The channels of a stream as messages show them."""
        channels = self.channels[stream]
        return f"{min(channels)}..{max(channels)}"


def stream_target(response: Mapping[str, Any], environment: Environment) -> StreamTarget:
    """The target of an accepted configuration; FOCUS_STREAM_HOST replaces the host.

    Raises ProductFailure when the answer does not say where the streams are, and ToolError when
    environment `sandbox` is sent to an address that is not loopback.
    """
    channels = _channels_by_stream(response)
    url = response.get("stream_url")
    host = environment.stream_host or _host(url)
    if environment.name == SANDBOX:
        require_loopback("stream_url", host)
    return StreamTarget(
        job_id=str(response.get("job_id")),
        host=host,
        port=_port(response.get("stream_port")),
        channels=channels,
        frequencies=_frequencies(response.get("frequencies_amount")),
    )


def _channels_by_stream(response: Mapping[str, Any]) -> dict[int, frozenset[int]]:
    mapping = response.get("channel_to_stream_index")
    if not is_object(mapping) or not mapping:
        _misses("channel_to_stream_index", "channels and their streams", mapping)
    found: dict[int, set[int]] = {}
    for channel, stream in mapping.items():
        if not (channel.isdecimal() and is_int(stream)):
            _misses("channel_to_stream_index", "numbers", {channel: stream})
        found.setdefault(stream, set()).add(int(channel))
    return {stream: frozenset(found[stream]) for stream in sorted(found)}


def _host(url: Any) -> str:
    # Older servers answer the bare host, which urlsplit takes for a path.
    text = url if is_text(url) else ""
    host = urlsplit(text if "//" in text else f"//{text}").hostname
    if not host:
        _misses("stream_url", "http://HOST", url)
    return host


def _port(port: Any) -> int:
    # Older servers answer the port as text; whether that is right is judged with the answer.
    if not (is_int(port) or (is_text(port) and port.isdecimal())):
        _misses("stream_port", "a port", port)
    return int(port)


def _frequencies(amount: Any) -> int:
    if not is_int(amount) or amount < 0:
        _misses("frequencies_amount", "a whole number", amount)
    return amount


def _misses(key: str, expected: str, seen: Any) -> NoReturn:
    raise ProductFailure(
        f"the job cannot be streamed: {key} in the answer to POST /configure is {shorten(seen)}; "
        f"expected {expected}."
    )
