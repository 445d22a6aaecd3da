"""Are our checks as strict as PZ's own? Both judge the same corpus; PZ's in a subprocess."""

import base64
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from focus_corpus.entry import CorpusEntry, seen_verdict
from focus_engine.arrays.codes import ArrayCode
from focus_engine.arrays.profile import OwnCheck
from focus_engine.decoding.bounded_json import decode_json
from focus_engine.decoding.bounded_process import run_bounded
from focus_engine.decoding.undecodable import UndecodableError
from focus_engine.evidence import Evidence
from focus_engine.masking import head_of, showable
from focus_engine.verdict import NeedsInput, ProductFailure, ToolError, join_sentences

CHECKOUT = "FOCUS_PZ_PATH"
TIME_LIMIT = 120.0  # seconds
_CHILD = Path(__file__).with_name("own_checks_child.py")
_LAST_WORDS = 300  # characters
_VERDICTS = TypeAdapter(list[tuple[bool, str]])


def own_check_applies(own: OwnCheck, entry: CorpusEntry) -> bool:
    """Whether PZ's own check can be asked about `entry`: checkout, function and arguments."""
    there = bool(os.environ.get(CHECKOUT)) and own.function is not None
    return there and set(own.arguments) <= set(entry.arguments)


def compare_with_own_check(
    own: OwnCheck, entries: Sequence[CorpusEntry], evidence: Evidence
) -> None:
    """Raise ProductFailure with every one of `entries` on which PZ's check and ours disagree.

    Only entries that have all of the check's arguments take part. Raises NeedsInput while there
    is no checkout or the profile names no function, ToolError when the function cannot be run.
    """
    function, checkout = _function(own), _checkout()
    compared = [entry for entry in entries if set(own.arguments) <= set(entry.arguments)]
    cases = [[_wire(entry.arguments[name]) for name in own.arguments] for entry in compared]
    verdicts = _run({"checkout": checkout, "function": function, "cases": cases})
    rows, sentences = [], []
    for entry, (accepted, said) in zip(compared, verdicts, strict=True):
        ours = seen_verdict(entry.judge())
        rows.append([entry.name, _word(ours), "accepted" if accepted else "refused", said])
        if accepted is not (ours is None):
            sentences.append(_disagreement(entry.name, ours, said))
    evidence.add(f"{function} beside our checks", ["entry", "ours", "PZ", "PZ said"], rows)
    if sentences:
        raise ProductFailure(join_sentences(sentences))


def _disagreement(name: str, ours: ArrayCode | None, said: str) -> str:
    if ours is None:
        return f"'{name}': PZ refuses ({said}) what our check accepts: ours must become stricter."
    return f"'{name}': PZ accepts ({said}) what must be refused with {ours.id}: {ours.meaning}."


def _function(own: OwnCheck) -> str:
    if own.function is None:
        raise NeedsInput(f"PZ's own check cannot be asked. Needed: {own.needs}")
    return own.function


def _checkout() -> str:
    path = os.environ.get(CHECKOUT)
    if not path:
        raise NeedsInput(
            f"PZ's own check cannot be asked: set {CHECKOUT} to a checkout of PZ that has it."
        )
    if not Path(path).is_dir():
        raise ToolError(f"{CHECKOUT} is '{path}', which is no folder.")
    return path


def _run(task: dict[str, Any]) -> list[tuple[bool, str]]:
    """Whether PZ's function accepts each case, and what it said."""
    function = task["function"]
    try:
        done = run_bounded(
            [sys.executable, "-P", str(_CHILD)], TIME_LIMIT, json.dumps(task).encode("ascii")
        )
    except UndecodableError as error:
        raise ToolError(f"{function} of PZ {error}.") from error
    if done.code != 0:
        words = showable(done.errors.decode("utf-8", "replace").strip()[-_LAST_WORDS:])
        raise ToolError(f"{function} of PZ could not be run: {words or 'it said nothing'}")
    try:
        verdicts = _VERDICTS.validate_python(decode_json(done.output))
    except (UndecodableError, ValidationError) as error:
        raise ToolError(f"{function} of PZ left no verdicts: something else wrote them.") from error
    if len(verdicts) != len(task["cases"]):
        raise ToolError(
            f"{function} of PZ left {len(verdicts)} verdicts for {len(task['cases'])} entries."
        )
    return [(accepted, head_of(showable(said), _LAST_WORDS)) for accepted, said in verdicts]


def _wire(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode("ascii")}
    return value


def _word(ours: ArrayCode | None) -> str:
    return "accepted" if ours is None else ours.id
