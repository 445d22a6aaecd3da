"""What every run of our own tests shows at its end."""

import gc
import signal
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("busy machine")

if hasattr(signal, "SIGHUP"):  # ignored under nohup, which what tests start would inherit
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

TABLE = "table"  # record_property's name for a text that people want to see


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage among the tests: thousands are collected, and all of them are kept."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the tables that tests recorded; a test process beside others has no terminal."""
    for report in terminalreporter.getreports("passed"):
        for name, text in report.user_properties:
            if name == TABLE and report.when == "call":
                terminalreporter.section(report.nodeid)
                terminalreporter.write_line(str(text))
