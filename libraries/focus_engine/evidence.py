"""Tables and texts for the Robot log beside a verdict, escaped as HTML and masked."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from focus_engine.masking import head_of, showable

LONGEST_CELL = 20_000  # characters; foreign data of megabytes would make a log that nobody opens
# Inherited by the cells, so that a long body is wrapped instead of widening the log.
TABLE_STYLE = "border-collapse:collapse;white-space:normal;overflow-wrap:anywhere;text-align:left"
NO_WRAP = 'style="white-space:nowrap"'
SHORT_CHARACTERS = 24
CAPTION_STYLE = "text-align:left;font-weight:bold"


@dataclass(frozen=True)
class Table:
    """A captioned table; every cell is escaped when it is rendered."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]

    def to_html(self) -> str:
        head = "".join(
            f"<th {NO_WRAP}>{escape(showable(str(column)))}</th>" for column in self.columns
        )
        body = "".join(_row(row) for row in self.rows)
        return (
            f'<table border="1" cellpadding="4" style="{TABLE_STYLE}">'
            f'<caption style="{CAPTION_STYLE}">{escape(showable(self.caption))}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )


@dataclass
class Evidence:
    """Tables gathered while a check works, logged by the Robot edge just before the verdict."""

    tables: list[Table] = field(default_factory=list)

    def add(self, caption: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        self.tables.append(Table(caption, columns, [list(row) for row in rows]))

    def to_html(self) -> str:
        return "\n".join(table.to_html() for table in self.tables)


def compact(value: Any) -> str:
    """JSON as it travels: compact, with non-ASCII kept."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


def _row(cells: Sequence[Any]) -> str:
    return "<tr>" + "".join(_cell(str(cell)) for cell in cells) + "</tr>"


def _cell(text: str) -> str:
    style = NO_WRAP if len(text) <= SHORT_CHARACTERS else ""
    return f"<td {style}>{escape(head_of(text, LONGEST_CELL))}</td>"


def scrolled(table: Table) -> str:
    """A table as HTML that a narrow screen scrolls instead of squeezing it."""
    return f'<div style="overflow-x:auto;max-width:100%">{table.to_html()}</div>'
