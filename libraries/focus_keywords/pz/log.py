"""What the keywords share with Robot Framework: the loaded profile, the log, the variables."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from robot.api import logger
from robot.libraries.BuiltIn import BuiltIn, RobotNotRunningError

from focus_engine.decoding.bounded_json import decode_json
from focus_engine.decoding.undecodable import UndecodableError
from focus_engine.evidence import Table
from focus_engine.on_use import on_use
from focus_engine.verdict import ToolError

with on_use(__name__):
    from focus_engine.pz import configuration as configurations
    from focus_engine.pz import report as reports
    from focus_engine.pz.live import claims


class LoadedProfile:
    """The configuration that `Load PZ Profile` chose last."""

    def __init__(self) -> None:
        self._configuration: configurations.ProfileConfiguration | None = None

    def choose(self, configuration: configurations.ProfileConfiguration) -> None:
        self._configuration = configuration

    @property
    def loaded(self) -> configurations.ProfileConfiguration:
        if self._configuration is None:
            raise ToolError("no profile is loaded; call Load PZ Profile first.")
        return self._configuration


def conclude(report: reports.ProfileReport) -> None:
    """Show the evidence first, then the verdict."""
    _show([report.to_table()], report.subject, report.to_json())
    report.conclude()


def conclude_live(report: claims.LiveReport) -> None:
    _show(report.to_tables(), "live", report.to_json())
    report.conclude()


def _show(tables: list[Table], name: str, content: dict[str, Any]) -> None:
    for table in tables:
        logger.info(table.to_html(), html=True)
    output = variable("${OUTPUT_DIR}")
    if output is not None and variable("${OUTPUT_FILE}") != "NONE":  # a run that writes nothing
        folder = Path(output) / "pz"
        folder.mkdir(exist_ok=True)
        file = folder / f"{re.sub(r'[^A-Za-z0-9]+', '-', name).strip('-')}.json"
        text = json.dumps(content, indent=2, ensure_ascii=False)
        file.write_text(text + "\n", encoding="utf-8")


def json_cell(text: str) -> Any:
    try:
        return decode_json(text)
    except UndecodableError as error:
        raise ToolError(f'{text} is not JSON. Text needs quotes: "{text}".') from error


def variable(name: str) -> str | None:
    """A Robot variable; None without one, and while Robot is not running (Libdoc)."""
    try:
        value = BuiltIn().get_variable_value(name)
    except RobotNotRunningError:
        return None
    return str(value) if value else None
