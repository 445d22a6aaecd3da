"""The order of endings: what was made is undone in reverse; the process does not end before."""

import signal

import pytest
from unit.outage.fakes import FakeCluster, FakeTime

from focus_engine.outage import exit_handler as module
from focus_engine.outage.context import Connections
from focus_engine.outage.exit_handler import ExitHandler
from focus_engine.outage.rollback import Created, ObjectRole, Rollback
from focus_engine.verdict import ToolError


@pytest.fixture
def means() -> Connections:
    return Connections(FakeCluster(FakeTime()), None)  # type: ignore[arg-type]


@pytest.fixture
def undo() -> Rollback:
    return Rollback(FakeTime().clock)


def create(
    undo: Rollback, log: list[str], what: str, part: ObjectRole, *failures: ToolError
) -> None:
    pending = list(failures)

    def remove(_means: Connections) -> None:
        log.append(what)
        if pending:
            raise pending.pop(0)

    undo.add(Created(what, part, remove))


def test_reverse_order_and_effects_apart(undo: Rollback, means: Connections) -> None:
    log: list[str] = []
    for what, part in (
        ("lease", ObjectRole.BOOKS),
        ("job", ObjectRole.BOOKS),
        ("policy", ObjectRole.EFFECT),
    ):
        create(undo, log, what, part)
    assert undo.run(means, ObjectRole.EFFECT) == []
    assert log == ["policy"]
    assert undo.run(means) == []
    assert log == ["policy", "job", "lease"]
    assert undo.done == log
    assert undo.run(means) == []  # nothing is undone twice
    assert log == undo.done


def test_one_failure_does_not_keep_the_others(undo: Rollback, means: Connections) -> None:
    log: list[str] = []
    create(undo, log, "lease", ObjectRole.BOOKS)
    create(undo, log, "policy", ObjectRole.EFFECT, *[ToolError("500")] * 9)
    assert undo.run(means) == ["policy: 500"]
    assert undo.done == ["lease"]
    assert [each.what for each in undo.remaining()] == ["policy"]


def test_failure_is_tried_again_within_its_time(undo: Rollback, means: Connections) -> None:
    log: list[str] = []
    create(undo, log, "policy", ObjectRole.EFFECT, ToolError("500"), ToolError("500"))
    assert undo.run(means, within=5) == []
    assert log == ["policy"] * 3


class Lifted:
    def __init__(self, log: list[str]) -> None:
        self.log = log

    def lift_at_once(self) -> list[str]:
        self.log.append("lifted")
        return []


@pytest.fixture
def handlers():
    before = {number: signal.getsignal(number) for number in module._SIGNALS}
    yield before
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", module._SIGNALS)
def test_signal_lifts_first_and_goes_on_to_the_former_handler(handlers, number) -> None:
    log: list[str] = []
    signal.signal(number, lambda *_: log.append("former"))
    ending, live = ExitHandler(), Lifted(log)
    ending.watch(live)  # type: ignore[arg-type]
    signal.raise_signal(number)
    assert log == ["lifted", "former"]
    ending.forget(live)  # type: ignore[arg-type]
    signal.raise_signal(number)
    assert log == ["lifted", "former", "former"]


def test_ignored_hang_up_stays_ignored(handlers) -> None:
    """`nohup` set it so, on purpose."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    log: list[str] = []
    ending, live = ExitHandler(), Lifted(log)
    ending.watch(live)  # type: ignore[arg-type]
    signal.raise_signal(signal.SIGHUP)
    assert log == []
    ending.forget(live)  # type: ignore[arg-type]


def test_handlers_are_given_back(handlers) -> None:
    ending, live = ExitHandler(), Lifted([])
    ending.watch(live)  # type: ignore[arg-type]
    assert signal.getsignal(signal.SIGTERM) != handlers[signal.SIGTERM]
    ending.forget(live)  # type: ignore[arg-type]
    assert {number: signal.getsignal(number) for number in handlers} == handlers
