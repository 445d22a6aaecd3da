"""Where the files that a run leaves beside its log belong, and how the log names them."""

from pathlib import Path

from robot.libraries.BuiltIn import BuiltIn

from focus_engine.paths import slug

PASSES = "passes"  # `focus.py run` merges the logs of its passes, two folders up


def stem_beside_log(folder: str, count: int, what: str) -> Path:
    """Where files about `what` of the running case belong; `count` keeps those of a run apart."""
    case = str(BuiltIn().get_variable_value("${TEST NAME}") or "suite")
    return _output_folder() / folder / f"{count:02}-{slug(f'{case} {what}')}"


def address_in_log(path: Path) -> str:
    """How the log of the run names a file under the output folder."""
    output = _output_folder()
    home = output.parent.parent if output.parent.name == PASSES else output
    return path.relative_to(home).as_posix()


def _output_folder() -> Path:
    return Path(str(BuiltIn().get_variable_value("${OUTPUT DIR}")))
