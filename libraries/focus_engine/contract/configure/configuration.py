"""Configurations to send: valid ones made of the client settings, with any field overridden."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import Enum
from typing import Any

from focus_engine.contract.cell_syntax import read_cell
from focus_engine.evidence import compact
from focus_engine.masking import head_of
from focus_engine.on_use import on_use
from focus_engine.reading.missing import MISSING
from focus_engine.verdict import ToolError

with on_use(__name__):
    from focus_engine import settings

SHOWN_CHARACTERS = 160
WATERFALL_NFFT = 1
FIELDS = (  # by the path under which a cell may change each
    *("displayTimeAxisDuration", "nfftSelection", "view_type", "start_time", "end_time"),
    *("displayInfo", "displayInfo.height", "channels", "channels.min", "channels.max"),
    *("frequencyRange", "frequencyRange.min", "frequencyRange.max"),
)


class View(Enum):
    """What the client draws; the value is how `view_type` travels, as text."""

    MULTICHANNEL = "0"
    SINGLECHANNEL = "1"
    WATERFALL = "2"


@dataclass(frozen=True)
class Configuration:
    """The fields of one POST /configure, and which of them differ from the client's defaults."""

    fields: Mapping[str, Any]
    description: str
    overridden: tuple[str, ...] = field(default=())

    @property
    def is_live(self) -> bool:
        return is_live(self.fields)

    def to_body(self) -> bytes:
        return json.dumps(self.fields, ensure_ascii=False).encode()


def is_live(fields: Mapping[str, Any]) -> bool:
    """Live = no times; a single time makes it (broken) historic."""
    return fields.get("start_time") is None and fields.get("end_time") is None


def configuration(
    client: settings.ClientSettings,
    view: View,
    time_range: tuple[int, int] | None = None,
    overrides: Mapping[str, object] | None = None,
    *,
    further: bool = False,
) -> Configuration:
    """A valid configuration for `view`, changed by `overrides`.

    `time_range` is start and end in epoch seconds (historic); None is live. Keys of `overrides`
    are dotted paths, values are cells. Raises ToolError for a cell or a path that means nothing;
    with `further` a path may be one that no configuration has.
    """
    fields = _default_fields(client.Defaults, view)
    start, end = time_range or (None, None)
    fields |= {"start_time": start, "end_time": end}
    changes = {path: read_cell(path, cell) for path, cell in (overrides or {}).items()}
    for path, value in changes.items():
        if not further:
            require_field(path)
        _change(fields, path, value)
    return Configuration(fields, _describe(view, fields, changes), tuple(changes))


def _default_fields(defaults: settings.Defaults, view: View) -> dict[str, Any]:
    single = view is View.SINGLECHANNEL
    fields: dict[str, Any] = {
        "displayTimeAxisDuration": defaults.DisplayTimeAxisDuration,
        "nfftSelection": defaults.Nfft,
        "displayInfo": {"height": defaults.NumLinesToDisplay},
        "channels": {
            "min": defaults.StartChannel,
            "max": defaults.StartChannel if single else defaults.EndChannel,
        },
        "frequencyRange": {"min": defaults.StartFrequency_hz, "max": defaults.EndFrequency_hz},
        "view_type": view.value,
    }
    if view is View.WATERFALL:  # amplitudes over time: no spectrum, and the server sets the pace
        fields["nfftSelection"] = WATERFALL_NFFT
        del fields["displayTimeAxisDuration"], fields["frequencyRange"]
    return fields


def require_field(path: str) -> None:
    """Raise ToolError for the path of a field that no configuration has."""
    if path not in FIELDS:
        near = get_close_matches(path, FIELDS, 1)
        meant = f"Is {near[0]} meant? " if near else ""
        raise ToolError(
            f"a configuration has no field '{path}'. {meant}It has {', '.join(sorted(FIELDS))}."
        )


def _change(fields: dict[str, Any], path: str, value: Any) -> None:
    *parents, key = path.split(".")
    target = fields
    for parent in parents:
        target = target.setdefault(parent, {})
        if not isinstance(target, dict):
            raise ToolError(
                f"field '{path}' cannot be set: '{parent}' is {compact(target)}, not an object. "
                f"Override '{parent}' as a whole, or leave it alone."
            )
    if value is MISSING:
        target.pop(key, None)
    else:
        target[key] = copy.deepcopy(value)


def _describe(view: View, fields: Mapping[str, Any], changes: Mapping[str, Any]) -> str:
    name = view.name.lower()
    if not changes:
        return f"the client's default {name} configuration"
    parts = [_describe_change(path, value, fields) for path, value in changes.items()]
    shown = " and ".join(dict.fromkeys(parts))
    return shown if view is View.MULTICHANNEL else f"view {name} and {shown}"


def _describe_change(path: str, value: Any, fields: Mapping[str, Any]) -> str:
    if value is MISSING:
        return f"no {path}"
    top = path.split(".", maxsplit=1)[0]
    return f"{top} {head_of(compact(fields[top]), SHOWN_CHARACTERS)}"
