"""One tree and one report out of the outputs of a run: `python -m focus_runs.report SPEC`.

`SPEC` is a JSON file by runner/suites/report.py. What it says of a case wins over the outputs: the
runner knows whose process died, and which case nobody executed.
"""

import json
import sys
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from robot.api import ExecutionResult, ResultWriter
from robot.errors import DataError
from robot.model import Tags
from robot.result import Result, TestCase, TestSuite
from robot.result.merger import Merger

from focus_runs.junit import add_tickets

UNREADABLE = 2  # all is written but for what stands in outputs that robot cannot read


def write_report(spec: dict[str, Any]) -> list[str]:
    """Write output, log, report and JUnit; a sentence for each output that could not be read."""
    result, unreadable = united([Path(each) for each in spec["outputs"]], spec["root"])
    for said in spec["said"]:
        say(result.suite, said)
    if spec["before"]:
        first = ExecutionResult(spec["before"])
        began, ended = first.suite.start_time, result.suite.end_time
        Merger(first).merge(result)  # which forgets the times
        first.suite.start_time, first.suite.end_time = began, ended
        result = first
    result.suite.metadata.update(spec["metadata"])
    ResultWriter(result).write_results(**spec["options"])
    junit = Path(spec["options"]["outputdir"]) / spec["options"]["xunit"]
    if junit.is_file():  # else Robot has said why
        add_tickets(junit, result.suite)
    return unreadable


def united(outputs: Iterable[Path], root: str) -> tuple[Result, list[str]]:
    """All suites and cases of `outputs`, which share their root, and what could not be read."""
    result, unreadable = Result(suite=TestSuite(name=root)), []
    for output in outputs:
        try:
            part = ExecutionResult(output)
        except DataError as error:
            unreadable.append(
                f"{output.name} of {output.parent.name}: {str(error).splitlines()[0]}"
            )
            continue
        _add(result.suite, part.suite)
        result.errors.add(part.errors)
    return result, unreadable


def _add(suite: TestSuite, other: TestSuite) -> None:
    """Everything of `other` that `suite` has not."""
    suite.doc, suite.source = suite.doc or other.doc, suite.source or other.source
    suite.metadata.update(other.metadata)
    suite.setup, suite.teardown = other.setup, other.teardown
    starts = [each for each in (suite.start_time, other.start_time) if each]
    ends = [each for each in (suite.end_time, other.end_time) if each]
    suite.start_time, suite.end_time = min(starts, default=None), max(ends, default=None)
    names = {case.name for case in suite.tests}
    suite.tests.extend(case for case in other.tests if case.name not in names)
    children = {child.name: child for child in suite.suites}
    for child in other.suites:
        if child.name in children:
            _add(children[child.name], child)
        else:
            suite.suites.append(child)


def say(root: TestSuite, said: dict[str, Any]) -> None:
    """Give a case the verdict that the runner knows; make it where nobody executed it."""
    *suites, name = said["path"]
    suite = root
    for each in suites:
        suite = _child(suite, each)
    case = next((each for each in suite.tests if each.name == name), None)
    if case is None:
        case = suite.tests.append(_unexecuted(name, said))
    case.status, case.message = said["status"], said["message"]


def _child(suite: TestSuite, name: str) -> TestSuite:
    found = next((child for child in suite.suites if child.name == name), None)
    return found or suite.suites.create(name=name)


def _unexecuted(name: str, said: dict[str, Any]) -> TestCase:
    line = int(said["place"].rpartition(":")[2] or 0)
    case = TestCase(name=name, tags=Tags(said["tags"]), lineno=line)
    case.start_time, case.elapsed_time = datetime.now(), timedelta()  # noqa: DTZ005 - as Robot's
    return case


if __name__ == "__main__":
    missing = write_report(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    print("\n".join(missing))
    sys.exit(UNREADABLE if missing else 0)
