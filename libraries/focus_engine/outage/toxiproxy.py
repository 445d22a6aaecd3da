"""A client of Toxiproxy's HTTP API: disturb the connections of a proxy, and find that again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from focus_engine.decoding.bounded_json import decode_json
from focus_engine.decoding.undecodable import UndecodableError
from focus_engine.outage.model import Fault
from focus_engine.outage.policy import MARK
from focus_engine.verdict import ToolError

TIMEOUT = (3.0, 5.0)  # seconds to connect, and to read
_NOT_FOUND, _FIRST_ERROR = 404, 400
_SEPARATOR = "~"
_FIELDS = 4


@dataclass(frozen=True)
class ToxicName:
    """A toxic's name says whose it is and until when: the proxy has no place for more."""

    run: str
    outage: str
    expires_at: int  # seconds since the epoch

    def __str__(self) -> str:
        return _SEPARATOR.join([MARK, self.run, self.outage, str(self.expires_at)])

    @classmethod
    def read(cls, name: str) -> "ToxicName | None":
        """None for a name that is not ours."""
        words = name.split(_SEPARATOR)
        if len(words) != _FIELDS or words[0] != MARK or not words[3].isdigit():
            return None
        return cls(words[1], words[2], int(words[3]))

    @property
    def expiry(self) -> datetime:
        return datetime.fromtimestamp(self.expires_at, UTC)


@dataclass(frozen=True)
class OurToxic:
    """A toxic of ours that was found in a proxy."""

    proxy: str
    name: ToxicName


class Toxiproxy:
    """Raises ToolError when the proxy does not answer, or refuses."""

    def __init__(self, url: str) -> None:
        self._url = url

    def is_known(self, proxy: str) -> bool:
        return self._ask("GET", f"/proxies/{proxy}", absent=True) is not None

    def impose(self, proxy: str, fault: Fault, amount: float, name: ToxicName) -> None:
        """Add the toxic of a fault. For `down` it is a harmless one that only bears the name."""
        self._ask("POST", f"/proxies/{proxy}/toxics", {"name": str(name), **_toxic(fault, amount)})
        if fault is Fault.DOWN:
            self._ask("POST", f"/proxies/{proxy}", {"enabled": False})

    def lift(self, proxy: str, name: ToxicName) -> None:
        """Enable the proxy and take the toxic away; nothing happens when it is gone."""
        self._ask("POST", f"/proxies/{proxy}", {"enabled": True}, absent=True)
        self.remove_toxic(proxy, name)

    def remove_toxic(self, proxy: str, name: ToxicName) -> None:
        self._ask("DELETE", f"/proxies/{proxy}/toxics/{name}", absent=True)

    def ours(self) -> Iterator[OurToxic]:
        """Every toxic, of any proxy, that some run of ours imposed."""
        proxies = self._ask("GET", "/proxies") or {}
        for proxy, state in sorted(proxies.items()):
            for toxic in state.get("toxics") or []:
                name = ToxicName.read(str(toxic.get("name")))
                if name is not None:
                    yield OurToxic(str(proxy), name)

    def _ask(
        self, method: str, path: str, body: dict[str, Any] | None = None, *, absent: bool = False
    ) -> Any:
        import requests  # noqa: PLC0415 - needed where there is a proxy only

        from focus_engine.bounded_http import ask_once, host_of  # noqa: PLC0415

        try:
            answer = ask_once(method, self._url + path, json=body, timeout=TIMEOUT)
        except requests.RequestException as error:
            raise ToolError(
                f"the proxy's API at {host_of(self._url)} does not answer: {error}. Check "
                "FOCUS_TOXIPROXY_URL."
            ) from error
        if absent and answer.status_code == _NOT_FOUND:
            return None
        if answer.status_code >= _FIRST_ERROR:
            raise ToolError(
                f"the proxy refused {method} {path}: {answer.status_code} {answer.text[:200]}."
            )
        try:
            return decode_json(answer.content) if answer.content else {}
        except UndecodableError as error:
            raise ToolError(
                f"the proxy answered {method} {path} with what is no JSON ({error}). Check "
                "FOCUS_TOXIPROXY_URL."
            ) from error


def _toxic(fault: Fault, amount: float) -> dict[str, Any]:
    kind, attributes = {
        Fault.DOWN: ("latency", {"latency": 0, "jitter": 0}),
        Fault.HANG: ("timeout", {"timeout": 0}),
        Fault.RESET: ("reset_peer", {"timeout": 0}),
        Fault.LATENCY: ("latency", {"latency": int(amount), "jitter": 0}),
        Fault.BANDWIDTH: ("bandwidth", {"rate": int(amount)}),
        Fault.CUT_AFTER: ("limit_data", {"bytes": int(amount)}),
    }[fault]
    toxicity = 0.0 if fault is Fault.DOWN else 1.0
    return {"type": kind, "stream": "downstream", "toxicity": toxicity, "attributes": attributes}
