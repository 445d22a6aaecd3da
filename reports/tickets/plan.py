"""The table of the improvement plan: item, suites, command, fault, verdict of the last run."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from focus_engine.datafile import Record, read_yaml
from focus_engine.declared.known_bugs import NEVER_EXCUSED_TAG
from focus_engine.paths import VARIABLES
from reports.history.record import CaseVerdict
from reports.tickets.verdicts import told

PLAN = VARIABLES / "improvement_plan.yaml"
HEAD = ("Item", "Suites", "Command", "Fault that turns it red", "Last run")
NAME = "improvement plan"


class Item(Record):
    """An item of the plan, the suites that judge it, and a fault that one of them must notice."""

    item: Annotated[str, Field(min_length=1)]
    suites: Annotated[list[str], Field(min_length=1)]
    fault: Annotated[str, Field(min_length=1)]

    def cases(self, written: Mapping[str, frozenset[str]]) -> list[str]:
        """Those of its suites that carry the tag of the plan."""
        return [
            name
            for name, tags in written.items()
            if name.split(".")[0] in self.suites and NEVER_EXCUSED_TAG in tags
        ]

    @property
    def command(self) -> str:
        chosen = " ".join(f'--suite "{suite}"' for suite in self.suites)
        return f"python3 focus.py run -- {chosen} --include {NEVER_EXCUSED_TAG}"


class ImprovementPlan(Record):
    """`variables/improvement_plan.yaml`."""

    items: Annotated[list[Item], Field(min_length=1)]


def read_plan() -> ImprovementPlan:
    """Raises ToolError that names file, line and key."""
    return read_yaml(PLAN, ImprovementPlan)


def table(
    plan: ImprovementPlan, written: Mapping[str, frozenset[str]], seen: Mapping[str, CaseVerdict]
) -> str:
    """Markdown, one line per item."""
    lines = [HEAD, tuple("---" for _ in HEAD)]
    for item in plan.items:
        one = told(item.item, item.item, item.cases(written), seen)
        verdict = f"{one.fate}, {one.passed} of {one.cases}"
        suites, command = ", ".join(item.suites), f"`{item.command}`"
        lines.append((item.item, suites, command, f"`{item.fault}`", verdict))
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
