"""What a sandbox is started with: typed values and the sentences that refuse wrong ones."""

import ipaddress
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import Enum
from pathlib import Path
from typing import TypeVar

from sandbox.faults import FaultValue, written
from sandbox.kubernetes.api.rbac import ROLE_FOLDER
from sandbox.network.cni import Cni
from sandbox.spec import SPEC

_Member = TypeVar("_Member", bound=Enum)


class Contract(Enum):
    """Which server is being stood in for."""

    CONFORMING = "conforming"
    DOCUMENTED = "documented"
    OBSERVED_2025_10 = "observed-2025-10"
    OBSERVED_2025_12 = "observed-2025-12"


class FibreState(Enum):
    """What GET /live_metadata shows."""

    READY = "ready"
    WAITING = "waiting"
    HALF_READY = "half-ready"


class OptionError(ValueError):
    """A wrong option; the message is a sentence that names what is legal."""


@dataclass(frozen=True)
class Options:
    """Start-up options of one sandbox."""

    contract: Contract = Contract.CONFORMING
    state: FibreState = FibreState.READY
    prr_hz: int = SPEC.default_prr_hz
    job_life_s: float = SPEC.default_job_life_s
    seed: int = 1
    cni: Cni = Cni.CONNECTIONS
    pz_profile: str = "example"
    port: int = 0
    bind: str = "127.0.0.1"
    real_network: bool = False
    roles: Path = ROLE_FOLDER
    """Folder with the Roles of the service account."""
    faults: Mapping[str, FaultValue] = field(default_factory=dict)


def nearest(text: object, names: Iterable[str]) -> str:
    """` Is ready meant?` where one of `names` is near to `text`, else nothing."""
    near = get_close_matches(str(text), names, 1)
    return f" Is {near[0]} meant?" if near else ""


def choice(kind: type[_Member], name: str, text: object) -> _Member:
    """The member of `kind` whose value is `text`.

    Raises OptionError naming the option and its legal values.
    """
    for member in kind:
        if member.value == text:
            return member
    legal = [str(member.value) for member in kind]
    raise OptionError(
        f"{name} is {text!r}; legal values are: {', '.join(legal)}.{nearest(text, legal)}"
    )


def address(name: str, text: str) -> str:
    """Read an IP address to listen on."""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise OptionError(f"{name} is {text!r}; an IP address is needed: 127.0.0.1.") from None


def seconds(name: str, text: str) -> float:
    """Read a duration such as `50s`, `0.5` or `200ms` as seconds; must be above zero."""
    number, factor = (text[:-2], 0.001) if text.endswith("ms") else (text.removesuffix("s"), 1.0)
    try:
        value = float(written(number)) * factor
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise OptionError(f"{name} is {text!r}; a duration above zero is needed: 1s, 0.5, 200ms.")
    return value


_HIGHEST = 1_000_000


def positive_integer(name: str, value: object) -> int:
    """Read a whole number from 1 to a million, from text or from a JSON number."""
    try:
        number = int(written(str(value)))
    except ValueError:
        number = 0
    if isinstance(value, bool) or not 1 <= number <= _HIGHEST:
        raise OptionError(f"{name} is {value!r}; a whole number from 1 to {_HIGHEST} is needed.")
    return number
