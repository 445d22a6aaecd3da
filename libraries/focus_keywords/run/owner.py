"""Owner of a background activity: the case, or the suite whose set-up started it."""

from collections.abc import Callable

from robot.libraries.BuiltIn import BuiltIn, RobotNotRunningError


def running_item() -> str:
    """The full name of the running case, else of the suite whose set-up or teardown runs."""
    try:
        suite = str(BuiltIn().get_variable_value("${SUITE NAME}"))
    except RobotNotRunningError:
        return ""
    test = BuiltIn().get_variable_value("${TEST NAME}")
    return suite if test is None else f"{suite}.{test}"


class Belongings:
    """What runs in the background of cases: each thing ends with the item that began it."""

    def __init__(self) -> None:
        self._things: list[tuple[str, object, Callable[[], object]]] = []

    def add(self, thing: object, end: Callable[[], object]) -> None:
        """`end` is called at the end of the running case, or of the suite in its set-up."""
        self._things.append((running_item(), thing, end))

    def remove(self, thing: object) -> None:
        """It has ended already."""
        self._things = [each for each in self._things if each[1] is not thing]

    def end(self, thing: object) -> None:
        """End everything that equals `thing`."""
        self._end([each for each in self._things if each[1] == thing])

    def end_of(self, item: str) -> None:
        """End what `item` (the full name of a case or a suite) began, the last thing first."""
        self._end([each for each in self._things if each[0] == item])

    def close(self) -> None:
        """End everything."""
        self._end(self._things)

    def _end(self, things: list[tuple[str, object, Callable[[], object]]]) -> None:
        self._things = [each for each in self._things if each not in things]
        for _, _, end in reversed(things):
            end()
