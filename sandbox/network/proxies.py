"""The proxies of the stand-in for Toxiproxy: relays with names, and the reading of their JSON."""

import errno
import math
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.network.effects import KINDS
from sandbox.network.listener import LOOPBACK, Address
from sandbox.network.relay import Relay
from sandbox.network.toxics import Stream, Toxic

Json = Mapping[str, Any]

_HIGHEST_PORT = 65_535


class ProxyError(Exception):
    """A request that is refused; `status` is the HTTP status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass
class Proxy:
    """One proxy. `upstream` is the text that the API was given."""

    name: str
    upstream: str
    relay: Relay

    @property
    def listen(self) -> str:
        """`host:port` that it listens on."""
        return text_of(self.relay.address)

    def as_json(self) -> dict[str, Any]:
        """Return it as the API shows it."""
        return {
            "name": self.name,
            "listen": self.listen,
            "upstream": self.upstream,
            "enabled": self.relay.enabled,
            "toxics": [toxic.as_json() for toxic in self.relay.toxics],
        }


class Proxies:
    """All proxies by name. Those in the server's path stand from the start on, and stay."""

    def __init__(self) -> None:
        self._standing: list[Proxy] = []
        self._by_name: dict[str, Proxy] = {}

    def stand(self, name: str, upstream: Address, relay: Relay) -> None:
        """Put a proxy into a path that is there already."""
        proxy = Proxy(name, text_of(upstream), relay)
        self._standing.append(proxy)
        self._by_name[name] = proxy

    def __iter__(self) -> Iterator[Proxy]:
        """All proxies, in order of creation."""
        return iter(list(self._by_name.values()))

    def find(self, name: str) -> Proxy:
        """The proxy of that name. Raises ProxyError."""
        if name not in self._by_name:
            raise ProxyError("proxy not found", 404)
        return self._by_name[name]

    def create(self, given: Json) -> Proxy:
        """Add a proxy. Raises ProxyError."""
        name, upstream = _required(given, "name", ""), _required(given, "upstream", "")
        if name in self._by_name:
            raise ProxyError("proxy already exists", 409)
        return self._add(name, upstream, _text(given, "listen", ""), _flag(given))

    def populate(self, given: Iterable[Json]) -> list[Proxy]:
        """Add or replace proxies; those that are as wished stay as they are. Raises ProxyError."""
        wished = list(given)
        for number, one in enumerate(wished, 1):
            for key in ("name", "upstream"):
                _required(one, key, f" at proxy {number}")
        return [self._add_or_replace(one) for one in wished]

    def change(self, proxy: Proxy, given: Json) -> None:
        """Change listen, upstream and enabled. Raises ProxyError."""
        listen = _text(given, "listen", proxy.listen)
        upstream = _text(given, "upstream", proxy.upstream)
        enabled = _flag(given, proxy.relay.enabled)
        if (listen, upstream) != (proxy.listen, proxy.upstream):
            if proxy in self._standing:
                raise ProxyError("bad request body: this proxy is part of the sandbox's path", 400)
            toxics = list(proxy.relay.toxics)
            proxy.relay.close()
            proxy.relay = _relay(listen, upstream)
            proxy.upstream = upstream
            for toxic in toxics:
                proxy.relay.toxics.add(toxic)
        proxy.relay.enable(enabled)

    def remove(self, name: str) -> None:
        """Remove a proxy; in the server's path nothing listens then. Raises ProxyError."""
        proxy = self.find(name)
        del self._by_name[name]
        proxy.relay.toxics.clear()
        if proxy in self._standing:
            proxy.relay.enable(False)
        else:
            proxy.relay.close()

    def reset(self) -> None:
        """Enable every proxy and end every toxic."""
        for proxy in self:
            proxy.relay.enable(True)
            proxy.relay.toxics.clear()

    def return_to_start(self) -> None:
        """Keep the standing proxies only, all up and without toxics."""
        for proxy in self:
            if proxy not in self._standing:
                self.remove(proxy.name)
        self._by_name = {proxy.name: proxy for proxy in self._standing}
        self.reset()

    def _add_or_replace(self, given: Json) -> Proxy:
        name, upstream = given["name"], given["upstream"]
        listen, enabled = _text(given, "listen", ""), _flag(given)
        there = self._by_name.get(name)
        if there is not None:
            if (there.listen, there.upstream) == (listen, upstream):
                return there
            self.remove(name)
        return self._add(name, upstream, listen, enabled)

    def _add(self, name: str, upstream: str, listen: str, enabled: bool) -> Proxy:
        standing = [one for one in self._standing if one.listen == listen]
        if standing and standing[0] not in self._by_name.values():
            proxy = standing[0]
            proxy.name = name
        else:
            proxy = Proxy(name, upstream, _relay(listen, upstream))
        proxy.relay.enable(enabled)
        self._by_name[name] = proxy
        return proxy


