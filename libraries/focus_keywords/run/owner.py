"""Whose a background activity is: the case, or the suite whose set-up started it."""

from robot.libraries.BuiltIn import BuiltIn


def running_item() -> str:
    """The full name of the running case, else of the suite whose set-up or teardown runs."""
    suite = str(BuiltIn().get_variable_value("${SUITE NAME}"))
    test = BuiltIn().get_variable_value("${TEST NAME}")
    return suite if test is None else f"{suite}.{test}"
