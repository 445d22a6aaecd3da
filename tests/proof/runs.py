"""Running suites in this process against a sandbox whose faults are switched between runs."""

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from math import inf
from pathlib import Path
from typing import Any
from unittest.mock import patch

import yaml
from proof.client_faults import CLIENT_FAULTS
from proof.declarations import Context, Fault
from robot.api import TestSuite
from robot.running.namespace import IMPORTER
from running_sandbox import RunningSandbox

from focus_engine.contract.configure.refusals import Refusals
from focus_engine.latency.measuring import generator

PROJECT = Path(__file__).resolve().parents[2]
SUITES = PROJECT / "robot"
WHAT_CAME = "Nothing Should Be Left Behind"
JOB_LIFE = 0.5
STREAM_TIMEOUT = 6.0  # seconds: how long each row waits for a stream that a fault keeps silent
SETTINGS = PROJECT / "variables" / "client" / "usersettings.new_production_client.json"
PZ_FILES = PROJECT / "variables" / "pz" / "example" / "files" / "after"
REQUIREMENTS = PROJECT / "variables" / "requirements.yaml"
# Measured cases as short as a verdict allows.
SHORT = {
    "LATENCY_WARM_UP": "0 s",
    "ROW_SAMPLES": "75",
    "ROW_EXTENSION": "0 s",
    "GATE_TURNS": "1",
    "GATE_RATE": "25",
    "GATE_EXTENSION": "0 s",
    "ENDPOINT_RATE": "100",
    "ENDPOINT_SAMPLES": "600",
    "FIRST_FRAME_SAMPLES": "4",
    "FIRST_FRAME_LIMIT": "300 ms",
    "LOAD_TIME_LIMIT": "100 ms",
    "LOAD_STEP": "400 ms",
    "SOAK_STEP": "400 ms",
    "WAVE": "300 ms",
    "TIME_TO_RECOVER": "1 s",
    "TASK_ENDS_WITHIN": "3 s",
    "INDEXED_WITHIN": "2 s",
    "QUEUE_GONE_WITHIN": "3 s",
}
# Without a fault every case passes: a PASS of the gate's P99 takes all of its samples, and data may
# take as long as was released.
UNDECIDED = ("GATE", "LOAD_TIME_LIMIT")
SHORT_BUT_DECIDED = {name: text for name, text in SHORT.items() if not name.startswith(UNDECIDED)}
VARIABLES = {
    "base_url": "FOCUS_BASE_URL",
    "mongo_uri": "FOCUS_MONGO_URI",
    "amqp_uri": "FOCUS_AMQP_URI",
    "kubeconfig": "FOCUS_KUBECONFIG",
    "namespace": "FOCUS_NAMESPACE",
    "toxiproxy_url": "FOCUS_TOXIPROXY_URL",
}


@dataclass(frozen=True)
class Case:
    """A row by its table (suite file stem) and name."""

    table: str
    row: str

    def __str__(self) -> str:
        return f"{self.table} / {self.row}"


@dataclass(frozen=True)
class Outcome:
    """How one case ended: status PASS, FAIL or SKIP, with its message."""

    case: Case
    status: str
    message: str


class Sandbox(RunningSandbox):
    """A sandbox of our own, and how patient a run against it is."""

    forked = False  # whoever starts it is a fork, and would import all again to have another one

    def __init__(
        self, *options: str, job_life: float = JOB_LIFE, stream_timeout: float = STREAM_TIMEOUT
    ) -> None:
        self.patience = {
            "FOCUS_JOB_LIFE": str(job_life),
            "FOCUS_STREAM_TIMEOUT": str(stream_timeout),
        }
        super().__init__(f"--job-life={job_life}", *options)


