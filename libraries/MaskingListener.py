"""The listener of every run that lets no secret and no harmful character into what is written."""

import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from robot import result, running

from focus_engine.masking import masked_forms, printable, showable
from runner.grouping import unformatted

ARGUMENT_FILE = "_argfile.txt"  # how the file ends that pabot writes for each of its workers


class MaskingListener:
    """Listener v3, called after all others: what they add is masked as well."""

    ROBOT_LISTENER_API_VERSION = 3
    ROBOT_LISTENER_PRIORITY = -100

    def __init__(self) -> None:
        _remove_argument_file(sys.argv)

    def log_message(self, message: result.Message) -> None:
        message.message = masked_forms(printable(message.message))

    def message(self, message: result.Message) -> None:
        message.message = masked_forms(printable(message.message))

    def end_body_item(self, data: Any, result: Any) -> None:  # noqa: ARG002
        _mask_message(result)

    def end_test(self, data: running.TestCase, result: result.TestCase) -> None:  # noqa: ARG002
        _mask_message(result)

    def end_suite(self, data: running.TestSuite, result: result.TestSuite) -> None:  # noqa: ARG002
        _mask_message(result)
        for name, value in result.metadata.items():
            result.metadata[name] = unformatted(showable(value))


def _mask_message(result: Any) -> None:
    message = getattr(result, "message", "")
    if message and (shown := showable(message)) != message:
        result.message = shown


def _remove_argument_file(words: list[str]) -> None:
    """Robot has read it; it holds every `-v NAME:VALUE`, and results are uploaded."""
    for word in words:
        if word.endswith(ARGUMENT_FILE) and "pabot_results" in Path(word).parts:
            with suppress(OSError):
                Path(word).unlink()
