"""A client of Toxiproxy's HTTP API: disturb the connections of a proxy, and find that again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from focus_engine.decoding.bounded_json import decode_object
from focus_engine.decoding.undecodable import UndecodableError
from focus_engine.kubernetes.errors import brief
from focus_engine.kubernetes.fields import objects_in
from focus_engine.on_use import on_use
from focus_engine.outage.model import ConnectionFault
from focus_engine.outage.ownership import MARK
from focus_engine.verdict import ToolError

with on_use(__name__):
    import requests

    from focus_engine.network import bounded_http


TIMEOUT = (3.0, 5.0)  # seconds to connect, and to read
_NO_CONTENT, _NOT_FOUND = 204, 404
_SEPARATOR = "~"
_FIELDS = 4
_LONGEST_TIME = 11  # digits; what has more is no time in seconds


@dataclass(frozen=True)
class ToxicName:
    """A toxic's name says whose it is and until when: the proxy has no place for more.

    `expires_at` None is a name of ours whose end cannot be read.
    """

    run: str
    outage: str
    expires_at: int | None  # seconds since the epoch

    def __str__(self) -> str:
        return _SEPARATOR.join([MARK, self.run, self.outage, str(self.expires_at)])

    @classmethod
    def read(cls, name: str) -> "ToxicName | None":
        """None for a name that is not ours."""
        words = name.split(_SEPARATOR)
        if words[0] != MARK or len(words) == 1:
            return None
        run, outage, end = [*words[1:], "", ""][:3]
        legible = len(words) == _FIELDS and end.isascii() and end.isdigit()
        expires_at = int(end) if legible and len(end) <= _LONGEST_TIME else None
        return cls(run, outage, expires_at)

    @property
    def expiry(self) -> datetime | None:
        return None if self.expires_at is None else datetime.fromtimestamp(self.expires_at, UTC)


@dataclass(frozen=True)
class OurToxic:
    """A toxic of ours that was found in a proxy; `raw` is its name as it stands there."""

    proxy: str
    name: ToxicName
    raw: str = ""


class ToxiproxyClient:
    """Raises ToolError when the proxy does not answer, or refuses."""

    def __init__(self, url: str) -> None:
        self._url = url

    def is_known(self, proxy: str) -> bool:
        return self._ask("GET", f"/proxies/{proxy}", absent=True) is not None

    def is_enabled(self, proxy: str) -> bool:
        """Whether the proxy listens; one that is not there is in nobody's way."""
        state = self._ask("GET", f"/proxies/{proxy}", absent=True)
        return state is None or state.get("enabled") is True

    def impose(self, proxy: str, fault: ConnectionFault, amount: float, name: ToxicName) -> None:
        """Add the toxic of a fault. For `down` it is a harmless one that only bears the name."""
        self._ask("POST", f"/proxies/{proxy}/toxics", {"name": str(name), **_toxic(fault, amount)})
        if fault is ConnectionFault.DOWN:
            self._ask("POST", f"/proxies/{proxy}", {"enabled": False})

    def lift(self, proxy: str, name: ToxicName) -> None:
        """Enable the proxy and take the toxic away; nothing happens when it is gone."""
        self.enable(proxy)
        self.remove_named(proxy, str(name))

    def enable(self, proxy: str) -> None:
        self._ask("POST", f"/proxies/{proxy}", {"enabled": True}, absent=True)

    def remove_toxic(self, proxy: str, name: ToxicName) -> None:
        self.remove_named(proxy, str(name))

    def remove_named(self, proxy: str, name: str) -> None:
        """Remove a toxic by its name as it stands there, whatever that looks like."""
        self._ask("DELETE", f"/proxies/{proxy}/toxics/{quote(name, safe='')}", absent=True)

    def ours(self) -> Iterator[OurToxic]:
        """Every toxic, of any proxy, that some run of ours imposed."""
        for proxy, state in sorted(self._ask("GET", "/proxies").items()):
            for toxic in objects_in(state, "toxics"):
                raw = str(toxic.get("name"))
                name = ToxicName.read(raw)
                if name is not None:
                    yield OurToxic(str(proxy), name, raw)

    def _ask(
        self, method: str, path: str, body: dict[str, Any] | None = None, *, absent: bool = False
    ) -> Any:
        host = bounded_http.host_of(self._url)
        try:
            answer = bounded_http.ask_once(method, self._url + path, json=body, timeout=TIMEOUT)
        except requests.RequestException as error:
            raise ToolError(
                f"the proxy's API at {host} does not answer: {error}. Check FOCUS_TOXIPROXY_URL."
            ) from error
        if absent and answer.status_code == _NOT_FOUND:
            return None
        if answer.status_code not in range(200, 300):
            said = f"{answer.status_code} {brief(answer.text)}"
            raise ToolError(f"the proxy refused {method} {path}: {said}.")
        if answer.status_code == _NO_CONTENT:
            return {}
        try:
            return decode_object(answer.content)
        except UndecodableError as error:
            raise ToolError(
                f"what answers at {host} is no Toxiproxy: {method} {path} gave "
                f"'{brief(answer.text)}'. Check FOCUS_TOXIPROXY_URL."
            ) from error


def _toxic(fault: ConnectionFault, amount: float) -> dict[str, Any]:
    kind, attributes = {
        ConnectionFault.DOWN: ("latency", {"latency": 0, "jitter": 0}),
        ConnectionFault.HANG: ("timeout", {"timeout": 0}),
        ConnectionFault.RESET: ("reset_peer", {"timeout": 0}),
        ConnectionFault.LATENCY: ("latency", {"latency": int(amount), "jitter": 0}),
        ConnectionFault.BANDWIDTH: ("bandwidth", {"rate": int(amount)}),
        ConnectionFault.CUT_AFTER: ("limit_data", {"bytes": int(amount)}),
    }[fault]
    toxicity = 0.0 if fault is ConnectionFault.DOWN else 1.0
    return {"type": kind, "stream": "downstream", "toxicity": toxicity, "attributes": attributes}
