"""Whether what was meant to be sent really went over the wire."""

from collections.abc import Sequence
from typing import Any

from focus_engine.contract.cell_syntax import read_cell
from focus_engine.contract.configure.configuration import require_field
from focus_engine.evidence import compact
from focus_engine.masking import head_of
from focus_engine.verdict import ProductFailure

SHOWN_CHARACTERS = 200


def require_sent(
    sent: Sequence[Any], view_type: str, field: str, cell: object, *, every: bool = False
) -> None:
    """Raise ProductFailure unless a decoded body of that view has `field` as `cell` says.

    With `every` all of them must have it: one right request does not make up for wrong ones.
    """
    require_field(field)
    wanted = read_cell(field, cell)
    seen = [_field(body, field) for body in sent if body["view_type"] == view_type]
    right = seen.count(wanted)
    if right and (right == len(seen) or not every):
        return
    values = ", ".join(dict.fromkeys(compact(value) for value in seen)) or "nothing"
    each = " each time" if every else ""
    raise ProductFailure(
        f"The default load should send {field} {compact(wanted)} in view_type {view_type}{each}, "
        f"but its {len(seen)} requests sent {head_of(values, SHOWN_CHARACTERS)}."
    )


def _field(fields: dict[str, Any], path: str) -> Any:
    value: Any = fields
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value