def read_toxic(given: Json) -> Toxic:
    """Read a new toxic. Raises ProxyError."""
    kind, stream = _text(given, "type", ""), _text(given, "stream", "downstream")
    try:
        direction = Stream(stream)
    except ValueError:
        message = "stream was invalid, can be either upstream or downstream"
        raise ProxyError(message, 400) from None
    if kind not in KINDS:
        raise ProxyError("invalid toxic type", 400)
    return Toxic(
        name=_text(given, "name", "") or f"{kind}_{stream}",
        type=kind,
        stream=direction,
        toxicity=read_toxicity(given, 1.0),
        attributes=read_attributes(given, kind, KINDS[kind].attributes),
    )


def read_attributes(given: Json, kind: str, before: Mapping[str, int]) -> dict[str, int]:
    """`before` with the given attributes. Raises ProxyError.

    An attribute that the type does not know is refused, where the real one ignores it.
    """
    attributes = given.get("attributes") or {}
    if not isinstance(attributes, dict):
        raise ProxyError("bad request body: attributes is not an object", 400)
    for key, value in attributes.items():
        if key not in KINDS[kind].attributes:
            raise ProxyError(f"bad request body: {kind} has no attribute {key}", 400)
        if isinstance(value, bool) or not isinstance(value, int):
            raise ProxyError(f"bad request body: {key} is not a whole number", 400)
    return {**before, **attributes}


def read_toxicity(given: Json, before: float) -> float:
    """The given toxicity. Raises ProxyError."""
    value = given.get("toxicity", before)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ProxyError("bad request body: toxicity is not a number", 400)
    return float(value)


def text_of(address: Address) -> str:
    """`host:port`."""
    return f"{address[0]}:{address[1]}"


def _relay(listen: str, upstream: str) -> Relay:
    address = _address(upstream)
    port = _address(listen or f"{LOOPBACK}:0")[1]
    try:
        return Relay(lambda: address, port)
    except OSError as error:
        reason = os.strerror(error.errno or errno.EIO).lower()
        raise ProxyError(f"listen tcp {listen}: bind: {reason}", 500) from error


def _address(text: str) -> Address:
    """Read `host:port` on loopback."""
    host, colon, port = text.rpartition(":")
    if host not in ("", "localhost", LOOPBACK):
        raise ProxyError(f"bad request body: {text} is not on the sandbox's loopback", 400)
    if not colon or not port.isdecimal() or int(port) > _HIGHEST_PORT:
        raise ProxyError(f"bad request body: {text} has no port", 400)
    return LOOPBACK, int(port)


def _required(given: Json, key: str, where: str) -> str:
    value = _text(given, key, "")
    if not value:
        raise ProxyError(f"missing required field: {key}{where}", 400)
    return value


def _text(given: Json, key: str, default: str) -> str:
    value = given.get(key, default)
    if not isinstance(value, str):
        raise ProxyError(f"bad request body: {key} is not a text", 400)
    return value


def _flag(given: Json, default: bool = True) -> bool:
    value = given.get("enabled", default)
    if not isinstance(value, bool):
        raise ProxyError("bad request body: enabled is neither true nor false", 400)
    return value
