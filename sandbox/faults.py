"""Faults: one deliberately wrong behaviour each, switched by id.

A fault is declared next to the behaviour that it changes; `sandbox.catalogue` gathers them.
A knob is the same mechanism for what nobody knows about the real server.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

FaultValue: TypeAlias = bool | int | float
_NUMBER = re.compile(r"[-+]?[0-9.]+([eE][-+]?[0-9]+)?")


class FaultError(ValueError):
    """An unknown fault or a wrong value; the message is a sentence."""


def written(text: str) -> str:
    """A number as people write it: Python also reads 1_0, blanks and the digits of every script.

    Raises ValueError.
    """
    if not _NUMBER.fullmatch(text):
        raise ValueError("no number")
    return text


class FaultKind(Enum):
    """Whether the changed behaviour is known to be wrong or merely unknown."""

    FAULT = "fault"
    KNOB = "knob"


class Unit(Enum):
    """What a fault's value means."""

    WHOLE_NUMBER = "whole number"
    SECONDS = "seconds"


@dataclass(frozen=True)
class Value:
    """Value that a fault takes. Without a default the value must be given."""

    unit: Unit
    default: int | float | None = None


@dataclass(frozen=True)
class Fault:
    """One switchable behaviour. `sentence` says what the server does with it on."""

    id: str
    sentence: str
    value: Value | None = None
    kind: FaultKind = FaultKind.FAULT

    def read(self, given: object) -> FaultValue:
        """The checked value of `given`: `True` for a plain switch.

        Raises FaultError when a value is missing, superfluous or of the wrong type.
        """
        if self.value is None:
            if given is not True:
                raise FaultError(f"Fault {self.id} takes no value, but {given!r} was given.")
            return True
        if given is True:
            return self._default(self.value)
        return self._number(self.value.unit, given)

    def _default(self, value: Value) -> FaultValue:
        if value.default is None:
            raise FaultError(f"Fault {self.id} needs a value: {self.id}=<{value.unit.value}>.")
        return value.default

    def _number(self, unit: Unit, given: object) -> FaultValue:
        try:
            number = float(written(str(given).removesuffix("s")))
            whole = int(number)
        except (ValueError, OverflowError):
            number, whole = -1.0, -1
        if number < 0 or isinstance(given, bool) or (unit is Unit.WHOLE_NUMBER and whole != number):
            raise FaultError(f"Fault {self.id} is {given!r}; {unit.value} of 0 or more is needed.")
        return whole if unit is Unit.WHOLE_NUMBER else number


def knob(name: str, sentence: str, value: Value | None = None) -> Fault:
    """Declare a behaviour that is unknown on the real server."""
    return Fault(name, f"Unknown on the real server: {sentence}", value, FaultKind.KNOB)


def declared(names: Mapping[str, object]) -> tuple[tuple[Fault, ...], tuple[Fault, ...]]:
    """The faults and the knobs among what a module names so far, in its order."""
    groups = [value if isinstance(value, tuple) else (value,) for value in names.values()]
    found = dict.fromkeys(one for group in groups for one in group if isinstance(one, Fault))
    faults = tuple(one for one in found if one.kind is FaultKind.FAULT)
    return faults, tuple(one for one in found if one.kind is FaultKind.KNOB)


class ActiveFaults:
    """The faults that are switched on now."""

    def __init__(self) -> None:
        self._active: Mapping[str, FaultValue] = {}

    def replace(self, active: Mapping[str, FaultValue]) -> None:
        """Make exactly `active` (ids with checked values) the faults in force."""
        self._active = dict(active)

    def on(self, fault: Fault) -> bool:
        """Whether `fault` is switched on."""
        return fault.id in self._active

    def number(self, fault: Fault) -> float:
        """The value of a value-bearing fault that is on."""
        return float(self._active[fault.id])

    def as_json(self) -> dict[str, FaultValue]:
        """Ids and values, as the control API shows them."""
        return dict(self._active)
