"""Keyword that tells a set-up what the cases of its suite ask for."""

from typing import Any

from robot.api.deco import keyword
from robot.errors import VariableError
from robot.libraries.BuiltIn import BuiltIn


class CellKeywords:
    """Look into the suite that runs."""

    def __init__(self) -> None:
        self.suite: Any = None
        """Robot's model of what was selected to run; set at the start of each suite."""

    @keyword(tags=["Getter"])
    def get_cells_of_cases(self, keyword_name: str) -> list[list[Any]]:
        """Return the cells of the cases that will run, so that a set-up can measure them together.

        Args:
            keyword_name: What the cases call, or what their template is.

        Returns:
            The arguments of each call, in the order of the cases of the suite and of those below
            it; of cases that were not selected there are none. Variables are replaced where they
            are known now.

        Raises:
            TypeError: `keyword_name` is no text.

        ```robotframework
        @{rows} =    Get Cells Of Cases    Log
        Log    ${rows}
        ```
        """
        calls = [call for case in self.suite.all_tests for call in case.body]
        cells = [call.args for call in calls if _is_call(call, keyword_name)]
        return [[*map(_replaced, row)] for row in cells]


def _replaced(cell: Any) -> Any:
    try:
        return BuiltIn().replace_variables(cell)
    except VariableError:  # only the file of the case knows it
        return cell


def _is_call(item: Any, name: str) -> bool:
    return str(getattr(item, "name", "")).lower() == name.lower()
