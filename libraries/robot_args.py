"""The first import of every run: says what is missing where robot was called without robot.args.

A variable file, since Robot imports one by its place, whatever is on the path.
"""

from importlib.util import find_spec

NEEDED = ("FocusListener", "FocusServerLibrary")


class NotStartedAsMeantError(Exception):
    """The options of robot.args were not given."""

    ROBOT_SUPPRESS_NAME = True


def get_variables() -> dict[str, object]:
    """Nothing. Raises NotStartedAsMeantError where the libraries are not on the path."""
    if all(find_spec(name) for name in NEEDED):
        return {}
    raise NotStartedAsMeantError(
        "ERROR: the options of robot.args are missing, so no library is found. Call, in the "
        "project's folder, `robot -A robot.args robot`, or `python3 focus.py run`."
    )
