"""What a request asks for, as the sandbox's own rules and endpoints see it."""

import json
import re
import time
from dataclasses import dataclass
from typing import Any

from sandbox.focus_server.configuration import configuration
from sandbox.focus_server.model import ConfigureRequest
from sandbox.focus_server.rules.domain import RULES
from sandbox.focus_server.rules.request_body import read
from sandbox.focus_server.rules.rule import RuleContext
from sandbox.focus_server.rules.shape import CONFIGURE_GROUPS, shape_rule_id
from sandbox.spec import SPEC

CONFIGURE = "POST /configure"
PREFIX = "/focus-server"
_ID = re.compile(r"/(metadata|waterfall)/.+")
_WITH_ID = r"/\1/{id}"
VIEWS = ("0", "1", "2")
MODES = ("live", "historic")
LATER = "from a later channel"
POSITIONS = ("from the first channel", LATER)


@dataclass(frozen=True)
class Asked:
    """One request: where it goes, and for POST /configure its cell of the grid."""

    endpoint: str
    view: str = ""
    mode: str = ""
    position: str = ""
    broken: frozenset[str] = frozenset()

    @property
    def place(self) -> str:
        """The endpoint; for POST /configure with view and mode."""
        return f"{self.endpoint} {self.view} {self.mode}" if self.view else self.endpoint


def asked(method: str, target: str, body: bytes, prr_hz: int) -> Asked:
    """What the request line and body ask for."""
    path = target.split("?", maxsplit=1)[0].removeprefix(PREFIX) or "/"
    endpoint = f"{method} {_ID.sub(_WITH_ID, path)}"
    if endpoint != CONFIGURE:
        return Asked(endpoint)
    reading = read(body, "application/json", ConfigureRequest, CONFIGURE_GROUPS, strict=True)
    wanted = configuration(reading.raw)
    broken = {shape_rule_id(problem.group, problem.kind) for problem in reading.problems}
    if not broken:
        context = RuleContext(SPEC.limits, prr_hz, SPEC.fibre.highest_channel, time.time())
        broken = {rule.id for rule in RULES if rule.breaks(wanted, context)}
    return Asked(
        endpoint,
        view=str(wanted.view),
        mode=MODES[wanted.is_historic],
        position=POSITIONS[wanted.channel_min > 1],
        broken=frozenset(broken),
    )


def json_of(body: bytes) -> Any:
    """The JSON of `body`, or None where it is none."""
    try:
        return json.loads(body)
    except ValueError:
        return None
