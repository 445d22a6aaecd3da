"""The toxics of one proxy: named, in order, in force on every connection of the proxy."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from sandbox.network.connection import ClientConnection
from sandbox.network.effects import KINDS, Effect


class Stream(Enum):
    """Direction of a toxic."""

    UPSTREAM = "upstream"
    DOWNSTREAM = "downstream"


@dataclass
class Toxic:
    """One toxic. `toxicity` is the share of connections that it concerns."""

    name: str
    type: str
    stream: Stream
    toxicity: float
    attributes: Mapping[str, int]

    def as_json(self) -> dict[str, Any]:
        """Return it as the API shows it."""
        return {
            "attributes": dict(self.attributes),
            "name": self.name,
            "type": self.type,
            "stream": self.stream.value,
            "toxicity": self.toxicity,
        }


@dataclass
class _Afflicted:
    """A connection with the effects that work on it, by the toxic's name."""

    link: ClientConnection
    effects: dict[str, Effect] = field(default_factory=dict)


class Toxics:
    """Keeps the effects on the connections in step with the toxics."""

    def __init__(self) -> None:
        self._toxics: dict[str, Toxic] = {}
        self._links: dict[ClientConnection, _Afflicted] = {}

    def __iter__(self) -> Iterator[Toxic]:
        """Upstream before downstream, each in order of creation, as the real one lists them."""
        for stream in Stream:
            yield from (toxic for toxic in self._toxics.values() if toxic.stream is stream)

    def find(self, name: str) -> Toxic | None:
        """The toxic of that name."""
        return self._toxics.get(name)

    def add(self, toxic: Toxic) -> None:
        """Put a new toxic into force."""
        self._toxics[toxic.name] = toxic
        for afflicted in list(self._links.values()):
            self._afflict(afflicted, toxic)
            self._arrange(afflicted)

    def update(self, toxic: Toxic, attributes: Mapping[str, int], toxicity: float) -> None:
        """Change a toxic, also where it works already."""
        toxic.attributes, toxic.toxicity = attributes, toxicity
        for afflicted in list(self._links.values()):
            afflicted.effects[toxic.name].change(attributes)

    def remove(self, name: str) -> None:
        """End a toxic."""
        del self._toxics[name]
        for afflicted in list(self._links.values()):
            effect = afflicted.effects.pop(name)
            self._arrange(afflicted)
            effect.remove()

    def clear(self) -> None:
        """End every toxic."""
        for name in list(self._toxics):
            self.remove(name)

    def began(self, link: ClientConnection) -> None:
        """Put all toxics into force on a new connection."""
        afflicted = self._links[link] = _Afflicted(link)
        for toxic in self._toxics.values():
            self._afflict(afflicted, toxic)
        self._arrange(afflicted)

    def ended(self, link: ClientConnection) -> None:
        """Forget a connection."""
        self._links.pop(link, None)

    def _afflict(self, afflicted: _Afflicted, toxic: Toxic) -> None:
        concerned = random.random() < toxic.toxicity  # noqa: S311 - not secret
        kind = KINDS[toxic.type].effect if concerned else Effect
        afflicted.effects[toxic.name] = kind(toxic.attributes, afflicted.link.close)

    def _arrange(self, afflicted: _Afflicted) -> None:
        for stream in Stream:
            afflicted.link.current(stream is Stream.UPSTREAM).use(
                [
                    afflicted.effects[toxic.name]
                    for toxic in self._toxics.values()
                    if toxic.stream is stream and toxic.name in afflicted.effects
                ]
            )