def run_cases(
    sandbox: Sandbox,
    fault: Fault | None,
    cases: list[Case] | None,
    *,
    listeners: Sequence[object] = (),
) -> list[Outcome]:
    """Run `cases` (all of them for None) with `fault` seeded; a fresh ledger each time."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="proof-"))
        stack.callback(shutil.rmtree, folder)
        stack.enter_context(_process_environment(sandbox, folder))
        stack.enter_context(_seeded(sandbox, fault, folder))
        # Two suites and two servers share this machine: how late a request left is not judged here.
        stack.enter_context(patch.object(generator, "LAG_SHARE_OF_LIMIT", inf))
        stack.enter_context(patch.object(generator, "LEAST_ACHIEVED", 0))
        # Neither resources nor what keywords there are nor the commit change from run to run.
        stack.enter_context(patch.object(IMPORTER, "reset", _forget_instances))
        stack.enter_context(patch("FocusListener.commit", return_value="proof"))
        suite = _suite(cases)
        if not any(_asks_what_came(test) for test in suite.all_tests):
            stack.enter_context(patch.object(Refusals, "watch"))  # 38 requests for nothing
        return _run(suite, folder, _variables(fault), ["FocusListener", *listeners])


def _forget_instances() -> None:
    """Each run has libraries of its own, as if it were a process of its own."""
    for library in IMPORTER._library_cache.values():
        library.instance = None


def _asks_what_came(test: Any) -> bool:
    """Whether the case looks for what refusals left in the namespace, which is watched for that."""
    return any(getattr(step, "name", "") == WHAT_CAME for step in test.body)


def _variables(fault: Fault | None) -> dict[str, str]:
    return SHORT_BUT_DECIDED if fault is None else {**SHORT, **dict(fault.context.variables)}


def all_cases() -> list[Case]:
    """Every case that is proven here, read from the suites without running them."""
    return [_case(test) for test in _parsed().all_tests]


def cases_of(phase: str) -> list[Case]:
    """Every case of one phase, named as its folder is."""
    return [_case(test) for test in _parsed().all_tests if phase in test.source.parts]


def cases_beside_others() -> list[Case]:
    """Every case that needs no machine of its own: neither measured nor disruptive."""
    return [_case(test) for test in _parsed().all_tests if "exclusive" not in test.tags]


def _run(
    suite: TestSuite,
    folder: Path,
    variables: Mapping[str, str],
    listeners: Sequence[object],
) -> list[Outcome]:
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        result = suite.run(
            outputdir=str(folder),  # raw samples are stored there
            output=None,
            variable=[f"{name}:{value}" for name, value in variables.items()],
            log=None,
            report=None,
            console="none",
            stdout=nowhere,
            listener=listeners,
        )
    return [outcome(test, test) for test in result.suite.all_tests]


def outcome(test: Any, result: Any) -> Outcome:
    """How a case of the running suites ended."""
    return Outcome(_case(test), result.status, result.message)


def _suite(cases: list[Case] | None) -> TestSuite:
    """The suites with these cases, to be run once: a run and its listeners change what they run."""
    return _copied(_parsed(), None if cases is None else set(cases))


def _copied(suite: TestSuite, wanted: set[Case] | None) -> TestSuite:
    made = suite.copy()
    tests = [test for test in suite.tests if wanted is None or _case(test) in wanted]
    made.tests = [deepcopy(test, {id(suite): suite}) for test in tests]
    children = [_copied(child, wanted) for child in suite.suites]
    made.suites = [child for child in children if child.has_tests]
    return made


@cache
def _parsed() -> TestSuite:
    return TestSuite.from_file_system(SUITES)


def _case(test: Any) -> Case:
    return Case(Path(test.parent.source).stem, test.name)


@contextmanager
def _process_environment(sandbox: Sandbox, folder: Path) -> Iterator[None]:
    before = dict(os.environ)
    for key, variable in VARIABLES.items():
        os.environ[variable] = sandbox.addresses[key] or ""
    os.environ |= {
        "FOCUS_ENVIRONMENT": "sandbox",
        "FOCUS_RUN_DIR": str(folder),
        **sandbox.patience,
    }
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _seeded(sandbox: Sandbox, fault: Fault | None, folder: Path) -> Iterator[None]:
    sandbox.control("POST", "/reset")
    if fault is None:
        yield
        return
    _apply_context(sandbox, fault.context, folder)
    with SEEDERS[fault.kind](sandbox, fault, folder):
        yield


def _apply_context(sandbox: Sandbox, context: Context, folder: Path) -> None:
    if context.prr is not None:
        sandbox.control("PUT", "/prr", {"prr": context.prr})
    if context.state is not None:
        sandbox.control("PUT", "/state", {"state": context.state})
    if context.cni is not None:
        sandbox.control("PUT", "/cni", {"cni": context.cni})
    if context.requirements:
        data = yaml.safe_load(REQUIREMENTS.read_text(encoding="utf-8"))
        for key, value in context.requirements:
            data[key] |= {"value": value, "status": "assumed"}
        path = folder / "requirements.yaml"
        path.write_text(yaml.safe_dump(data), encoding="utf-8")
        os.environ["FOCUS_REQUIREMENTS"] = str(path)


@contextmanager
def _seed_sandbox(sandbox: Sandbox, fault: Fault, _: Path) -> Iterator[None]:
    name, value = fault.seed
    sandbox.control("PUT", "/faults", {**dict(fault.context.knobs), name: value})
    yield


@contextmanager
def _seed_settings(_: Sandbox, fault: Fault, folder: Path) -> Iterator[None]:
    data = json.loads(SETTINGS.read_text(encoding="utf-8"))
    for path, value in fault.change:
        *sections, key = path.split(".")
        target = data[sections[0]] if sections else data
        if value == "missing":
            del target[key]
        else:
            target[key] = value
    mutated = folder / "usersettings.json"
    mutated.write_text(json.dumps(data), encoding="utf-8")
    os.environ["FOCUS_CLIENT_SETTINGS"] = str(mutated)
    yield


@contextmanager
def _seed_client(sandbox: Sandbox, fault: Fault, _: Path) -> Iterator[None]:
    if fault.context.knobs:
        sandbox.control("PUT", "/faults", dict(fault.context.knobs))
    with CLIENT_FAULTS[fault.name]():
        yield


@contextmanager
def _seed_files(_: Sandbox, fault: Fault, folder: Path) -> Iterator[None]:
    """PZ's files of the example profile with edits: file, then pattern and replacement."""
    copy = folder / "pz-files"
    shutil.copytree(PZ_FILES, copy)
    for name, edits in fault.change:
        file = copy / name
        text = file.read_text(encoding="utf-8")
        for pattern, replacement in edits.items():
            text, count = re.subn(pattern, replacement, text)
            if not count:
                raise ValueError(f"{fault.name}: nothing in {name} fits {pattern}")
        file.write_text(text, encoding="utf-8")
    os.environ["FOCUS_PZ_FILES"] = str(copy)
    yield


SEEDERS = {
    "sandbox": _seed_sandbox,
    "settings": _seed_settings,
    "client": _seed_client,
    "files": _seed_files,
}
