"""A foreign program takes no more time and memory than it may, and leaves nothing behind."""

import os
import sys
import time
from pathlib import Path

import pytest
from waiting import wait_until

from focus_engine.decoding.bounded_process import run_bounded
from focus_engine.decoding.undecodable import UndecodableError

ENDLESS = "import os\nwhile True: os.write({stream}, b'x' * 65536)"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_what_it_wrote_and_how_it_ended() -> None:
    code = "import sys; print(sys.stdin.read()); print('no', file=sys.stderr); sys.exit(3)"
    ended = run_bounded(python(code), 60, b"given")
    assert (ended.code, ended.output.strip(), ended.errors.strip()) == (3, b"given", b"no")


@pytest.mark.parametrize("stream", [1, 2])
def test_too_much_is_not_kept(stream: int) -> None:
    with pytest.raises(UndecodableError, match=r"^wrote more than 1000 bytes$"):
        run_bounded(python(ENDLESS.format(stream=stream)), 60, largest=1000)


def test_the_limit_itself_may_be_written() -> None:
    assert len(run_bounded(python("print('x' * 999)"), 60, largest=1000).output) == 1000


@pytest.mark.skipif(sys.platform != "linux", reason="limits the memory of another process")
def test_it_gets_no_more_memory_than_it_may_have() -> None:
    took = run_bounded(python("input(); bytearray(2**29)"), 60, b"\n", memory=2**28)
    assert (took.code, took.errors.strip().splitlines()[-1]) == (1, b"MemoryError")


@pytest.mark.skipif(sys.platform != "linux", reason="limits the memory of another process")
def test_a_limited_program_is_found_where_it_runs(tmp_path: Path) -> None:
    program = tmp_path / "says"
    program.write_text('#!/bin/sh\necho "$1"\n', encoding="utf-8")
    program.chmod(0o755)
    took = run_bounded(["./says", "here"], 60, memory=2**30, cwd=tmp_path)
    assert (took.code, took.output) == (0, b"here\n")
    for absent in ("./says-not", "says-not"):
        with pytest.raises(FileNotFoundError, match="No such file"):
            run_bounded([absent], 60, memory=2**30, cwd=tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="ends a group of processes")
def test_what_takes_too_long_is_ended_with_what_it_started(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    waits = f"import time, os; open({str(mark)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {waits!r}])"
    with pytest.raises(UndecodableError, match=r"^did not end within 5 s$"):
        run_bounded(python(code), 5)
    wait_until(lambda: _has_ended(int(mark.read_text())), "what it started has ended")


@pytest.mark.skipif(os.name == "nt", reason="leaves a process behind")
def test_who_holds_its_output_open_is_not_waited_for() -> None:
    code = (
        "import subprocess, sys; print('said', flush=True);"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])"
    )
    begun = time.monotonic()
    assert run_bounded(python(code), 60).output.strip() == b"said"
    assert time.monotonic() - begun < 40


@pytest.mark.parametrize("word", ["/no/such/program", "/dev/null"])
def test_what_cannot_be_started(word: str) -> None:
    with pytest.raises(OSError, match=r"No such file|denied"):
        run_bounded([word], 1)


def test_a_word_with_a_nul() -> None:
    with pytest.raises(UndecodableError, match="cannot be started"):
        run_bounded([sys.executable, "a\0b"], 1)


def _has_ended(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state == "Z"  # nobody may be there to bury it
