"""The production client's settings file as the stand-in for its server reads it: the limits."""

import json
import os
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_PROJECT = Path(__file__).resolve().parents[1]
_FILE = _PROJECT / "variables" / "client" / "usersettings.new_production_client.json"
_VARIABLE = "FOCUS_CLIENT_SETTINGS"


@dataclass(frozen=True)
class ClientLimits:
    """What the client refuses to exceed: channels of one request, Hz, NFFT in samples."""

    channels: int
    frequency_max_hz: int
    frequency_span_min_hz: int
    nfft_minimum: int
    nfft_maximum: int


@cache
def client_limits() -> ClientLimits:
    """The limits of the file that FOCUS_CLIENT_SETTINGS names, else of the project's.

    A file that cannot be used is judged by the tests, not by the server: then the project's own
    serves, and stderr says so.
    """
    named = os.environ.get(_VARIABLE)
    if not named:
        return _limits(_FILE)
    try:
        return _limits(Path(named))
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"sandbox: {named} is not usable ({error!r}); using {_FILE.name}.", file=sys.stderr)
        return _limits(_FILE)


def _limits(file: Path) -> ClientLimits:
    data = json.loads(file.read_text(encoding="utf-8-sig"))
    constraints, options = data["Constraints"], data["Options"]["nfftSingleChannel"]
    return ClientLimits(
        channels=int(constraints["SensorsRange"]),
        frequency_max_hz=int(constraints["FrequencyMax"]),
        frequency_span_min_hz=int(constraints["FrequencyMinRange"]),
        nfft_minimum=int(min(options)),
        nfft_maximum=int(max(options)),
    )
